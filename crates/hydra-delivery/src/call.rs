//! A call as bytes in a ring, and back.
//!
//! What stands in the program itself, literal messages and the keys of call sites, is written as its
//! address: the ring is this process's own memory. Everything else is copied. A ring
//! file has records of its own, which hold no address: `ring_file::record`.
//!
//! ```text
//! stamp i64 | layer u32 | context u32 | message u32 | fields u32 | level u8 | flags u8
//! message: address u64 | keys: address u64 | location: address u64, length u32, line u32
//! [message: its bytes] [keys: each length u32 and its bytes] values: tag u8 and what it needs
//! ```

mod value;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use hydra_core::pipeline::{Call, Message};
use hydra_core::{Fields, Key, Level, Location, Value};

use crate::bytes::{Reader, Writer};
use crate::statics;
use value::take_values;
pub(crate) use value::{Few, NO_VALUES, put, tag, value_len};

/// The size of what every call has. What has no address in the program has 0 there.
const HEAD: usize = 58;
/// The size of what of it a call has in a ring file as well.
pub(crate) const COMMON_HEAD: usize = 26;

/// The message stands in the program.
const STATIC_MESSAGE: u8 = 1;
/// There is a place in the source.
const LOCATION: u8 = 2;
/// The keys stand in the program.
const SITE_KEYS: u8 = 4;
/// The call is too large for a ring, which holds but its head; the rest stands in the ring's
/// [`Side`](crate::side::Side).
const ASIDE: u8 = 8;

/// What a call's bytes say beside the call itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// The number of its layer, or of its site there, in its ring.
    pub(crate) layer: u32,
    /// The number of its context, in its ring; 0 for none.
    pub(crate) context: u32,
}

/// What a call says, but for its context.
#[derive(Clone, Copy)]
pub(crate) struct Said<'c> {
    pub(crate) unix_ns: i64,
    pub(crate) level: Level,
    pub(crate) text: &'c str,
    /// The message, if it stands in the program.
    pub(crate) literal: Option<&'static str>,
    pub(crate) fields: &'c Fields<'c>,
    pub(crate) location: Option<Location>,
    /// The longest text that is taken, of a call of which nothing is known; none where every value is
    /// plain data, and no text too long.
    pub(crate) longest: Option<usize>,
}

impl<'c> Said<'c> {
    /// What was handed over.
    #[inline(always)]
    pub(crate) fn by(call: &'c Call<'_>) -> Said<'c> {
        Said {
            unix_ns: call.unix_ns,
            level: call.level,
            text: text_of(&call.message),
            literal: match call.message {
                Message::Static(text) => Some(text),
                _ => None,
            },
            fields: &call.fields,
            location: call.location,
            longest: None,
        }
    }
}

/// The bytes that a call takes.
pub(crate) fn len(call: &Call<'_>) -> usize {
    let message = match call.message {
        Message::Static(_) => 0,
        other => text_of(&other).len(),
    };
    let keys = match call.fields.site_keys() {
        Some(_) => 0,
        None => keys(&call.fields).map(|key| 4 + key.len()).sum(),
    };
    HEAD + message + keys + values(&call.fields).iter().map(value_len).sum::<usize>()
}

/// Writes a call, and returns its length: `None` where the bytes are not enough, or a value is more
/// than is taken.
#[inline(always)]
pub(crate) fn write(said: &Said<'_>, route: Route, out: &mut [u8]) -> Option<usize> {
    let room = out.len();
    let mut out = Writer(out);
    let fields = said.fields;
    let site_keys = fields.site_keys();
    let place = out.next::<HEAD>()?;
    let mut flags = 0;
    for (is, flag) in [
        (said.literal.is_some(), STATIC_MESSAGE),
        (said.location.is_some(), LOCATION),
        (site_keys.is_some(), SITE_KEYS),
    ] {
        flags |= if is { flag } else { 0 };
    }
    let message = said.literal.map_or(0, statics::address);
    let keys_at = site_keys.map_or(0, statics::address_of_keys);
    place[26..34].copy_from_slice(&message.to_le_bytes());
    place[34..42].copy_from_slice(&keys_at.to_le_bytes());
    if let Some(Location { file, line }) = said.location {
        place[42..50].copy_from_slice(&statics::address(file).to_le_bytes());
        place[50..54].copy_from_slice(&(file.len() as u32).to_le_bytes());
        place[54..].copy_from_slice(&line.to_le_bytes());
    }
    put_head(said, route, flags, place);
    if said.literal.is_none() {
        out.bytes(said.text.as_bytes())?;
    }
    if site_keys.is_none() {
        keys(fields).try_for_each(|key| out.text(key))?;
    }
    put_values(said, &mut out)?;
    Some(room - out.0.len())
}

