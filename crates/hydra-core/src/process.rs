//! The process: its number, its program's name, how many forks it is away from the first.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::fork;

/// The process's number, or 0 where it is not known yet or a fork has made it stale.
static ID: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between the first process that asked and this one.
static GENERATION: AtomicUsize = AtomicUsize::new(0);

/// The number of this process, right after a fork too, without a system call for each record.
#[inline]
pub(crate) fn id() -> u32 {
    match ID.load(Relaxed) {
        0 => ask(),
        id => id,
    }
}

#[cold]
fn ask() -> u32 {
    let id = std::process::id();
    // A number that nobody would forget after a fork is not kept.
    if fork::watch() {
        ID.store(id, Relaxed);
    }
    id
}

/// How many forks ago the first process asked: what a thread of a parent held locked at the fork,
/// nobody will let go in the child, so that each generation needs locks of its own, and threads.
///
/// Without a system call after the first time. A child that was made past the C library's `fork`, by
/// the bare system call, has its parent's number, as has everyone on a system without forks.
///
/// ```
/// let before = hydra_core::fork_generation();
/// assert_eq!(hydra_core::fork_generation(), before); // still the same process
/// ```
#[inline]
pub fn fork_generation() -> usize {
    fork::watch();
    GENERATION.load(Relaxed)
}

/// The file name of the running program.
pub(crate) fn program_name() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    Some(path.file_stem()?.to_string_lossy().into_owned())
}

/// Said by the hook in the child of a fork.
pub(crate) fn in_child() {
    ID.store(0, Relaxed);
    GENERATION.fetch_add(1, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys;

    #[test]
    fn the_number_is_the_processs_own_at_the_first_call_and_at_the_next() {
        assert_eq!(id(), std::process::id());
        assert_eq!(id(), std::process::id());
    }

    #[cfg(unix)]
    #[test]
    fn the_child_of_a_fork_knows_its_own_number() {
        let (before, generation) = (id(), fork_generation());
        // SAFETY: the child only reads atomics, asks for its number and ends; it allocates nothing.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let own = std::process::id();
            let known = id() == own && own != before && fork_generation() == generation + 1;
            // SAFETY: ends the child at once, without running anything of the test's.
            unsafe { libc::_exit(i32::from(!known)) };
        }
        let mut status = -1;
        // SAFETY: `status` is a place for one c_int.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!((waited, status), (child, 0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_host_name_is_the_systems() {
        let system = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        assert_eq!(sys::host_name().as_deref(), Some(system.trim_end()));
    }
}
