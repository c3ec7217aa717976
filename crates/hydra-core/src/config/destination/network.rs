//! A destination over the network, and the secrets that it needs.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_a_secret() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(Secret::from(String::from("hunter2")).reveal(), "hunter2");
    }
}
