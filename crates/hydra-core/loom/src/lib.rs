//! The same source files as in hydra-core, on loom's atomics and cells instead of the machine's: its
//! tests run every order in which threads can meet, with every value that the memory model lets an
//! atomic load return, and fail where two threads reach a value at once.
#![cfg(test)]

mod primitives;
#[path = "../../src/destination/file/short_lock.rs"]
mod short_lock;

use loom::sync::Arc;
use loom::thread;
use short_lock::ShortLock;

#[test]
fn what_a_short_lock_guards_is_reached_by_one_thread_at_a_time() {
    loom::model(|| {
        let lock = Arc::new(ShortLock::new(0));
        let other = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || *lock.lock() += 1)
        };
        // Who tries first.
        *lock.try_lock().unwrap_or_else(|| lock.lock()) += 1;
        other.join().unwrap();
        assert_eq!(*lock.lock(), 2);
    });
}

#[test]
fn the_next_owner_sees_what_the_last_one_wrote() {
    loom::model(|| {
        let lock = Arc::new(ShortLock::new((0, 0)));
        let writer = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                let mut pair = lock.lock();
                pair.0 = 1;
                pair.1 = 1;
            })
        };
        let (first, second) = *lock.lock();
        assert_eq!(first, second);
        writer.join().unwrap();
    });
}
