//! Which process a ring file belongs to.

use std::fs;

use super::layout::BOOT;
use crate::boot;

/// A process, told from every other on this machine, also from one that has its number later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) pid: u32,
    /// When it started, in the system's own ticks; 0 where that is not known.
    pub(crate) start: u64,
    /// Which start of the machine that was in; empty where that is not known.
    pub(crate) boot: String,
}

impl Owner {
    /// This process.
    pub(crate) fn current() -> Owner {
        let pid = std::process::id();
        Owner {
            pid,
            start: start_of(pid).unwrap_or(0),
            boot: boot(),
        }
    }

    /// Whether it lives, as far as its number can tell. Whoever has its file's lock knows that it
    /// is dead, unless the lock was lost.
    pub(crate) fn lives(&self) -> bool {
        self.start != 0 && self.boot == boot() && start_of(self.pid) == Some(self.start)
    }
}

fn boot() -> String {
    boot::id().chars().take(BOOT).collect()
}

/// The 22nd field of `/proc/PID/stat`, counted behind the name, which may hold anything.
fn start_of(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_one_that_started_at_another_time_does_not() {
        let own = Owner::current();
        assert!(own.lives() && own == Owner::current());
        let other = Owner {
            start: own.start + 1,
            ..own
        };
        assert!(!other.lives());
    }
}
