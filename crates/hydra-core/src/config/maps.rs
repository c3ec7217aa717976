//! Configurations from maps, and maps laid over configurations.

use crate::config::Value;
use crate::config::error::ConfigError;
use crate::config::model::Config;
use crate::config::tree::{Node, merge};

impl Config {
    /// The configuration that a map describes, in the words of a file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    ///
    /// ```
    /// use hydra_core::Level;
    /// use hydra_core::config::{Config, Value};
    /// let config = Config::from_value(&Value::map([("default_level", "debug".into())]))?;
    /// assert_eq!(config.default_level, Level::Debug);
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn from_value(value: &Value) -> Result<Config, ConfigError> {
        #[cfg(feature = "config-files")]
        return crate::config::load_value(value).map(|loaded| loaded.config);
        #[cfg(not(feature = "config-files"))]
        {
            let cx = crate::config::cx::Cx::new(&[]);
            crate::config::decode::decode(&Node::from_value(value), cx).map(|(config, _)| config)
        }
    }

    /// Checks what a file's loading would have checked, and cannot be wrong in the types: sizes,
    /// counts, names, addresses.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    ///
    /// ```
    /// use hydra_core::config::{Config, LayerConfig};
    /// let mut config = Config::default();
    /// config.layers.insert("__MINE__".into(), LayerConfig::default());
    /// assert!(config.validate().unwrap_err().to_string().contains("reserved"));
    /// ```
    pub fn validate(&self) -> Result<(), ConfigError> {
        Config::from_value(&self.to_value()).map(drop)
    }

    /// This configuration with a map laid over it: maps key by key, all else, lists too, replaced.
    ///
    /// # Errors
    /// Everything that is wrong with the result.
    ///
    /// ```
    /// use hydra_core::Level;
    /// use hydra_core::config::{Config, Value};
    /// let over = Value::map([("default_level", "ERROR".into())]);
    /// let config = Config::default().merge(&over)?;
    /// assert_eq!(config.default_level, Level::Error);
    /// assert!(config.layers.contains_key("DEFAULT"));
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn merge(&self, over: &Value) -> Result<Config, ConfigError> {
        Config::from_value(&merge_values(&self.to_value(), over))
    }
}

/// Lays `over` on `base`: maps key by key, all else, lists too, replaced whole. A null in `over`
/// hides what is under it.
///
/// ```
/// use hydra_core::config::{Value, merge_values};
/// let base = Value::map([("a", Value::Int(1)), ("b", Value::Int(2))]);
/// let over = Value::map([("b", Value::Int(3))]);
/// let merged = merge_values(&base, &over);
/// assert_eq!(merged, Value::map([("a", Value::Int(1)), ("b", Value::Int(3))]));
/// ```
#[must_use]
pub fn merge_values(base: &Value, over: &Value) -> Value {
    merge(Node::from_value(base), Node::from_value(over)).to_value()
}
