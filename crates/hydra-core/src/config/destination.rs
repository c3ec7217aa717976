//! One destination of a layer: [`DestinationConfig`] and what each kind of it needs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::Level;
use crate::config::{RedactionConfig, Templates, TimeZoneSetting};
use crate::format::{ColorMode, Facility, FormatKind};

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
    /// `extra.force_flush`: flush after each record. Default: no.
    pub force_flush: bool,
    /// `extra.force_sync_io`: deliver on the calling thread, past any queue. Default: no.
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

/// Options of a console.
///
/// ```
/// use hydra_core::config::{ConsoleConfig, Stream};
/// assert_eq!(ConsoleConfig::default().stream, Stream::Stderr);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsoleConfig {
    /// Which stream. Default: stderr.
    pub stream: Stream,
    /// With [`Stream::Split`], what goes to stderr: this level and above. Default: WARNING.
    pub split_level: Level,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        ConsoleConfig {
            stream: Stream::Stderr,
            split_level: Level::Warning,
        }
    }
}

/// Which of the process's streams a console is.
///
/// The default is stderr: a program's stdout is its result, which the next program in a pipe
/// reads, and a log line in it would be taken for data.
///
/// ```
/// assert_eq!(hydra_core::config::Stream::Split.name(), "split");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Stream {
    /// `stdout`.
    Stdout,
    /// `stderr`.
    #[default]
    Stderr,
    /// `split`: by level, see [`ConsoleConfig::split_level`].
    Split,
}

impl Stream {
    /// Every choice.
    pub const ALL: [Stream; 3] = [Stream::Stdout, Stream::Stderr, Stream::Split];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Split => "split",
        }
    }
}

/// Options of a file.
///
/// ```
/// use hydra_core::config::FileConfig;
/// let file = FileConfig::new("logs/app.log");
/// assert_eq!((file.max_size, file.backup_count, file.mode), (Some(5 << 20), 3, 0o640));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileConfig {
    /// Where; directories are created. Relative to the working directory of the process.
    pub path: PathBuf,
    /// The file is rotated before it grows beyond this, in bytes; `None`: never. Default: 5 MiB.
    pub max_size: Option<u64>,
    /// How many rotated files are kept. Default: 3.
    pub backup_count: u32,
    /// Whether the file is rotated by time too. Default: never.
    pub rotate: Rotate,
    /// Rotated files older than this are removed; `None`: none is, for its age.
    pub max_age: Option<Duration>,
    /// Whether rotated files are compressed (gzip). Default: no. Of a configuration with it no
    /// logger is made in a build without the feature `gzip`.
    pub compress: bool,
    /// The permissions of a file that is created. Default: `0o640`.
    pub mode: u32,
    /// The size of its buffer in bytes; `None`: the logger's, see
    /// [`Config::buffer_size`](crate::config::Config::buffer_size).
    pub buffer_size: Option<u64>,
    /// The longest time a record rests in the buffer; `None`: the logger's.
    pub flush_interval: Option<Duration>,
    /// Whether its lines are chained and signed, and how. Default: no. An audit file has no buffer,
    /// and its rotated files go by [`AuditConfig::retention`] alone.
    pub audit: Option<AuditConfig>,
}

/// How the lines of a file are chained and signed, so that `hydra verify` can prove that none was
/// changed, removed or added.
///
/// ```
/// use hydra_core::config::{AuditConfig, FileConfig};
/// let mut file = FileConfig::new("logs/audit.log");
/// file.audit = Some(AuditConfig::default());
/// assert_eq!(file.audit.unwrap().checkpoint_every, 1000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditConfig {
    /// The private key that signs, a PEM file; `None`: `audit.key` beside the file. It is made when
    /// it is missing, and its public key, which verifying needs, is put beside it.
    pub key_file: Option<PathBuf>,
    /// How many records stand between two signatures at most. Default: 1000.
    pub checkpoint_every: u32,
    /// How long a record waits for a signature at most. Default: 60 s.
    pub checkpoint_interval: Duration,
    /// Whether each record is brought to the disk before the call returns. Default: no.
    pub fsync: bool,
    /// How long rotated files are kept; `None`: for ever. The oldest go first, and each removal is
    /// a line of the chain.
    pub retention: Option<Duration>,
}

impl Default for AuditConfig {
    fn default() -> Self {
        AuditConfig {
            key_file: None,
            checkpoint_every: 1000,
            checkpoint_interval: Duration::from_mins(1),
            fsync: false,
            retention: None,
        }
    }
}

