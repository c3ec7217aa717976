//! Rings in a file, so that what was accepted survives the process: `durability: process`.
//!
//! The file is `PID-START-N.ring` in the state directory; `docs/ring-file.md` has its layout. It holds
//! the rings of the threads, the configuration, and for each destination how far it has come.
//!
//! - A record is accepted when the ring's tail is past it: a killed process leaves memory as it was.
//! - The dispatcher gives each record a **number**, one more than the last, beside the record, before
//!   its lines go anywhere. Lines reach a destination in the order of their records' numbers.
//! - Before a destination writes lines to a file it puts down where and which (`book`), and after the
//!   write the number of the last: one store of eight bytes, which is the commit. Who is killed in
//!   between leaves both, and the next one looks which of the lines are there.
//! - A ring's head moves when every destination is past the records before it.

use std::io;

use hydra_core::Destination;

#[cfg(target_os = "linux")]
mod book;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod file;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "read alone"))]
pub(crate) mod layout;
#[cfg(target_os = "linux")]
mod mapping;
pub(crate) mod number;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "read alone"))]
mod owner;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "read alone"))]
pub(crate) mod reader;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "read alone"))]
pub(crate) mod record;
#[cfg(target_os = "linux")]
pub(crate) mod replay;
pub(crate) mod site;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{KeptRing, RingFile, Slot};
#[cfg(target_os = "linux")]
pub(crate) use file::{KeptRing, RingFile, Slot};
#[cfg(target_os = "linux")]
pub(crate) use mapping::try_own;
#[cfg(target_os = "linux")]
pub(crate) use owner::Owner;

/// Lines of a destination that are in the spool, to be delivered amid those of a ring file.
#[cfg_attr(
    not(all(target_os = "linux", feature = "spool")),
    allow(dead_code, reason = "there are none")
)]
pub(crate) struct Earlier {
    /// The numbers of the first and the last of their records; 0 where they have none.
    pub(crate) records: (u64, u64),
    pub(crate) deliver: Deliver,
}

/// Delivers lines to their destination.
pub(crate) type Deliver = Box<dyn FnOnce(&dyn Destination) -> io::Result<()> + Send>;
