//! A ring file as a killed process leaves it, and as a damaged disk does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hydra_core::config::{Config, Durability, Syntax, load_text};
use hydra_core::pipeline::{Assembly, Layer, Route};
use hydra_core::{Context, Fields, Key, Level, Value};
use proptest::prelude::*;

use super::wait_until;
use crate::bell::Bell;
use crate::recovery::{self, Left, Outcome};
use crate::ring;
use crate::ring_file::RingFile;
use crate::ring_file::reader::{self, Contents};
use crate::ring_file::record;
use crate::{Engine, EngineOptions};

fn config(directory: &Path) -> Config {
    Config::builder()
        .layer("APP", |layer| {
            layer.file(directory.join("app.log"), |file| file)
        })
        .layer("DB", |layer| {
            layer.file(directory.join("db.log"), |file| file)
        })
        .build()
        .unwrap()
}

fn engine(directory: &Path) -> Engine {
    Engine::new(options(directory))
}

fn options(directory: &Path) -> EngineOptions {
    EngineOptions {
        durability: Some(Durability::Process),
        state_dir: Some(directory.join("state")),
        ring_size: 4096,
        ..EngineOptions::default()
    }
}

/// A layer before an engine, as a logger makes it.
fn layer(engine: &Engine, assembly: &Assembly, name: &str) -> Layer {
    let (level, open) = assembly.route(name).unwrap();
    let front = engine.front();
    Layer::new(1, name, level, Route::Queued { front, open })
}

/// A ring file in which nothing of what was logged has been delivered: read while the destinations
/// wait.
fn left(directory: &Path, log: impl FnOnce(&Engine, &Assembly)) -> Vec<u8> {
    left_by(&engine(directory), directory, log)
}

fn left_by(engine: &Engine, directory: &Path, log: impl FnOnce(&Engine, &Assembly)) -> Vec<u8> {
    let config = config(directory);
    engine.configure(&config.to_json());
    let mut assembly = Assembly::new(&config, None).unwrap();
    assembly.wrap(None, &mut [], |name, _, destination| {
        let waits: Arc<dyn hydra_core::Destination> = Arc::new(Waits(Arc::clone(destination)));
        Some(engine.queue(name, waits))
    });
    log(engine, &assembly);
    engine.flush(Some(Duration::from_mins(1))).unwrap();
    let bytes = std::fs::read(ring_file(directory)).unwrap();
    // The file is this process's own as long as it lives: what reads it later reads a copy.
    std::fs::remove_dir_all(directory.join("state")).unwrap();
    drop(assembly);
    let _ = engine.close(Duration::ZERO);
    bytes
}

fn ring_file(directory: &Path) -> PathBuf {
    let mut entries = std::fs::read_dir(directory.join("state")).unwrap();
    entries.next().unwrap().unwrap().path()
}

/// Takes nothing, for as long as the test runs.
struct Waits(Arc<dyn hydra_core::Destination>);

impl hydra_core::Destination for Waits {
    fn deliver(&self, _: &[u8], _: &hydra_core::LineMeta) -> std::io::Result<()> {
        loop {
            std::thread::park();
        }
    }
    fn flush(&self) -> std::io::Result<()> {
        Ok(())
    }
    fn stats(&self) -> &hydra_core::DestinationStats {
        self.0.stats()
    }
}

