//! Loading a configuration: the three syntaxes mean the same, presets and included files are laid
//! under the file, what is printed reads back, and no text panics.

#![cfg(feature = "config-files")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use hydra_core::Level;
use hydra_core::config::{
    AuditConfig, Config, DestinationConfig, DestinationKind, FileConfig, LayerConfig, Loaded,
    NetworkConfig, NetworkType, ProblemKind, Rotate, Stream, Syntax, TimeZoneSetting, Value,
    load_file, load_text, load_value, merge_values, presets, schema,
};
use hydra_core::format::{Color, ColorMode, FormatKind, Theme};
use hydra_core::pipeline::Assembly;
use proptest::prelude::*;

fn yaml(text: &str) -> Loaded {
    load_text(text, Syntax::Yaml).unwrap_or_else(|error| panic!("{error}"))
}

fn write(directory: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_same_configuration_is_read_from_yaml_toml_and_json() {
    let from_yaml = yaml(
        "
default_level: debug
flush_interval: 1.5
layers:
  APP:
    level: WARN
    destinations:
      - type: console
        stream: split
      - type: file
        path: logs/app.log
        max_size: 1.5 kb
        mode: 0600
        format: TEXT
",
    );
    let toml = "
default_level = 'debug'
flush_interval = '1500ms'
[layers.APP]
level = 'WARN'
[[layers.APP.destinations]]
type = 'console'
stream = 'split'
[[layers.APP.destinations]]
type = 'file'
path = 'logs/app.log'
max_size = 1536
mode = 0o600
format = 'plain-text'
";
    let json = r#"{"default_level": 10, "flush_interval": 1.5, "layers": {"APP": {
        "level": "warning", "destinations": [
            {"type": "console", "stream": "split"},
            {"type": "file", "path": "logs\/app.log", "max_size": "1536B", "mode": "600"}]}}}"#;
    let from_toml = load_text(toml, Syntax::Toml).unwrap();
    let from_json = load_text(json, Syntax::Json).unwrap();
    assert_eq!(from_yaml.config, from_toml.config);
    assert_eq!(from_yaml.config, from_json.config);
    let app = &from_yaml.config.layers["APP"];
    assert_eq!(app.level, Some(Level::Warning));
    let mut file = FileConfig::new("logs/app.log");
    (file.max_size, file.mode) = (Some(1536), 0o600);
    assert_eq!(app.destinations[1].kind, DestinationKind::File(file));
    assert_eq!(
        from_yaml.config.flush_interval,
        Some(Duration::from_millis(1500))
    );
}

#[test]
fn plain_turns_colour_off_unless_color_mode_asks_for_it() {
    let mode = |keys: &str| {
        let text = format!("layers: {{A: {{destinations: [{{type: console, {keys}}}]}}}}");
        yaml(&text).config.layers["A"].destinations[0].effective_color_mode()
    };
    assert_eq!(mode("format: plain"), ColorMode::Never);
    assert_eq!(mode("format: plain, color_mode: always"), ColorMode::Always);
    assert_eq!(mode("format: text"), ColorMode::Auto);
    assert_eq!(mode("format: json"), ColorMode::Auto);
}

#[test]
fn a_configuration_without_any_destination_has_the_console_of_the_default() {
    assert_eq!(yaml("").config, Config::default());
    assert_eq!(yaml("layers: {DEFAULT: {}}").config, Config::default());
    let config = yaml("layers: {AUTH: {level: DEBUG}}").config;
    assert_eq!(
        config.layers["DEFAULT"],
        Config::default().layers["DEFAULT"]
    );
    let silent = yaml("layers: {DEFAULT: {destinations: []}}").config;
    assert!(silent.layers["DEFAULT"].destinations.is_empty());
    assert_eq!(Config::from_value(&silent.to_value()), Ok(silent));
}

#[test]
fn a_network_type_passes_with_a_warning_that_names_the_feature() {
    let loaded = yaml(
        "layers: {A: {destinations: [{type: async_http, url: 'http://h', extra: {batch: 5}}]}}",
    );
    let [warning] = loaded.warnings.as_slice() else {
        panic!("{:?}", loaded.warnings);
    };
    assert_eq!(
        warning.to_string(),
        "<text>:1:36: layers.A.destinations[0]: this build has no async_http: it needs the \
         feature `http`"
    );
    assert_eq!(warning.kind, ProblemKind::NotBuilt);
    let DestinationKind::Network(network) = &loaded.config.layers["A"].destinations[0].kind else {
        panic!("not a network destination");
    };
    assert_eq!(network.extra["batch"], Value::Int(5));
}

