//! A record's bytes as a call: of this process, whose call sites are known, or of another, of which nothing
//! is.

use std::collections::HashSet;
use std::sync::Mutex;

use bumpalo::Bump;
use hydra_core::pipeline::{Call, Message};
use hydra_core::{Context, Fields, Key, Location};

use super::checked::{Checked, Head};
use super::{AT_FLAGS, CHECKSUM, CONTEXT, LOCATION};
use crate::call::{Few, Route};
use crate::lock::lock;
use crate::ring_file::site::Site;

/// The time of a call, of which no more is read.
pub(crate) fn stamp(bytes: &[u8]) -> Option<i64> {
    Some(Checked(bytes).u64()? as i64)
}

/// By which numbers of its process a call goes on, of which no more is read.
pub(crate) fn route(bytes: &[u8]) -> Option<Route> {
    let mut bytes = Checked(bytes.get(8..)?);
    Some(Route {
        layer: bytes.u32()?,
        context: bytes.u32()?,
    })
}

/// Reads a call of this process, of which all that stands in the program is known: `between` is what
/// of that lies between message and values but for the layer's name. `None` where the bytes are not
/// of a call of this site.
#[inline]
pub(crate) fn read_of_site<'a>(
    bytes: &'a [u8],
    (site, between): (&Site, usize),
    arena: &'a Bump,
    few: &'a mut Few<'a>,
) -> Option<Call<'a>> {
    let mut bytes = Checked(without_sum(bytes)?.0);
    let Head {
        unix_ns,
        text,
        count,
        level,
        flags,
        name,
    } = bytes.head()?;
    let message = match site.message {
        Some(known) => {
            bytes.skip(text)?;
            Message::Static(known)
        }
        None => Message::Str(bytes.str(text)?),
    };
    bytes.skip(name + between)?;
    if count != site.keys.len() || site.message.is_some_and(|known| known.len() != text) {
        return None;
    }
    let values = match few.get_mut(..count) {
        Some(room) => {
            for value in &mut *room {
                *value = bytes.value(arena, 0)?;
            }
            room
        }
        None => bytes.list(count, arena, |bytes| bytes.value(arena, 0))?,
    };
    if (flags & CONTEXT == 0) != bytes.0.is_empty() {
        return None;
    }
    Some(Call {
        unix_ns,
        level,
        message,
        fields: Fields::of_site(site.keys, values),
        context: None,
        location: site.location,
    })
}

/// What stands in a ring file's record.
pub(crate) struct Read<'a> {
    /// The name of its layer.
    pub(crate) layer: &'a str,
    /// The call, but for its context.
    pub(crate) call: Call<'a>,
    context: Checked<'a>,
}

impl Read<'_> {
    /// The context that was written with it: none without one, `Err` where it is damaged.
    pub(crate) fn context(&self) -> Result<Option<Context>, Damaged> {
        if self.context.0.is_empty() {
            return Ok(None);
        }
        let arena = Bump::new();
        let mut bytes = Checked(self.context.0);
        let fields = bytes.context(&arena).ok_or(Damaged)?;
        if !bytes.0.is_empty() {
            return Err(Damaged);
        }
        Ok(Some(Context::new().with_all(fields)))
    }
}

/// What is read is not what a call has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Reads what [`write`] has written, in whatever process; `None` where it is something else.
pub(crate) fn read<'a>(bytes: &'a [u8], arena: &'a Bump) -> Option<Read<'a>> {
    let (bytes, sum) = without_sum(bytes)?;
    if sum.is_some_and(|sum| sum != crc32fast::hash(bytes)) {
        return None;
    }
    let mut bytes = Checked(bytes);
    let Head {
        unix_ns,
        text,
        count,
        level,
        flags,
        name,
    } = bytes.head()?;
    let message = Message::Str(bytes.str(text)?);
    let layer = bytes.str(name)?;
    let location = if flags & LOCATION == 0 {
        None
    } else {
        let (len, line) = (bytes.u32()? as usize, bytes.u32()?);
        let file = interned(bytes.str(len)?);
        Some(Location { file, line })
    };
    let keys = bytes.list(count, arena, |bytes| Some(Key::dynamic(bytes.text()?)))?;
    let values = bytes.list(count, arena, |bytes| bytes.value(arena, 0))?;
    // What a call has written ends here, or with its context.
    if (flags & CONTEXT == 0) != bytes.0.is_empty() {
        return None;
    }
    Some(Read {
        layer,
        call: Call {
            unix_ns,
            level,
            message,
            fields: Fields::new(keys, values),
            context: None,
            location,
        },
        context: bytes,
    })
}

/// A call without its checksum, and that, where it has one. A flag that has flipped leaves bytes too
/// many, or a wrong sum.
#[inline]
fn without_sum(bytes: &[u8]) -> Option<(&[u8], Option<u32>)> {
    if bytes.get(AT_FLAGS)? & CHECKSUM == 0 {
        return Some((bytes, None));
    }
    let (bytes, sum) = bytes.split_last_chunk()?;
    Some((bytes, Some(u32::from_le_bytes(*sum))))
}

/// The same text for as long as the program runs, which few are: names of source files.
fn interned(text: &str) -> &'static str {
    const MOST: usize = 4096;
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = lock(&KNOWN);
    let known = known.get_or_insert_default();
    if let Some(same) = known.get(text) {
        return same;
    }
    if known.len() >= MOST {
        return "?";
    }
    let kept: &'static str = Box::leak(text.into());
    known.insert(kept);
    kept
}
