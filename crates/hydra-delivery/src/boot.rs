//! Which start of the machine this is: with it a process is told from one that had its number before.

use std::fs;
use std::sync::OnceLock;

/// The kernel's random number of this start, as it writes it; empty where that is not known.
pub(crate) fn id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        id.trim().to_owned()
    })
}
