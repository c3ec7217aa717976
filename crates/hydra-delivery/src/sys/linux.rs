//! Linux: futex(2) and membarrier(2).

use std::ops::Deref;
use std::ptr;
use std::time::Instant;

use crate::primitives::AtomicU32;

/// Four bytes that a thread can wait on. It is nothing but the atomic, so that it can lie in memory
/// that a fork wipes.
#[repr(transparent)]
pub(crate) struct Word(AtomicU32);

impl Word {
    pub(crate) fn new(value: u32) -> Word {
        Word(AtomicU32::new(value))
    }

    /// Sleeps while the word is `expected`, at the longest until `until`. May return early for no
    /// reason: the caller looks again at what it waits for.
    pub(crate) fn wait(&self, expected: u32, until: Option<Instant>) {
        let time = until.map(|until| {
            let left = until.saturating_duration_since(Instant::now());
            libc::timespec {
                tv_sec: left.as_secs().try_into().unwrap_or(libc::time_t::MAX),
                tv_nsec: left.subsec_nanos().into(),
            }
        });
        let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: the word outlives the call, and `time` is null or points to a timespec that does.
        // What the call returns is of no interest: the caller looks again at any rate.
        unsafe {
            let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
            libc::syscall(libc::SYS_futex, self.0.as_ptr(), operation, expected, time);
        }
    }

    /// Wakes every thread that waits on the word.
    pub(crate) fn wake(&self) {
        // SAFETY: FUTEX_WAKE takes the word as an address only.
        unsafe {
            let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
            libc::syscall(libc::SYS_futex, self.0.as_ptr(), operation, i32::MAX);
        }
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    #[inline(always)]
    fn deref(&self) -> &AtomicU32 {
        &self.0
    }
}

/// Whether this process may call [`barrier`]; to be asked before it is called. A sandbox may forbid
/// the system call.
pub(crate) fn register_barrier() -> bool {
    membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
}

/// Has every other running thread of the process pass a full memory barrier; false where that is
/// not possible.
pub(crate) fn barrier() -> bool {
    membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
}

fn membarrier(command: libc::c_int) -> bool {
    // SAFETY: takes plain integers.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}
