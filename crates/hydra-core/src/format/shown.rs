//! A value as text, for the formats that have only texts.

use std::borrow::Cow;

use super::json;
use crate::value::{run_user_code, write_bytes};
use crate::{Buffer, Value};

/// Room that is kept from record to record; a larger one is given back.
const KEPT: usize = 64 << 10;

/// Shows a value: what nothing needs to escape (numbers, words, times) goes into `out` at once;
/// any other text is returned, for the format to escape. Nested values are JSON.
#[inline(never)]
pub(super) fn show<'v>(
    value: Value<'v>,
    out: &mut Buffer,
    scratch: &'v mut Buffer,
) -> Option<Cow<'v, str>> {
    match value {
        Value::Str(text) => return Some(Cow::Borrowed(text)),
        Value::U64(n) => out.push_u64(n),
        Value::F64(n) => out.push_f64(n),
        Value::I64(n) => out.push_i64(n),
        Value::Null => out.push_str("null"),
        Value::Bool(v) => out.push_str(if v { "true" } else { "false" }),
        Value::I128(v) => out.push_str(itoa::Buffer::new().format(*v)),
        Value::U128(v) => out.push_str(itoa::Buffer::new().format(*v)),
        Value::Duration(v) => out.push_fmt(format_args!("{v:?}")),
        Value::Time(ns) => push_rfc3339(ns, out),
        _ => return Some(text_of(value, scratch)),
    }
    None
}

/// The text of a value that is neither number, word nor time.
fn text_of<'v>(value: Value<'v>, scratch: &'v mut Buffer) -> Cow<'v, str> {
    let out = emptied(scratch);
    match value {
        Value::Bytes(v) => run_user_code(out, |out| write_bytes(v, out)),
        Value::Display(v) => run_user_code(out, |out| write!(out, "{v}")),
        Value::Debug(v) => run_user_code(out, |out| write!(out, "{v:?}")),
        Value::Error(v) => run_user_code(out, |out| write!(out, "{v}")),
        _ => json::push_value(value, out),
    }
    String::from_utf8_lossy(out.as_bytes())
}

/// The scratch buffer, ready to be written.
pub(super) fn emptied(scratch: &mut Buffer) -> &mut Buffer {
    if scratch.capacity() > KEPT {
        *scratch = Buffer::default();
    }
    scratch.clear();
    scratch
}

/// A moment as RFC 3339 in UTC, with as many digits after the second as it needs.
pub(super) fn push_rfc3339(unix_ns: i64, out: &mut Buffer) {
    match jiff::Timestamp::from_nanosecond(i128::from(unix_ns)) {
        Ok(time) => out.push_fmt(format_args!("{time}")),
        Err(_) => out.push_i64(unix_ns),
    }
}
