//! `tracing` through a `HydraLayer`: events, fields, spans, levels.
#![cfg(feature = "tracing")]

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};

use hydra_logger::config::Config;
use hydra_logger::testing::{self, CapturedRecord, Records};
use hydra_logger::tracing::{Builder, layer};
use hydra_logger::{Context, Level, Logger, OwnedValue};
use tracing::level_filters::LevelFilter;
use tracing::{
    Dispatch, Span, Subscriber as _, debug, error, error_span, info, info_span, instrument, trace,
    warn,
};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};

/// Runs something with a subscriber of this thread.
///
/// Beside it there is always another one: with a single one in the process, tracing takes the
/// subscriber of the thread that changes a level for the only one, and other tests change levels.
fn subscribed(subscriber: impl Into<Dispatch>, run: impl FnOnce()) {
    static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Registry::default().into());
    LazyLock::force(&ANOTHER);
    tracing::dispatcher::with_default(&subscriber.into(), run);
}

/// Runs something with a subscriber that has this logger's layer alone.
fn under(logger: &Logger, run: impl FnOnce()) {
    subscribed(Registry::default().with(layer(logger)), run);
}

/// What something logs, through a capturing logger.
fn logged(run: impl FnOnce()) -> Vec<CapturedRecord> {
    let (logger, records) = testing::capture();
    under(&logger, run);
    records.take()
}

fn names(record: &CapturedRecord) -> Vec<&str> {
    record
        .fields
        .iter()
        .map(|(name, _)| name.as_str())
        .collect()
}

#[test]
fn levels_message_place_and_target_are_kept() {
    let line = line!() + 2;
    let records = logged(|| {
        error!("e {}", 1);
        warn!("w");
        info!("i");
        debug!("d");
        trace!("t");
        info!(target: "AUTH", "elsewhere");
    });
    let levels: Vec<Level> = records.iter().map(|record| record.level).collect();
    let all = [
        Level::Error,
        Level::Warning,
        Level::Info,
        Level::Debug,
        Level::Trace,
        Level::Info,
    ];
    assert_eq!(levels, all);
    assert_eq!(records[0].message, "e 1");
    assert_eq!(records[0].layer, module_path!());
    assert_eq!(records[5].layer, "AUTH");
    let place = records[0].location.unwrap();
    assert_eq!((place.file, place.line), (file!(), line));
    assert!(
        records.iter().all(|record| record.fields.is_empty()),
        "{records:?}"
    );
}

