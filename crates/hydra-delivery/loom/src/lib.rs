//! The same source files as in hydra-delivery, on loom's atomics instead of the machine's, with the
//! bell whose producers run the barrier: loom knows no membarrier(2). Its tests run every order in
//! which threads can meet, with every value that the memory model lets an atomic load return, fail
//! where two threads reach a byte at once, and where all threads wait for each other for ever.
#![cfg(test)]
// Some of it only the unit tests use.
#![allow(dead_code)]

#[path = "../../src/bell.rs"]
mod bell;
mod memory;
mod primitives;
#[path = "../../src/ring/mod.rs"]
mod ring;
#[path = "../../src/sys/portable.rs"]
mod sys;
#[path = "../../src/tickets.rs"]
mod tickets;

use std::sync::atomic::Ordering::SeqCst;
use std::task::{Wake, Waker};

use bell::Bell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use loom::thread;
use ring::{Consumer, Producer, PushError};
use tickets::Tickets;

/// Three times a thread may lose its core where it could go on: enough for every bug that was put
/// there to see whether it is found, and it takes seconds, not hours.
fn explore(test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(3);
    builder.check(test);
}

/// The smallest ring: two records of eight bytes.
fn small_ring() -> (Producer, Consumer, Arc<Bell>) {
    let bell = Arc::new(Bell::new());
    let (producer, consumer) = ring::ring(32, Arc::clone(&bell)).unwrap();
    (producer, consumer, bell)
}

fn push(producer: &mut Producer, number: u8) -> Result<(), PushError> {
    let is_written = producer.push_at_once(|room| {
        room.get_mut(..8)?.fill(number);
        Some(8)
    })?;
    if is_written {
        return Ok(());
    }
    producer.push(8, |bytes| bytes.fill(number))
}

/// Reads what a look finds: the numbers from `next` on, in order. Returns the one to follow.
fn take(consumer: &mut Consumer, mut next: u8) -> u8 {
    consumer.look();
    while let Some(record) = consumer.next() {
        assert_eq!(record, [next; 8]);
        next += 1;
        consumer.advance();
    }
    consumer.release();
    next
}

#[test]
fn with_the_tail_the_record_is_visible() {
    explore(|| {
        let (mut producer, mut consumer, _bell) = small_ring();
        let writer = thread::spawn(move || {
            push(&mut producer, 0).unwrap();
            push(&mut producer, 1).unwrap();
        });
        let next = take(&mut consumer, 0);
        let next = take(&mut consumer, next);
        writer.join().unwrap();
        assert_eq!(take(&mut consumer, next), 2);
        assert!(consumer.is_finished());
    });
}

#[test]
fn a_ring_whose_thread_ended_is_not_finished_before_its_last_record_is_read() {
    explore(|| {
        // Without the barrier, which would order more than is promised here.
        let bell = Arc::new(Bell::with_fence(false));
        let (mut producer, mut consumer) = ring::ring(32, bell).unwrap();
        let writer = thread::spawn(move || {
            push(&mut producer, 0).unwrap();
            push(&mut producer, 1).unwrap();
        });
        let next = take(&mut consumer, 0);
        if consumer.is_finished() {
            assert_eq!(next, 2);
        }
        writer.join().unwrap();
        assert_eq!(take(&mut consumer, next), 2);
    });
}

#[test]
fn no_record_is_written_over_one_that_is_being_read() {
    explore(|| {
        let (mut producer, mut consumer, _bell) = small_ring();
        push(&mut producer, 0).unwrap();
        push(&mut producer, 1).unwrap();
        let writer = thread::spawn(move || {
            let mut next = 2;
            for _ in 0..2 {
                next += u8::from(push(&mut producer, next).is_ok());
            }
            next
        });
        let next = take(&mut consumer, 0);
        let pushed = writer.join().unwrap();
        assert_eq!(take(&mut consumer, next), pushed);
    });
}

#[test]
fn a_record_published_while_the_dispatcher_falls_asleep_wakes_it() {
    explore(|| {
        let (mut producer, mut consumer, bell) = small_ring();
        let writer = thread::spawn(move || {
            push(&mut producer, 0).unwrap();
            // Its drop would wake the dispatcher as well.
            producer
        });
        let mut next = 0;
        while next < 1 {
            bell.rest(None, || consumer.used() > 0);
            next = take(&mut consumer, next);
        }
        writer.join().unwrap();
    });
}

#[test]
fn a_thread_that_ends_while_the_dispatcher_falls_asleep_wakes_it() {
    explore(|| {
        let (mut producer, mut consumer, bell) = small_ring();
        let writer = thread::spawn(move || push(&mut producer, 0).unwrap());
        let mut next = 0;
        while !consumer.is_finished() {
            next = take(&mut consumer, next);
            bell.rest(None, || consumer.used() > 0 || consumer.is_finished());
        }
        assert_eq!(next, 1);
        writer.join().unwrap();
    });
}

