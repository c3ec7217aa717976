//! A call as the bytes of a record: how many, and what they are. The same bytes in two ways: of any call, and
//! of a call site whose own part is at hand.

use hydra_core::pipeline::Call;
use hydra_core::{Context, Location, OwnedValue, Value};

use super::{CHECKSUM, CONTEXT, HEAD, LOCATION, SUM};
use crate::bytes::Writer;
use crate::call::{self, COMMON_HEAD, Route, Said, tag};

/// The most bytes of a layer's name that are kept.
const MOST_NAME: usize = u16::MAX as usize;

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