#[derive(Debug)]
struct Failed(std::num::ParseIntError);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot read the port")
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn fields_keep_their_types_and_errors_their_sources() {
    let failed = Failed("x".parse::<u16>().unwrap_err());
    let records = logged(|| {
        info!(
            unsigned = 7_u64, signed = -7_i64, ratio = 0.5, yes = true, text = "a b",
            big = i128::MAX, bigger = u128::MAX, shown = %1.5, debug = ?Some(1),
            error = &failed as &(dyn Error + 'static), bytes = &b"a\xff"[..],
            http.method = "GET", "with space" = 1,
            "the message"
        );
    });
    let text = |text: &str| OwnedValue::from(text);
    let expected = [
        ("unsigned", OwnedValue::U64(7)),
        ("signed", OwnedValue::I64(-7)),
        ("ratio", OwnedValue::F64(0.5)),
        ("yes", OwnedValue::Bool(true)),
        ("text", text("a b")),
        ("big", OwnedValue::I128(i128::MAX)),
        ("bigger", OwnedValue::U128(u128::MAX)),
        ("shown", text("1.5")),
        ("debug", text("Some(1)")),
        (
            "error",
            text("cannot read the port: invalid digit found in string"),
        ),
        ("bytes", text("a\\xff")),
        ("http.method", text("GET")),
        ("with space", OwnedValue::I64(1)),
    ];
    assert_eq!(records[0].message, "the message");
    for (i, (name, value)) in expected.iter().enumerate() {
        assert_eq!(
            (&*records[0].fields[i].0, &records[0].fields[i].1),
            (*name, value)
        );
    }
    assert_eq!(records[0].fields.len(), expected.len());
}

#[test]
fn an_event_carries_the_fields_of_all_spans_around_it_outermost_first() {
    let records = logged(|| {
        let _outer = info_span!("request", id = 17, user = "ada").entered();
        let _inner = info_span!("query", table = "orders").entered();
        info!(rows = 3_u64, "done");
    });
    assert_eq!(names(&records[0]), ["id", "user", "table", "span", "rows"]);
    assert_eq!(records[0].field("id"), Some(&OwnedValue::I64(17)));
    assert_eq!(records[0].field("span"), Some(&"request:query".into()));
}

#[test]
fn an_inner_field_hides_an_outer_one_of_its_name() {
    let records = logged(|| {
        let _context = Context::new()
            .with("user", "context")
            .with("host", "h")
            .enter();
        let _outer = info_span!("outer", user = "outer", a = 1).entered();
        info!("of the outer span");
        let _inner = info_span!("inner", user = "inner").entered();
        info!("of the inner span");
        info!(user = "event", "its own");
    });
    let user = |i: usize| records[i].field("user").unwrap().clone();
    assert_eq!(
        (user(0), user(1), user(2)),
        ("outer".into(), "inner".into(), "event".into())
    );
    assert_eq!(names(&records[2]), ["host", "a", "span", "user"]);
}

#[test]
fn what_is_recorded_later_is_there_from_then_on() {
    let records = logged(|| {
        let span = info_span!("request", status = tracing::field::Empty, n = 1);
        let _inner = span.clone().entered();
        let _other = info_span!("inner").entered();
        info!("before");
        span.record("status", 200);
        span.record("n", 2);
        info!("after");
    });
    assert_eq!(names(&records[0]), ["n", "span"]);
    assert_eq!(names(&records[1]), ["n", "status", "span"]);
    assert_eq!(records[1].field("n"), Some(&OwnedValue::I64(2)));
    assert_eq!(records[1].field("status"), Some(&OwnedValue::I64(200)));
}

#[test]
fn an_explicit_parent_and_none_are_followed() {
    let records = logged(|| {
        let request = info_span!("request", id = 1);
        let _elsewhere = info_span!("elsewhere", other = 1).entered();
        info!(parent: &request, "of the request");
        info!(parent: None, "of nothing");
        let child = info_span!(parent: &request, "child");
        child.follows_from(Span::current());
        child.in_scope(|| info!("of the child"));
    });
    assert_eq!(names(&records[0]), ["id", "span"]);
    assert_eq!(names(&records[1]), [""; 0]);
    assert_eq!(records[2].field("span"), Some(&"request:child".into()));
    assert_eq!(records[2].field("other"), None);
}

#[instrument]
fn add(left: u32, right: u32) -> u32 {
    info!("adding");
    left + right
}

#[test]
fn instrumented_functions_are_spans() {
    let records = logged(|| assert_eq!(add(1, 2), 3));
    assert_eq!(names(&records[0]), ["left", "right", "span"]);
    assert_eq!(records[0].field("right"), Some(&OwnedValue::U64(2)));
    assert_eq!(records[0].field("span"), Some(&"add".into()));
}

/// A capturing logger with these layers and levels, and WARNING for all others.
fn with_levels(levels: &[(&str, Level)]) -> (Logger, Records) {
    let (logger, records) = testing::capture();
    let builder = Config::builder().default_level(Level::Warning);
    let builder = levels.iter().fold(builder, |builder, (name, level)| {
        builder.layer(*name, |layer| {
            layer.level(*level).console(|console| console)
        })
    });
    let builder = builder.layer("DEFAULT", |layer| layer.console(|console| console));
    logger.update_config(builder.build().unwrap()).unwrap();
    (logger, records)
}

#[test]
fn a_target_goes_to_the_longest_beginning_that_is_configured() {
    let (logger, records) = with_levels(&[("app", Level::Info), ("app::db", Level::Debug)]);
    under(&logger, || {
        debug!(target: "app::db::pool", "to app::db");
        debug!(target: "app::http", "below app's level");
        info!(target: "app::http", "to app");
        info!(target: "app", "to app, too");
        info!(target: "application", "another: below the level of DEFAULT");
        warn!(target: "application::x", "another");
    });
    let found = records.take();
    let found: Vec<_> = found
        .iter()
        .map(|record| (record.layer.as_str(), record.field("target").cloned()))
        .collect();
    let expected = [
        ("app::db", Some("app::db::pool".into())),
        ("app", Some("app::http".into())),
        ("app", None),
        ("application::x", None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_fixed_layer_keeps_the_target_as_a_field() {
    let (logger, records) = testing::capture();
    let fixed = Builder::new(&logger).layer("APP").span_names(false).build();
    subscribed(Registry::default().with(fixed), || {
        let _span = info_span!("request", id = 1).entered();
        info!(target: "worker", "idle");
        info!(target: "APP", "the same name");
    });
    assert_eq!(names(&records.layer("APP")[0]), ["target", "id"]);
    assert_eq!(names(&records.layer("APP")[1]), ["id"]);
}

#[test]
fn a_function_may_choose_the_layer_and_is_asked_once_for_a_target() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let (logger, records) = testing::capture();
    let chosen = Builder::new(&logger).layer_by(|target| {
        if target == "chosen::db" {
            ASKED.fetch_add(1, Relaxed);
        }
        target.rsplit("::").next().unwrap_or(target).to_uppercase()
    });
    // Other tests of this process change levels, after which it is asked again.
    subscribed(Registry::default().with(chosen.build()), || {
        for _ in 0..1000 {
            info!(target: "chosen::db", "a query");
        }
    });
    assert_eq!(records.layer("DB").len(), 1000);
    assert!(ASKED.load(Relaxed) < 900);
}

#[test]
fn a_span_below_its_layers_level_is_none() {
    let (logger, records) = with_levels(&[]);
    under(&logger, || {
        let _quiet = info_span!("quiet", hidden = 1).entered();
        let _loud = error_span!("loud", shown = 1).entered();
        warn!("here");
    });
    assert_eq!(names(&records.take()[0]), ["shown", "span"]);
}

/// Another layer of the same subscriber, which takes everything.
struct Others(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Others {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        self.0
            .lock()
            .unwrap()
            .push(event.metadata().level().to_string());
    }
}

#[test]
fn other_layers_see_what_this_one_does_not() {
    let (logger, records) = with_levels(&[]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let subscriber = Registry::default()
        .with(layer(&logger))
        .with(Others(Arc::clone(&seen)));
    subscribed(subscriber, || {
        info!("below our level");
        warn!("for both");
    });
    assert_eq!(records.len(), 1);
    assert_eq!(*seen.lock().unwrap(), ["INFO", "WARN"]);
}

#[test]
fn two_loggers_of_one_subscriber_filter_each_for_itself() {
    let ((loud, of_loud), (quiet, of_quiet)) = (testing::capture(), with_levels(&[]));
    let subscriber = Registry::default().with(layer(&loud)).with(layer(&quiet));
    subscribed(subscriber, || {
        let _span = info_span!("request", id = 1).entered();
        info!("below");
        warn!("above");
    });
    assert_eq!(of_loud.len(), 2);
    let of_quiet = of_quiet.take();
    assert_eq!(of_quiet.len(), 1);
    assert_eq!(names(&of_quiet[0]), [""; 0], "the span is below its level");
    assert_eq!(names(&of_loud.all()[1]), ["id", "span"]);
}

#[test]
fn the_subscriber_is_told_the_lowest_level_that_any_layer_takes() {
    for (level, most) in [
        (Level::Trace, LevelFilter::TRACE),
        (Level::Debug, LevelFilter::DEBUG),
        (Level::Info, LevelFilter::INFO),
        (Level::Warning, LevelFilter::WARN),
        (Level::Error, LevelFilter::ERROR),
        (Level::Critical, LevelFilter::OFF),
    ] {
        let (logger, _records) = testing::capture();
        let config = Config::builder()
            .default_level(level)
            .layer("DEFAULT", |layer| layer.console(|console| console));
        logger.update_config(config.build().unwrap()).unwrap();
        let subscriber = Registry::default().with(layer(&logger));
        assert_eq!(subscriber.max_level_hint(), Some(most), "{level}");
    }
}

#[test]
fn debug_shows_the_logger_behind_the_layer() {
    let (logger, _records) = with_levels(&[("PAYMENTS", Level::Info)]);
    let shown = format!("{:?}", layer::<Registry>(&logger));
    assert!(shown.contains("\"PAYMENTS\""), "{shown}");
}