#[test]
fn a_call_is_answered_whatever_the_dispatcher_is_at() {
    explore(|| {
        let bell = Arc::new(Bell::new());
        let wanted = Arc::new(AtomicBool::new(false));
        let caller = {
            let (bell, wanted) = (Arc::clone(&bell), Arc::clone(&wanted));
            thread::spawn(move || {
                wanted.store(true, Relaxed);
                bell.wake();
            })
        };
        while !wanted.load(Relaxed) {
            bell.rest(None, || false);
        }
        caller.join().unwrap();
    });
}

#[test]
fn room_released_while_the_producer_parks_wakes_it() {
    explore(|| {
        let (mut producer, mut consumer, _bell) = small_ring();
        push(&mut producer, 0).unwrap();
        push(&mut producer, 1).unwrap();
        assert_eq!(push(&mut producer, 2), Err(PushError::Full));
        let writer = thread::spawn(move || {
            assert!(producer.wait_for_room(None));
            push(&mut producer, 2).unwrap();
        });
        let next = take(&mut consumer, 0);
        writer.join().unwrap();
        assert_eq!(take(&mut consumer, next), 3);
    });
}

#[test]
fn a_producer_without_room_and_a_dispatcher_without_work_do_not_wait_for_each_other() {
    explore(|| {
        let (mut producer, mut consumer, bell) = small_ring();
        push(&mut producer, 0).unwrap();
        push(&mut producer, 1).unwrap();
        let writer = thread::spawn(move || {
            while push(&mut producer, 2) == Err(PushError::Full) {
                assert!(producer.wait_for_room(None));
            }
            producer
        });
        let mut next = 0;
        while next < 3 {
            next = take(&mut consumer, next);
            if next < 3 {
                bell.rest(None, || consumer.used() > 0);
            }
        }
        writer.join().unwrap();
    });
}

#[test]
fn of_each_record_a_closing_consumer_says_whether_it_was_accepted() {
    explore(|| {
        let (mut producer, mut consumer, _bell) = small_ring();
        let writer = thread::spawn(move || {
            let mut accepted = 0;
            while accepted < 2 && push(&mut producer, accepted).is_ok() {
                accepted += 1;
            }
            accepted
        });
        consumer.close();
        let read = take(&mut consumer, 0);
        assert_eq!(writer.join().unwrap(), read);
        assert!(consumer.is_finished());
    });
}

#[test]
fn a_consumer_that_closes_while_the_producer_parks_wakes_it() {
    explore(|| {
        let (mut producer, mut consumer, _bell) = small_ring();
        push(&mut producer, 0).unwrap();
        push(&mut producer, 1).unwrap();
        let writer = thread::spawn(move || {
            assert!(producer.wait_for_room(None));
            assert_eq!(push(&mut producer, 2), Err(PushError::Closed));
        });
        consumer.close();
        writer.join().unwrap();
        assert_eq!(take(&mut consumer, 0), 2);
    });
}

#[test]
fn whoever_waits_for_a_number_that_is_called_meanwhile_goes_on() {
    explore(|| {
        let tickets = Arc::new(Tickets::default());
        let (first, second) = (tickets.ask(), tickets.ask());
        let waiters = [first, second].map(|ticket| {
            let tickets = Arc::clone(&tickets);
            thread::spawn(move || assert!(tickets.wait(ticket, None)))
        });
        tickets.done(first);
        tickets.done(second);
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert_eq!(tickets.asked(), None);
    });
}

#[test]
fn a_waker_that_comes_while_its_number_is_called_is_told_or_not_needed() {
    struct Told(std::sync::atomic::AtomicBool);

    impl Wake for Told {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.store(true, SeqCst);
        }
    }

    explore(|| {
        let tickets = Arc::new(Tickets::default());
        let ticket = tickets.ask();
        let caller = {
            let tickets = Arc::clone(&tickets);
            thread::spawn(move || tickets.done(ticket))
        };
        let told = std::sync::Arc::new(Told(false.into()));
        let is_called = tickets.poll(ticket, &Waker::from(std::sync::Arc::clone(&told)));
        caller.join().unwrap();
        assert!(is_called || told.0.load(SeqCst));
    });
}

#[test]
fn a_number_that_is_drawn_when_a_dispatcher_waits_for_no_more_wakes_it() {
    explore(|| {
        let (tickets, bell) = (Arc::new(Tickets::default()), Arc::new(Bell::new()));
        let caller = {
            let (tickets, bell) = (Arc::clone(&tickets), Arc::clone(&bell));
            thread::spawn(move || {
                let ticket = tickets.ask();
                if tickets.is_to_be_told(ticket) {
                    bell.wake();
                }
            })
        };
        tickets.await_more(2);
        tickets.await_more(0);
        while tickets.asked().is_none() {
            bell.rest(None, || tickets.asked().is_some());
        }
        caller.join().unwrap();
    });
}
