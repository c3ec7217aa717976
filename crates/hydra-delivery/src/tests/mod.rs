//! Not beside what they test: loom compiles those files too.

mod ring;

use std::sync::Arc;

use crate::bell::Bell;
use crate::ring::{Consumer, Producer, PushError};

fn ring_of(capacity: usize) -> (Producer, Consumer) {
    crate::ring::ring(capacity, Arc::new(Bell::new())).unwrap()
}

fn push(producer: &mut Producer, record: &[u8]) -> Result<(), PushError> {
    producer.push(record.len(), |bytes| bytes.copy_from_slice(record))
}

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
