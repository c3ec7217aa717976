//! Has the processor fetch memory before it is needed: what another core has had last takes as long to
//! come as a record takes to be rendered.

/// What a processor fetches at once.
const LINE: usize = 64;

/// So many cache lines from an address on, to be read soon.
#[inline(always)]
pub(crate) fn to_read<const LINES: usize>(from: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for line in 0..LINES {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let at = from.wrapping_add(line * LINE);
        // SAFETY: a hint, which neither reads nor faults, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = from;
}

/// The same, to be written soon.
#[inline(always)]
pub(crate) fn to_write<const LINES: usize>(from: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for line in 0..LINES {
        let at = from.wrapping_add(line * LINE);
        // SAFETY: a hint, which neither reads, writes nor faults, whatever the address; processors
        // of this architecture that do not know it do nothing.
        unsafe {
            std::arch::asm!("prefetchw [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
        }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = from;
}
