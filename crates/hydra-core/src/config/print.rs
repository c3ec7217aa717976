//! From a [`Config`] back to the map that describes it.

use std::collections::BTreeMap;

use crate::config::Value;
use crate::config::destination_table::DESTINATION;
use crate::config::draft::Draft;
use crate::config::fields::Field;
use crate::config::model::{Config, LayerConfig};
use crate::config::table::{CONFIG, LAYER, THEME};
use crate::format::Theme;

impl Config {
    /// The configuration as a map, without what is as it is by default;
    /// [`Config::from_value`] reads it back.
    ///
    /// It holds the secrets of network destinations. The path of a file that is no UTF-8 is
    /// changed.
    ///
    /// ```
    /// use hydra_core::config::Config;
    /// let config = Config::default();
    /// assert_eq!(Config::from_value(&config.to_value()), Ok(config));
    /// ```
    pub fn to_value(&self) -> Value {
        map(CONFIG, self, &Config::empty())
    }
}

/// The keys whose values differ from those of `default`.
pub(crate) fn map<T>(fields: &[Field<T>], target: &T, default: &T) -> Value {
    let entries = fields.iter().filter_map(|field| {
        let value = (field.get)(target);
        (value != (field.get)(default)).then(|| (field.name.to_owned(), value))
    });
    Value::Map(entries.collect())
}

pub(crate) fn layers_value(layers: &BTreeMap<String, LayerConfig>) -> Value {
    // The destinations are written even where there are none: with the key left out, DEFAULT
    // would get a console.
    let entry = |(name, layer): (&String, &LayerConfig)| {
        let mut value = map(LAYER, layer, &LayerConfig::default());
        if let Value::Map(entries) = &mut value
            && layer.destinations.is_empty()
        {
            entries.push(("destinations".to_owned(), Value::List(Vec::new())));
        }
        (name.clone(), value)
    };
    Value::Map(layers.iter().map(entry).collect())
}

pub(crate) fn layer_value(layer: &LayerConfig) -> Value {
    let destinations = layer.destinations.iter();
    Value::List(
        destinations
            .map(|destination| map(DESTINATION, &Draft::from(destination), &Draft::default()))
            .collect(),
    )
}

pub(crate) fn themes_value(themes: &BTreeMap<String, Theme>) -> Value {
    let entries = themes.iter();
    Value::Map(
        entries
            .map(|(name, theme)| (name.clone(), colors(*theme)))
            .collect(),
    )
}

/// The name of a theme that has one, else its colours.
pub(crate) fn theme_value(theme: Theme, themes: &BTreeMap<String, Theme>) -> Value {
    let defined = themes.iter().map(|(name, theme)| (name.as_str(), theme));
    let built_in = Theme::BUILT_IN.iter().map(|(name, theme)| (*name, theme));
    built_in
        .chain(defined)
        .find(|(_, known)| **known == theme)
        .map_or_else(|| colors(theme), |(name, _)| name.into())
}

/// Every colour that differs from the default theme's, from which a theme starts.
fn colors(theme: Theme) -> Value {
    map(THEME, &theme, &Theme::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn only_what_is_not_the_default_is_printed() {
        let config = Config {
            default_level: Level::Debug,
            ..Config::default()
        };
        assert_eq!(
            config.to_json(),
            r#"{
  "default_level": "DEBUG",
  "layers": {
    "DEFAULT": {
      "destinations": [
        {
          "type": "console"
        }
      ]
    }
  }
}
"#
        );
    }
}