/// Writes the values of a call; `None` as of [`write`].
#[inline(always)]
pub(crate) fn put_values(said: &Said<'_>, out: &mut Writer<'_>) -> Option<()> {
    for value in values(said.fields) {
        put(value, said.longest, out)?;
    }
    Some(())
}

/// The bytes of a call that stands aside, which tell its time and where to look.
pub(crate) fn write_aside(call: &Call<'_>, route: Route, number: u32) -> [u8; ASIDE_LEN] {
    let mut head = [0; ASIDE_LEN];
    put_head(&Said::by(call), route, ASIDE, &mut head);
    head[16..20].copy_from_slice(&number.to_le_bytes());
    head
}

/// The length of [`write_aside`].
pub(crate) const ASIDE_LEN: usize = HEAD;

/// Writes what a call begins with wherever it is written.
#[inline(always)]
pub(crate) fn put_head<const N: usize>(
    said: &Said<'_>,
    route: Route,
    flags: u8,
    head: &mut [u8; N],
) {
    const { assert!(N >= COMMON_HEAD) };
    head[..8].copy_from_slice(&said.unix_ns.to_le_bytes());
    head[8..12].copy_from_slice(&route.layer.to_le_bytes());
    head[12..16].copy_from_slice(&route.context.to_le_bytes());
    head[16..20].copy_from_slice(&(said.text.len() as u32).to_le_bytes());
    head[20..24].copy_from_slice(&(said.fields.len() as u32).to_le_bytes());
    head[24] = said.level.index() as u8;
    head[25] = flags;
}

/// The time of a call, of which no more is read.
pub(crate) fn stamp(bytes: &[u8]) -> i64 {
    Reader(bytes).u64() as i64
}

/// What stands in a ring.
pub(crate) enum Read<'a> {
    /// A call, but for its context, which its ring's side knows.
    Call(Route, Call<'a>),
    /// The number of a call that stands aside.
    Aside(u32),
}

/// Reads what [`write`] or [`write_aside`] has written in this process. What has no place of its own
/// in the bytes lies among `few`, or in the arena.
#[inline(always)]
pub(crate) fn read<'a>(bytes: &'a [u8], arena: &'a Bump, few: &'a mut Few<'a>) -> Read<'a> {
    let mut bytes = Reader(bytes);
    // One look at the length for all of it.
    let head = bytes.array::<HEAD>();
    let mut head = Reader(&head);
    let unix_ns = head.u64() as i64;
    let route = Route {
        layer: head.u32(),
        context: head.u32(),
    };
    let (text, count) = (head.u32() as usize, head.u32() as usize);
    let (level, flags) = (Level::ALL[usize::from(head.u8())], head.u8());
    if flags & ASIDE != 0 {
        return Read::Aside(text as u32);
    }
    let (message, keys) = (head.u64(), head.u64());
    let message = if flags & STATIC_MESSAGE != 0 {
        Message::Static(statics::text(message, text))
    } else {
        Message::Str(bytes.str(text))
    };
    let location = (flags & LOCATION != 0).then(|| {
        let (file, len) = (head.u64(), head.u32() as usize);
        Location {
            file: statics::text(file, len),
            line: head.u32(),
        }
    });
    let fields = if flags & SITE_KEYS != 0 {
        let keys = statics::keys(keys, count);
        Fields::of_site(keys, take_values(count, &mut bytes, arena, few))
    } else {
        let keys = (0..count).map(|_| Key::dynamic(bytes.text()));
        let keys = ArenaVec::from_iter_in(keys, arena).into_bump_slice();
        Fields::new(keys, take_values(count, &mut bytes, arena, few))
    };
    let call = Call {
        unix_ns,
        level,
        message,
        fields,
        context: None,
        location,
    };
    Read::Call(route, call)
}

pub(crate) fn text_of<'a>(message: &Message<'a>) -> &'a str {
    match message {
        Message::Str(text) | Message::Static(text) => text,
        // Calls that are handed over have been formatted.
        Message::Arguments(arguments) => arguments.as_str().unwrap_or_default(),
    }
}

fn keys<'a>(fields: &Fields<'a>) -> impl Iterator<Item = &'a str> {
    fields.iter().map(|(key, _)| key.name())
}