#[test]
fn a_key_of_another_type_is_a_warning() {
    let loaded = yaml("layers: {A: {destinations: [{type: console, max_size: 5MB}]}}");
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "<text>:1:45: layers.A.destinations[0].max_size: has no effect on type console, only \
             on file",
        ]
    );
}

#[test]
fn a_file_that_is_written_in_two_ways_is_a_warning() {
    let loaded = yaml(
        "
layers:
  A: {destinations: [{type: file, path: a.log}, {type: file, path: b.log}]}
  B: {destinations: [{type: file, path: a.log}, {type: file, path: b.log, format: json}]}
  C: {destinations: [{type: file, path: a.log, max_size: 1KB, format: plain}]}
",
    );
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "<text>:4:21: layers.B.destinations[1]: b.log is written by layers.A.destinations[1] \
             too, in another format",
            "<text>:5:21: layers.C.destinations[0]: a.log is written by layers.A.destinations[0] \
             too, with other settings of rotation, buffer or mode",
        ]
    );
}

/// Values of every kind that some key takes, and some that none does.
fn values() -> Vec<Value> {
    let words = "INFO info warn 20 json plain auto never 5MB 0 0KB -5MB 1.5KB 5XB unlimited 500ms \
                 1.5s utc +02:00 +25:00 0640 640 0o640 7777 00640 red bright-red dark stdout daily \
                 aws http://h a.log logs/ %d 0.0MB 00012 5TiB 5TB 1GiB 2d 3ns";
    let mut values: Vec<Value> = words.split_whitespace().map(Value::from).collect();
    values.extend(["", " ", "5 mb", "7 d", " 5MB ", "plain text", "a\nb"].map(Value::from));
    values.extend([
        Value::Null,
        true.into(),
        false.into(),
        2.5.into(),
        (-0.5).into(),
    ]);
    values.extend([0, 1, 9, 10, 20, 25, -1, 640, 1 << 40, i64::MAX].map(Value::Int));
    values.extend([
        Value::List(vec![]),
        Value::List(vec!["a".into()]),
        Value::Map(vec![]),
    ]);
    values.push(Value::map([("a", "b".into())]));
    values.push(Value::map([("force_flush", true.into())]));
    values.push(Value::map([("error", "red".into())]));
    values
}

/// Every key with every value: what the decoder takes, the schema takes, and nothing more.
#[test]
fn decoder_and_schema_agree_on_every_key_and_value() {
    // What exists, and whether a template is one, only the decoder knows.
    let beyond = ["extends", "include", "theme", "time_zone"];
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let keys = |properties: &serde_json::Value| -> Vec<String> {
        let keys = properties["properties"].as_object().unwrap().keys();
        let keys = keys.filter(|key| !beyond.contains(&key.as_str()) && !key.ends_with("_format"));
        keys.cloned().collect()
    };
    for (key, value) in pairs(&keys(&schema)) {
        agree(&Value::map([(key, value)]));
    }
    for kind in [
        "console",
        "file",
        "http",
        "async_database",
        "Queue",
        "cloud",
        "fil",
    ] {
        for (key, value) in pairs(&keys(&schema["$defs"]["destination"])) {
            let mut destination = vec![
                ("type".to_owned(), Value::from(kind)),
                ("path".to_owned(), "a.log".into()),
                ("url".to_owned(), "http://h".into()),
                ("connection_string".to_owned(), "db".into()),
                ("queue_url".to_owned(), "q".into()),
                ("service_type".to_owned(), "aws".into()),
            ];
            destination.retain(|(name, _)| *name != key);
            destination.push((key, value));
            let layer = Value::map([("destinations", vec![Value::Map(destination)].into())]);
            agree(&Value::map([("layers", Value::map([("APP", layer)]))]));
        }
    }
}

fn pairs(keys: &[String]) -> Vec<(String, Value)> {
    let pair = |key: &String| {
        values()
            .into_iter()
            .map(|v| (key.clone(), v))
            .collect::<Vec<_>>()
    };
    keys.iter().flat_map(pair).collect()
}