/// Three records, one of each kind.
fn three(engine: &Engine, assembly: &Assembly) {
    const KEYS: &[Key<'static>] = &[Key::new("user"), Key::new("ok")];
    let app = layer(engine, assembly, "APP");
    app.emit(Level::Info, "one".into(), Fields::NONE, None);
    let values = [Value::Str("zoë"), Value::Bool(true)];
    app.emit(
        Level::Error,
        "two".into(),
        Fields::of_site(KEYS, &values),
        None,
    );
    let _context = Context::new().with("job", 7_u64).enter();
    let db = layer(engine, assembly, "DB");
    db.emit(Level::Warning, "three".into(), Fields::NONE, None);
}

#[test]
fn who_waits_for_room_in_a_file_is_woken_when_half_of_it_is_given_back_and_not_before() {
    let directory = tempfile::tempdir().unwrap();
    let bell = Arc::new(Bell::new());
    let file = RingFile::new(directory.path(), Arc::clone(&bell)).unwrap();
    let (memory, _kept) = file.ring(4096).unwrap();
    let (mut producer, mut consumer) = ring::over(memory, bell);
    let gauge = producer.gauge();
    while producer.push(248, |_| ()).is_ok() {}
    assert!((gauge.percent() - 100.0).abs() < 0.1);
    consumer.look();
    let mut ends = vec![];
    while consumer.next().is_some() {
        consumer.advance();
        ends.push(consumer.position());
    }
    assert_eq!(ends.len(), 16);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| producer.wait_for_room(None));
        wait_until(|| consumer.is_awaited());
        // All is read, and part of it delivered.
        consumer.release_to(ends[0]);
        consumer.release_to(ends[6]);
        assert!(consumer.is_awaited());
        consumer.release_to(ends[7]);
        assert!(waiting.join().unwrap());
    });
    file.remove();
}

/// Puts a file where the process of another owner would have left it, and recovers it.
fn recover(directory: &Path, bytes: &[u8]) -> Vec<Left> {
    recover_by(directory, bytes, parse)
}

fn recover_by(
    directory: &Path,
    bytes: &[u8],
    parse: impl Fn(&str) -> Result<Config, String>,
) -> Vec<Left> {
    let state = directory.join("state");
    std::fs::create_dir_all(&state).unwrap();
    let mut bytes = bytes.to_vec();
    if let Some(start) = bytes.get_mut(16..24) {
        // Started at another time than any process that lives.
        start.copy_from_slice(&1_u64.to_le_bytes());
    }
    std::fs::write(state.join("1-1-0.ring"), bytes).unwrap();
    recovery::recover(&state, parse).unwrap()
}

fn parse(json: &str) -> Result<Config, String> {
    let loaded = load_text(json, Syntax::Json).map_err(|error| error.to_string())?;
    Ok(loaded.config)
}

fn texts(contents: &Contents<'_>) -> Vec<String> {
    let arena = bumpalo::Bump::new();
    let records = contents.records.iter();
    records
        .map(|waiting| {
            let read = record::read(waiting.bytes, &arena).unwrap();
            format!(
                "{} {}",
                read.layer,
                crate::call::text_of(&read.call.message)
            )
        })
        .collect()
}

fn lines(path: PathBuf) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_was_accepted_is_in_the_file_and_is_delivered_to_each_destination() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let bytes = left(directory, three);
    let contents = reader::read(&bytes).unwrap_or_else(|_| panic!("it is whole"));
    assert_eq!(texts(&contents), ["APP one", "APP two", "DB three"]);
    assert_eq!(contents.damage, reader::Damage::default());
    assert_eq!(contents.owner.pid, std::process::id());
    let recovered = recover(directory, &bytes);
    assert_eq!(recovered.len(), 1);
    assert_eq!(recovered[0].outcome, Outcome::Delivered);
    assert_eq!((recovered[0].records, recovered[0].delivered), (3, 3));
    let app = lines(directory.join("app.log"));
    assert!(app[0].ends_with("INFO - one"), "{app:?}");
    assert!(app[1].ends_with("ERROR - two user=zoë ok=true"), "{app:?}");
    let db = lines(directory.join("db.log"));
    assert!(db[0].contains("three") && db[0].contains("job=7"), "{db:?}");
    assert_eq!((app.len(), db.len()), (2, 1));
}

