//! Loom's own of what `hydra_delivery`'s module of this name takes from the standard library.

pub(crate) use std::sync::atomic::compiler_fence;

pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, fence};
pub(crate) use loom::sync::{Arc, Condvar, Mutex};
