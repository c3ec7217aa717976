//! The state machine of the strategies, held to what is promised of it, whatever happens in whatever
//! order.

use std::time::Duration;

use hydra_delivery::fallback::{FallbackOptions, Machine, Reason, Strategy as Way};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Event {
    Succeeded(Way),
    Failed(Way, Reason),
    Passes(u64),
    Pin(Option<Way>),
}

fn way() -> impl Strategy<Value = Way> {
    prop::sample::select(Way::ALL.to_vec())
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => way().prop_map(Event::Succeeded),
        5 => way().prop_map(|way| Event::Failed(way, Reason::Failed)),
        1 => way().prop_map(|way| Event::Failed(way, Reason::Slow)),
        2 => (0..5_000_u64).prop_map(Event::Passes),
        1 => prop::option::of(way()).prop_map(Event::Pin),
    ]
}

/// The machine told again, by what has happened instead of by what is remembered of it.
#[derive(Default)]
struct Model {
    order: Vec<Way>,
    errors: usize,
    successes: usize,
    history: Vec<(Way, Option<Reason>)>,
    pinned: Option<Way>,
}

impl Model {
    fn delivers(way: Way) -> bool {
        matches!(way, Way::Async | Way::Sync)
    }

    /// Whether a strategy was left, and has not been taken up again.
    fn is_left(&self, way: Way) -> bool {
        if self.order.last() == Some(&way) {
            return false;
        }
        let same = |other: Way| other == way || (Self::delivers(other) && Self::delivers(way));
        let (mut left, mut failures, mut successes) = (false, 0, 0);
        for &(other, failed) in self.history.iter().filter(|(other, _)| same(*other)) {
            match failed {
                None => {
                    failures = 0;
                    successes += 1;
                    left &= successes < self.successes;
                }
                Some(reason) => {
                    successes = 0;
                    if other == way {
                        failures += 1;
                        left |= reason != Reason::Failed || failures >= self.errors;
                    }
                }
            }
        }
        left
    }

    fn current(&self) -> Way {
        let best = self.order.iter().copied().find(|way| !self.is_left(*way));
        self.pinned
            .or(best)
            .unwrap_or(self.order[self.order.len() - 1])
    }
}

proptest! {
    #[test]
    fn it_is_where_its_history_puts_it(
        order in prop::sample::subsequence(Way::ALL.to_vec(), 1..=4).prop_shuffle(),
        errors in 1..5_u32,
        successes in 1..4_u32,
        events in prop::collection::vec(event(), 0..120),
    ) {
        let options = FallbackOptions::default()
            .order(order[0], &order[1..])
            .errors(errors)
            .successes(successes)
            .pauses(Duration::from_millis(50), Duration::from_secs(2));
        let mut machine = Machine::new(options);
        let mut model = Model { order, errors: errors as usize, successes: successes as usize, ..Model::default() };
        let mut now = Duration::ZERO;
        let mut failures_in_row = 0_u32;
        for event in events {
            let before = machine.current();
            let switch = match event {
                Event::Succeeded(way) => {
                    model.history.push((way, None));
                    if Model::delivers(way) {
                        failures_in_row = 0;
                    }
                    machine.succeeded(way, now)
                }
                Event::Failed(way, reason) => {
                    model.history.push((way, Some(reason)));
                    if Model::delivers(way) && reason == Reason::Failed {
                        failures_in_row += 1;
                        let pause = 50 * 2_u64.pow((failures_in_row - 1).min(10));
                        let switch = machine.failed(way, reason, now);
                        let until = now + Duration::from_millis(pause.min(2_000));
                        prop_assert_eq!(machine.next_try(), Some(until));
                        switch
                    } else {
                        machine.failed(way, reason, now)
                    }
                }
                Event::Passes(ms) => {
                    now += Duration::from_millis(ms);
                    None
                }
                Event::Pin(way) => {
                    model.pinned = way;
                    machine.pin(way)
                }
            };
            prop_assert_eq!(machine.current(), model.current());
            prop_assert_eq!(machine.next_try().is_none(), failures_in_row == 0);
            // Every change is told, and nothing else.
            prop_assert_eq!(switch.is_some(), before != machine.current());
            if let Some(switch) = switch {
                prop_assert_eq!((switch.from, switch.to), (before, machine.current()));
            }
        }
    }
}

/// A destination that fails each second time switches nothing, and one that comes back for a moment
/// does not bring its strategy back.
#[test]
fn it_does_not_flap() {
    let mut machine = Machine::new(FallbackOptions::default());
    let now = Duration::ZERO;
    for _ in 0..100 {
        assert_eq!(machine.failed(Way::Async, Reason::Failed, now), None);
        assert_eq!(machine.succeeded(Way::Async, now), None);
    }
    for _ in 0..3 {
        machine.failed(Way::Async, Reason::Failed, now);
    }
    assert_eq!(machine.current(), Way::Sync);
    for _ in 0..100 {
        assert_eq!(machine.succeeded(Way::Async, now), None);
        assert_eq!(machine.failed(Way::Async, Reason::Failed, now), None);
    }
}
