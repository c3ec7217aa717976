//! The audit chain: a log whose lines prove that none of them was changed, removed, added, moved or
//! cut off.
//!
//! # What is in a file
//!
//! An audit file is a text file. Each record is a line in any format, with a *tag* at its end: the
//! beginning of a hash over the tag of the line before and the line itself. In a JSON object it is
//! the last member, so that the line stays one; in any other line a last word:
//!
//! ```text
//! {"level":"INFO","message":"logged in","audit":"mI6w2CIv9xJ5oq2aBnZTtyvMBJ_gz8Bd"}
//! 2026-11-21 13:05:36 AUTH INFO - logged in audit=mI6w2CIv9xJ5oq2aBnZTtyvMBJ_gz8Bd
//! ```
//!
//! That is at most 43 bytes a record. Between the records stand lines of the chain's own, JSON
//! objects that begin with `{"hydra_audit":`, and carry a tag as every line does:
//!
//! - `header`, the first line: the file's random name, its key, and the name, length and last tag of
//!   the file before, which ties rotated files together;
//! - `checkpoint`, every so many records, every so many seconds and at the end: how many lines and
//!   records there are, the tags of the line and of the checkpoint before, signed with Ed25519;
//! - `interrupted`: a writer had ended without a closing checkpoint, and another one went on;
//! - `removed`: an older file of the chain was removed because its time had come.
//!
//! # What that proves
//!
//! Tags need no secret: whoever can write to the file can make them. It is the signature of a
//! checkpoint that vouches for every line up to it, and verifying needs the public key alone.
//! What stands behind the last checkpoint is told as not sealed; without a closing checkpoint at its
//! end, a file is told as not closed. Who cuts off a file right behind an earlier closing
//! checkpoint, or puts an old copy in its place, is found out by the next file's header, or by who
//! has noted the end that [`Report::position`] told earlier. Whoever has the private key can make
//! any file; it belongs where the writer alone can read it.
//!
//! # Use
//!
//! [`ChainWriter`] makes lines, [`Resumed`] goes on with a file that is there, [`verify`] reads one.
//! [`verify_ties`] holds the files of a chain against each other.

mod control;
mod error;
mod key;
mod link;
mod report;
mod report_json;
mod resume;
mod runs;
mod tag;
mod ties;
mod time;
mod verifier;
mod verify;
mod writer;

pub use control::{FileId, Position, Removal, is_of_chain};
pub use error::AuditError;
pub use key::{SigningKey, VerifyingKey, public_path};
pub use report::{Check, Damage, FileHeader, Interruption, Report, Verdict};
pub use resume::Resumed;
pub use ties::verify_ties;
pub use verify::{VerifyOptions, verify};
pub use writer::{CHECKPOINT_EVERY, ChainWriter, Mark};

/// The longest line that can be chained, in bytes: 128 MiB.
pub const LONGEST_LINE: usize = 128 << 20;
