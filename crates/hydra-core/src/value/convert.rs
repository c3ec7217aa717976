//! From Rust's types to [`Value`]s.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Mapping, Sequence, Value};

/// A type that can be a field's value.
///
/// Implemented for the numbers, `bool`, `char`, texts, `()`, `Option`, references and smart
/// pointers, `Duration`, `SystemTime`, the collections of the standard library and common errors.
///
/// ```
/// use hydra_core::{ToValue, Value};
/// assert!(matches!(Some("x").to_value(), Value::Str("x")));
/// assert!(matches!(None::<u8>.to_value(), Value::Null));
/// assert_eq!(format!("{:?}", vec![1, 2].to_value()), "[1, 2]");
/// ```
pub trait ToValue {
    /// The value, which borrows from `self`.
    fn to_value(&self) -> Value<'_>;
}

macro_rules! plain {
    ($($type:ty => |$v:ident| $value:expr;)*) => {$(
        impl ToValue for $type {
            #[inline]
            fn to_value(&self) -> Value<'_> {
                let $v = self;
                $value
            }
        }
    )*};
}

plain! {
    () => |_v| Value::Null;
    bool => |v| Value::Bool(*v);
    u8 => |v| Value::U64(u64::from(*v));
    u16 => |v| Value::U64(u64::from(*v));
    u32 => |v| Value::U64(u64::from(*v));
    u64 => |v| Value::U64(*v);
    usize => |v| Value::U64(*v as u64);
    i8 => |v| Value::I64(i64::from(*v));
    i16 => |v| Value::I64(i64::from(*v));
    i32 => |v| Value::I64(i64::from(*v));
    i64 => |v| Value::I64(*v);
    isize => |v| Value::I64(*v as i64);
    i128 => |v| Value::I128(v);
    u128 => |v| Value::U128(v);
    f32 => |v| Value::F64(f64::from(*v));
    f64 => |v| Value::F64(*v);
    str => |v| Value::Str(v);
    String => |v| Value::Str(v);
    char => |v| Value::Display(v);
    Duration => |v| Value::Duration(*v);
    SystemTime => |v| Value::Time(unix_nanoseconds(*v));
    std::io::Error => |v| Value::Error(v);
    fmt::Error => |v| Value::Error(v);
    std::num::ParseIntError => |v| Value::Error(v);
    std::num::ParseFloatError => |v| Value::Error(v);
    std::str::Utf8Error => |v| Value::Error(v);
    std::string::FromUtf8Error => |v| Value::Error(v);
    dyn Error => |v| Value::Error(v);
    Box<dyn Error> => |v| Value::Error(&**v);
    Box<dyn Error + Send + Sync> => |v| Value::Error(&**v);
    fmt::Arguments<'_> => |v| Value::Display(v);
    Value<'_> => |v| *v;
}

/// Nanoseconds since 1970, negative before it, saturating before the year 1677 and after 2262.
#[inline]
pub(crate) fn unix_nanoseconds(time: SystemTime) -> i64 {
    // Not `as_nanos`: its 128 bits cost 30 instructions a record.
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after.as_secs() as i64)
            .saturating_mul(1_000_000_000)
            .saturating_add(i64::from(after.subsec_nanos())),
        Err(before) => {
            i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, std::ops::Neg::neg)
        }
    }
}

impl<T: ToValue> ToValue for Option<T> {
    #[inline]
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

macro_rules! pointer {
    ($($type:ty),*) => {$(
        impl<T: ToValue + ?Sized> ToValue for $type {
            #[inline]
            fn to_value(&self) -> Value<'_> {
                (**self).to_value()
            }
        }
    )*};
}

pointer!(&T, &mut T, Rc<T>, Arc<T>);

impl<T: ToValue + ToOwned + ?Sized> ToValue for Cow<'_, T> {
    #[inline]
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

macro_rules! sequence {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<T: ToValue, $($generics)*> Sequence for $type {
            fn each(&self, show: &mut dyn FnMut(Value<'_>)) {
                for value in self.iter() {
                    show(value.to_value());
                }
            }
        }
        impl<T: ToValue, $($generics)*> ToValue for $type {
            #[inline]
            fn to_value(&self) -> Value<'_> {
                Value::Sequence(self)
            }
        }
    )*};
}

sequence! {
    [] Vec<T>;
    [] VecDeque<T>;
    [] BTreeSet<T>;
    [S] HashSet<T, S>;
    [const N: usize] [T; N];
    [] &[T];
}

macro_rules! mapping {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<K: AsRef<str>, V: ToValue, $($generics)*> Mapping for $type {
            fn each(&self, show: &mut dyn FnMut(&str, Value<'_>)) {
                for (key, value) in self.iter() {
                    show(key.as_ref(), value.to_value());
                }
            }
        }
        impl<K: AsRef<str>, V: ToValue, $($generics)*> ToValue for $type {
            #[inline]
            fn to_value(&self) -> Value<'_> {
                Value::Mapping(self)
            }
        }
    )*};
}

mapping! {
    [] BTreeMap<K, V>;
    [S] HashMap<K, V, S>;
}
