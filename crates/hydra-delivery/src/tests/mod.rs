//! Not beside what they test: loom compiles those files too.

mod bell;
#[cfg(target_os = "linux")]
mod fork;
mod model;
mod ring;
#[cfg(target_os = "linux")]
mod ring_file;
mod tickets;
mod waiting;
mod word;

use std::sync::Arc;
use std::thread;

use crate::bell::Bell;
use crate::ring::{Consumer, Producer, PushError};

fn ring_of(capacity: usize) -> (Producer, Consumer) {
    crate::ring::ring(capacity, Arc::new(Bell::new())).unwrap()
}

fn push(producer: &mut Producer, record: &[u8]) -> Result<(), PushError> {
    // As the front does: where there is room at once, and else anywhere.
    let is_written = producer.push_at_once(|room| {
        room.get_mut(..record.len())?.copy_from_slice(record);
        Some(record.len())
    })?;
    if is_written {
        return Ok(());
    }
    producer.push(record.len(), |bytes| bytes.copy_from_slice(record))
}

/// Everything that a look finds, released afterwards.
fn take_all(consumer: &mut Consumer) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    consumer.look();
    while let Some(record) = consumer.next() {
        records.push(record.to_vec());
        consumer.advance();
    }
    consumer.release();
    records
}

fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}
