//! The ring against a queue that knows what it holds, and how much room that takes.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{push, ring_of};
use crate::ring::PushError;

#[derive(Clone, Debug)]
enum Step {
    Push(usize),
    Look,
    Advance,
    Release,
    CloseProducer,
    CloseConsumer,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        40 => (0..80_usize).prop_map(Step::Push),
        10 => (0..600_usize).prop_map(Step::Push),
        15 => Just(Step::Look),
        50 => Just(Step::Advance),
        15 => Just(Step::Release),
    ];
    let end = prop_oneof![
        Just(Step::CloseProducer),
        Just(Step::CloseConsumer),
        Just(Step::Look)
    ];
    (vec(step, 0..300), end, vec(Just(Step::Advance), 0..20)).prop_map(
        |(mut steps, end, mut tail)| {
            steps.push(end);
            steps.push(Step::Push(3));
            steps.push(Step::Look);
            steps.append(&mut tail);
            steps
        },
    )
}

/// What a ring of some capacity must do. Positions count bytes, as there, and each record keeps
/// where it ends.
#[derive(Default)]
struct Model {
    records: VecDeque<(Vec<u8>, usize)>,
    /// How many of them the consumer's last look has found.
    seen: usize,
    tail: usize,
    read: usize,
    head: usize,
}

impl Model {
    fn push(&mut self, record: Vec<u8>, capacity: usize) -> Result<(), PushError> {
        let size = 8 + record.len().div_ceil(8) * 8;
        if size > capacity / 2 {
            return Err(PushError::TooLarge);
        }
        let left = capacity - self.tail % capacity;
        let end = self.tail + size + if left < size { left } else { 0 };
        if end - self.head > capacity {
            return Err(PushError::Full);
        }
        self.records.push_back((record, end));
        self.tail = end;
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_ring_behaves_as_a_queue_of_so_many_bytes(power in 5..11_u32, steps in steps()) {
        let capacity = 1 << power;
        let (producer, mut consumer) = ring_of(capacity);
        let (mut producer, mut model) = (Some(producer), Model::default());
        let (mut is_closed, mut number) = (false, 0_u8);
        for step in steps {
            match step {
                Step::Push(length) => {
                    number = number.wrapping_add(1);
                    let record = vec![number; length];
                    let Some(producer) = &mut producer else { continue };
                    let expected = if is_closed {
                        Err(PushError::Closed)
                    } else {
                        model.push(record.clone(), capacity)
                    };
                    prop_assert_eq!(push(producer, &record), expected);
                }
                Step::Look => {
                    consumer.look();
                    model.seen = model.records.len();
                }
                Step::Advance => {
                    let expected = model.records.front().filter(|_| model.seen > 0);
                    prop_assert_eq!(consumer.next(), expected.map(|(record, _)| &record[..]));
                    consumer.advance();
                    if model.seen > 0 && let Some((_, end)) = model.records.pop_front() {
                        model.seen -= 1;
                        model.read = end;
                    }
                }
                Step::Release => {
                    consumer.release();
                    model.head = model.read;
                }
                Step::CloseProducer => producer = None,
                Step::CloseConsumer => {
                    consumer.close();
                    is_closed = true;
                }
            }
            // A skip before the next record may have been read already.
            if model.records.is_empty() {
                prop_assert_eq!(consumer.used(), 0);
            } else {
                prop_assert!(0 < consumer.used() && consumer.used() <= model.tail - model.read);
            }
            let is_over = is_closed || producer.is_none();
            prop_assert_eq!(consumer.is_finished(), is_over && model.records.is_empty());
        }
    }
}
