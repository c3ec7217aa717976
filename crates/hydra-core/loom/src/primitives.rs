//! Loom's own of what `hydra_core`'s module of this name takes from the standard library.

pub(crate) use loom::cell::UnsafeCell;
pub(crate) use loom::sync::atomic::AtomicBool;

pub(crate) fn wait_a_moment(_looks: u32) {
    loom::thread::yield_now();
}
