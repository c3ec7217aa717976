//! The number of the record whose lines are being delivered on this thread.

use std::cell::Cell;

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// The number, 0 where lines come from no ring in a file.
#[inline]
pub(crate) fn current() -> u64 {
    CURRENT.get()
}

/// Lines that are delivered until this is dropped belong to a record.
pub(crate) struct Numbered(());

impl Numbered {
    pub(crate) fn begin(number: u64) -> Numbered {
        CURRENT.set(number);
        Numbered(())
    }
}

impl Drop for Numbered {
    fn drop(&mut self) {
        CURRENT.set(0);
    }
}
