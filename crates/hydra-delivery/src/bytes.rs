//! Writing and reading numbers and texts one after the other. Lengths are known beforehand: to
//! write or read beyond the end is a mistake of this crate's, and panics.

/// Writes from the beginning of bytes towards their end.
pub(crate) struct Writer<'b>(pub(crate) &'b mut [u8]);

impl Writer<'_> {
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let (place, rest) = std::mem::take(&mut self.0).split_at_mut(bytes.len());
        place.copy_from_slice(bytes);
        self.0 = rest;
    }

    #[inline]
    pub(crate) fn u8(&mut self, n: u8) {
        self.bytes(&[n]);
    }

    #[inline]
    pub(crate) fn u32(&mut self, n: u32) {
        self.bytes(&n.to_ne_bytes());
    }

    #[inline]
    pub(crate) fn u64(&mut self, n: u64) {
        self.bytes(&n.to_ne_bytes());
    }

    /// A tag and a number.
    #[inline]
    pub(crate) fn tagged(&mut self, tag: u8, n: u64) {
        self.u8(tag);
        self.u64(n);
    }

    /// A text behind its length.
    #[inline]
    pub(crate) fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.bytes(text.as_bytes());
    }
}

/// Reads what a [`Writer`] has written.
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let (array, rest) = self.0.split_first_chunk().expect("as written");
        self.0 = rest;
        *array
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_ne_bytes(self.array())
    }

    #[inline]
    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_ne_bytes(self.array())
    }

    #[inline]
    pub(crate) fn str(&mut self, len: usize) -> &'b str {
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        crate::statics::utf8(text)
    }

    /// A text behind its length.
    #[inline]
    pub(crate) fn text(&mut self) -> &'b str {
        let len = self.u32() as usize;
        self.str(len)
    }
}
