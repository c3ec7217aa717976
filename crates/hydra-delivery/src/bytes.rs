//! Writing and reading numbers and texts one after the other. What is read was written: to read
//! beyond its end is a mistake of this crate's, and panics.

/// Writes from the beginning of bytes towards their end; `None` where they are not enough.
pub(crate) struct Writer<'b>(pub(crate) &'b mut [u8]);

impl Writer<'_> {
    /// The next so many bytes.
    #[inline(always)]
    pub(crate) fn next<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        let (place, rest) = std::mem::take(&mut self.0).split_first_chunk_mut()?;
        self.0 = rest;
        Some(place)
    }

    /// Bytes whose number is known.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self, bytes: [u8; N]) -> Option<()> {
        *self.next()? = bytes;
        Some(())
    }

    #[inline(always)]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        let (place, rest) = std::mem::take(&mut self.0).split_at_mut_checked(bytes.len())?;
        copy(place, bytes);
        self.0 = rest;
        Some(())
    }

    #[inline(always)]
    pub(crate) fn u8(&mut self, n: u8) -> Option<()> {
        self.array([n])
    }

    #[inline(always)]
    pub(crate) fn u32(&mut self, n: u32) -> Option<()> {
        self.array(n.to_le_bytes())
    }

    /// A tag and a number.
    #[inline(always)]
    pub(crate) fn tagged(&mut self, tag: u8, n: u64) -> Option<()> {
        let place = self.next::<9>()?;
        place[0] = tag;
        place[1..].copy_from_slice(&n.to_le_bytes());
        Some(())
    }

    /// A tag, and a text behind its length.
    #[inline(always)]
    pub(crate) fn tagged_text(&mut self, tag: u8, text: &str) -> Option<()> {
        let place = self.next::<5>()?;
        place[0] = tag;
        place[1..].copy_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes(text.as_bytes())
    }

    /// A text behind its length.
    #[inline(always)]
    pub(crate) fn text(&mut self, text: &str) -> Option<()> {
        self.u32(text.len() as u32)?;
        self.bytes(text.as_bytes())
    }
}

/// Copies as many bytes as there are on both sides. Most texts are short, and a call of memcpy(3)
/// costs more than they do.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    let len = from.len();
    if let (Some(head), Some(from_head)) = (to.first_chunk_mut::<8>(), from.first_chunk::<8>())
        && len <= 16
    {
        // Two words that overlap.
        *head = *from_head;
        if let (Some(tail), Some(from_tail)) = (to.last_chunk_mut::<8>(), from.last_chunk::<8>()) {
            *tail = *from_tail;
        }
    } else if let (Some(head), Some(from_head)) =
        (to.first_chunk_mut::<4>(), from.first_chunk::<4>())
        && len < 8
    {
        *head = *from_head;
        if let (Some(tail), Some(from_tail)) = (to.last_chunk_mut::<4>(), from.last_chunk::<4>()) {
            *tail = *from_tail;
        }
    } else {
        to.copy_from_slice(from);
    }
}

/// Reads what a [`Writer`] has written.
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let (array, rest) = self.0.split_first_chunk().expect("as written");
        self.0 = rest;
        *array
    }

    #[inline(always)]
    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    #[inline(always)]
    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    #[inline(always)]
    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    #[inline(always)]
    pub(crate) fn str(&mut self, len: usize) -> &'b str {
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        crate::statics::utf8(text)
    }

    /// A text behind its length.
    #[inline(always)]
    pub(crate) fn text(&mut self) -> &'b str {
        let len = self.u32() as usize;
        self.str(len)
    }
}
