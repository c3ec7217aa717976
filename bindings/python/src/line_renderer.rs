//! The core's formats for handlers of Python's `logging` that are not ours.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hydra_core::config::Templates;
use hydra_core::format::{FormatKind, FormatSettings, LineFormat, RenderContext, Theme};
use hydra_core::{Buffer, Fields, Key, Level, Record, Value};
use pyo3::prelude::*;

use crate::exceptions::configuration_error;

/// For so many layers a format stays bound.
const BOUND: usize = 256;

/// Renders records into lines, as a destination with these settings does.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct LineRenderer {
    settings: FormatSettings,
    /// Never held while waiting for the GIL.
    bound: Mutex<BTreeMap<String, Arc<dyn LineFormat>>>,
}

#[pymethods]
impl LineRenderer {
    #[new]
    #[pyo3(signature = (
        layout, *, theme = None, date_format = None, time_format = None,
        logger_name_format = None, message_format = None
    ))]
    fn new(
        py: Python<'_>,
        layout: &str,
        theme: Option<&str>,
        date_format: Option<String>,
        time_format: Option<String>,
        logger_name_format: Option<String>,
        message_format: Option<String>,
    ) -> PyResult<LineRenderer> {
        let wrong = |error: String| configuration_error(py, error);
        let kind: FormatKind = layout.parse().map_err(|e| wrong(format!("format: {e}")))?;
        let mut settings = FormatSettings::new(kind);
        settings.theme = theme
            .map(|name| named_theme(name).map_err(wrong))
            .transpose()?;
        settings.templates = Templates {
            date_format,
            time_format,
            logger_name_format,
            message_format,
        };
        settings
            .bind("")
            .map_err(|error| wrong(error.to_string()))?;
        Ok(LineRenderer {
            settings,
            bound: Mutex::default(),
        })
    }

    /// A record as a line, without its newline. `level` is a number, as `logging` has it; `time` is
    /// in seconds since 1970.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "PyO3 hands the fields over by value"
    )]
    fn render(
        &self,
        py: Python<'_>,
        level: u32,
        layer: &str,
        message: &str,
        time: f64,
        fields: Vec<(String, String)>,
    ) -> PyResult<String> {
        let format = self.bound_to(layer);
        let format = format.map_err(|error| configuration_error(py, error))?;
        let keys: Vec<Key<'_>> = fields.iter().map(|(key, _)| Key::new(key)).collect();
        let values: Vec<Value<'_>> = fields.iter().map(|(_, v)| Value::Str(v)).collect();
        #[allow(clippy::cast_possible_truncation)] // a time beyond i64 is cut to its end
        let nanoseconds = (time * 1e9) as i64;
        let record = Record::new(nanoseconds, nearest_level(level), layer, message)
            .with_fields(Fields::new(&keys, &values));
        let mut line = Buffer::default();
        format.render(&record, &mut RenderContext::default(), &mut line);
        let text = String::from_utf8_lossy(line.as_bytes());
        Ok(text.trim_end_matches('\n').to_owned())
    }
}

impl LineRenderer {
    fn bound_to(&self, layer: &str) -> Result<Arc<dyn LineFormat>, String> {
        let mut bound = self.bound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(format) = bound.get(layer) {
            return Ok(Arc::clone(format));
        }
        let format = self
            .settings
            .bind(layer)
            .map_err(|error| error.to_string())?;
        let format: Arc<dyn LineFormat> = Arc::from(format);
        if bound.len() < BOUND {
            bound.insert(layer.to_owned(), Arc::clone(&format));
        }
        Ok(format)
    }
}

fn named_theme(name: &str) -> Result<Theme, String> {
    let found = Theme::BUILT_IN.iter().find(|(known, _)| *known == name);
    found.map(|(_, theme)| *theme).ok_or_else(|| {
        let names: Vec<&str> = Theme::BUILT_IN.iter().map(|(known, _)| *known).collect();
        format!(
            "theme: no theme is named {name:?}; the themes are {}",
            names.join(", ")
        )
    })
}

/// The level at or below a number: `logging` knows levels between ours.
fn nearest_level(number: u32) -> Level {
    let below = Level::ALL.into_iter().rev();
    let mut below = below.filter(|level| u32::from(level.number()) <= number);
    below.next().unwrap_or(Level::Trace)
}
