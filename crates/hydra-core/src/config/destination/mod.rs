//! One destination of a layer: [`DestinationConfig`] and what each kind of it needs.

mod console;
mod file;
mod network;

use std::path::PathBuf;

pub use self::console::{ConsoleConfig, Stream};
pub use self::file::{AuditConfig, FileConfig, Rotate};
pub use self::network::{NetworkConfig, NetworkType, Secret};
use crate::config::{Durability, RedactionConfig, Templates, TimeZoneSetting};
use crate::format::{ColorMode, Facility, FormatKind};
use crate::{Level, LevelSet};

/// Where lines go, and how they look there.
///
/// ```
/// use hydra_core::config::{DestinationConfig, DestinationKind};
/// use hydra_core::format::{ColorMode, FormatKind};
///
/// let mut file = DestinationConfig::file("logs/app.log");
/// file.format = FormatKind::Json;
/// assert_eq!(file.effective_color_mode(), ColorMode::Never);
/// assert!(matches!(file.kind, DestinationKind::File(_)));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DestinationConfig {
    /// Console, file or network, with the options of each.
    pub kind: DestinationKind,
    /// What the destination takes of what its layer lets through; `None`: all of it.
    pub level: Option<Level>,
    /// The layout of its lines. Default: plain text.
    pub format: FormatKind,
    /// When lines are coloured; `None`: see [`DestinationConfig::effective_color_mode`].
    pub color_mode: Option<ColorMode>,
    /// Templates that differ from the logger's.
    pub templates: Templates,
    /// Digits after the second, 0 to 9; `None`: the logger's.
    pub subsecond_digits: Option<u8>,
    /// The zone of time stamps; `None`: the logger's.
    pub time_zone: Option<TimeZoneSetting>,
    /// Syslog's facility.
    pub facility: Facility,
    /// Syslog's APP-NAME; unless set the file name of the running program.
    pub app_name: Option<String>,
    /// The host in syslog and GELF; unless set the machine's name.
    pub host_name: Option<String>,
    /// The name of syslog's element of fields; unless set `fields@32473`.
    pub structured_data_id: Option<String>,
    /// What is redacted here beside what is redacted everywhere.
    pub redaction: Option<RedactionConfig>,
    /// The levels of which no record is dropped here where a queue is full, beside those of the layer.
    pub guaranteed_levels: Option<LevelSet>,
    /// What records survive on their way here in an asynchronous logger; `None`: as its layer says.
    pub durability: Option<Durability>,
    /// `extra.force_flush`: flush after each record. Default: no.
    pub force_flush: bool,
    /// `extra.force_sync_io`: deliver before the call returns, past any queue. Default: no.
    pub force_sync_io: bool,
}

impl DestinationConfig {
    /// A destination of this kind, all else by default.
    pub fn new(kind: DestinationKind) -> Self {
        DestinationConfig {
            kind,
            level: None,
            format: FormatKind::PlainText,
            color_mode: None,
            templates: Templates::default(),
            subsecond_digits: None,
            time_zone: None,
            facility: Facility::User,
            app_name: None,
            host_name: None,
            structured_data_id: None,
            redaction: None,
            guaranteed_levels: None,
            durability: None,
            force_flush: false,
            force_sync_io: false,
        }
    }

    /// The console: stderr, see [`Stream`].
    pub fn console() -> Self {
        DestinationConfig::new(DestinationKind::Console(ConsoleConfig::default()))
    }

    /// A file, rotated at 5 MiB with 3 backups.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        DestinationConfig::new(DestinationKind::File(FileConfig::new(path)))
    }

    /// The colour mode in effect: the one that is set, else `auto` for consoles and `never` for
    /// all else.
    pub fn effective_color_mode(&self) -> ColorMode {
        self.color_mode.unwrap_or(match self.kind {
            DestinationKind::Console(_) => ColorMode::Auto,
            _ => ColorMode::Never,
        })
    }
}

/// The kinds of destination.
///
/// ```
/// use hydra_core::config::{ConsoleConfig, DestinationKind};
/// assert_eq!(DestinationKind::Console(ConsoleConfig::default()).type_name(), "console");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DestinationKind {
    /// `type: console`.
    Console(ConsoleConfig),
    /// `type: file`.
    File(FileConfig),
    /// `type: async_http`, `async_database`, `async_queue` or `async_cloud`.
    Network(NetworkConfig),
}

impl DestinationKind {
    /// The word for `type`, as configurations have it.
    pub const fn type_name(&self) -> &'static str {
        match self {
            DestinationKind::Console(_) => "console",
            DestinationKind::File(_) => "file",
            DestinationKind::Network(network) => network.network_type.name(),
        }
    }
}

#[cfg(all(test, feature = "config-files"))]
mod tests {
    use super::*;
    use crate::config::{Syntax, load_text};

    #[test]
    fn each_type_is_named_as_a_configuration_names_it() {
        let types = ["async_http", "async_database", "async_queue", "async_cloud"];
        for name in ["console", "file"].into_iter().chain(types) {
            let short = name.strip_prefix("async_").unwrap_or(name);
            for word in [name, short] {
                let rest = match short {
                    "file" => "path: a.log",
                    "http" => "url: \"https://example.org\"",
                    "database" => "connection_string: \"postgres://db/logs\"",
                    "queue" => "queue_url: \"nats://queue\"",
                    "cloud" => "service_type: aws",
                    _ => "level: INFO",
                };
                let yaml = format!("layers: {{APP: {{destinations: [{{type: {word}, {rest}}}]}}}}");
                let config = load_text(&yaml, Syntax::Yaml).unwrap().config;
                let kind = &config.layers["APP"].destinations[0].kind;
                assert_eq!(kind.type_name(), name);
                if let DestinationKind::Network(network) = kind {
                    assert_eq!(network.network_type.short_name(), short);
                }
            }
        }
    }
}
