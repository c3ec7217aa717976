//! What stands in the program itself as an address, and back; and texts that were texts.
//!
//! The functions that come back from a number are safe to call only with what [`crate::call`] has
//! written into this process's own memory, which is why they stay in this crate: nobody else can
//! write there, and a forked child finds its rings wiped.

use hydra_core::Key;

/// The address of a text.
#[inline]
pub(crate) fn address(text: &'static str) -> u64 {
    text.as_ptr().expose_provenance() as u64
}

/// The address of keys.
#[inline]
pub(crate) fn address_of_keys(keys: &'static [Key<'static>]) -> u64 {
    keys.as_ptr().expose_provenance() as u64
}

/// The text that [`address`] was asked for.
#[inline]
pub(crate) fn text(address: u64, len: usize) -> &'static str {
    let start = std::ptr::with_exposed_provenance(address as usize);
    // SAFETY: address and length are those of a `&'static str` that `call::write` was given.
    unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(start, len)) }
}

/// The keys that [`address_of_keys`] was asked for.
#[inline]
pub(crate) fn keys(address: u64, len: usize) -> &'static [Key<'static>] {
    let start = std::ptr::with_exposed_provenance(address as usize);
    // SAFETY: address and length are those of a `&'static [Key<'static>]` that `call::write` was
    // given.
    unsafe { std::slice::from_raw_parts(start, len) }
}

/// A text of which `call::write` has written the bytes.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> &str {
    // SAFETY: they were those of a `&str`, and stand where it was written.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}
