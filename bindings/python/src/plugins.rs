//! Plugins of a logger: objects of the program's that see each of its records.
//!
//! They are told on the calling thread when the record is on its way, so that what they do, or fail
//! to do, costs no record. No lock is held meanwhile. A record that a plugin logs is not told to
//! plugins again.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use hydra_core::pipeline::Protection;
use hydra_logger::Level;
use hydra_logger::diagnostics::{self, ErrorKind};
use pyo3::exceptions::PyException;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyType};

use crate::exceptions::plugin_error;
use crate::gil;
use crate::logger::HydraLogger;
use crate::protection::cleaned;
use crate::shown::said;

/// The method that sees a record.
const PROCESS_EVENT: &str = "process_event";

type List = Arc<[(Box<str>, Py<PyAny>)]>;

/// The plugins of one logger.
#[derive(Default)]
pub(crate) struct Plugins {
    list: Mutex<List>,
    /// Whether there are any, and the configuration lets them see records.
    is_active: AtomicBool,
    /// How many records plugins have seen.
    events: AtomicU64,
}

/// What plugins are told of a record.
pub(crate) struct Event<'e, 'py> {
    pub(crate) level: Level,
    pub(crate) layer: &'e str,
    pub(crate) message: &'e str,
    /// Keywords and `extra`, as the call gave them.
    pub(crate) extra: Bound<'py, PyDict>,
    /// What takes out what plugins must not see; none where nothing is redacted.
    pub(crate) protection: Option<Protection>,
}