#[test]
fn what_has_been_delivered_is_not_delivered_again_and_the_file_goes_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let engine = engine(directory);
    let config = config(directory);
    engine.configure(&config.to_json());
    assert_eq!(engine.durability(), Durability::Process);
    let mut assembly = Assembly::new(&config, None).unwrap();
    assembly.wrap(None, &mut [], |name, _, destination| {
        Some(engine.queue(name, Arc::clone(destination)))
    });
    three(&engine, &assembly);
    engine.flush(None).unwrap();
    for (_, destination) in assembly.destinations() {
        destination.flush().unwrap();
    }
    let bytes = std::fs::read(ring_file(directory)).unwrap();
    let recovered = recover(directory, &bytes);
    assert_eq!(recovered[0].delivered, 0);
    assert_eq!(lines(directory.join("app.log")).len(), 2);
    engine.close(Duration::from_mins(1)).unwrap();
    let left: Vec<_> = std::fs::read_dir(directory.join("state"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_destination_of_a_replaced_configuration_is_not_taken_for_the_one_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let engine = engine(directory);
    let (log, stuck) = (directory.join("app.log"), directory.join("stuck.log"));
    let assembly = |size| {
        let app = |layer: hydra_core::config::LayerBuilder| {
            let layer = layer.file(&log, |file| file.max_size(size));
            layer.file(&stuck, |file| file)
        };
        let config = Config::builder().layer("APP", app).build().unwrap();
        engine.configure(&config.to_json());
        let mut assembly = Assembly::new(&config, None).unwrap();
        assembly.wrap(None, &mut [], |name, _, destination| {
            let mut destination = Arc::clone(destination);
            if name.ends_with("stuck.log") {
                // Nothing is given back in the ring.
                destination = Arc::new(Waits(destination));
            }
            Some(engine.queue(name, destination))
        });
        assembly
    };
    let log_to = |assembly: &Assembly, message: &str| {
        let layer = layer(&engine, assembly, "APP");
        layer.emit(Level::Info, message.into(), Fields::NONE, None);
        engine.flush(None).unwrap();
        let mut files = assembly
            .destinations()
            .filter(|(name, _)| name.ends_with("app.log"));
        files.next().unwrap().1.flush().unwrap();
    };
    let before = assembly(1 << 20);
    log_to(&before, "one");
    let after = assembly(2 << 20);
    log_to(&after, "two");
    let bytes = std::fs::read(ring_file(directory)).unwrap();
    let state = directory.join("elsewhere");
    std::fs::create_dir(&state).unwrap();
    assert_eq!(recover(&state, &bytes).len(), 1);
    assert_eq!(lines(log.clone()).len(), 2);
    assert_eq!(
        lines(stuck.clone()).len(),
        1,
        "what the replaced one had not taken"
    );
    let _ = engine.close(Duration::ZERO);
}

#[test]
fn a_record_larger_than_the_ring_is_delivered_before_the_call_returns() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let engine = engine(directory);
    let config = config(directory);
    engine.configure(&config.to_json());
    let mut assembly = Assembly::new(&config, None).unwrap();
    assembly.wrap(None, &mut [], |name, _, destination| {
        Some(engine.queue(name, Arc::clone(destination)))
    });
    let app = layer(&engine, &assembly, "APP");
    let large = "x".repeat(100_000);
    app.emit(Level::Info, "before".into(), Fields::NONE, None);
    app.emit(Level::Info, large.as_str().into(), Fields::NONE, None);
    app.emit(Level::Info, "after".into(), Fields::NONE, None);
    engine.close(Duration::from_mins(1)).unwrap();
    let found = lines(directory.join("app.log"));
    let found: Vec<_> = found
        .iter()
        .map(|line| line.split_once(" - ").unwrap().1)
        .collect();
    assert_eq!(found, ["before", &large, "after"]);
}

#[test]
fn threads_that_end_leave_their_place_to_others() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let engine = engine(directory);
    let config = config(directory);
    engine.configure(&config.to_json());
    let mut assembly = Assembly::new(&config, None).unwrap();
    assembly.wrap(None, &mut [], |name, _, destination| {
        Some(engine.queue(name, Arc::clone(destination)))
    });
    let app = layer(&engine, &assembly, "APP");
    let mut sizes = Vec::new();
    for n in 0..200 {
        let app = app.clone();
        std::thread::spawn(move || {
            app.emit(Level::Info, format_args!("{n}").into(), Fields::NONE, None);
        })
        .join()
        .unwrap();
        engine.flush(None).unwrap();
        for (_, destination) in assembly.destinations() {
            destination.flush().unwrap();
        }
        // A round in which the ring of the thread, which is gone, is given back.
        engine.flush(None).unwrap();
        sizes.push(std::fs::metadata(ring_file(directory)).unwrap().len());
    }
    let few = 20 * 8192 + 500_000;
    assert!(sizes[199] < few, "{sizes:?}");
    engine.close(Duration::from_mins(1)).unwrap();
    assert_eq!(lines(directory.join("app.log")).len(), 200);
}

