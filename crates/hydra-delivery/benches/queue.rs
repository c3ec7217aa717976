//! What a line costs the one who delivers it: `cargo bench -p hydra-delivery --bench queue`.
//!
//! Lines of 150 bytes. The file is a real one; a queue that is full would measure the worker's pace,
//! so those here have room for a round's lines, and what a round put in is flushed before the next.

use std::hint::black_box;
use std::io;
use std::sync::Arc;

use divan::{Bencher, counter::ItemsCount};
use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::destination::{Batch, BatchBuf, BatchError};
use hydra_core::{Destination, DestinationStats, Level, LineMeta};
use hydra_delivery::queue::QueueOptions;
use hydra_delivery::workers::{Workers, WorkersOptions};

const LINES: usize = 10_000;

const META: LineMeta = LineMeta::new(Level::Info, 1_700_000_000_000_000_000);

fn main() {
    divan::main();
}

fn line() -> [u8; 150] {
    let mut line = [b'x'; 150];
    line[149] = b'\n';
    line
}

/// Takes lines and forgets them.
#[derive(Default)]
struct Nowhere(DestinationStats);

impl Destination for Nowhere {
    fn deliver(&self, _: &[u8], _: &LineMeta) -> io::Result<()> {
        Ok(())
    }
    fn deliver_batch(&self, _: &Batch<'_>) -> Result<(), BatchError> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
    fn stats(&self) -> &DestinationStats {
        &self.0
    }
}

fn deliver(destination: &dyn Destination) {
    let line = line();
    for _ in 0..LINES {
        // A refused line would be seen in the counts.
        let _ = destination.deliver(black_box(&line), black_box(&META));
    }
}

fn file(buffer: usize) -> (tempfile::TempDir, Arc<FileDestination>) {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let options = FileOptions::new(dir.path().join("app.log")).max_size(64 << 20);
    let file = FileDestination::new(options.buffer_size(buffer));
    (dir, Arc::new(file))
}

/// The copy alone, into 64 KiB again and again.
#[divan::bench]
fn copy(bencher: Bencher<'_, '_>) {
    let line = line();
    let mut lines = BatchBuf::with_capacity(64 * 1024);
    bencher.counter(ItemsCount::new(LINES)).bench_local(|| {
        for _ in 0..LINES {
            if lines.bytes_len() + line.len() > 64 * 1024 {
                lines.clear();
            }
            lines.push(black_box(&line), black_box(&META));
        }
    });
}

fn queued(bencher: Bencher<'_, '_>, destination: Arc<dyn Destination>) {
    let workers = Workers::new(WorkersOptions::default());
    let queue = workers.queue("bench", destination, QueueOptions::default());
    bencher
        .counter(ItemsCount::new(LINES))
        .with_inputs(|| queue.flush())
        .bench_local_values(|_| deliver(&queue));
    assert_eq!(queue.counts().dropped.total(), 0);
}

/// Into a queue whose worker has nothing to write.
#[divan::bench]
fn queue_before_nothing(bencher: Bencher<'_, '_>) {
    queued(bencher, Arc::new(Nowhere::default()));
}

/// Into a queue before a file, the worker writing at the same time.
#[divan::bench]
fn queue_before_a_file(bencher: Bencher<'_, '_>) {
    let (_dir, file) = file(0);
    queued(bencher, file);
}

/// Into the file's own buffer, as a synchronous logger does.
#[divan::bench]
fn buffered_file(bencher: Bencher<'_, '_>) {
    let (_dir, file) = file(64 * 1024);
    bencher
        .counter(ItemsCount::new(LINES))
        .bench_local(|| deliver(&*file));
}

/// Into a queue before a file, until the last line is there.
#[divan::bench]
fn queue_before_a_file_to_the_end(bencher: Bencher<'_, '_>) {
    let (_dir, file) = file(0);
    let workers = Workers::new(WorkersOptions::default());
    let queue = workers.queue("bench", file, QueueOptions::default());
    bencher.counter(ItemsCount::new(LINES)).bench_local(|| {
        deliver(&queue);
        queue.flush()
    });
}
