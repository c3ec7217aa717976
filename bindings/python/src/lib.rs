//! `hydra_logger._core`: the compiled part of the Python package.
//!
//! Conversion, the GIL and errors; every decision is the core's.

mod arguments;
mod async_conveniences;
mod async_logger;
mod awaitable;
mod bound_logger;
mod call;
mod call_shape;
mod captured;
mod config;
mod config_value;
mod context;
mod error_tracking;
mod exceptions;
mod fastcall;
mod follow;
mod frames;
mod gil;
mod health;
mod instance;
mod interpreter;
mod key_table;
mod kinds;
mod layer_handle;
mod layer_table;
mod levels;
mod line_renderer;
mod logger;
mod logging;
mod message;
mod methods;
mod metrics;
mod notebook;
mod once;
mod owned_value;
mod placeholder;
mod plugins;
mod presets;
mod process;
mod protection;
mod queue_performance;
mod record;
mod shown;
mod text;
mod values;
mod vocabulary;

use pyo3::prelude::*;

/// The compiled part of `hydra_logger`.
#[pymodule(gil_used = true)]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::async_logger::AsyncHydraLogger;
    #[pymodule_export]
    use super::awaitable::{Done, RoomForCall, Work, done_nothing};
    #[pymodule_export]
    use super::bound_logger::BoundLogger;
    #[pymodule_export]
    use super::captured::{Captured, capture};
    #[pymodule_export]
    use super::config::{
        canonical_word, default_config, environment_config, environment_variables, has_preset,
        load_config_file, merge_values, preset, presets_list, register_preset, resolve_config,
        schema, validate_config, words,
    };
    #[pymodule_export]
    use super::context::{ContextScope, change_context, context_scope};
    #[pymodule_export]
    use super::error_tracking::{
        ErrorSubscription, clear_error_stats, error_stats, log_errors_to, on_error, track_error,
    };
    #[pymodule_export]
    use super::health::memory_usage;
    #[pymodule_export]
    use super::layer_handle::LayerHandle;
    #[pymodule_export]
    use super::line_renderer::LineRenderer;
    #[pymodule_export]
    use super::logger::HydraLogger;
    #[pymodule_export]
    use super::logging::{LoggingSink, add_logging_methods, logging_functions};
    #[pymodule_export]
    use super::metrics::resident_bytes;
    #[pymodule_export]
    use super::notebook::show_consoles_with;
    #[pymodule_export]
    use super::presets::Registration;
    #[pymodule_export]
    use super::process::{cli_main, flush_all, retire_all, retire_engines};
    #[pymodule_export]
    use super::protection::{DataHasher, Redactor, SecurityValidator, sanitize_text};
    #[pymodule_export]
    use super::protection::{
        backup_file, check_file, keep_message, kept_messages, list_backups, recover_file,
        remove_messages, restore_backup, write_file,
    };
    #[pymodule_export]
    use super::vocabulary::{colors, default_colors, file_defaults, levels};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::interpreter::refuse_a_second()?;
        super::gil::set_face();
        super::methods::add(module.py())?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
