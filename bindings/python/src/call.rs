//! A call as the interpreter hands it over: positional arguments, and keywords by name.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::fastcall::Arguments;
use crate::key_table::keyword;
use crate::text::text_of;

/// The keyword arguments that are no fields.
#[derive(Default)]
pub(crate) struct Keywords<'a, 'py> {
    pub(crate) layer: Option<Borrowed<'a, 'py, PyAny>>,
    pub(crate) extra: Option<Borrowed<'a, 'py, PyAny>>,
    pub(crate) exc_info: Option<Borrowed<'a, 'py, PyAny>>,
    pub(crate) stack_info: Option<Borrowed<'a, 'py, PyAny>>,
    pub(crate) stacklevel: Option<Borrowed<'a, 'py, PyAny>>,
    /// Of `log` alone.
    pub(crate) level: Option<Borrowed<'a, 'py, PyAny>>,
    /// The message, where no positional argument is one.
    pub(crate) message: Option<Borrowed<'a, 'py, PyAny>>,
    /// How many fields there are besides.
    pub(crate) fields: usize,
    /// Which of the first 64 keywords are fields, one bit each.
    is_field: u64,
}

/// What a keyword is for, in a method that takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Layer,
    Extra,
    ExcInfo,
    StackInfo,
    StackLevel,
    Level,
    Message,
    Field,
}

impl Use {
    pub(crate) fn of(name: &str) -> Use {
        match name {
            "layer" => Use::Layer,
            "extra" => Use::Extra,
            "exc_info" => Use::ExcInfo,
            "stack_info" => Use::StackInfo,
            "stacklevel" => Use::StackLevel,
            "level" => Use::Level,
            "message" | "msg" => Use::Message,
            _ => Use::Field,
        }
    }
}

/// Which keywords a method takes besides those that every one takes.
#[derive(Clone, Copy)]
pub(crate) struct Takes {
    pub(crate) layer: bool,
    pub(crate) level: bool,
    pub(crate) message: bool,
}

impl Takes {
    #[inline]
    fn use_of(self, name: Borrowed<'_, '_, PyString>) -> Use {
        let purpose = match keyword(name) {
            Some(keyword) => keyword.purpose,
            // A name that is no UTF-8 is nobody's but a field's.
            None => text_of(name).map_or(Use::Field, Use::of),
        };
        match purpose {
            Use::Layer if !self.layer => Use::Field,
            Use::Level if !self.level => Use::Field,
            Use::Message if !self.message => Use::Field,
            taken => taken,
        }
    }

    /// Sorts a call's keywords.
    pub(crate) fn sort<'a, 'py>(self, call: &Arguments<'a, 'py>) -> Keywords<'a, 'py> {
        let mut keywords = Keywords::default();
        for (index, (name, value)) in call.keywords().enumerate() {
            let place = match self.use_of(name) {
                Use::Layer => &mut keywords.layer,
                Use::Extra => &mut keywords.extra,
                Use::ExcInfo => &mut keywords.exc_info,
                Use::StackInfo => &mut keywords.stack_info,
                Use::StackLevel => &mut keywords.stacklevel,
                Use::Level => &mut keywords.level,
                Use::Message => &mut keywords.message,
                Use::Field => {
                    keywords.fields += 1;
                    keywords.is_field |= bit(index);
                    continue;
                }
            };
            *place = Some(value);
        }
        keywords
    }

    /// The keywords that are fields.
    #[inline]
    pub(crate) fn fields<'a, 'py>(
        self,
        call: &Arguments<'a, 'py>,
        sorted: &Keywords<'a, 'py>,
    ) -> impl Iterator<Item = (Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)> + use<'a, 'py>
    {
        let is_field = sorted.is_field;
        let keywords = call.keywords().enumerate();
        let fields = keywords.filter(move |(index, (name, _))| match bit(*index) {
            0 => self.use_of(*name) == Use::Field,
            bit => is_field & bit != 0,
        });
        fields.map(|(_, field)| field)
    }
}

/// The bit of a keyword; 0 beyond the first 64.
#[inline]
fn bit(index: usize) -> u64 {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1_u64.checked_shl(index))
        .unwrap_or(0)
}
