//! Files that are whole or not there: JSON, JSON lines and CSV written at once, with backups of what
//! was there before, and a way back when something else has damaged them.
//!
//! **What is promised.** After [`AtomicWriter::write`] has returned, the new contents are on the disk
//! and survive a loss of power. Whoever reads the file, at any time, sees the old contents or the
//! new ones, never a part: not after `kill -9`, not when the disk was full. Writers in threads and
//! processes wait for each other (an exclusive `flock` on the folder, which leaves no file behind).
//!
//! **What is not.** Two programs that read, change and write may overwrite each other's change. A
//! file system that lies about `fsync` can lose the last contents. Permissions are those of the old
//! file; owners, extended attributes and hard links are not carried over.

mod atomic;
mod backups;
mod damage;
mod error;
mod handler;
mod messages;
mod recovery;

pub use self::atomic::AtomicWriter;
pub use self::backups::BackupManager;
pub use self::damage::{CorruptionDetector, Damage, Integrity, Layout};
pub use self::error::FallbackError;
pub use self::handler::FallbackHandler;
pub use self::messages::DataLossProtection;
pub use self::recovery::{DataRecovery, Recovered};
