//! Configurations and trees as they may be, made by chance.

use std::collections::BTreeMap;
use std::time::Duration;

use hydra_core::Level;
use hydra_core::config::{
    AuditConfig, Config, ConsoleConfig, DestinationConfig, DestinationKind, FileConfig,
    LayerConfig, NetworkConfig, NetworkType, Rotate, Stream, TimeZoneSetting, Value,
};
use hydra_core::format::{Color, ColorMode, FormatKind, Theme};
use proptest::prelude::*;

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn audit() -> impl Strategy<Value = AuditConfig> {
    let key = prop::option::of("[a-z/]{0,10}[a-z]");
    let kept = prop::option::of(duration());
    let all = (key, 1..1_000_000_u32, duration(), any::<bool>(), kept);
    all.prop_map(|(key, every, interval, fsync, retention)| {
        let mut audit = AuditConfig::default();
        audit.key_file = key.map(Into::into);
        (audit.checkpoint_every, audit.checkpoint_interval) = (every, interval);
        (audit.fsync, audit.retention) = (fsync, retention);
        audit
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    (0..3_000_000_000_000_000_000_u64).prop_map(Duration::from_nanos)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z:# -]{0,12}", "[ -~äß€😀\u{85}\u{2028}]{1,12}"]
}

fn template() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z:#ä€ -]{0,12}", Just("%%{{ {{\"}}".to_owned())]
}

fn zone() -> impl Strategy<Value = TimeZoneSetting> {
    prop_oneof![
        Just(TimeZoneSetting::Local),
        Just(TimeZoneSetting::Utc),
        (-1439..=1439_i32).prop_map(|minutes| TimeZoneSetting::Fixed(minutes * 60)),
    ]
}

fn kind() -> impl Strategy<Value = DestinationKind> {
    let console = (0..3_usize, level()).prop_map(|(stream, level)| {
        let mut console = ConsoleConfig::default();
        (console.stream, console.split_level) = (Stream::ALL[stream], level);
        DestinationKind::Console(console)
    });
    let sizes = (
        prop::option::of(1..i64::MAX as u64),
        0..100_000_u32,
        prop::option::of(1..i64::MAX as u64),
    );
    let times = (prop::option::of(duration()), prop::option::of(duration()));
    let file = (
        "[a-z/]{0,10}[a-z]",
        sizes,
        times,
        0..3_usize,
        any::<bool>(),
        0..0o1000_u32,
        prop::option::of(audit()),
    );
    let file = file.prop_map(|(path, sizes, times, rotate, compress, mode, audit)| {
        let mut file = FileConfig::new(path);
        (file.max_size, file.backup_count, file.buffer_size) = sizes;
        (file.max_age, file.flush_interval) = times;
        (file.rotate, file.compress, file.mode) = (Rotate::ALL[rotate], compress, mode);
        file.audit = audit;
        DestinationKind::File(file)
    });
    // Without secrets: those are left out of what is printed.
    let network = (
        duration(),
        duration(),
        0..1_000_000_u32,
        1..100_000_u32,
        text(),
    );
    let network = network.prop_map(|(delay, timeout, retries, connections, text)| {
        let mut network = NetworkConfig::new(NetworkType::Http);
        network.url = Some("https://logs.example/in".into());
        (network.retry_delay, network.timeout) = (delay, timeout);
        (network.retry_count, network.max_connections) = (retries, connections);
        network
            .extra
            .insert("batch".into(), Value::Int(retries.into()));
        network
            .extra
            .insert(text.clone(), Value::List(vec![Value::from(text)]));
        DestinationKind::Network(network)
    });
    prop_oneof![console, file, network]
}

fn destination() -> impl Strategy<Value = DestinationConfig> {
    let look = (
        0..6_usize,
        prop::option::of(0..3_usize),
        prop::option::of(template()),
    );
    let time = (prop::option::of(0..10_u8), prop::option::of(zone()));
    let rest = (prop::option::of(level()), any::<bool>(), any::<bool>());
    (kind(), look, time, rest).prop_map(|(kind, look, time, rest)| {
        let mut destination = DestinationConfig::new(kind);
        destination.format = FormatKind::ALL[look.0];
        destination.color_mode = look.1.map(|i| ColorMode::ALL[i]);
        destination.templates.message_format = look.2;
        (destination.subsecond_digits, destination.time_zone) = time;
        (
            destination.level,
            destination.force_flush,
            destination.force_sync_io,
        ) = rest;
        destination
    })
}

fn theme() -> impl Strategy<Value = Theme> {
    prop::array::uniform7(0..Color::ALL.len()).prop_map(|colors| {
        let theme = Theme::DEFAULT.with_key(Color::ALL[colors[6]]);
        Level::ALL.into_iter().fold(theme, |theme, level| {
            theme.with_level(level, Color::ALL[colors[level.index()]])
        })
    })
}

prop_compose! {
    pub(crate) fn config()(
        layers in prop::collection::btree_map(
            "[A-Za-z][A-Za-z0-9 ._-]{0,8}",
            (prop::option::of(level()), prop::collection::vec(destination(), 1..4)),
            1..4,
        ),
        default_level in level(),
        (date_format, time_format) in (prop::option::of(template()), prop::option::of(template())),
        (subsecond_digits, time_zone) in (prop::option::of(0..10_u8), prop::option::of(zone())),
        switches in prop::array::uniform7(any::<bool>()),
        (max_message_size, buffer_size) in (1..i64::MAX as u64, prop::option::of(1..1_u64 << 40)),
        flush_interval in prop::option::of(duration()),
        theme in theme(),
        themes in prop::collection::btree_map("my_[a-z ]{1,8}", theme(), 0..3),
    ) -> Config {
        let mut config = Config::empty();
        config.layers = layers
            .into_iter()
            .map(|(name, (level, destinations))| {
                let layer = LayerConfig {
                    level,
                    destinations,
                    ..LayerConfig::default()
                };
                (name, layer)
            })
            .collect::<BTreeMap<_, _>>();
        config.default_level = default_level;
        (config.templates.date_format, config.templates.time_format) = (date_format, time_format);
        (config.subsecond_digits, config.time_zone) = (subsecond_digits, time_zone);
        [
            config.source,
            config.lazy_initialization,
            config.enable_sanitization,
            config.enable_plugins,
            config.enable_performance,
            config.enable_analytics,
            config.redact_sensitive,
        ] = switches;
        (config.max_message_size, config.buffer_size) = (max_message_size, buffer_size);
        config.flush_interval = flush_interval;
        (config.theme, config.themes) = (theme, themes);
        config
    }
}

/// A tree that often uses the words of a configuration.
pub(crate) fn tree() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "layers",
        "APP",
        "DEFAULT",
        "destinations",
        "type",
        "file",
        "console",
        "path",
        "max_size",
        "5MB",
        "level",
        "INFO",
        "format",
        "json",
        "extra",
        "theme",
        "dark",
        "extends",
        "testing",
        "include",
        "time_zone",
        "mode",
        "0640",
        "",
        "<<",
        "credentials",
        "url",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        words.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        let key = words.clone().prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec((key, inner), 0..6).prop_map(Value::Map),
        ]
    })
}
