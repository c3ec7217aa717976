//! Threads that pass some million records through rings and check every byte of them, without the
//! test harness: under ThreadSanitizer that has a data race of its own (`make sanitize`). The sources
//! are included, since the ring is nothing that the crate shows.
//!
//! RECORDS: how many in the longest of them, 2,000,000 by default.
#![allow(dead_code)]

#[path = "../src/bell.rs"]
mod bell;
#[path = "../src/memory.rs"]
mod memory;
#[path = "../src/prefetch.rs"]
mod prefetch;
#[path = "../src/primitives.rs"]
mod primitives;
#[path = "../src/ring/mod.rs"]
mod ring;
#[path = "../src/sys/mod.rs"]
mod sys;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bell::Bell;
use ring::{Consumer, Producer, PushError, ring};

fn main() {
    let records = std::env::var("RECORDS").map_or(2_000_000, |text| text.parse().unwrap());
    every_byte_arrives_in_order(256 * 1024, records, None);
    every_byte_arrives_in_order(1024, records / 20, Some(Duration::from_micros(50)));
    // Each waits for the other nearly every time.
    every_byte_arrives_in_order(512, records / 20, None);
    many_threads_come_and_go(records / 1000);
    what_a_closed_ring_accepted_is_what_can_be_read(records / 1000);
    println!("ok");
}

/// Numbers that look random, the same in each run (xorshift).
struct Lengths(u64);

impl Lengths {
    fn next(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % (most + 1)
    }
}

/// The record with this number: its bytes tell it from every other of its neighbourhood.
fn fill(number: usize, bytes: &mut [u8]) {
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = (number.wrapping_mul(31) + place) as u8;
    }
}

fn check(number: usize, bytes: &[u8]) {
    let mut expected = [0; 512];
    fill(number, &mut expected[..bytes.len()]);
    assert_eq!(bytes, &expected[..bytes.len()], "record {number}");
}

fn push_waiting(producer: &mut Producer, length: usize, number: usize) -> Result<(), PushError> {
    loop {
        match producer.push(length, |bytes| fill(number, bytes)) {
            Err(PushError::Full) => assert!(producer.wait_for_room(None)),
            result => return result,
        }
    }
}

fn every_byte_arrives_in_order(capacity: usize, records: usize, nap: Option<Duration>) {
    let most = (capacity / 2 - 8).min(300);
    for bell in [Bell::new(), Bell::with_fence(true)] {
        let bell = Arc::new(bell);
        let (mut producer, mut consumer) = ring(capacity, Arc::clone(&bell)).unwrap();
        let writer = thread::spawn(move || {
            let mut lengths = Lengths(1);
            for number in 0..records {
                let length = lengths.next(most);
                push_waiting(&mut producer, length, number).unwrap();
            }
        });
        let (mut lengths, mut number) = (Lengths(1), 0);
        let mut naps = nap.into_iter().cycle();
        while !consumer.is_finished() {
            consumer.look();
            while let Some(record) = consumer.next() {
                assert_eq!(record.len(), lengths.next(most), "record {number}");
                check(number, record);
                number += 1;
                consumer.advance();
            }
            consumer.release();
            match naps.next() {
                Some(nap) => bell.rest(Some(nap), || consumer.used() > capacity / 2),
                None => bell.rest(None, || consumer.used() > 0 || consumer.is_finished()),
            }
        }
        assert_eq!(number, records);
        writer.join().unwrap();
    }
}

/// One dispatcher, four threads at a time, each gone after a hundred records.
fn many_threads_come_and_go(threads: usize) {
    let bell = Arc::new(Bell::new());
    let mut rings = Vec::new();
    let (mut started, mut received) = (0, 0);
    while received < threads * 100 {
        while rings.len() < 4 && started < threads {
            let (mut producer, consumer) = ring(4096, Arc::clone(&bell)).unwrap();
            let thread = thread::spawn(move || {
                (0..100).for_each(|number| push_waiting(&mut producer, 40, number).unwrap());
            });
            rings.push((consumer, thread, 0));
            started += 1;
        }
        for (consumer, _, number) in &mut rings {
            consumer.look();
            while let Some(record) = consumer.next() {
                check(*number, record);
                *number += 1;
                received += 1;
                consumer.advance();
            }
            consumer.release();
        }
        for (consumer, thread, number) in rings.extract_if(.., |(ring, ..)| ring.is_finished()) {
            assert_eq!(number, 100);
            // Not needed, but an `Arc` frees its value behind a fence, which ThreadSanitizer does
            // not know.
            thread.join().unwrap();
            drop(consumer);
        }
        bell.rest(None, || {
            let has_work = |ring: &Consumer| ring.used() > 0 || ring.is_finished();
            rings.is_empty() || rings.iter().any(|(ring, ..)| has_work(ring))
        });
    }
}

/// A dispatcher that closes a ring at some moment while a thread writes to it.
fn what_a_closed_ring_accepted_is_what_can_be_read(rounds: usize) {
    for bell in [Bell::new(), Bell::with_fence(true)] {
        let bell = Arc::new(bell);
        for round in 0..rounds {
            let (mut producer, mut consumer) = ring(1024, Arc::clone(&bell)).unwrap();
            let writer = thread::spawn(move || {
                let mut accepted = 0;
                while push_waiting(&mut producer, 24, accepted).is_ok() {
                    accepted += 1;
                }
                accepted
            });
            let mut number = 0;
            let mut read = |consumer: &mut Consumer| {
                consumer.look();
                while let Some(record) = consumer.next() {
                    check(number, record);
                    number += 1;
                    consumer.advance();
                }
                consumer.release();
                number
            };
            while read(&mut consumer) < round % 97 {}
            consumer.close();
            let total = read(&mut consumer);
            assert!(consumer.is_finished());
            assert_eq!(total, writer.join().unwrap(), "round {round}");
        }
    }
}
