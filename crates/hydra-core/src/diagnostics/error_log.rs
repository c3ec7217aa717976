//! The tracked errors in a file, one JSON object a line.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use crate::format::{FormatKind, FormatSettings, RenderContext};
use crate::{Buffer, Fields, Key, Record, Value};

use super::{Subscription, TrackedError, on_error, write_stderr};

/// Writes every error that is tracked to a file until it is dropped, see [`log_to`].
#[derive(Debug)]
pub struct ErrorLog {
    path: PathBuf,
    _subscription: Subscription,
}

impl ErrorLog {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Appends every error from now on to a file, which is made with its directories if it is not
/// there: `timestamp`, `level`, `logger` (the component), `message`, `kind` and `context`.
///
/// # Errors
/// The file cannot be made or opened.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("logs/errors.log");
/// let log = diagnostics::log_to(&path)?;
/// diagnostics::track(ErrorKind::Write, "logs/app.log", &"disk full");
/// drop(log);
/// assert!(std::fs::read_to_string(&path)?.contains(r#""kind":"write""#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn log_to(path: impl Into<PathBuf>) -> io::Result<ErrorLog> {
    let path = path.into();
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let file = Arc::new(OpenOptions::new().create(true).append(true).open(&path)?);
    let name = path.display().to_string();
    let subscription = on_error(move |error| append(&file, &name, error));
    Ok(ErrorLog {
        path,
        _subscription: subscription,
    })
}

fn append(mut file: &File, name: &str, error: &TrackedError) {
    // One write for each line, so that lines of several processes do not mix. What cannot be
    // written has been counted already; stderr is told, for nobody else is left.
    if let Err(wrong) = file.write_all(line(error).as_bytes()) {
        write_stderr(&format!("hydra-logger: write error: {name:?}: {wrong}\n"));
    }
}

fn line(error: &TrackedError) -> Buffer {
    let since = error.time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let keys = const { [Key::new("kind"), Key::new("context")] };
    let values = [
        Value::Str(error.kind.name()),
        Value::Str(error.context.as_deref().unwrap_or_default()),
    ];
    let shown = if error.context.is_some() { 2 } else { 1 };
    let time = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
    let record = Record::new(time, error.severity, &error.component, &error.message)
        .with_fields(Fields::new(&keys[..shown], &values[..shown]));
    let mut line = Buffer::default();
    // The settings are the defaults, which bind to any name.
    if let Ok(format) = FormatSettings::new(FormatKind::Json).bind(&error.component) {
        format.render(&record, &mut RenderContext::default(), &mut line);
    }
    line
}
