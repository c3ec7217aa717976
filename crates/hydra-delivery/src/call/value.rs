//! A value as bytes, and back: a tag and what it needs.

use bumpalo::Bump;
use hydra_core::Value;

use crate::bytes::{Reader, Writer};

/// Room for the values of most calls.
pub(crate) type Few<'a> = [Value<'a>; 6];
pub(crate) const NO_VALUES: Few<'static> = [Value::Null; 6];

/// What stands before a value.
pub(crate) mod tag {
    pub(crate) const NULL: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const TRUE: u8 = 2;
    pub(crate) const I64: u8 = 3;
    pub(crate) const U64: u8 = 4;
    pub(crate) const F64: u8 = 5;
    pub(crate) const STR: u8 = 6;
    pub(crate) const DURATION: u8 = 7;
    pub(crate) const TIME: u8 = 8;
    pub(crate) const I128: u8 = 9;
    pub(crate) const U128: u8 = 10;
    pub(crate) const LIST: u8 = 11;
    pub(crate) const MAP: u8 = 12;
}
use tag::{DURATION, F64, FALSE, I64, I128, LIST, MAP, NULL, STR, TIME, TRUE, U64, U128};

pub(crate) fn value_len(value: &Value<'_>) -> usize {
    1 + match value {
        Value::I64(_) | Value::U64(_) | Value::F64(_) | Value::Time(_) => 8,
        Value::Duration(_) => 12,
        Value::I128(_) | Value::U128(_) => 16,
        Value::Str(text) => 4 + text.len(),
        Value::List(items) => 4 + items.iter().map(value_len).sum::<usize>(),
        Value::Map(entries) => {
            let entry = |(key, value): &(&str, Value<'_>)| 4 + key.len() + value_len(value);
            4 + entries.iter().map(entry).sum::<usize>()
        }
        _ => 0,
    }
}

/// Writes a value; `longest` as of [`Said`](super::Said).
#[inline(always)]
pub(crate) fn put(value: &Value<'_>, longest: Option<usize>, out: &mut Writer<'_>) -> Option<()> {
    match value {
        Value::I64(n) => out.tagged(I64, *n as u64),
        Value::U64(n) => out.tagged(U64, *n),
        Value::F64(n) => out.tagged(F64, n.to_bits()),
        Value::Str(text) if longest.is_none_or(|longest| text.len() <= longest) => {
            out.tagged_text(STR, text)
        }
        other if longest.is_some() && !is_small(other) => None,
        other => {
            // Lent to nobody else, the writer stays in registers.
            let mut own = Writer(std::mem::take(&mut out.0));
            put_rare(other, &mut own)?;
            out.0 = own.0;
            Some(())
        }
    }
}

/// Whether a value is plain data of a few bytes.
fn is_small(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::Null | Value::Bool(_) | Value::Time(_) | Value::Duration(_)
    )
}

#[inline(never)]
fn put_rare(value: &Value<'_>, out: &mut Writer<'_>) -> Option<()> {
    match value {
        Value::Bool(false) => out.u8(FALSE),
        Value::Bool(true) => out.u8(TRUE),
        Value::Time(n) => out.tagged(TIME, *n as u64),
        Value::Duration(length) => {
            out.tagged(DURATION, length.as_secs())?;
            out.u32(length.subsec_nanos())
        }
        Value::I128(n) => {
            out.u8(I128)?;
            out.array(n.to_le_bytes())
        }
        Value::U128(n) => {
            out.u8(U128)?;
            out.array(n.to_le_bytes())
        }
        Value::List(items) => {
            out.u8(LIST)?;
            out.u32(items.len() as u32)?;
            items.iter().try_for_each(|item| put(item, None, out))
        }
        Value::Map(entries) => {
            out.u8(MAP)?;
            out.u32(entries.len() as u32)?;
            entries.iter().try_for_each(|(key, value)| {
                out.text(key)?;
                put(value, None, out)
            })
        }
        // Nothing else is left: what was live has run.
        _ => out.u8(NULL),
    }
}

#[inline(always)]
pub(super) fn take_values<'a>(
    count: usize,
    bytes: &mut Reader<'a>,
    arena: &'a Bump,
    few: &'a mut Few<'a>,
) -> &'a [Value<'a>] {
    let Some(room) = few.get_mut(..count) else {
        return take_many(count, bytes, arena);
    };
    for value in &mut *room {
        *value = take(bytes, arena);
    }
    room
}

#[inline(never)]
fn take_many<'a>(count: usize, bytes: &mut Reader<'a>, arena: &'a Bump) -> &'a [Value<'a>] {
    arena.alloc_slice_fill_with(count, |_| take(bytes, arena))
}

#[inline(always)]
fn take<'a>(bytes: &mut Reader<'a>, arena: &'a Bump) -> Value<'a> {
    match bytes.u8() {
        I64 => Value::I64(bytes.u64() as i64),
        U64 => Value::U64(bytes.u64()),
        F64 => Value::F64(f64::from_bits(bytes.u64())),
        STR => Value::Str(bytes.text()),
        tag => {
            // Lent to nobody else, the reader stays in registers.
            let mut own = Reader(bytes.0);
            let value = take_rare(tag, &mut own, arena);
            bytes.0 = own.0;
            value
        }
    }
}

#[inline(never)]
fn take_rare<'a>(tag: u8, bytes: &mut Reader<'a>, arena: &'a Bump) -> Value<'a> {
    match tag {
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        TIME => Value::Time(bytes.u64() as i64),
        DURATION => {
            let seconds = bytes.u64();
            Value::Duration(std::time::Duration::new(seconds, bytes.u32()))
        }
        I128 => Value::I128(arena.alloc(i128::from_le_bytes(bytes.array()))),
        U128 => Value::U128(arena.alloc(u128::from_le_bytes(bytes.array()))),
        LIST => {
            let count = bytes.u32() as usize;
            Value::List(take_many(count, bytes, arena))
        }
        MAP => {
            let count = bytes.u32() as usize;
            Value::Map(arena.alloc_slice_fill_with(count, |_| {
                let key = bytes.text();
                (key, take(bytes, arena))
            }))
        }
        _ => Value::Null,
    }
}