thread_local! {
    /// Whether this thread is telling plugins.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

impl Plugins {
    /// Itself where somebody is to be told.
    #[inline]
    pub(crate) fn active(&self) -> Option<&Plugins> {
        self.is_active.load(Relaxed).then_some(self)
    }

    pub(crate) fn events(&self) -> u64 {
        self.events.load(Relaxed)
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another list in the place of this one, which is handed back: dropping it may run code
    /// of the program's.
    fn replace(
        &self,
        enabled: bool,
        change: impl FnOnce(&mut Vec<(Box<str>, Py<PyAny>)>, Python<'_>),
        py: Python<'_>,
    ) -> List {
        let mut list = self.list();
        let kept = list.iter();
        let mut next = kept
            .map(|(name, plugin)| (name.clone(), plugin.clone_ref(py)))
            .collect();
        change(&mut next, py);
        self.is_active.store(enabled && !next.is_empty(), Relaxed);
        std::mem::replace(&mut *list, next.into())
    }

    /// After a change of the configuration.
    pub(crate) fn enable(&self, enabled: bool) {
        let list = self.list();
        self.is_active.store(enabled && !list.is_empty(), Relaxed);
    }

    /// Tells every plugin that is not switched off.
    #[cold]
    pub(crate) fn tell(&self, py: Python<'_>, event: &Event<'_, '_>) -> PyResult<()> {
        if TELLING.replace(true) {
            return Ok(());
        }
        let list = Arc::clone(&self.list());
        let told = list
            .iter()
            .try_for_each(|(name, plugin)| self.tell_one(name, plugin.bind(py), event));
        TELLING.set(false);
        told
    }

    /// What a plugin raises is tracked; an interrupt, or the end of the program, is raised.
    fn tell_one(
        &self,
        name: &str,
        plugin: &Bound<'_, PyAny>,
        event: &Event<'_, '_>,
    ) -> PyResult<()> {
        let py = plugin.py();
        let seen = is_enabled(plugin).and_then(|enabled| {
            if enabled {
                self.events.fetch_add(1, Relaxed);
                plugin.call_method1(intern!(py, "process_event"), (event.as_dict(py)?,))?;
            }
            Ok(())
        });
        let Err(error) = seen else { return Ok(()) };
        if !error.is_instance_of::<PyException>(py) {
            return Err(error);
        }
        let text = said(py, &error);
        let report = || diagnostics::report(ErrorKind::Named("plugin"), name, &text);
        gil::detached(py, report);
        Ok(())
    }
}

/// Whether a plugin wants to see records: one that has `is_enabled` says so.
fn is_enabled(plugin: &Bound<'_, PyAny>) -> PyResult<bool> {
    match plugin.getattr_opt(intern!(plugin.py(), "is_enabled"))? {
        None => Ok(true),
        Some(enabled) if enabled.is_callable() => enabled.call0()?.is_truthy(),
        Some(enabled) => enabled.is_truthy(),
    }
}

/// A plugin often keeps the logger that it is told of.
#[pymethods]
impl HydraLogger {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Whoever changes the list holds the GIL; it is only looked at here.
        match self.state().map(|state| state.plugins.list.try_lock()) {
            Some(Ok(list)) => list.iter().try_for_each(|(_, plugin)| visit.call(plugin)),
            Some(Err(_)) | None => Ok(()),
        }
    }

    fn __clear__(&self) {
        if let Some(state) = self.state() {
            let list = std::mem::take(&mut *state.plugins.list());
            drop(list);
        }
    }
}

impl<'py> Event<'_, 'py> {
    /// Message and extra, of each plugin's own, without what is sensitive in them.
    fn shown(&self) -> PyResult<(Cow<'_, str>, Bound<'py, PyAny>)> {
        let Some(protection) = &self.protection else {
            return Ok((Cow::Borrowed(self.message), self.extra.copy()?.into_any()));
        };
        let redactor = protection.redactor();
        let extra = cleaned(redactor.clone(), self.extra.as_any())?;
        Ok((redactor.redact(self.message), extra))
    }

    fn as_dict(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let dict = PyDict::new(py);
        let (message, extra) = self.shown()?;
        dict.set_item(intern!(py, "level"), self.level.name())?;
        dict.set_item(intern!(py, "layer"), self.layer)?;
        dict.set_item(intern!(py, "message"), message)?;
        dict.set_item(intern!(py, "extra"), extra)?;
        dict.set_item(
            intern!(py, "timestamp"),
            now.unwrap_or_default().as_secs_f64(),
        )?;
        Ok(dict)
    }
}

/// Puts what a call's `extra` holds into an event's.
pub(crate) fn add_extra(dict: &Bound<'_, PyDict>, extra: &Bound<'_, PyAny>) -> PyResult<()> {
    if extra.is_none() {
        return Ok(());
    }
    match extra.cast::<PyMapping>() {
        Ok(mapping) => dict.update(mapping),
        Err(_) => dict.set_item(intern!(dict.py(), "extra"), extra),
    }
}

// Python's documentation, not rustdoc's.
#[allow(clippy::doc_link_with_quotes)]
#[pymethods]
impl HydraLogger {
    /// Let a plugin see each record of this logger from now on, on the thread that logs it.
    ///
    /// plugin is an object with process_event(event), or a class of such, which is instantiated.
    /// event is a dictionary: level, layer, message, extra (keywords and extra of the call) and
    /// timestamp (seconds since 1970). What the plugin returns is ignored, what it raises is tracked
    /// as an error of the kind "plugin". is_enabled, where it has it, switches it off and on. A
    /// plugin of this name that is there already is replaced. With enable_plugins=False it is kept,
    /// and sees nothing.
    ///
    /// Raises PluginError if it has no process_event.
    ///
    /// >>> class Printer:
    /// ...     def process_event(self, event):
    /// ...         print(event["layer"], event["message"])
    /// >>> logger = HydraLogger.for_testing()
    /// >>> logger.add_plugin("printer", Printer)
    fn add_plugin(&self, name: &str, plugin: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = plugin.py();
        let made;
        let plugin = if plugin.is_instance_of::<PyType>() {
            made = plugin.call0()?;
            &made
        } else {
            plugin
        };
        let method = plugin.getattr_opt(PROCESS_EVENT)?;
        if !method.is_some_and(|method| method.is_callable()) {
            let message = format!(
                "the plugin {name:?} is a {}, which has no method {PROCESS_EVENT}(event)",
                plugin.get_type().name()?
            );
            return Err(plugin_error(py, message));
        }
        let plugin = plugin.clone().unbind();
        let add = |list: &mut Vec<(Box<str>, Py<PyAny>)>, _: Python<'_>| {
            list.retain(|(other, _)| **other != *name);
            list.push((name.into(), plugin));
        };
        drop(self.plugins.replace(self.plugins_are_enabled(), add, py));
        Ok(())
    }

    /// Let a plugin see no more records; its close(), if it has one, is called. False if there is
    /// none of this name.
    fn remove_plugin(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        let remove = |list: &mut Vec<(Box<str>, Py<PyAny>)>, _: Python<'_>| {
            list.retain(|(other, _)| **other != *name);
        };
        let before = self.plugins.replace(self.plugins_are_enabled(), remove, py);
        let Some((_, plugin)) = before.iter().find(|(other, _)| **other == *name) else {
            return Ok(false);
        };
        close(plugin.bind(py))?;
        Ok(true)
    }
}

impl HydraLogger {
    fn plugins_are_enabled(&self) -> bool {
        self.logger.config().enable_plugins
    }

    /// Closes every plugin, once: the logger is closed.
    pub(crate) fn close_plugins(&self, py: Python<'_>) -> PyResult<()> {
        let list = self.plugins.replace(false, |list, _| list.clear(), py);
        // Each is closed, whatever another one raises; the first error is raised then.
        let mut closed = Ok(());
        for (_, plugin) in list.iter() {
            closed = closed.and(close(plugin.bind(py)));
        }
        closed
    }
}

fn close(plugin: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Some(close) = plugin.getattr_opt(intern!(plugin.py(), "close"))? {
        close.call0()?;
    }
    Ok(())
}