fn agree(tree: &Value) {
    let decoder = load_value(tree);
    let json = as_json(tree);
    let mode = json.pointer("/layers/APP/destinations/0/mode");
    if mode.is_some_and(serde_json::Value::is_i64) {
        // 640 is no octal number, 0o640 is: a schema sees only the number.
        return;
    }
    let schema = VALIDATOR.is_valid(&json);
    assert_eq!(decoder.is_ok(), schema, "{json}: {:?}", decoder.err());
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), as_json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

#[test]
fn anchors_and_merge_keys_spare_repetition() {
    let config = yaml(
        "
layers:
  A: &a
    level: ERROR
    destinations: [&console {type: console, stream: stdout}]
  B:
    <<: *a
    level: DEBUG
  C:
    destinations: [*console]
",
    )
    .config;
    assert_eq!(config.layers["B"].level, Some(Level::Debug));
    assert_eq!(
        config.layers["B"].destinations,
        config.layers["A"].destinations
    );
    assert_eq!(
        config.layers["C"].destinations,
        config.layers["A"].destinations
    );
}

#[test]
fn presets_then_included_files_then_the_file_itself_are_laid_over_each_other() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("more")).unwrap();
    write(
        directory.path(),
        "more/base.toml",
        "default_level = 'ERROR'\ninclude = 'deep.json'\n[layers.APP]\nlevel = 'CRITICAL'\n",
    );
    write(
        directory.path(),
        "more/deep.json",
        "{\"source\": true, \"buffer_size\": \"1KB\"}",
    );
    let main = write(
        directory.path(),
        "main.yaml",
        "extends: [testing, production]\ninclude: [more/base.toml]\nlayers: {APP: {level: DEBUG}}\nbuffer_size: null\n",
    );
    let loaded = load_file(&main).unwrap_or_else(|error| panic!("{error}"));
    let config = &loaded.config;
    assert!(config.layers.contains_key("TEST") && config.layers.contains_key("SECURITY"));
    assert_eq!(
        config.default_level,
        Level::Error,
        "the included file wins over the preset"
    );
    assert_eq!(
        config.layers["APP"].level,
        Some(Level::Debug),
        "the file wins over all"
    );
    assert_eq!(
        config.layers["APP"].destinations.len(),
        3,
        "maps are merged key by key"
    );
    assert!(config.source, "what an included file includes is read");
    assert_eq!(config.buffer_size, None, "a null hides what is under it");
    let names: Vec<_> = loaded
        .files
        .iter()
        .map(|file| file.file_name().unwrap())
        .collect();
    assert_eq!(names, ["main.yaml", "base.toml", "deep.json"]);
}

#[test]
fn a_circle_of_files_or_presets_is_an_error_that_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "b.yaml", "include: c.yaml\n");
    write(
        directory.path(),
        "c.yaml",
        "source: true\ninclude: b.yaml\n",
    );
    let main = write(directory.path(), "a.yaml", "include: b.yaml\n");
    let error = load_file(&main).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert_eq!(error.problems[0].kind, ProblemKind::Cycle);
    let message = error.problems[0].to_string();
    assert!(
        message.ends_with("c.yaml:2:10: include: a circle: b.yaml -> c.yaml -> b.yaml"),
        "{message}"
    );
    let error = presets::register("selfish", "", "extends: selfish").unwrap_err();
    assert_eq!(
        error.problems[0].kind,
        ProblemKind::WrongValue,
        "it is not there yet"
    );
    presets::register("selfish", "", "{}").unwrap();
    let error = presets::register("selfish", "", "extends: selfish").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a circle: preset selfish -> preset selfish")
    );
}

#[test]
fn files_that_include_each_other_many_times_end_in_an_error() {
    let directory = tempfile::tempdir().unwrap();
    for i in 0..12 {
        let next = i + 1;
        let text = format!("include: [f{next}.yaml, f{next}.yaml, f{next}.yaml]\n");
        write(directory.path(), &format!("f{i}.yaml"), &text);
    }
    write(directory.path(), "f12.yaml", "source: true\n");
    let error = load_file(directory.path().join("f0.yaml")).unwrap_err();
    assert_eq!(error.problems[0].kind, ProblemKind::TooBig);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let message = |path: &Path| load_file(path).unwrap_err().problems[0].to_string();
    let missing = directory.path().join("none.yaml");
    assert!(message(&missing).contains("none.yaml cannot be read: No such file"));
    let other = write(directory.path(), "app.ini", "");
    assert!(message(&other).contains("app.ini should end in .yaml, .yml, .toml or .json"));
    let binary = directory.path().join("binary.yaml");
    std::fs::write(&binary, b"source: \xff").unwrap();
    assert!(message(&binary).ends_with("binary.yaml is not UTF-8, at byte 8"));
    let huge = write(
        directory.path(),
        "huge.yaml",
        &"# comment\n".repeat(120_000),
    );
    assert!(message(&huge).ends_with("huge.yaml:1:1: more than 1 MiB are no configuration"));
}

