use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys::{self, portable};

/// The same test for the word of this system and for the one of all others.
macro_rules! for_each_word {
    ($test:ident, $word:ident => $body:block) => {
        #[test]
        fn $test() {
            {
                use sys::Word as $word;
                $body
            }
            {
                use portable::Word as $word;
                $body
            }
        }
    };
}

for_each_word!(a_wait_for_a_word_that_has_changed_already_returns, Word => {
    Word::new(1).wait(0, None);
});

for_each_word!(a_wait_ends_at_its_time, Word => {
    let until = Instant::now() + Duration::from_millis(2);
    let word = Word::new(0);
    while Instant::now() < until {
        word.wait(0, Some(until));
    }
    word.wait(0, Some(until));
});

for_each_word!(every_thread_that_waits_is_woken, Word => {
    let word = &Word::new(0);
    thread::scope(|scope| {
        let waiting = [(); 3].map(|()| {
            scope.spawn(|| {
                while word.load(Relaxed) == 0 {
                    word.wait(0, None);
                }
            })
        });
        word.store(1, SeqCst);
        word.wake();
        for thread in waiting {
            thread.join().unwrap();
        }
    });
});

#[test]
fn what_has_no_barrier_says_so() {
    assert!(!portable::register_barrier());
    assert!(!portable::barrier());
}

#[cfg(target_os = "linux")]
#[test]
fn a_barrier_that_is_registered_works() {
    assert_eq!(sys::register_barrier(), sys::barrier());
}
