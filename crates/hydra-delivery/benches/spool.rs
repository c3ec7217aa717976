//! The spool: lines of 256 bytes onto the disk, and back.

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use hydra_core::destination::BatchBuf;
use hydra_core::{Level, LineMeta};
use hydra_delivery::spool::{Place, Spool, SpoolOptions};

const LINES: usize = 100_000;

fn main() {
    divan::main();
}

fn batch(lines: usize) -> BatchBuf {
    let meta = LineMeta::new(Level::Info, 0);
    let mut batch = BatchBuf::default();
    for at in 0..lines {
        batch.push(format!("{at:0255}\n").as_bytes(), &meta);
    }
    batch
}

/// In a directory of a real disk: HYDRA_BENCH_DIR, or the target folder's.
fn place() -> (tempfile::TempDir, Place) {
    let directory =
        std::env::var_os("HYDRA_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(directory).unwrap();
    let spool = Spool::open(directory.path(), SpoolOptions::default()).unwrap();
    let place = spool.place("file app.log", false);
    (directory, place)
}

/// Each call returns when the disk has its lines.
#[divan::bench(args = [10, 100, 1_000, 10_000], sample_count = 3, sample_size = 1)]
fn fill(bencher: Bencher, lines: usize) {
    let batch = batch(lines);
    let total = LINES.min(lines * 1_000);
    bencher
        .counter(ItemsCount::new(total))
        .with_inputs(place)
        .bench_values(|(directory, place)| {
            for _ in 0..total / lines {
                place.append(&batch.as_batch()).unwrap();
            }
            (directory, place)
        });
}

/// What a thousand lines a call have filled, in pieces of these bytes.
#[divan::bench(args = [65_536, 1_048_576], sample_count = 3, sample_size = 1)]
fn drain(bencher: Bencher, bytes: usize) {
    let batch = batch(1_000);
    let filled = || {
        let (directory, place) = place();
        for _ in 0..LINES / 1_000 {
            place.append(&batch.as_batch()).unwrap();
        }
        (directory, place)
    };
    bencher
        .counter(ItemsCount::new(LINES))
        .with_inputs(filled)
        .bench_values(|(directory, place)| {
            while let Some(taken) = place.take(bytes).unwrap() {
                let lines = taken.batch().len();
                place.settle(taken, lines);
            }
            (directory, place)
        });
}
