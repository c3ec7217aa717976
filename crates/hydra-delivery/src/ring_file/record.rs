//! A call as bytes of a ring file, and back: everything is copied, so that another process can read
//! it, and nothing that is read is trusted.
//!
//! ```text
//! stamp i64 | layer u32 | context u32 | message u32 | fields u32 | level u8 | flags u8 | name u16
//! message | name of the layer | [location: length u32, line u32, file]
//! keys: each length u32 and its text | values: tag u8 and what it needs
//! [context: count u32, each key length u32, key and value] | [checksum u32]
//! ```
//!
//! `layer` and `context` are numbers of the process that wrote them.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use bumpalo::Bump;
use hydra_core::pipeline::{Call, Message};
use hydra_core::{Context, Fields, Key, Level, Location, OwnedValue, Value};

use super::site::Site;
use crate::bytes::Writer;
use crate::call::{self, COMMON_HEAD, Few, Route, Said, tag};
use crate::lock::lock;

const HEAD: usize = COMMON_HEAD + 2;
const AT_FLAGS: usize = 25;
const LOCATION: u8 = 2;
const CONTEXT: u8 = 16;
const CHECKSUM: u8 = 32;
/// The bytes of a checksum, which are the last.
const SUM: usize = 4;
/// The most bytes of a layer's name that are kept.
const MOST_NAME: usize = u16::MAX as usize;
/// How deep lists and maps may lie in each other: deeper, it is not what a call has written.
const DEEPEST: usize = 128;

/// The bytes that a call takes.
pub(crate) fn len(call: &Call<'_>, layer: &str, has_sum: bool) -> usize {
    let keys: usize = call
        .fields
        .iter()
        .map(|(key, _)| 4 + key.name().len())
        .sum();
    let values: usize = call::values(&call.fields).iter().map(call::value_len).sum();
    let location = call.location.map_or(0, |location| 8 + location.file.len());
    let context = call.context.as_ref().map_or(0, |context| {
        let field = |(key, value): (&str, &OwnedValue)| 4 + key.len() + owned_len(value);
        4 + context.fields().map(field).sum::<usize>()
    });
    HEAD + call::text_of(&call.message).len()
        + name_of(layer).len()
        + location
        + keys
        + values
        + context
        + if has_sum { SUM } else { 0 }
}

fn name_of(layer: &str) -> &str {
    &layer[..layer.floor_char_boundary(MOST_NAME)]
}

/// Writes a call, with a checksum by choice, and returns its length: `None` where the bytes are not
/// enough, or a value is more than is taken.
#[inline(always)]
pub(crate) fn write(
    said: &Said<'_>,
    context: Option<&Context>,
    place: (Route, &str),
    has_sum: bool,
    out: &mut [u8],
) -> Option<usize> {
    if !has_sum {
        return write_with(said, context, place, 0, out);
    }
    let len = write_with(said, context, place, CHECKSUM, out)?;
    put_sum(len, out)
}

/// Puts the checksum behind so many bytes.
fn put_sum(len: usize, out: &mut [u8]) -> Option<usize> {
    let (written, rest) = out.split_at_mut(len);
    *rest.first_chunk_mut()? = crc32fast::hash(written).to_le_bytes();
    Some(len + SUM)
}

#[inline(always)]
fn write_with(
    said: &Said<'_>,
    context: Option<&Context>,
    (route, layer): (Route, &str),
    mut flags: u8,
    out: &mut [u8],
) -> Option<usize> {
    let room = out.len();
    let mut out = Writer(out);
    let layer = name_of(layer);
    flags |= if context.is_some() { CONTEXT } else { 0 };
    put_head(said, (route, layer), flags, &mut out)?;
    out.bytes(said.text.as_bytes())?;
    out.bytes(layer.as_bytes())?;
    if let Some(Location { file, line }) = said.location {
        out.u32(file.len() as u32)?;
        out.u32(line)?;
        out.bytes(file.as_bytes())?;
    }
    for (key, _) in said.fields.iter() {
        out.text(key.name())?;
    }
    call::put_values(said, &mut out)?;
    if let Some(context) = context {
        put_context(context, &mut out)?;
    }
    Some(room - out.0.len())
}