impl FileConfig {
    /// The default 5 MiB of [`FileConfig::max_size`].
    pub const MAX_SIZE: u64 = 5 << 20;
    /// The default of [`FileConfig::backup_count`].
    pub const BACKUP_COUNT: u32 = 3;
    /// The default of [`FileConfig::mode`].
    pub const MODE: u32 = 0o640;

    /// A file with the default options.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        FileConfig {
            path: path.into(),
            max_size: Some(FileConfig::MAX_SIZE),
            backup_count: FileConfig::BACKUP_COUNT,
            rotate: Rotate::Never,
            max_age: None,
            compress: false,
            mode: FileConfig::MODE,
            buffer_size: None,
            flush_interval: None,
            audit: None,
        }
    }
}

/// Whether a file is rotated by time.
///
/// ```
/// assert_eq!(hydra_core::config::Rotate::default().name(), "never");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Rotate {
    /// `never`: by size alone. The default.
    #[default]
    Never,
    /// `daily`: at midnight of the lines' time zone, too.
    Daily,
    /// `hourly`: at the full hour, too.
    Hourly,
}

impl Rotate {
    /// Every choice.
    pub const ALL: [Rotate; 3] = [Rotate::Never, Rotate::Daily, Rotate::Hourly];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            Rotate::Never => "never",
            Rotate::Daily => "daily",
            Rotate::Hourly => "hourly",
        }
    }
}

/// Options of a destination over the network.
///
/// Its secrets are not shown by `Debug`.
///
/// ```
/// use hydra_core::config::{NetworkConfig, NetworkType};
/// let mut network = NetworkConfig::new(NetworkType::Database);
/// network.connection_string = Some("postgres://me:hunter2@db/logs".into());
/// assert!(!format!("{network:?}").contains("hunter2"));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NetworkConfig {
    /// Which of the network types.
    pub network_type: NetworkType,
    /// Where an HTTP destination sends.
    pub url: Option<Secret>,
    /// What a database is reached by.
    pub connection_string: Option<Secret>,
    /// What a message queue is reached by.
    pub queue_url: Option<Secret>,
    /// Which cloud: `aws`, `gcp` or `azure`.
    pub service_type: Option<String>,
    /// User names, passwords, tokens.
    pub credentials: BTreeMap<String, Secret>,
    /// How often a failed delivery is tried again. Default: 3.
    pub retry_count: u32,
    /// The pause before that. Default: 1 s.
    pub retry_delay: Duration,
    /// The time limit of one delivery. Default: 30 s.
    pub timeout: Duration,
    /// Connections at a time. Default: 10.
    pub max_connections: u32,
    /// Options that only this type knows, by name.
    pub extra: BTreeMap<String, crate::config::Value>,
}

impl NetworkConfig {
    /// Options of this type by default, without an address.
    pub fn new(network_type: NetworkType) -> Self {
        NetworkConfig {
            network_type,
            url: None,
            connection_string: None,
            queue_url: None,
            service_type: None,
            credentials: BTreeMap::new(),
            retry_count: 3,
            retry_delay: Duration::from_secs(1),
            timeout: Duration::from_secs(30),
            max_connections: 10,
            extra: BTreeMap::new(),
        }
    }
}

/// The network types. Each needs a cargo feature of its own in the build.
///
/// ```
/// use hydra_core::config::NetworkType;
/// assert_eq!(NetworkType::Http.name(), "async_http");
/// assert_eq!(NetworkType::Http.short_name(), "http");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NetworkType {
    /// `async_http`, `http`.
    Http,
    /// `async_database`, `database`.
    Database,
    /// `async_queue`, `queue`.
    Queue,
    /// `async_cloud`, `cloud`.
    Cloud,
}

impl NetworkType {
    /// The full name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            NetworkType::Http => "async_http",
            NetworkType::Database => "async_database",
            NetworkType::Queue => "async_queue",
            NetworkType::Cloud => "async_cloud",
        }
    }

    /// The short name, which is accepted too, and is the name of the cargo feature.
    pub const fn short_name(self) -> &'static str {
        match self {
            NetworkType::Http => "http",
            NetworkType::Database => "database",
            NetworkType::Queue => "queue",
            NetworkType::Cloud => "cloud",
        }
    }
}

/// Text that `Debug` does not show, because it is or may hold a password.
///
/// ```
/// use hydra_core::config::Secret;
/// let secret = Secret::from("hunter2");
/// assert_eq!(format!("{secret:?}"), "***");
/// assert_eq!(secret.reveal(), "hunter2");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
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

    #[test]
    fn debug_does_not_show_a_secret() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(Secret::from(String::from("hunter2")).reveal(), "hunter2");
    }
}
