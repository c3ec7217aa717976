//! What differs between systems: how a thread waits for a word of memory to change, and how one
//! thread puts a memory barrier into all others.

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod linux;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(crate) use linux::*;

#[cfg(any(test, not(all(target_os = "linux", target_pointer_width = "64"))))]
pub(crate) mod portable;
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(crate) use portable::*;
