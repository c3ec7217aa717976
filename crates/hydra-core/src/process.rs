//! The process: its number, its program's name, its machine's name.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The process's number, or 0 where it is not known yet or a fork has made it stale.
static ID: AtomicU32 = AtomicU32::new(0);

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
    static WATCHED: OnceLock<bool> = OnceLock::new();
    let id = std::process::id();
    // A number that nobody would forget after a fork is not kept.
    if *WATCHED.get_or_init(system::forget_id_after_fork) {
        ID.store(id, Relaxed);
    }
    id
}

/// The file name of the running program.
pub(crate) fn program_name() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    Some(path.file_stem()?.to_string_lossy().into_owned())
}

pub(crate) use system::host_name;

#[cfg(unix)]
mod system {
    use super::{ID, Relaxed};

    extern "C" fn forget_id() {
        ID.store(0, Relaxed);
    }

    pub(super) fn forget_id_after_fork() -> bool {
        // SAFETY: the handler is a plain function that lives as long as the process; it stores
        // one atomic, which is allowed in the child of a process with several threads.
        unsafe { libc::pthread_atfork(None, None, Some(forget_id)) == 0 }
    }

    /// The machine's name, as the system has it now.
    pub(crate) fn host_name() -> Option<String> {
        let mut name = [0u8; 256];
        // SAFETY: the pointer is to `name.len() - 1` writable bytes; the last byte stays zero.
        let failed = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } != 0;
        let end = name.iter().position(|byte| *byte == 0)?;
        (!failed && end > 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
    }
}

#[cfg(not(unix))]
mod system {
    /// There is no fork after which the number could be stale.
    pub(super) fn forget_id_after_fork() -> bool {
        true
    }

    /// The machine's name, as the environment has it.
    pub(crate) fn host_name() -> Option<String> {
        let names = ["COMPUTERNAME", "HOSTNAME"];
        names.into_iter().find_map(|name| std::env::var(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_processs_own_at_the_first_call_and_at_the_next() {
        assert_eq!(id(), std::process::id());
        assert_eq!(id(), std::process::id());
    }

    #[cfg(unix)]
    #[test]
    fn the_child_of_a_fork_knows_its_own_number() {
        let before = id();
        // SAFETY: the child only reads atomics, asks for its number and ends; it allocates nothing.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let own = std::process::id();
            let known = id() == own && own != before;
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
        assert_eq!(host_name().as_deref(), Some(system.trim_end()));
    }
}
