//! Two loggers at one call site, threads, ends of threads, and very many layers.

use std::cell::RefCell;

use hydra_logger::config::{Config, ConfigBuilder};
use hydra_logger::testing::{CapturedRecord, Records};
use hydra_logger::{Context, Layer, Level, Logger, Metrics, Scope, info, testing};

const fn is_send_and_sync<T: Send + Sync>() {}

const _: () = {
    is_send_and_sync::<Logger>();
    is_send_and_sync::<Layer>();
    is_send_and_sync::<Context>();
    is_send_and_sync::<Config>();
    is_send_and_sync::<ConfigBuilder>();
    is_send_and_sync::<Metrics>();
    is_send_and_sync::<Records>();
    is_send_and_sync::<CapturedRecord>();
};

// A scope ends on the thread that entered it. This compiles only while `Scope` is not `Send`: were
// it, both implementations would apply.
const _: fn() = || {
    trait NotSend<A> {
        fn check() {}
    }
    impl<T: ?Sized> NotSend<()> for T {}
    struct IfSend;
    impl<T: ?Sized + Send> NotSend<IfSend> for T {}
    <Scope as NotSend<_>>::check();
};

#[test]
fn a_call_site_sends_to_the_logger_it_is_given() {
    let ((first, of_first), (second, of_second)) = (testing::capture(), testing::capture());
    second.set_level("APP", Level::Error);
    let say = |logger: &Logger, n: i32| info!(logger, "APP", n, "one call site");
    for n in 0..10 {
        say(&first, n);
        say(&second, n);
    }
    assert_eq!((of_first.len(), of_second.len()), (10, 0));
    second.set_level("APP", Level::Info);
    first.set_level("APP", Level::Error);
    say(&first, 0);
    say(&second, 0);
    assert_eq!((of_first.len(), of_second.len()), (10, 1));
    drop(first);
    say(&second, 1);
    assert_eq!(of_second.len(), 2);
}

#[test]
fn records_come_from_destructors_of_thread_locals() {
    struct AtTheEnd(Logger, &'static str);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            info!(self.0, "APP", which = self.1, "the thread ends: {}", 7);
        }
    }
    thread_local! {
        static EARLY: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
        static LATE: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
    }
    let (logger, records) = testing::capture();
    let inside = logger.clone();
    std::thread::spawn(move || {
        // One is made before the logger's own thread-local data, one after: whatever the order of
        // destructors, one runs when that data is gone.
        EARLY.set(Some(AtTheEnd(inside.clone(), "early")));
        let _scope = Context::new().with("n", 1).enter();
        info!(inside, "APP", "the thread runs");
        LATE.set(Some(AtTheEnd(inside, "late")));
    })
    .join()
    .unwrap();
    assert_eq!(records.len(), 3);
    assert!(
        records
            .all()
            .iter()
            .skip(1)
            .all(|r| r.message == "the thread ends: 7")
    );
    assert_eq!(
        logger.metrics().layers["APP"].records,
        3,
        "counts of an ended thread stay"
    );
}

#[test]
fn more_layer_names_than_are_kept_still_work_and_are_counted() {
    let (logger, records) = testing::capture();
    let before = logger.layer("FIRST");
    for i in 0..12_000 {
        logger.info(&format!("TENANT-{i}"), "hello");
    }
    assert_eq!(records.len(), 12_000);
    assert_eq!(
        records.layer("TENANT-11999").len(),
        1,
        "its name is kept in its record"
    );
    let metrics = logger.metrics();
    assert!(metrics.layers.len() < 11_100, "{}", metrics.layers.len());
    let named: u64 = metrics.layers.values().map(|layer| layer.records).sum();
    assert_eq!(named + metrics.other_layers.records, 12_000);
    // Changes reach handles of layers that are beyond the limit as they reach all others.
    let late = logger.layer("LATE");
    let say = || {
        info!(logger, "LATE-LITERAL", "by a call site");
        info!(late; "by a handle");
        info!(before; "by an old handle");
    };
    records.take();
    say();
    assert_eq!(records.take().len(), 3);
    let config = Config::builder()
        .default_level(Level::Error)
        .layer("DEFAULT", |layer| layer.console(|console| console));
    logger.update_config(config.build().unwrap()).unwrap();
    say();
    assert_eq!(records.take(), []);
    logger.set_level("LATE-LITERAL", Level::Trace);
    say();
    assert_eq!(records.take().len(), 1);
    logger.set_level("NEVER-SEEN", Level::Trace);
    logger.trace("NEVER-SEEN", "its level is remembered");
    assert_eq!(records.take().len(), 1);
}

#[test]
fn sixty_four_threads_log_and_end_and_every_record_is_counted() {
    let (logger, records) = testing::capture();
    std::thread::scope(|scope| {
        for thread in 0..64 {
            let logger = &logger;
            scope.spawn(move || {
                for n in 0..50 {
                    info!(logger, "APP", thread, n, "in a thread");
                }
            });
        }
    });
    assert_eq!(records.len(), 64 * 50);
    assert_eq!(
        logger.metrics().layers["APP"].by_level[Level::Info.index()],
        64 * 50
    );
}

#[test]
fn what_was_captured_is_searched_and_counted_and_flushing_it_is_nothing() {
    let (logger, records) = testing::capture();
    logger.info("APP", "connection lost");
    logger.flush().unwrap();
    assert!(records.contains("tion lo") && !records.contains("found"));
    assert_eq!(logger.metrics().layers["APP"].records, 1);
    logger.close().unwrap();
    assert_eq!(records.len(), 1);
}
