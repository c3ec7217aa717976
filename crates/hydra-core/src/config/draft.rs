//! A destination as it is written: every key that any type has, each set or not.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::destination::{
    AuditConfig, ConsoleConfig, DestinationConfig, DestinationKind, FileConfig, NetworkConfig,
    NetworkType, Rotate, Secret, Stream,
};
use crate::config::fields::Limit;
use crate::config::{Durability, RedactionConfig, Templates, TimeZoneSetting, Value};
use crate::format::{ColorMode, Facility, FormatKind};
use crate::{Level, LevelSet};

/// The types in the order of [`TYPES`](crate::config::words::TYPES).
pub(crate) const CONSOLE: usize = 0;
pub(crate) const FILE: usize = 1;
pub(crate) const NETWORKS: [NetworkType; 4] = [
    NetworkType::Http,
    NetworkType::Database,
    NetworkType::Queue,
    NetworkType::Cloud,
];

/// The keys of a destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// Position in the list of types.
    pub(crate) kind: Option<usize>,
    pub(crate) level: Option<Level>,
    pub(crate) format: Option<FormatKind>,
    /// The format was written `plain`: no colour, unless `color_mode` asks for it.
    pub(crate) plain: bool,
    pub(crate) color_mode: Option<ColorMode>,
    pub(crate) templates: Templates,
    pub(crate) subsecond_digits: Option<u8>,
    pub(crate) time_zone: Option<TimeZoneSetting>,
    pub(crate) facility: Option<Facility>,
    pub(crate) app_name: Option<String>,
    pub(crate) host_name: Option<String>,
    pub(crate) structured_data_id: Option<String>,
    pub(crate) redaction: Option<RedactionConfig>,
    pub(crate) force_flush: bool,
    pub(crate) force_sync_io: bool,
    pub(crate) guaranteed_levels: Option<LevelSet>,
    pub(crate) durability: Option<Durability>,
    pub(crate) stream: Option<Stream>,
    pub(crate) split_level: Option<Level>,
    pub(crate) path: Option<String>,
    pub(crate) max_size: Option<Limit>,
    pub(crate) backup_count: Option<u32>,
    pub(crate) rotate: Option<Rotate>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) compress: Option<bool>,
    pub(crate) mode: Option<u32>,
    pub(crate) buffer_size: Option<u64>,
    pub(crate) flush_interval: Option<Duration>,
    pub(crate) audit: Option<bool>,
    pub(crate) audit_key: Option<String>,
    pub(crate) checkpoint_every: Option<u32>,
    pub(crate) checkpoint_interval: Option<Duration>,
    pub(crate) fsync: Option<bool>,
    pub(crate) retention: Option<Duration>,
    pub(crate) url: Option<String>,
    pub(crate) connection_string: Option<String>,
    pub(crate) queue_url: Option<String>,
    pub(crate) service_type: Option<String>,
    pub(crate) credentials: BTreeMap<String, Secret>,
    pub(crate) retry_count: Option<u32>,
    pub(crate) retry_delay: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_connections: Option<u32>,
    /// What of `extra` only the handler of a network type knows.
    pub(crate) extra: BTreeMap<String, Value>,
}

impl Draft {
    /// The destination; keys of other types are left out (the decoder warned of them).
    pub(crate) fn into_config(self) -> Option<DestinationConfig> {
        let kind = match self.kind? {
            CONSOLE => {
                let mut console = ConsoleConfig::default();
                set(&mut console.stream, self.stream);
                set(&mut console.split_level, self.split_level);
                DestinationKind::Console(console)
            }
            FILE => DestinationKind::File(self.file()?),
            network => DestinationKind::Network(self.network(*NETWORKS.get(network - 2)?)),
        };
        let mut config = DestinationConfig::new(kind);
        config.level = self.level;
        set(&mut config.format, self.format);
        config.color_mode = self.color_mode.or(self.plain.then_some(ColorMode::Never));
        config.templates = self.templates;
        config.subsecond_digits = self.subsecond_digits;
        config.time_zone = self.time_zone;
        set(&mut config.facility, self.facility);
        config.app_name = self.app_name;
        config.host_name = self.host_name;
        config.structured_data_id = self.structured_data_id;
        config.redaction = self.redaction;
        config.force_flush = self.force_flush;
        config.force_sync_io = self.force_sync_io;
        config.guaranteed_levels = self.guaranteed_levels;
        config.durability = self.durability;
        Some(config)
    }

    fn file(&self) -> Option<FileConfig> {
        let mut file = FileConfig::new(self.path.clone()?);
        set(&mut file.max_size, self.max_size.map(Limit::bytes));
        set(&mut file.backup_count, self.backup_count);
        set(&mut file.rotate, self.rotate);
        file.max_age = self.max_age;
        set(&mut file.compress, self.compress);
        set(&mut file.mode, self.mode);
        file.buffer_size = self.buffer_size;
        file.flush_interval = self.flush_interval;
        file.audit = self.audit.unwrap_or(false).then(|| self.audit());
        Some(file)
    }

