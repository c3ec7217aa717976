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

mod checked;
mod read;
mod write;

use crate::call::COMMON_HEAD;
pub(crate) use read::{read, read_of_site, route, stamp};
pub(crate) use write::{block, len, write, write_of_site};

const HEAD: usize = COMMON_HEAD + 2;
const AT_FLAGS: usize = 25;
const LOCATION: u8 = 2;
const CONTEXT: u8 = 16;
const CHECKSUM: u8 = 32;
/// The bytes of a checksum, which are the last.
const SUM: usize = 4;

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use hydra_core::pipeline::{Call, Message};
    use hydra_core::{Context, Fields, Key, Level, Location, Value};
    use proptest::prelude::*;

    use super::*;
    use crate::call::{self, Route, Said};
    use crate::ring_file::site::Site;

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
