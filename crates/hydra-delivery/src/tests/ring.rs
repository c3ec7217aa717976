use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{push, ring_of, take_all};
use crate::bell::Bell;
use crate::ring::{PushError, ring};

#[test]
fn records_come_out_in_order_and_as_they_went_in() {
    let (mut producer, mut consumer) = ring_of(256);
    for record in [b"one".as_slice(), b"", b"three and more"] {
        push(&mut producer, record).unwrap();
    }
    assert_eq!(
        take_all(&mut consumer),
        [b"one".as_slice(), b"", b"three and more"]
    );
    assert_eq!(consumer.used(), 0);
}

#[test]
fn a_round_sees_what_was_there_when_it_began_to_look() {
    let (mut producer, mut consumer) = ring_of(256);
    assert_eq!(consumer.next(), None);
    push(&mut producer, b"first").unwrap();
    assert_eq!(consumer.next(), None);
    consumer.look();
    push(&mut producer, b"second").unwrap();
    assert_eq!(consumer.next(), Some(b"first".as_slice()));
    consumer.advance();
    assert_eq!(consumer.next(), None);
    assert_eq!(consumer.used(), 16);
    assert_eq!(take_all(&mut consumer), [b"second"]);
}

#[test]
fn the_next_record_stays_the_next_until_it_is_advanced_past() {
    let (mut producer, mut consumer) = ring_of(256);
    push(&mut producer, b"here").unwrap();
    consumer.look();
    consumer.advance();
    for _ in 0..2 {
        assert_eq!(consumer.next(), Some(b"here".as_slice()));
    }
    consumer.advance();
    consumer.advance();
    assert_eq!(consumer.next(), None);
    assert_eq!(consumer.used(), 0);
}

#[test]
fn a_record_that_does_not_fit_before_the_end_lies_at_the_beginning() {
    let (mut producer, mut consumer) = ring_of(64);
    for round in 0..100_u8 {
        // 24 bytes each: every third one would be broken.
        push(&mut producer, &[round; 13]).unwrap();
        assert_eq!(take_all(&mut consumer), [[round; 13]]);
    }
}

#[test]
fn a_full_ring_takes_a_record_when_room_was_released_and_not_when_it_was_read() {
    let (mut producer, mut consumer) = ring_of(64);
    push(&mut producer, &[1; 24]).unwrap();
    push(&mut producer, &[2; 24]).unwrap();
    assert_eq!(push(&mut producer, b""), Err(PushError::Full));
    consumer.look();
    assert_eq!(consumer.next(), Some([1; 24].as_slice()));
    consumer.advance();
    assert_eq!(push(&mut producer, b""), Err(PushError::Full));
    consumer.release();
    push(&mut producer, &[3; 24]).unwrap();
    assert_eq!(push(&mut producer, b""), Err(PushError::Full));
    assert_eq!(take_all(&mut consumer), [[2; 24], [3; 24]]);
}

#[test]
fn a_record_of_half_the_ring_fits_wherever_the_ring_stands() {
    for before in 0..8 {
        let (mut producer, mut consumer) = ring_of(64);
        for _ in 0..before {
            push(&mut producer, b"").unwrap();
            take_all(&mut consumer);
        }
        push(&mut producer, &[7; 24]).unwrap();
        assert_eq!(take_all(&mut consumer), [[7; 24]]);
        assert_eq!(push(&mut producer, &[7; 25]), Err(PushError::TooLarge));
        let huge = producer.push(usize::MAX, |_| unreachable!());
        assert_eq!(huge, Err(PushError::TooLarge));
    }
}

#[test]
fn bytes_are_aligned_for_numbers_of_64_bits() {
    let (mut producer, mut consumer) = ring_of(1024);
    for length in 0..20 {
        let mut place = None;
        producer
            .push(length, |bytes| place = Some(bytes.as_ptr() as usize))
            .unwrap();
        assert_eq!(place.unwrap() % 8, 0);
        consumer.look();
        assert_eq!(consumer.next().unwrap().as_ptr() as usize % 8, 0);
        consumer.advance();
    }
}

#[test]
fn what_panics_while_it_writes_leaves_no_record() {
    let (mut producer, mut consumer) = ring_of(256);
    push(&mut producer, b"before").unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _ = producer.push(10, |bytes| {
            bytes.fill(1);
            panic!("a value's own code");
        });
    }));
    assert!(panicked.is_err());
    push(&mut producer, b"after").unwrap();
    assert_eq!(
        take_all(&mut consumer),
        [b"before".as_slice(), b"after".as_slice()]
    );
}

#[test]
fn a_ring_whose_thread_ended_is_finished_when_it_is_empty() {
    let (mut producer, mut consumer) = ring_of(256);
    push(&mut producer, b"last").unwrap();
    take_all(&mut consumer);
    push(&mut producer, b"last but for this").unwrap();
    assert!(!consumer.is_finished());
    drop(producer);
    assert!(!consumer.is_finished());
    assert_eq!(take_all(&mut consumer).len(), 1);
    assert!(consumer.is_finished());
}

#[test]
fn a_ring_that_the_consumer_closed_keeps_what_it_accepted_and_takes_no_more() {
    let (mut producer, mut consumer) = ring_of(256);
    push(&mut producer, b"accepted").unwrap();
    consumer.close();
    assert!(!consumer.is_finished());
    assert_eq!(push(&mut producer, b"late"), Err(PushError::Closed));
    assert!(producer.wait_for_room(None), "there is nothing to wait for");
    assert_eq!(take_all(&mut consumer), [b"accepted"]);
    assert!(consumer.is_finished());
}

#[test]
fn a_record_published_behind_the_last_look_of_a_closing_consumer_is_not_accepted() {
    let (mut producer, mut consumer) = ring_of(256);
    push(&mut producer, b"accepted").unwrap();
    // Closed between the producer's first look and its publishing.
    let late = producer.push(4, |bytes| {
        bytes.copy_from_slice(b"late");
        consumer.close();
    });
    assert_eq!(late, Err(PushError::Closed));
    assert_eq!(take_all(&mut consumer), [b"accepted"]);
    assert!(consumer.is_finished());
}

#[test]
fn a_consumer_that_is_dropped_leaves_no_producer_in_the_belief_that_it_is_heard() {
    let (mut producer, consumer) = ring_of(256);
    drop(consumer);
    assert_eq!(push(&mut producer, b"late"), Err(PushError::Closed));
}

#[test]
fn a_ring_has_a_power_of_two_bytes_from_32_to_a_gibibyte() {
    let bell = Arc::new(Bell::new());
    for capacity in [0, 16, 33, 96, 1 << 31, usize::MAX] {
        let error = ring(capacity, Arc::clone(&bell)).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(&capacity.to_string()));
    }
    for capacity in [32, 4096, 1 << 20, 1 << 30] {
        let (mut producer, mut consumer) = ring(capacity, Arc::clone(&bell)).unwrap();
        push(&mut producer, b"12345678").unwrap();
        assert_eq!(take_all(&mut consumer), [b"12345678"]);
    }
}
