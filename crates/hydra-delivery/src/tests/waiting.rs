use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{push, ring_of, take_all, wait_until};
use crate::bell::Bell;
use crate::ring::{Consumer, Producer, PushError, ring};

/// Longer than any test: it ends only when it is ended.
const NAP: Option<Duration> = Some(Duration::from_hours(1));

/// A full ring of 256 bytes: 16 records.
fn full() -> (Producer, Consumer) {
    let (mut producer, consumer) = ring_of(256);
    for number in 0..16 {
        push(&mut producer, &[number; 8]).unwrap();
    }
    assert_eq!(push(&mut producer, b""), Err(PushError::Full));
    (producer, consumer)
}

/// Reads `count` records and releases their room at once.
fn take(consumer: &mut Consumer, count: usize) {
    consumer.look();
    for _ in 0..count {
        assert!(consumer.next().is_some());
        consumer.advance();
    }
    consumer.release();
}

#[test]
fn who_waits_for_room_is_woken_when_half_of_the_ring_is_free_and_not_before() {
    let (mut producer, mut consumer) = full();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| producer.wait_for_room(None));
        wait_until(|| consumer.is_awaited());
        take(&mut consumer, 1);
        take(&mut consumer, 6);
        assert!(consumer.is_awaited());
        take(&mut consumer, 1);
        assert!(waiting.join().unwrap());
    });
    assert!(!consumer.is_awaited());
    push(&mut producer, b"fits").unwrap();
}

#[test]
fn who_needs_more_than_half_waits_for_as_much_as_it_needs() {
    let (mut producer, mut consumer) = ring_of(256);
    for number in 0..8 {
        push(&mut producer, &[number; 8]).unwrap();
    }
    take(&mut consumer, 2);
    push(&mut producer, &[8; 8]).unwrap();
    // 112 bytes used, 112 to the end: those are skipped.
    assert_eq!(push(&mut producer, &[9; 112]), Err(PushError::Full));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            assert!(producer.wait_for_room(None));
            push(&mut producer, &[9; 112])
        });
        wait_until(|| consumer.is_awaited());
        take(&mut consumer, 5);
        assert!(consumer.is_awaited(), "half of the ring is not enough");
        take(&mut consumer, 1);
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
    assert_eq!(take_all(&mut consumer).last().unwrap(), &[9; 112]);
}

#[test]
fn a_wait_for_room_ends_at_its_deadline() {
    let (mut producer, mut consumer) = full();
    assert!(!producer.wait_for_room(Some(Instant::now())));
    take(&mut consumer, 7);
    assert!(!producer.wait_for_room(Some(Instant::now())));
    take(&mut consumer, 1);
    assert!(producer.wait_for_room(Some(Instant::now())));
}

#[test]
fn a_consumer_that_closes_wakes_who_waits_for_room() {
    let (mut producer, mut consumer) = full();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            assert!(producer.wait_for_room(None));
            push(&mut producer, b"")
        });
        wait_until(|| consumer.is_awaited());
        consumer.close();
        assert_eq!(waiting.join().unwrap(), Err(PushError::Closed));
    });
    assert_eq!(take_all(&mut consumer).len(), 16);
}

#[test]
fn a_sleeping_dispatcher_is_woken_by_the_first_record_and_by_the_end_of_a_thread() {
    for bell in [Bell::new(), Bell::with_fence(true)] {
        let bell = Arc::new(bell);
        let (mut producer, mut consumer) = ring(256, Arc::clone(&bell)).unwrap();
        thread::scope(|scope| {
            let dispatcher = scope.spawn(|| {
                bell.rest(None, || consumer.used() > 0);
                let records = take_all(&mut consumer);
                while !consumer.is_finished() {
                    bell.rest(None, || consumer.is_finished());
                }
                records
            });
            wait_until(|| bell.is_asleep());
            push(&mut producer, b"wakes").unwrap();
            wait_until(|| bell.is_asleep());
            drop(producer);
            assert_eq!(dispatcher.join().unwrap(), [b"wakes"]);
        });
    }
}

#[test]
fn a_napping_dispatcher_is_woken_when_more_than_half_of_the_ring_is_used() {
    let bell = Arc::new(Bell::new());
    let (mut producer, mut consumer) = ring(256, Arc::clone(&bell)).unwrap();
    // Positions that are not in the first turn of the ring.
    for _ in 0..20 {
        push(&mut producer, b"12345678").unwrap();
        take(&mut consumer, 1);
    }
    thread::scope(|scope| {
        let dispatcher = scope.spawn(|| bell.rest(NAP, || false));
        wait_until(|| bell.is_resting());
        for _ in 0..8 {
            push(&mut producer, b"12345678").unwrap();
        }
        assert!(bell.is_resting(), "half of the ring is not more than half");
        push(&mut producer, b"").unwrap();
        assert!(!bell.is_resting());
        dispatcher.join().unwrap();
    });
    assert_eq!(take_all(&mut consumer).len(), 9);
}

#[test]
fn who_waits_for_room_ends_the_dispatchers_nap() {
    let bell = Arc::new(Bell::new());
    let (mut producer, mut consumer) = ring(256, Arc::clone(&bell)).unwrap();
    for number in 0..16 {
        push(&mut producer, &[number; 8]).unwrap();
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            bell.rest(NAP, || false);
            take(&mut consumer, 16);
        });
        wait_until(|| bell.is_resting());
        assert!(producer.wait_for_room(None));
    });
}
