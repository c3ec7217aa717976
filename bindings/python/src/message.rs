//! The text of a message: its arguments set into its placeholders, those that none takes behind it.

use std::fmt::Write as _;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString, PyTuple};

use crate::fastcall::Arguments;
use crate::placeholder::{Piece, Pieces, style};
use crate::shown::Shown;
use crate::text::text_of;

/// Writes the text of a message with the arguments of a call from `first` on.
pub(crate) fn write_message<'a, 'py>(
    message: Borrowed<'a, 'py, PyAny>,
    call: &Arguments<'a, 'py>,
    first: usize,
    shown: Shown<'_>,
    out: &mut String,
) -> PyResult<()> {
    let owned;
    let text = if let Some(text) = message.cast::<PyString>().ok().and_then(text_of) {
        text
    } else {
        owned = shown.text(&message)?;
        &owned
    };
    let arguments: Vec<_> = call.from(first).collect();
    let style = if arguments.is_empty() {
        None
    } else {
        style(text)
    };
    let Some(style) = style else {
        out.push_str(text);
        return append(&arguments, |_| false, shown, out);
    };
    let mut filler = Filler {
        used: vec![false; arguments.len()],
        arguments: &arguments,
        next: 0,
        shown,
    };
    for piece in Pieces::new(text, style) {
        filler.fill(piece, out)?;
    }
    let Filler { used, shown, .. } = filler;
    append(&arguments, |index| used[index], shown, out)
}

/// Puts the arguments that no placeholder took behind the message: no text is lost.
fn append(
    arguments: &[Borrowed<'_, '_, PyAny>],
    used: impl Fn(usize) -> bool,
    shown: Shown<'_>,
    out: &mut String,
) -> PyResult<()> {
    for (index, argument) in arguments.iter().enumerate() {
        if !used(index) {
            out.push(' ');
            write_text(*argument, shown, out)?;
        }
    }
    Ok(())
}

fn write_text(value: Borrowed<'_, '_, PyAny>, shown: Shown<'_>, out: &mut String) -> PyResult<()> {
    if let Some(text) = value.cast_exact::<PyString>().ok().and_then(text_of) {
        out.push_str(text);
    } else if let Some(number) = small_int(value) {
        // Writing to a String does not fail.
        let _ = write!(out, "{number}");
    } else {
        out.push_str(&shown.text(&value)?);
    }
    Ok(())
}

fn small_int(value: Borrowed<'_, '_, PyAny>) -> Option<i64> {
    value.cast_exact::<PyInt>().ok()?.extract().ok()
}

struct Filler<'f, 'a, 'py, 's> {
    arguments: &'f [Borrowed<'a, 'py, PyAny>],
    used: Vec<bool>,
    next: usize,
    shown: Shown<'s>,
}

impl<'a, 'py> Filler<'_, 'a, 'py, '_> {
    fn fill(&mut self, piece: Piece<'_>, out: &mut String) -> PyResult<()> {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Percent {
                whole,
                name: Some(name),
            } => match self.named(name) {
                Some(value) => self.percent(whole, name, value.as_borrowed(), out)?,
                None => out.push_str(whole),
            },
            Piece::Percent { whole, name: None } => match self.take(None) {
                Some(value) => self.percent(whole, "", value, out)?,
                None => out.push_str(whole),
            },
            Piece::Brace {
                whole,
                index,
                conversion,
                specification,
            } => match self.take(index) {
                Some(value) => self.brace(conversion, specification, value, out)?,
                None => out.push_str(whole),
            },
        }
        Ok(())
    }

    /// The argument of this index, or the next.
    fn take(&mut self, index: Option<usize>) -> Option<Borrowed<'a, 'py, PyAny>> {
        let index = index.unwrap_or(self.next);
        let value = *self.arguments.get(index)?;
        self.next = index + 1;
        self.used[index] = true;
        Some(value)
    }

    /// As in `logging`: of the one argument, a dictionary.
    fn named(&mut self, name: &str) -> Option<Bound<'py, PyAny>> {
        let [dictionary] = self.arguments else {
            return None;
        };
        let value = dictionary.cast::<PyDict>().ok()?.get_item(name).ok()??;
        self.used[0] = true;
        Some(value)
    }

    fn percent(
        &mut self,
        whole: &str,
        name: &str,
        value: Borrowed<'_, 'py, PyAny>,
        out: &mut String,
    ) -> PyResult<()> {
        if whole.ends_with('s')
            && (whole.len() == 2 || !name.is_empty() && whole.len() == name.len() + 4)
        {
            return write_text(value, self.shown, out);
        }
        let py = value.py();
        let conversion = match whole.split_once(')') {
            Some((_, rest)) => format!("%{rest}"),
            None => whole.to_owned(),
        };
        let formatted = PyTuple::new(py, [value])
            .and_then(|one| PyString::new(py, &conversion).rem(one))
            .and_then(|text| crate::text::owned(text.cast::<PyString>()?));
        self.or_text(formatted, value, out)
    }

    fn brace(
        &mut self,
        conversion: Option<char>,
        specification: &str,
        value: Borrowed<'_, 'py, PyAny>,
        out: &mut String,
    ) -> PyResult<()> {
        let py = value.py();
        if specification.is_empty() && matches!(conversion, None | Some('s')) {
            return write_text(value, self.shown, out);
        }
        let converted = match conversion {
            None => Ok(value.to_owned()),
            Some('r') => value.repr().map(Bound::into_any),
            Some('s') => value.str().map(Bound::into_any),
            Some(_) => py
                .import(intern!(py, "builtins"))
                .and_then(|builtins| builtins.call_method1(intern!(py, "ascii"), (value,))),
        };
        let formatted = converted
            .and_then(|value| value.call_method1(intern!(py, "__format__"), (specification,)))
            .and_then(|text| crate::text::owned(text.cast::<PyString>()?));
        self.or_text(formatted, value, out)
    }

    /// What does not fit its placeholder is shown as it is.
    fn or_text(
        &mut self,
        formatted: PyResult<String>,
        value: Borrowed<'_, 'py, PyAny>,
        out: &mut String,
    ) -> PyResult<()> {
        match formatted {
            Ok(text) => out.push_str(&text),
            Err(error) => {
                self.shown.failed(value.py(), error)?;
                write_text(value, self.shown, out)?;
            }
        }
        Ok(())
    }
}