pub(crate) fn values<'a>(fields: &Fields<'a>) -> &'a [Value<'a>] {
    &fields.values()[..fields.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use hydra_core::OwnedValue;
    use proptest::prelude::*;

    fn round(call: &Call<'_>) -> (Route, String, Vec<(String, OwnedValue)>, bool) {
        let route = Route {
            layer: 7,
            context: 3,
        };
        let len = len(call);
        let mut bytes = vec![0; len];
        if len > HEAD {
            assert_eq!(write(&Said::by(call), route, &mut bytes[1..]), None);
        }
        assert_eq!(write(&Said::by(call), route, &mut bytes), Some(len));
        assert_eq!(stamp(&bytes), call.unix_ns);
        let (arena, mut few) = (Bump::new(), NO_VALUES);
        let Read::Call(found, back) = read(&bytes, &arena, &mut few) else {
            panic!("it stands in the ring");
        };
        assert_eq!((back.unix_ns, back.level), (call.unix_ns, call.level));
        assert_eq!(back.location, call.location);
        let fields = back.fields.iter();
        let fields = fields.map(|(key, value)| (key.name().to_owned(), value.into()));
        (
            found,
            text_of(&back.message).to_owned(),
            fields.collect(),
            matches!(back.message, Message::Static(_)),
        )
    }

    fn call<'a>(message: Message<'a>, fields: Fields<'a>) -> Call<'a> {
        Call {
            unix_ns: -5,
            level: Level::Warning,
            message,
            fields,
            context: None,
            location: None,
        }
    }

    #[test]
    fn what_stands_in_the_program_comes_back_as_the_very_same() {
        const KEYS: &[Key<'static>] = &[Key::new("a"), Key::new("b")];
        let values = [Value::U64(1), Value::Str("two")];
        let mut call = call(Message::Static("literal"), Fields::of_site(KEYS, &values));
        call.location = Some(Location {
            file: "src/main.rs",
            line: 42,
        });
        let (route, text, fields, is_static) = round(&call);
        assert_eq!((route.layer, route.context), (7, 3));
        assert_eq!((text.as_str(), is_static), ("literal", true));
        assert_eq!(
            fields,
            [
                ("a".into(), OwnedValue::U64(1)),
                ("b".into(), OwnedValue::from("two"))
            ]
        );
        let mut bytes = vec![0; len(&call)];
        assert_eq!(
            write(&Said::by(&call), route, &mut bytes),
            Some(bytes.len())
        );
        let (arena, mut few) = (Bump::new(), NO_VALUES);
        let Read::Call(_, back) = read(&bytes, &arena, &mut few) else {
            panic!("it stands in the ring");
        };
        assert_eq!(
            back.fields.site_keys().map(<[_]>::as_ptr),
            Some(KEYS.as_ptr())
        );
    }

    #[test]
    fn a_call_that_stands_aside_tells_its_time_and_number() {
        let call = call(Message::Str("large"), Fields::NONE);
        let route = Route {
            layer: 1,
            context: 0,
        };
        let bytes = write_aside(&call, route, 99);
        assert_eq!(stamp(&bytes), -5);
        let (arena, mut few) = (Bump::new(), NO_VALUES);
        assert!(matches!(read(&bytes, &arena, &mut few), Read::Aside(99)));
    }

    fn any_value() -> impl Strategy<Value = OwnedValue> {
        let leaf = prop_oneof![
            Just(OwnedValue::Null),
            any::<bool>().prop_map(OwnedValue::Bool),
            any::<i64>().prop_map(OwnedValue::I64),
            any::<u64>().prop_map(OwnedValue::U64),
            any::<i128>().prop_map(OwnedValue::I128),
            any::<u128>().prop_map(OwnedValue::U128),
            (-1e9..1e9).prop_map(OwnedValue::F64),
            ".*".prop_map(|text| OwnedValue::Str(text.into())),
            any::<std::time::Duration>().prop_map(OwnedValue::Duration),
            any::<i64>().prop_map(OwnedValue::Time),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(OwnedValue::List),
                prop::collection::vec((".*".prop_map(Into::into), inner), 0..6)
                    .prop_map(OwnedValue::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_call_comes_back_as_it_was(
            message in ".*",
            fields in prop::collection::vec((".*", any_value()), 0..8),
        ) {
            use hydra_core::ToValue as _;
            let keys: Vec<_> = fields.iter().map(|(key, _)| Key::dynamic(key)).collect();
            // Collections are live until they have been resolved, which `Context` does here.
            let plain = Bump::new();
            let values: Vec<_> = fields.iter().map(|(_, value)| lent(value, &plain)).collect();
            let call = call(Message::Str(&message), Fields::new(&keys, &values));
            let (_, text, back, is_static) = round(&call);
            prop_assert_eq!(text, message.clone());
            prop_assert!(!is_static);
            prop_assert_eq!(&back, &fields);
            let _ = fields.first().map(|(_, value)| value.to_value());
        }
    }

    /// A value of borrowed, plain data.
    fn lent<'a>(value: &'a OwnedValue, arena: &'a Bump) -> Value<'a> {
        use hydra_core::ToValue as _;
        match value {
            OwnedValue::List(items) => {
                Value::List(arena.alloc_slice_fill_iter(items.iter().map(|item| lent(item, arena))))
            }
            OwnedValue::Map(entries) => Value::Map(
                arena.alloc_slice_fill_iter(
                    entries
                        .iter()
                        .map(|(key, item)| (&**key, lent(item, arena))),
                ),
            ),
            other => other.to_value(),
        }
    }
}
