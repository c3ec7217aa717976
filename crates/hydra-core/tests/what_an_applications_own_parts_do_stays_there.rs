//! A format or destination of the application's own that panics costs its own lines and no more;
//! a callback that logs where logging fails does not call itself for ever.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::format::{FormatKind, FormatSettings, LineFormat, RenderContext};
use hydra_core::pipeline::{Group, OpenRoute, Route, Target};
use hydra_core::{
    Buffer, Destination, DestinationStats, Fields, Layer, Level, LineMeta, OwnedValue, Record,
    ToValue as _, Value,
};

/// Keeps lines; panics at those that hold a word.
struct Lines {
    kept: Mutex<Vec<String>>,
    stats: DestinationStats,
    panics_at: &'static str,
}

impl Lines {
    fn new(panics_at: &'static str) -> Arc<Lines> {
        Arc::new(Lines {
            kept: Mutex::default(),
            stats: DestinationStats::default(),
            panics_at,
        })
    }

    fn kept(&self) -> Vec<String> {
        self.kept.lock().unwrap().clone()
    }
}

impl Destination for Lines {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let line = std::str::from_utf8(line).unwrap().trim_end().to_owned();
        assert!(!line.contains(self.panics_at), "on purpose");
        self.kept.lock().unwrap().push(line);
        self.stats.delivered(meta.level, 1);
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// Shows the message; panics in the middle of one that holds a word.
struct Bare {
    panics_at: &'static str,
}

impl LineFormat for Bare {
    fn render(&self, record: &Record<'_>, _: &mut RenderContext, out: &mut Buffer) {
        out.push_str("half of ");
        assert!(
            !record.message().as_str().contains(self.panics_at),
            "on purpose"
        );
        out.clear();
        out.push_str(record.message().as_str());
        out.push(b'\n');
    }
}

fn group(format_panics_at: &'static str, destinations: &[&Arc<Lines>]) -> Group {
    let targets = destinations.iter().map(|&lines| {
        let destination: Arc<dyn Destination> = lines.clone();
        Target::new(Level::Trace, "own", destination)
    });
    let format = Bare {
        panics_at: format_panics_at,
    };
    Group::new(Box::new(format), targets.collect())
}

fn layer(name: &str, groups: Vec<Group>) -> Layer {
    let route = OpenRoute {
        groups: groups.into(),
        measured: true,
        ..OpenRoute::default()
    };
    Layer::new(1, name, Level::Info, Route::Open(route))
}

fn info(layer: &Layer, message: &str) {
    layer.emit(Level::Info, message.into(), Fields::NONE, None);
}

#[test]
fn a_destination_that_panics_loses_its_own_line_and_no_others() {
    let (before, panics, after, other) = (
        Lines::new("NONE"),
        Lines::new("bad"),
        Lines::new("NONE"),
        Lines::new("NONE"),
    );
    let groups = vec![
        group("NONE", &[&before, &panics, &after]),
        group("NONE", &[&other]),
    ];
    let layer = layer("APP", groups);
    for message in ["one", "bad", "two"] {
        info(&layer, message);
    }
    for whole in [&before, &after, &other] {
        assert_eq!(whole.kept(), ["one", "bad", "two"]);
    }
    assert_eq!(panics.kept(), ["one", "two"]);
    let stats = panics.stats.snapshot();
    assert_eq!((stats.records, stats.dropped, stats.errors), (2, 1, 1));
    assert_eq!(layer.counts().records, 3);
}

#[test]
fn a_format_that_panics_loses_the_lines_of_its_own_destinations() {
    let (first, second, other) = (Lines::new("NONE"), Lines::new("NONE"), Lines::new("NONE"));
    let groups = vec![group("bad", &[&first, &second]), group("NONE", &[&other])];
    let layer = layer("APP", groups);
    for message in ["one", "bad", "two"] {
        info(&layer, message);
    }
    assert_eq!(other.kept(), ["one", "bad", "two"]);
    for cut in [&first, &second] {
        assert_eq!(cut.kept(), ["one", "two"]);
        assert_eq!(cut.stats.snapshot().dropped, 1);
    }
    assert_eq!(layer.counts().records, 3);
}

#[test]
fn a_callback_that_logs_where_logging_fails_is_not_called_for_what_it_causes() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let closed = Layer::new(1, "CLOSED", Level::Info, Route::Closed);
    let inner = closed.clone();
    let subscription = diagnostics::on_error(move |error| {
        if error.component == "CLOSED" {
            CALLS.fetch_add(1, Relaxed);
            info(&inner, "what the callback has to say");
        }
    });
    info(&closed, "one");
    info(&closed, "two");
    drop(subscription);
    assert_eq!(CALLS.load(Relaxed), 2);
    let last = diagnostics::stats().last;
    let counted = last.iter().filter(|error| error.component == "CLOSED");
    assert_eq!(counted.count(), 4, "but it is counted");
}

#[test]
fn what_a_callback_holds_may_report_when_it_ends() {
    struct ReportsItsEnd;
    impl Drop for ReportsItsEnd {
        fn drop(&mut self) {
            diagnostics::report(ErrorKind::Write, "THE_END", &"flushed too late");
        }
    }
    let held = ReportsItsEnd;
    let subscription = diagnostics::on_error(move |_| {
        let _ = &held;
    });
    drop(subscription);
    let last = diagnostics::stats().last;
    assert!(last.iter().any(|error| error.component == "THE_END"));
}

#[test]
fn an_error_whose_display_panics_is_reported_all_the_same() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("on purpose")
        }
    }
    diagnostics::report(ErrorKind::Write, "PANICS", &Panics);
    let last = diagnostics::stats().last;
    let of_it = last.iter().find(|error| error.component == "PANICS");
    assert_eq!(of_it.unwrap().message, "<its Display panicked>");
}

#[test]
fn a_collection_that_panics_is_reported() {
    struct Panics;
    impl hydra_core::Sequence for Panics {
        fn each(&self, _: &mut dyn FnMut(Value<'_>)) {
            panic!("on purpose")
        }
    }
    let owned = OwnedValue::from(Value::Sequence(&Panics));
    assert_eq!(owned, OwnedValue::List(vec!["<iterating panicked>".into()]));
    let last = diagnostics::stats().last;
    assert!(
        last.iter()
            .any(|error| error.message == "<iterating panicked>")
    );
}

#[test]
fn the_earliest_and_the_latest_time_of_the_system_are_values() {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    let earliest = UNIX_EPOCH - Duration::from_secs(1 << 63);
    let latest = UNIX_EPOCH + Duration::from_secs(i64::MAX as u64);
    let before_1970 = UNIX_EPOCH - Duration::from_millis(1);
    let shown = |time: SystemTime, kind| {
        let value = time.to_value();
        let (key, value) = ([hydra_core::Key::new("at")], [value]);
        let fields = Fields::new(&key, &value);
        let mut line = Buffer::default();
        let record = Record::new(0, Level::Info, "APP", "m").with_fields(fields);
        let format = FormatSettings::new(kind).bind("APP").unwrap();
        format.render(&record, &mut RenderContext::default(), &mut line);
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    };
    for kind in FormatKind::ALL {
        assert!(shown(before_1970, kind).contains("1969-12-31T23:59:59.999Z"));
        assert!(shown(earliest, kind).contains("1677-09-21T00:12:43.145224192Z"));
        assert!(shown(latest, kind).contains("2262-04-11T23:47:16.854775807Z"));
    }
}
