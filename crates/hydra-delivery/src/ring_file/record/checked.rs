//! Bytes that may be anything, read one piece after the other: each is looked at before it is believed.

use std::time::Duration;

use bumpalo::Bump;
use hydra_core::{Level, Value};

use super::HEAD;
use crate::call::tag;

/// How deep lists and maps may lie in each other: deeper, it is not what a call has written.
const DEEPEST: usize = 128;

/// What every record begins with.
pub(super) struct Head {
    pub(super) unix_ns: i64,
    /// The length of the message, how many fields there are, and the length of the layer's name.
    pub(super) text: usize,
    pub(super) count: usize,
    pub(super) level: Level,
    pub(super) flags: u8,
    pub(super) name: usize,
}

/// Reads one after the other what may be anything.
pub(super) struct Checked<'b>(pub(super) &'b [u8]);

impl<'b> Checked<'b> {
    #[inline(always)]
    pub(super) fn head(&mut self) -> Option<Head> {
        // One look at the length for all of it.
        let mut head = Checked(self.array::<HEAD>()?);
        let unix_ns = head.u64()? as i64;
        // The numbers of its route.
        head.u64()?;
        Some(Head {
            unix_ns,
            text: head.u32()? as usize,
            count: head.u32()? as usize,
            level: *Level::ALL.get(usize::from(head.u8()?))?,
            flags: head.u8()?,
            name: usize::from(u16::from_le_bytes(*head.array()?)),
        })
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(array)
    }

    #[inline]
    fn u8(&mut self) -> Option<u8> {
        Some(self.array::<1>()?[0])
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.array()?))
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.array()?))
    }

    #[inline]
    pub(super) fn skip(&mut self, len: usize) -> Option<()> {
        self.0 = self.0.get(len..)?;
        Some(())
    }

    #[inline]
    pub(super) fn str(&mut self, len: usize) -> Option<&'b str> {
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<&'b str> {
        let len = self.u32()? as usize;
        self.str(len)
    }

    /// So many things, each of at least a byte.
    pub(super) fn list<'a, T>(
        &mut self,
        count: usize,
        arena: &'a Bump,
        mut take: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<&'a [T]> {
        if count > self.0.len() {
            return None;
        }
        let list = arena.alloc_slice_try_fill_with(count, |_| take(self).ok_or(()));
        list.ok().map(|list| &*list)
    }

    pub(super) fn context<'a>(&mut self, arena: &'a Bump) -> Option<Vec<(&'a str, Value<'a>)>>
    where
        'b: 'a,
    {
        let count = self.u32()? as usize;
        if count > self.0.len() {
            return None;
        }
        (0..count)
            .map(|_| Some((self.text()?, self.value(arena, 0)?)))
            .collect()
    }

    #[inline(always)]
    pub(super) fn value<'a>(&mut self, arena: &'a Bump, depth: usize) -> Option<Value<'a>>
    where
        'b: 'a,
    {
        Some(match self.u8()? {
            tag::I64 => Value::I64(self.u64()? as i64),
            tag::U64 => Value::U64(self.u64()?),
            tag::F64 => Value::F64(f64::from_bits(self.u64()?)),
            tag::STR => Value::Str(self.text()?),
            rare => {
                // Lent to nobody else, the bytes stay in registers.
                let mut own = Checked(self.0);
                let value = own.rare_value(rare, arena, depth)?;
                self.0 = own.0;
                value
            }
        })
    }

    #[inline(never)]
    fn rare_value<'a>(&mut self, tag: u8, arena: &'a Bump, depth: usize) -> Option<Value<'a>>
    where
        'b: 'a,
    {
        if depth > DEEPEST {
            return None;
        }
        Some(match tag {
            tag::NULL => Value::Null,
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::TIME => Value::Time(self.u64()? as i64),
            tag::DURATION => {
                let seconds = self.u64()?;
                let nanos = self.u32().filter(|nanos| *nanos < 1_000_000_000)?;
                Value::Duration(Duration::new(seconds, nanos))
            }
            tag::I128 => Value::I128(arena.alloc(i128::from_le_bytes(*self.array()?))),
            tag::U128 => Value::U128(arena.alloc(u128::from_le_bytes(*self.array()?))),
            tag::LIST => {
                let count = self.u32()? as usize;
                Value::List(self.list(count, arena, |bytes| bytes.value(arena, depth + 1))?)
            }
            tag::MAP => {
                let count = self.u32()? as usize;
                Value::Map(self.list(count, arena, |bytes| {
                    Some((bytes.text()?, bytes.value(arena, depth + 1)?))
                })?)
            }
            _ => return None,
        })
    }
}
