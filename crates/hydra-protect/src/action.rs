//! What is put where a sensitive value stood.

/// What becomes of a value that was found.
///
/// Whatever it is, what stands there afterwards is never found again, and needs no escaping in any
/// format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// `[REDACTED:EMAIL]`: nothing of the value is left.
    #[default]
    Replace,
    /// The value disappears and nothing stands in its place.
    Remove,
    /// `****1111`: the last `keep` letters and digits stay, behind four stars. What stays can be
    /// enough to know the value again: the last four of a short secret are most of it, so at most a
    /// quarter of a value is kept.
    Mask {
        /// How many characters stay.
        keep: u8,
    },
    /// `[EMAIL:k1:9f2c…]`: 128 bits of HMAC-SHA-256 under the key of
    /// [`hash_key`](crate::RedactorBuilder::hash_key), in hexadecimal digits, so that equal values
    /// can be told to be equal. Addresses are hashed in small letters, numbers without their
    /// separators.
    #[cfg(feature = "hash")]
    Hash,
    /// `[EMAIL:enc:k1:…]`: the value under the key of
    /// [`encryption_key`](crate::RedactorBuilder::encryption_key), to be read with
    /// [`reveal`](crate::Redactor::reveal).
    #[cfg(feature = "encrypt")]
    Encrypt,
}