#[test]
fn every_preset_is_right_by_decoder_and_schema_and_takes_a_call_without_a_layer() {
    let built_in = presets::list().into_iter().filter(|preset| preset.built_in);
    let built_in: Vec<_> = built_in.collect();
    assert_eq!(built_in.len(), 10);
    for preset in built_in {
        let loaded = preset.load().unwrap_or_else(|error| panic!("{error}"));
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        let default = &loaded.config.layers["DEFAULT"];
        assert!(!default.destinations.is_empty(), "{}", preset.name);
        let text = preset.text();
        assert!(text.starts_with(&format!("# {}", preset.name)));
        assert!(
            text.contains("Turns "),
            "{} says what it turns off",
            preset.name
        );
        let tree: serde_json::Value = serde_norway::from_str(&text).unwrap();
        let errors: Vec<_> = VALIDATOR.iter_errors(&tree).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", preset.name);
    }
}

#[test]
fn presets_are_registered_listed_and_checked_from_many_threads() {
    std::thread::scope(|scope| {
        for i in 0..8 {
            scope.spawn(move || {
                let name = format!("threads_{i}");
                for _ in 0..20 {
                    presets::register(&name, "one of eight", "extends: production").unwrap();
                    assert!(presets::list().iter().any(|preset| preset.name == name));
                    assert!(presets::get(&name).unwrap().load().is_ok());
                }
            });
        }
    });
    let mut config = Config::default();
    config.default_level = Level::Error;
    presets::register("from_config", "From a Config", &config).unwrap();
    let preset = presets::get("from_config").unwrap();
    assert_eq!(preset.load().unwrap().config, config);
    assert_eq!(
        yaml(&preset.text()).config,
        config,
        "its printed form is a file"
    );
    for (name, source) in [
        ("Bad", "{}"),
        ("", "{}"),
        ("ultra_fast", "{}"),
        ("fine", "layers: 5"),
    ] {
        assert!(presets::register(name, "", source).is_err(), "{name}");
    }
    assert!(
        presets::get("fine").is_none(),
        "what is wrong is not registered"
    );
}

#[test]
fn a_theme_is_a_name_or_colours_over_another() {
    let config =
        yaml("theme: mine\nthemes:\n  mine: {base: dark, error: magenta, key: gray}\nlayers: {}\n")
            .config;
    let dark = Theme::named("dark").unwrap();
    let mine = dark
        .with_level(Level::Error, Color::Magenta)
        .with_key(Color::BrightBlack);
    assert_eq!((config.theme, config.themes["mine"]), (mine, mine));
    let inline = yaml("theme: {info: bright-blue}").config.theme;
    assert_eq!(
        inline,
        Theme::DEFAULT.with_level(Level::Info, Color::BrightBlue)
    );
}

