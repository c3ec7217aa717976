//! What it costs to hand a record of 152 bytes to another thread: `cargo bench -p hydra-delivery`.
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
use divan::{Bencher, black_box};
use ring::{Consumer, Producer, PushError, ring};

const RECORD: [u8; 152] = [b'x'; 152];
/// A ring of 512 KiB holds over three thousand of them.
const CAPACITY: usize = 512 * 1024;
const BURST: usize = 1000;

fn main() {
    divan::main();
}

fn push(producer: &mut Producer) -> Result<(), PushError> {
    producer.push(RECORD.len(), |bytes| {
        bytes.copy_from_slice(black_box(&RECORD));
    })
}

fn drain(consumer: &mut Consumer) {
    consumer.look();
    while let Some(record) = consumer.next() {
        black_box(record);
        consumer.advance();
    }
    consumer.release();
}

/// The call alone: a thousand at a time into a ring that was empty and whose dispatcher is awake,
/// first where the dispatcher runs the memory barrier, then where each record does.
#[divan::bench(args = [false, true])]
fn a_thousand_calls(bencher: Bencher<'_, '_>, is_fenced: bool) {
    let bell = Arc::new(if is_fenced {
        Bell::with_fence(true)
    } else {
        Bell::new()
    });
    let (mut producer, consumer) = ring(CAPACITY, bell).unwrap();
    let consumer = std::cell::RefCell::new(consumer);
    bencher
        .counter(divan::counter::ItemsCount::new(BURST))
        .with_inputs(|| drain(&mut consumer.borrow_mut()))
        .bench_local_values(|()| {
            for _ in 0..BURST {
                let _ = black_box(push(&mut producer));
            }
        });
}

/// From one thread to another that drains: what the slower of the two takes. The dispatcher naps
/// when it finds nothing, and a full ring parks its thread.
#[divan::bench]
fn through_to_the_dispatcher(bencher: Bencher<'_, '_>) {
    let bell = Arc::new(Bell::new());
    let (mut producer, mut consumer) = ring(CAPACITY, Arc::clone(&bell)).unwrap();
    let dispatcher = thread::spawn(move || {
        while !consumer.is_finished() {
            drain(&mut consumer);
            let half = CAPACITY / 2;
            bell.rest(Some(Duration::from_micros(500)), || consumer.used() > half);
        }
    });
    bencher
        .counter(divan::counter::ItemsCount::new(BURST))
        .bench_local(|| {
            for _ in 0..BURST {
                while push(&mut producer) == Err(PushError::Full) {
                    producer.wait_for_room(None);
                }
            }
        });
    drop(producer);
    dispatcher.join().unwrap();
}