    fn audit(&self) -> AuditConfig {
        let mut audit = AuditConfig {
            key_file: self.audit_key.clone().map(Into::into),
            retention: self.retention,
            ..AuditConfig::default()
        };
        set(&mut audit.checkpoint_every, self.checkpoint_every);
        set(&mut audit.checkpoint_interval, self.checkpoint_interval);
        set(&mut audit.fsync, self.fsync);
        audit
    }

    fn network(&self, network_type: NetworkType) -> NetworkConfig {
        let secret = |text: &Option<String>| text.clone().map(Secret::from);
        let mut network = NetworkConfig::new(network_type);
        network.url = secret(&self.url);
        network.connection_string = secret(&self.connection_string);
        network.queue_url = secret(&self.queue_url);
        network.service_type.clone_from(&self.service_type);
        network.credentials.clone_from(&self.credentials);
        set(&mut network.retry_count, self.retry_count);
        set(&mut network.retry_delay, self.retry_delay);
        set(&mut network.timeout, self.timeout);
        set(&mut network.max_connections, self.max_connections);
        network.extra.clone_from(&self.extra);
        network
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

impl From<&DestinationConfig> for Draft {
    fn from(config: &DestinationConfig) -> Self {
        let mut draft = Draft {
            level: config.level,
            format: Some(config.format).filter(|format| *format != FormatKind::PlainText),
            color_mode: config.color_mode,
            templates: config.templates.clone(),
            subsecond_digits: config.subsecond_digits,
            time_zone: config.time_zone.clone(),
            facility: changed(config.facility, Facility::User),
            app_name: config.app_name.clone(),
            host_name: config.host_name.clone(),
            structured_data_id: config.structured_data_id.clone(),
            redaction: config.redaction.clone(),
            force_flush: config.force_flush,
            force_sync_io: config.force_sync_io,
            guaranteed_levels: config.guaranteed_levels,
            durability: config.durability,
            ..Draft::default()
        };
        match &config.kind {
            DestinationKind::Console(console) => draft.take_console(console),
            DestinationKind::File(file) => draft.take_file(file),
            DestinationKind::Network(network) => draft.take_network(network),
        }
        draft
    }
}

impl Draft {
    fn take_console(&mut self, console: &ConsoleConfig) {
        let default = ConsoleConfig::default();
        self.kind = Some(CONSOLE);
        self.stream = changed(console.stream, default.stream);
        self.split_level = changed(console.split_level, default.split_level);
    }

    fn take_file(&mut self, file: &FileConfig) {
        let default = FileConfig::new("");
        self.kind = Some(FILE);
        self.path = Some(file.path.to_string_lossy().into_owned());
        self.max_size = (file.max_size != default.max_size)
            .then(|| file.max_size.map_or(Limit::Unlimited, Limit::Bytes));
        self.backup_count = changed(file.backup_count, default.backup_count);
        self.rotate = changed(file.rotate, default.rotate);
        self.max_age = file.max_age;
        self.compress = changed(file.compress, default.compress);
        self.mode = changed(file.mode, default.mode);
        self.buffer_size = file.buffer_size;
        self.flush_interval = file.flush_interval;
        if let Some(audit) = &file.audit {
            self.take_audit(audit);
        }
    }

    fn take_audit(&mut self, audit: &AuditConfig) {
        let default = AuditConfig::default();
        let key = audit.key_file.as_ref();
        self.audit = Some(true);
        self.audit_key = key.map(|key| key.to_string_lossy().into_owned());
        self.checkpoint_every = changed(audit.checkpoint_every, default.checkpoint_every);
        self.checkpoint_interval = changed(audit.checkpoint_interval, default.checkpoint_interval);
        self.fsync = changed(audit.fsync, default.fsync);
        self.retention = audit.retention;
    }

    fn take_network(&mut self, network: &NetworkConfig) {
        let default = NetworkConfig::new(network.network_type);
        let text = |secret: &Option<Secret>| secret.as_ref().map(|s| s.reveal().to_owned());
        let position = NETWORKS.iter().position(|t| *t == network.network_type);
        self.kind = position.map(|i| i + 2);
        self.url = text(&network.url);
        self.connection_string = text(&network.connection_string);
        self.queue_url = text(&network.queue_url);
        self.service_type.clone_from(&network.service_type);
        self.credentials.clone_from(&network.credentials);
        self.retry_count = changed(network.retry_count, default.retry_count);
        self.retry_delay = changed(network.retry_delay, default.retry_delay);
        self.timeout = changed(network.timeout, default.timeout);
        self.max_connections = changed(network.max_connections, default.max_connections);
        self.extra.clone_from(&network.extra);
    }
}

/// The value, if it is not the default.
fn changed<T: PartialEq + Copy>(value: T, default: T) -> Option<T> {
    (value != default).then_some(value)
}
