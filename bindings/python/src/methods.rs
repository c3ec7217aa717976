//! The methods that log: what each of them stands for, and their way from a call to a record.

use std::ffi::CStr;
use std::sync::atomic::Ordering::Relaxed;

use hydra_logger::diagnostics::{self, ErrorKind};
use hydra_logger::{Context, Event, Level};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::awaitable;
use crate::bound_logger::BoundLogger;
use crate::call::{Keywords, Takes};
use crate::call_shape::{Named, Shape};
use crate::exceptions::validation_error;
use crate::fastcall::{Arguments, Method, Receiver};
use crate::gil;
use crate::layer_handle::LayerHandle;
use crate::layer_table::Found;
use crate::levels::level_of;
use crate::logger::HydraLogger;
use crate::record::{Manner, log};
use crate::shown::Shown;
use crate::text::text_of;

/// What a method stands for.
struct Meaning {
    name: &'static CStr,
    level: Level,
    /// Whether the handled exception is shown.
    exception: bool,
    /// The layer where the call names none, and the fields of its own.
    kind: Option<Event>,
    doc: &'static str,
}

impl Meaning {
    const fn level(name: &'static CStr, level: Level, doc: &'static str) -> Meaning {
        Meaning {
            name,
            level,
            exception: false,
            kind: None,
            doc,
        }
    }
}

/// The methods, by the number that their functions are made with.
const MEANINGS: [Meaning; 10] = [
    Meaning::level(c"trace", Level::Trace, "Log the steps inside a function."),
    Meaning::level(c"debug", Level::Debug, "Log what helps to find a fault."),
    Meaning::level(c"info", Level::Info, "Log what happened."),
    Meaning::level(c"warning", Level::Warning, "Log what was unexpected."),
    Meaning::level(c"error", Level::Error, "Log that an operation failed."),
    Meaning::level(
        c"critical",
        Level::Critical,
        "Log that the program cannot go on.",
    ),
    Meaning {
        exception: true,
        ..Meaning::level(
            c"exception",
            Level::Error,
            "Log at ERROR, with the traceback of the exception that is being handled.",
        )
    },
    Meaning {
        kind: Some(Event::Security),
        ..Meaning::level(
            c"security",
            Level::Warning,
            "Log an event of security, at WARNING, in the layer SECURITY unless the call names one.",
        )
    },
    Meaning {
        kind: Some(Event::Audit),
        ..Meaning::level(
            c"audit",
            Level::Info,
            "Log who did what, at INFO, in the layer AUDIT unless the call names one.",
        )
    },
    Meaning {
        kind: Some(Event::Compliance),
        ..Meaning::level(
            c"compliance",
            Level::Info,
            "Log what a rule asks to be kept, at INFO, in the layer COMPLIANCE unless the call names \
             one.",
        )
    },
];

/// The number of `log`, whose level is an argument.
const LOG: u8 = MEANINGS.len() as u8;

const SIGNATURE: &str = "($self, /, *args, layer=None, extra=None, exc_info=None, \
    stack_info=False, stacklevel=1, **fields)";
const LOG_SIGNATURE: &str = "($self, /, *args, level=None, layer=None, extra=None, exc_info=None, \
    stack_info=False, stacklevel=1, **fields)";
const HANDLE_SIGNATURE: &str = "($self, /, *args, extra=None, exc_info=None, stack_info=False, \
    stacklevel=1, **fields)";
const HANDLE_LOG_SIGNATURE: &str = "($self, /, *args, level=None, extra=None, exc_info=None, \
    stack_info=False, stacklevel=1, **fields)";
const LOG_DOC: &str = "Log at a level that is an argument, a word or a number, before or behind \
    the layer or message.";

/// How the methods of a logger are called, below what each of them is for.
const CALLS: &str = r#"
>>> logger = HydraLogger()
>>> logger.{name}("started")                          # in the layer DEFAULT
>>> logger.{name}("API", "user %s came", "ada")       # the layer first
>>> logger.{name}("started", "API")                   # the message first
>>> logger.{name}("sold", layer="SHOP", item=7)       # other keywords are fields"#;
const LOG_CALLS: &str = r#"
>>> logger = HydraLogger()
>>> logger.log("INFO", "started")                  # in the layer DEFAULT
>>> logger.log("API", "INFO", "user %s came", "ada")
>>> logger.log("started", level=20, layer="API", port=80)  # other keywords are fields"#;
const HANDLE_CALLS: &str = r#"
>>> layer = HydraLogger().layer("DB")
>>> layer.{name}("user %s came", "ada", port=80)      # keywords are fields"#;
const HANDLE_LOG_CALLS: &str = r#"
>>> layer = HydraLogger().layer("DB")
>>> layer.log("INFO", "user %s came", "ada", port=80)  # keywords are fields"#;
const KEYWORDS: &str = "
The message's placeholders, %s or {}, are filled only where the record is logged. extra is a
mapping of more fields. exc_info=True adds the traceback of the exception that is handled, an
exception its own; stack_info=True adds the stack. stacklevel is how many frames up the call is
said to stand. Nothing is raised: what goes wrong is counted and told on stderr.";

