//! What the ring and the bell are made of. `loom/` compiles the same files with loom's own in this
//! module's place.

pub(crate) use std::sync::Arc;
#[cfg(any(test, not(all(target_os = "linux", target_pointer_width = "64"))))]
pub(crate) use std::sync::Condvar;
pub(crate) use std::sync::Mutex;
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, compiler_fence, fence};
