//! Once warm, a record costs no allocation: not its message, fields, context, escapes, nor files.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use hydra_logger::config::Config;
use hydra_logger::format::FormatKind;
use hydra_logger::{Context, Level, Logger, Value, debug, error, info};

struct Counting;

thread_local! {
    /// Of this thread alone: the file destination's own threads may allocate.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One round of everything; returns what the logger allocated.
fn round(logger: &Logger, i: u64) -> u64 {
    // What the test itself allocates is not the logger's.
    let tags = vec!["a", "b c"];
    let map = BTreeMap::from([("k", 1), ("l", 2)]);
    let nested = [("x", Value::U64(i))];
    let path = std::path::Path::new("/tmp");
    let elapsed = Duration::from_micros(i);
    let before = ALLOCATIONS.get();
    info!(logger, "APP", "a plain message");
    info!(
        logger,
        "APP",
        i,
        user = "ada",
        ratio = 0.25,
        ok = true,
        "formatted {} of {}",
        i,
        2000
    );
    info!(logger, "APP", path = %path.display(), state = ?Some(i), "live");
    info!(
        logger,
        "APP",
        text = "line\nbreak \u{1b}[31m \"quoted\"",
        "escapes \u{202e} \t \0"
    );
    info!(
        logger,
        "DB",
        tags,
        map,
        nested = Value::Map(&nested),
        "collections"
    );
    error!(logger, "DB", error = #std::fmt::Error, elapsed, big = u128::MAX, "failed");
    debug!(logger, "APP", i, "not enabled");
    logger.info("APP", "by a method");
    logger.log(Level::Info, "OTHER", format_args!("unknown layer {i}"));
    ALLOCATIONS.get() - before
}

/// The logger's allocations in the second thousand of rounds.
fn of_the_logger(logger: &Logger) -> u64 {
    (0..1000).for_each(|i| _ = round(logger, i));
    (0..1000).map(|i| round(logger, i)).sum()
}

fn logger(directory: &std::path::Path, buffer: Option<u64>) -> Logger {
    let mut builder = Config::builder().layer("DEFAULT", |layer| {
        [
            FormatKind::PlainText,
            FormatKind::Json,
            FormatKind::PlainText,
        ]
        .into_iter()
        .enumerate()
        .fold(layer, |layer, (i, format)| {
            layer.file(directory.join(format!("{i}.log")), |file| {
                file.format(format).unlimited_size()
            })
        })
    });
    if let Some(size) = buffer {
        builder = builder.buffer_size(size);
    }
    Logger::from_config(builder.build().unwrap()).unwrap()
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}

#[test]
fn three_files_written_through_allocate_nothing() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(of_the_logger(&logger(directory.path(), None)), 0);
}

#[test]
fn three_buffered_files_allocate_nothing() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(of_the_logger(&logger(directory.path(), Some(1 << 16))), 0);
}

#[test]
fn context_fields_allocate_nothing_for_each_record() {
    let directory = tempfile::tempdir().unwrap();
    let logger = logger(directory.path(), Some(1 << 16));
    let _outer = Context::new()
        .with("request_id", "r-17")
        .with("n", 1)
        .enter();
    let _inner = Context::new().with("list", vec![1, 2]).enter();
    assert_eq!(of_the_logger(&logger), 0);
}

#[test]
fn a_hundred_layers_in_turn_allocate_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let logger = logger(directory.path(), Some(1 << 16));
    let names: Vec<String> = (0..100).map(|i| format!("LAYER-{i}")).collect();
    let round = || {
        let before = ALLOCATIONS.get();
        for name in &names {
            logger.info(name, "in turn");
        }
        ALLOCATIONS.get() - before
    };
    (0..100).for_each(|_| _ = round());
    assert_eq!((0..100).map(|_| round()).sum::<u64>(), 0);
    assert_eq!(logger.metrics().layers["LAYER-99"].records, 200);
}