// ---- properties -------------------------------------------------------------------------------

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
        let mut console = hydra_core::config::ConsoleConfig::default();
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
    fn config()(
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
fn tree() -> impl Strategy<Value = Value> {
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

proptest! {
    #[test]
    fn a_printed_configuration_reads_back_equal(config in config()) {
        prop_assert_eq!(&load_value(&config.to_value()).unwrap().config, &config);
        for (text, syntax) in [
            (config.to_yaml(), Syntax::Yaml),
            (config.to_toml(), Syntax::Toml),
            (config.to_json(), Syntax::Json),
        ] {
            match load_text(&text, syntax) {
                Ok(loaded) => prop_assert_eq!(&loaded.config, &config, "{}", text),
                Err(error) => prop_assert!(false, "{error}\n{text}"),
            }
        }
    }

    #[test]
    fn what_the_decoder_prints_the_schema_takes(config in config()) {
        let tree: serde_json::Value = serde_json::from_str(&config.to_json()).unwrap();
        let errors: Vec<_> = VALIDATOR.iter_errors(&tree).collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn no_tree_panics_and_what_is_taken_prints_and_reads_back(tree in tree()) {
        if let Ok(loaded) = load_value(&tree) {
            prop_assert_eq!(&load_value(&loaded.config.to_value()).unwrap().config, &loaded.config);
        }
    }

    #[test]
    fn no_text_panics(text in "(layers|APP|[a-c]|: |\n|  |- |&a |\\*a|<<|\\[|\\]|\\{|\\}|\"|'|5|!|#|,|=|\t|ä){0,40}") {
        for syntax in [Syntax::Yaml, Syntax::Toml, Syntax::Json] {
            let _ = load_text(&text, syntax);
        }
    }

    /// A preset with a few characters cut out, doubled or put elsewhere: nearly a configuration.
    #[test]
    fn no_damaged_preset_panics(
        preset in 0..10_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, 0..4_u8), 1..5),
    ) {
        let mut text: Vec<char> = presets::list()[preset].text().chars().collect();
        for (at, length, how) in damage {
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            let piece: Vec<char> = text[start..end].to_vec();
            match how {
                0 => drop(text.drain(start..end)),
                1 => drop(text.splice(start..start, piece)),
                2 => text.extend(piece),
                _ => drop(text.splice(start..end, "\t*&{[: -".chars().skip(length % 8).take(1))),
            }
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = load_text(&text, Syntax::Yaml) {
            prop_assert!(!error.problems.is_empty());
            let placed = error.problems.iter().all(|problem| problem.line > 0);
            prop_assert!(placed, "{error}");
        }
    }

    #[test]
    fn merging_keeps_the_last_word_and_does_not_depend_on_grouping(
        a in tree(), b in tree(), c in tree()
    ) {
        let unique = |v: &Value| no_duplicates(v);
        prop_assume!(unique(&a) && unique(&b) && unique(&c));
        let shown = |v: &Value| exact(v);
        prop_assert_eq!(shown(&merge_values(&a, &a)), shown(&a), "twice the same changes nothing");
        let empty = Value::Map(Vec::new());
        if matches!(a, Value::Map(_)) {
            prop_assert_eq!(shown(&merge_values(&a, &empty)), shown(&a));
        }
        prop_assert_eq!(shown(&merge_values(&empty, &a)), shown(&a));
        // Grouping: laying c on (b on a) is laying (c on b) on a, unless b replaces a map whole.
        if [&a, &b, &c].iter().all(|v| flat(v)) {
            let left = merge_values(&merge_values(&a, &b), &c);
            let right = merge_values(&a, &merge_values(&b, &c));
            prop_assert_eq!(shown(&left), shown(&right));
        }
    }
}

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// A map without maps in it.
fn flat(value: &Value) -> bool {
    match value {
        Value::Map(entries) => entries.iter().all(|(_, v)| !matches!(v, Value::Map(_))),
        _ => false,
    }
}

fn no_duplicates(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(no_duplicates),
        Value::Map(entries) => {
            let keys: std::collections::BTreeSet<_> = entries.iter().map(|(key, _)| key).collect();
            keys.len() == entries.len() && entries.iter().all(|(_, value)| no_duplicates(value))
        }
        _ => true,
    }
}

/// A value as text that shows all of it; NaN equals itself there.
fn exact(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => format!("{:?}", items.iter().map(exact).collect::<Vec<_>>()),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key, exact(value)));
            format!("{:?}", entries.collect::<BTreeMap<_, _>>())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn compression_is_a_warning_in_a_build_without_it() {
    let text = "layers: { A: { destinations: [{ type: file, path: a.log, compress: true }] } }";
    let loaded = load_text(text, Syntax::Yaml).unwrap();
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    if cfg!(feature = "gzip") {
        assert!(warnings.is_empty(), "{warnings:?}");
    } else {
        assert!(warnings[0].contains("the feature `gzip`"), "{warnings:?}");
    }
}

#[test]
fn compression_is_refused_where_a_logger_is_made_in_a_build_without_it() {
    let config = Config::builder()
        .layer("A", |layer| layer.file("a.log", |file| file.compress(true)))
        .build()
        .unwrap();
    let error = Assembly::new(&config, None).err().map(|e| e.to_string());
    let expected = "layers.A.destinations[0].compress: this build has no gzip compression; it \
                    comes with the feature \"gzip\"";
    let expected = cfg!(not(feature = "gzip")).then_some(expected);
    assert_eq!(error.as_deref(), expected);
}
