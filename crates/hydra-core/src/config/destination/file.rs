//! A file: its rotation, its buffer, its audit chain.

use std::path::PathBuf;
use std::time::Duration;

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