#[test]
fn where_no_file_can_be_made_records_are_kept_in_memory_and_it_is_said() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("state"), "a file").unwrap();
    let engine = engine(directory.path());
    let before = hydra_core::diagnostics::stats().total;
    engine.configure("{}");
    assert_eq!(engine.durability(), Durability::Memory);
    assert!(hydra_core::diagnostics::stats().total > before);
    let assembly = Assembly::new(&config(directory.path()), None).unwrap();
    let app = layer(&engine, &assembly, "APP");
    app.emit(Level::Info, "all the same".into(), Fields::NONE, None);
    engine.close(Duration::from_mins(1)).unwrap();
    assert_eq!(lines(directory.path().join("app.log")).len(), 1);
}

/// A file with many records, made once.
fn many() -> &'static [u8] {
    static MANY: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    MANY.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        left(directory.path(), twenty)
    })
}

fn twenty(engine: &Engine, assembly: &Assembly) {
    let app = layer(engine, assembly, "APP");
    for n in 0..20 {
        app.emit(
            Level::Info,
            format_args!("number {n}").into(),
            Fields::NONE,
            None,
        );
    }
}

/// Where the records of the first ring stand.
fn ring_of(bytes: &[u8]) -> std::ops::Range<usize> {
    let contents = reader::read(bytes).unwrap_or_else(|_| panic!("it is whole"));
    let first = contents.records.first().unwrap();
    let last = contents.records.last().unwrap();
    let begin = first.number_at as usize - 4;
    begin..last.number_at as usize + 4 + last.bytes.len()
}

#[test]
fn each_bit_of_a_record_that_flips_costs_that_record_at_most_and_is_counted() {
    let whole = many();
    let ring = ring_of(whole);
    let expected: Vec<String> = (0..20).map(|n| format!("APP number {n}")).collect();
    let mut bytes = whole.to_vec();
    for at in ring {
        for bit in [0, 3, 7] {
            bytes[at] ^= 1 << bit;
            let contents = reader::read(&bytes).unwrap_or_else(|_| panic!("its head is whole"));
            let found = texts(&contents);
            let intact = found.iter().filter(|text| expected.contains(text)).count();
            // One record is another, or is gone; a length that grew takes the next along.
            let lost = 20 - intact;
            assert!(lost <= 2, "{at}, {bit}: {found:?}");
            let is_told = contents.damage.records > 0 || found.len() == 20;
            assert!(is_told, "{at}, {bit}: {found:?}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn with_checksums_no_flipped_bit_makes_another_record() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let engine = Engine::new(EngineOptions {
        ring_checksums: true,
        ..options(directory)
    });
    let mut bytes = left_by(&engine, directory, twenty);
    for at in ring_of(&bytes) {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            let contents = reader::read(&bytes).unwrap_or_else(|_| panic!("its head is whole"));
            let found = texts(&contents);
            let is_one_of_ours = |text: &String| {
                let number = text.strip_prefix("APP number ").map(str::parse);
                matches!(number, Some(Ok(0_u32..20)))
            };
            assert!(found.iter().all(is_one_of_ours), "{at}, {bit}: {found:?}");
            assert!(found.len() >= 18, "{at}, {bit}: {found:?}");
            let is_told = contents.damage.records > 0 || found.len() == 20;
            assert!(is_told, "{at}, {bit}: {found:?}");
            bytes[at] ^= 1 << bit;
        }
    }
    assert_eq!(recover(directory, &bytes).len(), 1);
    assert_eq!(lines(directory.join("app.log")).len(), 20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_a_file_reading_it_ends_and_counts(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
        in_head in any::<bool>(),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = many().to_vec();
        let end = if in_head { 20_000 } else { bytes.len() };
        for (at, with) in flips {
            bytes[at.index(end)] ^= with;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(contents) = reader::read(&bytes) {
            prop_assert!(contents.records.len() <= bytes.len() / 8);
        }
        let directory = tempfile::tempdir().unwrap();
        // What is left of it is recovered, or it says why not; nothing panics. Not by a
        // configuration whose paths have changed.
        let left = recover_by(directory.path(), &bytes, |_| Ok(config(directory.path())));
        prop_assert!(left.len() <= 1);
    }
}