#[inline(always)]
fn put_head(
    said: &Said<'_>,
    (route, layer): (Route, &str),
    mut flags: u8,
    out: &mut Writer<'_>,
) -> Option<()> {
    flags |= if said.location.is_some() { LOCATION } else { 0 };
    let head = out.next::<HEAD>()?;
    call::put_head(said, route, flags, head);
    head[COMMON_HEAD..].copy_from_slice(&(layer.len() as u16).to_le_bytes());
    Some(())
}

/// What of a call stands in the program, as it lies in front of the values: its literal message, the
/// layer's name, its place, its keys.
pub(crate) fn block(said: &Said<'_>, layer: &str) -> Box<[u8]> {
    let mut block = Vec::new();
    block.extend_from_slice(said.literal.unwrap_or_default().as_bytes());
    block.extend_from_slice(name_of(layer).as_bytes());
    if let Some(Location { file, line }) = said.location {
        block.extend_from_slice(&(file.len() as u32).to_le_bytes());
        block.extend_from_slice(&line.to_le_bytes());
        block.extend_from_slice(file.as_bytes());
    }
    for (key, _) in said.fields.iter() {
        block.extend_from_slice(&(key.name().len() as u32).to_le_bytes());
        block.extend_from_slice(key.name().as_bytes());
    }
    block.into()
}

/// Writes the same bytes as [`write`], of a call without a context whose [`block`] is at hand.
#[inline(always)]
pub(crate) fn write_of_site(
    said: &Said<'_>,
    (route, layer): (Route, &str),
    (block, has_sum): (&[u8], bool),
    out: &mut [u8],
) -> Option<usize> {
    let flags = if has_sum { CHECKSUM } else { 0 };
    let room = out.len();
    let mut left = Writer(&mut *out);
    put_head(said, (route, name_of(layer)), flags, &mut left)?;
    if said.literal.is_none() {
        left.bytes(said.text.as_bytes())?;
    }
    left.bytes(block)?;
    call::put_values(said, &mut left)?;
    let len = room - left.0.len();
    if has_sum {
        put_sum(len, out)
    } else {
        Some(len)
    }
}

#[inline(never)]
fn put_context(context: &Context, out: &mut Writer<'_>) -> Option<()> {
    out.u32(context.fields().count() as u32)?;
    for (key, value) in context.fields() {
        out.text(key)?;
        put_owned(value, out)?;
    }
    Some(())
}

fn owned_len(value: &OwnedValue) -> usize {
    1 + match value {
        OwnedValue::I64(_) | OwnedValue::U64(_) | OwnedValue::F64(_) | OwnedValue::Time(_) => 8,
        OwnedValue::Duration(_) => 12,
        OwnedValue::I128(_) | OwnedValue::U128(_) => 16,
        OwnedValue::Str(text) => 4 + text.len(),
        OwnedValue::List(items) => 4 + items.iter().map(owned_len).sum::<usize>(),
        OwnedValue::Map(entries) => {
            let entry = |(key, value): &(Box<str>, OwnedValue)| 4 + key.len() + owned_len(value);
            4 + entries.iter().map(entry).sum::<usize>()
        }
        _ => 0,
    }
}

fn put_owned(value: &OwnedValue, out: &mut Writer<'_>) -> Option<()> {
    let plain = match value {
        OwnedValue::Bool(on) => Value::Bool(*on),
        OwnedValue::I64(n) => Value::I64(*n),
        OwnedValue::U64(n) => Value::U64(*n),
        OwnedValue::I128(n) => Value::I128(n),
        OwnedValue::U128(n) => Value::U128(n),
        OwnedValue::F64(n) => Value::F64(*n),
        OwnedValue::Str(text) => Value::Str(text),
        OwnedValue::Duration(length) => Value::Duration(*length),
        OwnedValue::Time(at) => Value::Time(*at),
        OwnedValue::List(items) => {
            out.u8(tag::LIST)?;
            out.u32(items.len() as u32)?;
            return items.iter().try_for_each(|item| put_owned(item, out));
        }
        OwnedValue::Map(entries) => {
            out.u8(tag::MAP)?;
            out.u32(entries.len() as u32)?;
            return entries.iter().try_for_each(|(key, value)| {
                out.text(key)?;
                put_owned(value, out)
            });
        }
        _ => Value::Null,
    };
    call::put(&plain, None, out)
}

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