/// Puts the methods on their classes.
pub(crate) fn add(py: Python<'_>) -> PyResult<()> {
    let of_logger = [(SIGNATURE, CALLS), (LOG_SIGNATURE, LOG_CALLS)];
    awaitable::make(py)?;
    add_to::<HydraLogger>(py, of_logger)?;
    add_to::<BoundLogger>(py, of_logger)?;
    let of_layer = [
        (HANDLE_SIGNATURE, HANDLE_CALLS),
        (HANDLE_LOG_SIGNATURE, HANDLE_LOG_CALLS),
    ];
    add_to::<LayerHandle>(py, of_layer)
}

/// Signature and examples of the methods that stand for a level, and of `log`.
type Shapes = [(&'static str, &'static str); 2];

fn add_to<C: Receiver>(
    py: Python<'_>,
    [(signature, calls), (log_signature, log_calls)]: Shapes,
) -> PyResult<()> {
    let described = |name: &CStr, doc: &str, calls: &str| {
        let calls = calls.replace("{name}", &name.to_string_lossy());
        format!("{doc}\n{calls}\n{KEYWORDS}")
    };
    macro_rules! methods {
        ($($number:literal)*) => {
            [$(Method::new::<C, $number>(
                MEANINGS[$number].name,
                signature,
                &described(MEANINGS[$number].name, MEANINGS[$number].doc, calls),
            ),)* Method::new::<C, LOG>(c"log", log_signature, &described(c"log", LOG_DOC, log_calls))]
        };
    }
    let methods = methods!(0 1 2 3 4 5 6 7 8 9);
    methods
        .into_iter()
        .flatten()
        .try_for_each(|method| method.add_to::<C>(py))
}

impl Receiver for HydraLogger {
    #[inline]
    fn call<const N: u8>(&self, call: Arguments<'_, '_>) -> PyResult<()> {
        self.call_with::<N>(call, None)
    }

    #[inline]
    fn is_awaited(&self) -> bool {
        self.is_async
    }
}

impl HydraLogger {
    /// A call of a method, with the fields that the logger was bound to.
    #[inline]
    pub(crate) fn call_with<const N: u8>(
        &self,
        call: Arguments<'_, '_>,
        bound: Option<&Context>,
    ) -> PyResult<()> {
        if N == LOG {
            return self.log(call, bound);
        }
        let meaning = const { &MEANINGS[N as usize % MEANINGS.len()] };
        self.log_at(meaning.level, call, meaning, bound)
    }

    #[inline]
    fn log_at(
        &self,
        level: Level,
        call: Arguments<'_, '_>,
        meaning: &Meaning,
        bound: Option<&Context>,
    ) -> PyResult<()> {
        if !self.layers.may_take(level) {
            return Ok(());
        }
        let takes = Takes {
            layer: true,
            level: false,
            message: call.len() == 0,
        };
        let keywords = takes.sort(&call);
        let keyword = keywords.layer;
        let shape = self.shape(&call, keyword.is_some());
        let named = shape
            .layer
            .or(meaning.kind.map(|kind| Named::Other(kind.layer())));
        let found = self.found(keyword, named)?;
        let layer = found.layer();
        if !layer.is_enabled(level) {
            return Ok(());
        }
        let manner = self.manner(meaning, bound);
        log(
            layer,
            level,
            &call,
            (shape.message, shape.arguments),
            takes,
            &keywords,
            manner,
        )
    }

    #[inline]
    fn manner<'l>(&'l self, meaning: &Meaning, bound: Option<&'l Context>) -> Manner<'l> {
        Manner {
            bound,
            plugins: self.plugins.active(),
            source: self.source.load(Relaxed),
            raise_errors: self.arguments.raise_errors,
            release_gil: self.arguments.release_gil,
            exception: meaning.exception,
            event: meaning.kind,
        }
    }

