//! `debug`, `info`, `warning`, `error`, `critical` and `log` for the loggers of `logging`, once
//! `hydra_logger.install()` has given them our class.
//!
//! A `LogRecord` and the search for its caller are two thirds of what a call of `logging` costs, so
//! that only not making them helps. It is right not to make one where nobody would see it, that is
//! where all of this holds:
//!
//! - nothing of `logging.Logger` was replaced, on the class or on the instance, and records are made
//!   by `LogRecord` itself;
//! - the logger's cache of levels has an answer;
//! - there is no keyword but `extra`, a dictionary without a name of a `LogRecord`'s;
//! - the logger has no filter;
//! - exactly one handler gets the record, and it is a `HydraHandler` without filter or formatter:
//!   what captures records for tests, or sends them elsewhere too, adds a handler and has them all;
//! - lines do not name the place of the call, and no plugin sees records;
//! - the message is a text, and its arguments fit it.
//!
//! Otherwise the call is `logging.Logger`'s. No frame of Python's is added, so that `stacklevel`
//! means what it meant.

use std::ffi::CStr;

use hydra_logger::Level;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::fastcall::{Arguments, Method, StandIn};

use super::past_record::Else;
use super::stdlib::{STDLIB, Stdlib};

/// The methods by the number that their functions are made with; `log` has its level as an argument.
pub(super) const METHODS: [(&CStr, Option<Level>); 6] = [
    (c"debug", Some(Level::Debug)),
    (c"info", Some(Level::Info)),
    (c"warning", Some(Level::Warning)),
    (c"error", Some(Level::Error)),
    (c"critical", Some(Level::Critical)),
    (c"log", None),
];

/// Puts the methods on our class of loggers and our class of the root, for records that go to a
/// handler of this class.
#[pyfunction]
pub(crate) fn add_logging_methods(
    logger: &Bound<'_, PyType>,
    root: &Bound<'_, PyType>,
    handler: &Bound<'_, PyType>,
) -> PyResult<()> {
    let classes = [logger, root].map(|class| class.clone().unbind());
    let stdlib = Stdlib::new(handler, classes)?;
    let _ = STDLIB.set(handler.py(), stdlib);
    add_to(logger)?;
    add_to(root)
}

/// The functions of the module `logging` by their names, for the same.
#[pyfunction]
pub(crate) fn logging_functions(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let logging = py.import("logging")?;
    let functions = PyDict::new(py);
    for (function, (name, _)) in stand_ins::<Functions>().into_iter().flatten().zip(METHODS) {
        functions.set_item(name.to_string_lossy(), function.bound_to(&logging)?)?;
    }
    Ok(functions)
}

fn add_to(class: &Bound<'_, PyType>) -> PyResult<()> {
    let mut methods = stand_ins::<Methods>().into_iter().flatten();
    methods.try_for_each(|method| method.put_on(class))
}

fn stand_ins<F: StandIn>() -> [Option<Method>; METHODS.len()] {
    const DOC: &str = "As `logging` has it; where nobody would see a LogRecord, without one.";
    macro_rules! stand_ins {
        ($($number:literal)*) => {
            [$(Method::stand_in::<F, $number>(
                METHODS[$number].0,
                if METHODS[$number].1.is_some() {
                    "($self, msg, *args, **kwargs)"
                } else {
                    "($self, level, msg, *args, **kwargs)"
                },
                DOC,
            ),)*]
        };
    }
    stand_ins!(0 1 2 3 4 5)
}

/// Of a logger.
struct Methods;

impl StandIn for Methods {
    #[inline]
    fn call<const N: u8>(this: &Bound<'_, PyAny>, call: Arguments<'_, '_>) -> PyResult<()> {
        let Some(stdlib) = STDLIB.get(call.py()) else {
            return Ok(());
        };
        let method = usize::from(N) % METHODS.len();
        match stdlib.past_the_record(method, this.as_borrowed(), &call) {
            Ok(()) | Err(Else::Nothing) => Ok(()),
            Err(Else::Ordinary) => stdlib.ordinary_method(method, this, &call),
            Err(Else::Raise(error)) => Err(error),
        }
    }
}

/// Of the module, for its root.
struct Functions;

impl StandIn for Functions {
    #[inline]
    fn call<const N: u8>(_: &Bound<'_, PyAny>, call: Arguments<'_, '_>) -> PyResult<()> {
        let Some(stdlib) = STDLIB.get(call.py()) else {
            return Ok(());
        };
        let method = usize::from(N) % METHODS.len();
        let root = stdlib
            .module
            .bind(call.py())
            .get_item(intern!(call.py(), "root"))?;
        let logged = match root {
            Some(root) => stdlib.past_the_record(method, root.as_borrowed(), &call),
            None => Err(Else::Ordinary),
        };
        match logged {
            Ok(()) | Err(Else::Nothing) => Ok(()),
            Err(Else::Ordinary) => {
                let function = stdlib.methods[method].of_module.function.bind(call.py());
                ordinary(function, None, &call)
            }
            Err(Else::Raise(error)) => Err(error),
        }
    }
}

impl Stdlib {
    /// The call, as `logging.Logger` has it at this moment.
    #[cold]
    #[inline(never)]
    fn ordinary_method(
        &self,
        method: usize,
        this: &Bound<'_, PyAny>,
        call: &Arguments<'_, '_>,
    ) -> PyResult<()> {
        let name = &self.methods[method].of_logger.name;
        let function = self.logger.bind(call.py()).as_any().get_item(name)?;
        ordinary(&function, Some(this), call)
    }
}

/// Calls what stands behind a stand-in.
#[cold]
#[inline(never)]
fn ordinary(
    function: &Bound<'_, PyAny>,
    this: Option<&Bound<'_, PyAny>>,
    call: &Arguments<'_, '_>,
) -> PyResult<()> {
    let py = call.py();
    let mut given: Vec<_> = this.map(|this| this.as_borrowed()).into_iter().collect();
    given.extend(call.from(0));
    let keywords = PyDict::new(py);
    for (name, value) in call.keywords() {
        keywords.set_item(name, value)?;
    }
    function.call(PyTuple::new(py, given)?, Some(&keywords))?;
    Ok(())
}