/// What every record begins with.
struct Head {
    unix_ns: i64,
    /// The length of the message, how many fields there are, and the length of the layer's name.
    text: usize,
    count: usize,
    level: Level,
    flags: u8,
    name: usize,
}

/// Reads one after the other what may be anything.
struct Checked<'b>(&'b [u8]);

impl<'b> Checked<'b> {
    #[inline(always)]
    fn head(&mut self) -> Option<Head> {
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
    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.array()?))
    }

    #[inline]
    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.array()?))
    }

    #[inline]
    fn skip(&mut self, len: usize) -> Option<()> {
        self.0 = self.0.get(len..)?;
        Some(())
    }

    #[inline]
    fn str(&mut self, len: usize) -> Option<&'b str> {
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    #[inline]
    fn text(&mut self) -> Option<&'b str> {
        let len = self.u32()? as usize;
        self.str(len)
    }

    /// So many things, each of at least a byte.
    fn list<'a, T>(
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

    fn context<'a>(&mut self, arena: &'a Bump) -> Option<Vec<(&'a str, Value<'a>)>>
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
    fn value<'a>(&mut self, arena: &'a Bump, depth: usize) -> Option<Value<'a>>
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROUTE: Route = Route {
        layer: 7,
        context: 3,
    };

    fn written(call: &Call<'_>, layer: &str) -> Vec<u8> {
        written_with(call, layer, false)
    }

    fn written_with(call: &Call<'_>, layer: &str, has_sum: bool) -> Vec<u8> {
        let len = len(call, layer, has_sum);
        let mut bytes = vec![0; len];
        let (said, context) = (Said::by(call), call.context.as_ref());
        let write = |out: &mut [u8]| write(&said, context, (ROUTE, layer), has_sum, out);
        assert_eq!(write(&mut bytes[1..]), None);
        assert_eq!(write(&mut bytes), Some(len));
        if context.is_none() && said.fields.site_keys().is_some() {
            let (block, mut again) = (block(&said, layer), vec![0; len]);
            let length = write_of_site(&said, (ROUTE, layer), (&block, has_sum), &mut again);
            assert_eq!((length, &again), (Some(len), &bytes));
        }
        bytes
    }

    #[test]
    fn a_call_comes_back_with_its_layer_its_place_and_its_context() {
        let keys = [Key::new("user"), Key::new("tags")];
        let list = [Value::Str("a"), Value::Bool(true)];
        let values = [Value::U64(7), Value::List(&list)];
        let context = Context::new().with("job", 3_u64).with("name", "é");
        let call = Call {
            unix_ns: -5,
            level: Level::Error,
            message: Message::Static("literal"),
            fields: Fields::new(&keys, &values),
            context: Some(context.clone()),
            location: Some(Location {
                file: "src/main.rs",
                line: 42,
            }),
        };
        let bytes = written(&call, "AUTH");
        assert_eq!(stamp(&bytes), Some(-5));
        let arena = Bump::new();
        let read = read(&bytes, &arena).unwrap();
        assert_eq!((route(&bytes), read.layer), (Some(ROUTE), "AUTH"));
        assert_eq!(read.call.location, call.location);
        assert_eq!((read.call.level, read.call.unix_ns), (Level::Error, -5));
        assert_eq!(call::text_of(&read.call.message), "literal");
        let shown = |call: &Call<'_>| {
            let fields = call.fields.iter();
            let fields = fields.map(|(key, value)| format!("{} {value:?}", key.name()));
            fields.collect::<Vec<_>>()
        };
        assert_eq!(shown(&read.call), shown(&call));
        let found = read.context().unwrap().unwrap();
        assert!(found.fields().eq(context.fields()));
        for cut in 0..bytes.len() {
            let arena = Bump::new();
            let read = super::read(&bytes[..cut], &arena);
            assert!(read.is_none_or(|read| read.context().is_err()), "{cut}");
        }
    }

    #[test]
    fn with_a_checksum_a_call_comes_back_and_with_any_bit_of_it_flipped_or_a_byte_cut_it_does_not()
    {
        let keys = [Key::new("user"), Key::new("note")];
        let values = [Value::U64(7), Value::Str("é")];
        let call = Call {
            unix_ns: 9,
            level: Level::Warning,
            message: Message::Str("made"),
            fields: Fields::new(&keys, &values),
            context: Some(Context::new().with("job", 3_u64)),
            location: None,
        };
        let mut bytes = written_with(&call, "AUTH", true);
        let arena = Bump::new();
        let back = read(&bytes, &arena).unwrap();
        assert_eq!((back.layer, back.call.unix_ns), ("AUTH", 9));
        assert_eq!(
            format!("{:?}", back.call.fields.values()),
            format!("{values:?}")
        );
        let job = |context: &Context| context.fields().next().map(|(key, _)| key.to_owned());
        assert_eq!(
            back.context().unwrap().as_ref().and_then(job).as_deref(),
            Some("job")
        );
        let is_whole =
            |bytes: &[u8]| read(bytes, &arena).is_some_and(|read| read.context().is_ok());
        for at in 0..bytes.len() {
            assert!(!is_whole(&bytes[..at]), "{at}");
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                assert!(!is_whole(&bytes), "{at} {bit}");
                bytes[at] ^= 1 << bit;
            }
        }
    }

    #[test]
    fn a_call_of_a_known_site_is_read_as_one_of_an_unknown_and_refused_where_it_is_another() {
        const KEYS: &[Key<'static>] = &[Key::new("user"), Key::new("note")];
        let values = [Value::U64(7), Value::Str("é")];
        let location = Location {
            file: "src/main.rs",
            line: 42,
        };
        let mut call = Call {
            unix_ns: 9,
            level: Level::Warning,
            message: Message::Static("literal"),
            fields: Fields::of_site(KEYS, &values),
            context: None,
            location: Some(location),
        };
        let mut site = Site {
            message: Some("literal"),
            keys: KEYS,
            location: Some(location),
        };
        let arena = Bump::new();
        let of_site = |bytes: &[u8], site: &Site| {
            let known = (site, site.bytes_between());
            let mut few = call::NO_VALUES;
            let read = read_of_site(bytes, known, &arena, &mut few);
            read.map(|call| format!("{:?} {:?}", call.message, call.fields.values()))
        };
        let bytes = written(&call, "AUTH");
        let (known, mut few) = ((&site, site.bytes_between()), call::NO_VALUES);
        let read = read_of_site(&bytes, known, &arena, &mut few).unwrap();
        assert!(matches!(read.message, Message::Static("literal")));
        assert_eq!(read.fields.site_keys().map(<[_]>::len), Some(2));
        assert_eq!((read.unix_ns, read.level), (9, Level::Warning));
        assert_eq!(read.location, Some(location));
        assert_eq!(format!("{:?}", read.fields.values()), format!("{values:?}"));
        for cut in 0..bytes.len() {
            assert_eq!(of_site(&bytes[..cut], &site), None, "{cut}");
        }
        site.message = Some("longer literal");
        assert_eq!(of_site(&bytes, &site), None);
        // A message that is made for each call, and a context behind the values.
        call.message = Message::Str("made");
        call.context = Some(Context::new().with("job", 3_u64));
        site.message = None;
        let bytes = written(&call, "AUTH");
        assert!(of_site(&bytes, &site).unwrap().contains("made"));
        site.keys = &KEYS[..1];
        assert_eq!(of_site(&bytes, &site), None);
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_they_are_read_or_refused(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            level in 0_u8..7,
            small in any::<bool>(),
        ) {
            if small && bytes.len() > 28 {
                // Lengths that may fit.
                for at in [17, 18, 19, 21, 22, 23, 27] {
                    bytes[at] = 0;
                }
                bytes[24] = level;
            }
            let arena = Bump::new();
            let site = Site {
                message: None,
                keys: const { &[Key::new("a")] },
                location: None,
            };
            let mut few = call::NO_VALUES;
            let _ = read_of_site(&bytes, (&site, 0), &arena, &mut few);
            let _ = route(&bytes);
            if let Some(read) = read(&bytes, &arena) {
                let _ = read.context();
                prop_assert!(call::text_of(&read.call.message).len() <= bytes.len());
            }
        }
    }
}