    /// The layer of the keyword; anything but a text names it by its own text.
    fn layer_of_keyword(&self, layer: Borrowed<'_, '_, PyAny>) -> PyResult<Found<'_>> {
        if layer.is_none() {
            return Ok(self.layers.default_layer());
        }
        if let Some(name) = layer.cast::<PyString>().ok().and_then(text_of) {
            return Ok(self.layers.layer(&self.logger, name));
        }
        let name = Shown::new(self.arguments.raise_errors, "layer=").text(&layer)?;
        Ok(self.layers.layer(&self.logger, &name))
    }

    /// `log(level, …)`, `log(layer, level, …)`, `log(message, level=…)`.
    fn log(&self, call: Arguments<'_, '_>, bound: Option<&Context>) -> PyResult<()> {
        let takes = Takes {
            layer: true,
            level: true,
            message: call.len() == 0,
        };
        let keywords = takes.sort(&call);
        let named = |index: usize| {
            let name = call.get(index)?;
            let name = text_of(name.cast::<PyString>().ok()?)?;
            self.layers.configured(&self.logger, name)
        };
        let level_at = |index: usize| level_of(call.get(index)?);
        // A layer may be called ERROR: where both are levels, the one that names a layer is that.
        let second = level_at(1).filter(|_| keywords.level.is_none());
        let first = level_at(0).filter(|_| keywords.level.is_none());
        let first = first.filter(|_| second.is_none() || named(0).is_none() || named(1).is_some());
        let keyword = keywords.level.and_then(level_of);
        let (level, layer, message, rest) = match (keyword, first, second) {
            (Some(level), ..) => {
                let shape = self.shape(&call, keywords.layer.is_some());
                (level, shape.layer, shape.message, shape.arguments)
            }
            (None, Some(level), _) => {
                let shape = self.shape(&call.without_first(1), keywords.layer.is_some());
                (level, shape.layer, shape.message + 1, shape.arguments + 1)
            }
            (None, None, Some(level)) => {
                // (layer, level, message, …) or (message, level[, layer]).
                let first = call
                    .get(0)
                    .and_then(|f| text_of(f.cast::<PyString>().ok()?));
                match (first, call.len(), keywords.layer) {
                    (Some(layer), 3.., None) => (level, Some(Named::Other(layer)), 2, 3),
                    _ => (level, None, 0, 2),
                }
            }
            (None, None, None) => {
                self.no_level(&call)?;
                let shape = self.shape(&call, keywords.layer.is_some());
                (Level::Info, shape.layer, shape.message, shape.arguments)
            }
        };
        let found = self.found(keywords.layer, layer)?;
        if !found.layer().is_enabled(level) {
            return Ok(());
        }
        let manner = self.manner(&MEANINGS[0], bound);
        log(
            found.layer(),
            level,
            &call,
            (message, rest),
            takes,
            &keywords,
            manner,
        )
    }

    #[inline]
    fn shape<'s, 'a>(
        &'s self,
        call: &Arguments<'a, '_>,
        layer_is_given: bool,
    ) -> Shape<'a, Found<'s>> {
        if layer_is_given {
            Shape::MESSAGE
        } else {
            Shape::of(call, |name| self.layers.configured(&self.logger, name))
        }
    }

    /// The layer of a call: that of its keyword, or else the one that it names.
    #[inline]
    fn found<'s>(
        &'s self,
        keyword: Option<Borrowed<'_, '_, PyAny>>,
        named: Option<Named<'_, Found<'s>>>,
    ) -> PyResult<Found<'s>> {
        Ok(match (keyword, named) {
            (Some(layer), _) => self.layer_of_keyword(layer)?,
            (None, Some(Named::Configured(found))) => found,
            (None, Some(Named::Other(layer))) => self.layers.layer(&self.logger, layer),
            (None, None) => self.layers.default_layer(),
        })
    }

    /// A call of `log` without a level is a fault of the program's: the record is kept, at INFO.
    #[cold]
    fn no_level(&self, call: &Arguments<'_, '_>) -> PyResult<()> {
        let message = "log() was called without a level (a word like \"INFO\", or a number)";
        if self.arguments.raise_errors {
            return Err(validation_error(call.py(), message.to_owned()));
        }
        let report = || diagnostics::report(ErrorKind::Validation, "log", &message);
        gil::detached(call.py(), report);
        Ok(())
    }
}

impl Receiver for LayerHandle {
    #[inline]
    fn call<const N: u8>(&self, call: Arguments<'_, '_>) -> PyResult<()> {
        let takes = Takes {
            layer: false,
            level: N == LOG,
            message: call.len() == 0,
        };
        let meaning = const { &MEANINGS[N as usize % MEANINGS.len()] };
        let keywords = takes.sort(&call);
        let mut level = meaning.level;
        let mut at = (0, 1);
        if N == LOG {
            (level, at) = self.level_of_log(&call, &keywords)?;
        }
        if !self.layer.is_enabled(level) {
            return Ok(());
        }
        let manner = Manner {
            bound: self.fields.as_ref(),
            plugins: self.logger.get().plugins.active(),
            source: self.source(),
            raise_errors: self.raise_errors,
            release_gil: self.logger.get().arguments.release_gil,
            exception: meaning.exception && N != LOG,
            event: if N == LOG { None } else { meaning.kind },
        };
        log(&self.layer, level, &call, at, takes, &keywords, manner)
    }

    #[inline]
    fn is_awaited(&self) -> bool {
        self.logger.get().is_async
    }
}

impl LayerHandle {
    /// The level of a call of `log`, and where its message and the arguments of that stand.
    fn level_of_log(
        &self,
        call: &Arguments<'_, '_>,
        keywords: &Keywords<'_, '_>,
    ) -> PyResult<(Level, (usize, usize))> {
        if let Some(level) = keywords.level.and_then(level_of) {
            return Ok((level, (0, 1)));
        }
        if let Some(level) = call.get(0).and_then(level_of) {
            return Ok((level, (1, 2)));
        }
        if let Some(level) = call.get(1).and_then(level_of) {
            return Ok((level, (0, 2)));
        }
        self.logger.get().no_level(call)?;
        Ok((Level::Info, (0, 1)))
    }
}
