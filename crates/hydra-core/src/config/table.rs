//! The keys of a configuration's root, of a layer and of a theme.

use std::time::Duration;

use crate::config::decode;
use crate::config::fields::{Field, Kind};
use crate::config::model::{Config, Durability, LayerConfig, TimeZoneSetting};
use crate::config::print::{layer_value, layers_value, theme_value, themes_value};
use crate::config::redaction::{self, redaction_value};
use crate::config::strategy::Strategy;
use crate::config::words::{COLORS, DURABILITIES, STRATEGIES};
use crate::config::{Value, format_duration, format_size, rules, schema};
use crate::format::{Color, Theme};
use crate::{Level, LevelSet};

pub(crate) fn level_value(level: Option<Level>) -> Value {
    level.map_or(Value::Null, |level| level.name().into())
}

pub(crate) fn levels_value(levels: Option<LevelSet>) -> Value {
    levels.map_or(Value::Null, |levels| {
        Value::List(levels.iter().map(|level| level.name().into()).collect())
    })
}

pub(crate) fn text_value(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| text.clone().into())
}

pub(crate) fn digits_value(digits: Option<u8>) -> Value {
    digits.map_or(Value::Null, |digits| Value::Int(digits.into()))
}

pub(crate) fn zone_value(zone: Option<&TimeZoneSetting>) -> Value {
    zone.map_or(Value::Null, |zone| zone.to_string().into())
}

pub(crate) fn size_value(bytes: Option<u64>) -> Value {
    bytes.map_or(Value::Null, |bytes| format_size(bytes).into())
}

pub(crate) fn duration_value(duration: Option<Duration>) -> Value {
    duration.map_or(Value::Null, |duration| format_duration(duration).into())
}

/// A key that is a switch of [`Config`].
macro_rules! switch {
    ($name:ident, $alias:expr, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: $alias,
            doc: $doc,
            kind: Kind::Switch(|config: &mut Config, on| config.$name = on),
            get: |config| config.$name.into(),
        }
    };
}

/// One of the four templates, of a [`Config`] or a destination: both have `templates`.
macro_rules! template {
    ($name:ident, $rule:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Text {
                rule: &rules::$rule,
                set: |target, text| target.templates.$name = Some(text.to_owned()),
            },
            get: |target| text_value(target.templates.$name.as_ref()),
        }
    };
}
pub(crate) use template;

/// The levels that no policy drops, of a layer or a destination.
macro_rules! guaranteed_levels {
    ($doc:literal) => {
        Field {
            name: "guaranteed_levels",
            alias: None,
            doc: $doc,
            kind: Kind::Levels(|target, levels| target.guaranteed_levels = Some(levels)),
            get: |target| levels_value(target.guaranteed_levels),
        }
    };
}
pub(crate) use guaranteed_levels;

/// What records survive, of a layer or a destination.
macro_rules! durability {
    ($doc:literal) => {
        Field {
            name: "durability",
            alias: None,
            doc: $doc,
            kind: Kind::Word {
                words: &DURABILITIES,
                set: |target, i, _| target.durability = Some(Durability::ALL[i]),
            },
            get: |target| target.durability.map_or(Value::Null, |d| d.name().into()),
        }
    };
}
pub(crate) use durability;

/// The digits after a second, of a [`Config`] or a destination.
macro_rules! subsecond_digits {
    ($doc:literal) => {
        Field {
            name: "subsecond_digits",
            alias: None,
            doc: $doc,
            kind: Kind::Count {
                min: 0,
                max: 9,
                set: |target, digits| target.subsecond_digits = u8::try_from(digits).ok(),
            },
            get: |target| digits_value(target.subsecond_digits),
        }
    };
}
pub(crate) use subsecond_digits;

/// The time zone, of a [`Config`] or a destination.
macro_rules! time_zone {
    ($doc:literal) => {
        Field {
            name: "time_zone",
            alias: None,
            doc: $doc,
            kind: Kind::Text {
                rule: &rules::ZONE,
                set: |target, text| target.time_zone = text.parse().ok(),
            },
            get: |target| zone_value(target.time_zone.as_ref()),
        }
    };
}
pub(crate) use time_zone;

/// The keys of the root.
pub(crate) static CONFIG: &[Field<Config>] = &[
    Field {
        name: "extends",
        alias: None,
        doc: "The preset, or the list of presets, that this configuration starts from; what is \
              set here wins.",
        kind: Kind::Other {
            schema: schema::text_or_list,
            read: decode::needs_loader,
        },
        get: |_| Value::Null,
    },
    Field {
        name: "include",
        alias: None,
        doc: "A file, or a list of files, relative to this one, laid over the preset and under \
              what is set here.",
        kind: Kind::Other {
            schema: schema::text_or_list,
            read: decode::needs_loader,
        },
        get: |_| Value::Null,
    },
    Field {
        name: "default_level",
        alias: None,
        doc: "The level of layers that have none of their own. Default: INFO.",
        kind: Kind::Level(|config, level| config.default_level = level),
        get: |config| config.default_level.name().into(),
    },
    Field {
        name: "layers",
        alias: None,
        doc: "The layers by name. DEFAULT takes the records of layers that are not here. Where \
              no layer has a destination, DEFAULT gets a console.",
        kind: Kind::Other {
            schema: schema::layers,
            read: decode::layers,
        },
        get: |config| layers_value(&config.layers),
    },
    template!(
        date_format,
        DATE_FORMAT,
        "strftime, the date of plain-text lines. Default: %Y-%m-%d."
    ),
    template!(
        time_format,
        TIME_FORMAT,
        "strftime, the time of plain-text lines. Default: %H:%M:%S."
    ),
    template!(
        logger_name_format,
        NAME_FORMAT,
        "The layer's name in plain-text lines, as {name} or %(name)s. Default: {name}."
    ),
    template!(
        message_format,
        MESSAGE_FORMAT,
        "Level and message of plain-text lines, with {level} and {message} or their %-forms. \
         Default: {level} - {message}."
    ),
    subsecond_digits!("Digits after the second, 0 to 9. Default: each format's own."),
    time_zone!("local, utc, +02:00 or Europe/Vienna. Default: local in plain text, UTC elsewhere."),
    switch!(
        source,
        None,
        "Whether lines name the source file and line of the call. Default: false."
    ),
    Field {
        name: "max_message_size",
        alias: None,
        doc: "Longer texts, the message and each text in a field, are truncated and marked, each by \
              itself. Default: 16MB.",
        kind: Kind::Size {
            unlimited: false,
            set: |config, size| {
                config.max_message_size = size.bytes().unwrap_or(Config::MAX_MESSAGE_SIZE);
            },
        },
        get: |config| size_value(Some(config.max_message_size)),
    },
    switch!(
        lazy_initialization,
        None,
        "Whether a destination opens at its first record only. Default: true."
    ),
    Field {
        name: "buffer_size",
        alias: None,
        doc: "The size of file destinations' buffers. Default: none, each record is written \
              through.",
        kind: Kind::Size {
            unlimited: false,
            set: |config, size| config.buffer_size = size.bytes(),
        },
        get: |config| size_value(config.buffer_size),
    },
    Field {
        name: "flush_interval",
        alias: None,
        doc: "The longest time that a record rests in such a buffer.",
        kind: Kind::Duration(|config, duration| config.flush_interval = Some(duration)),
        get: |config| duration_value(config.flush_interval),
    },
    Field {
        name: "durability",
        alias: None,
        doc: "What an asynchronous logger's records survive once their call has returned: memory, \
              an orderly end of the process; process, kill -9 too; power, a loss of power too. \
              Default: memory.",
        kind: Kind::Word {
            words: &DURABILITIES,
            set: |config, i, _| config.durability = Durability::ALL[i],
        },
        get: |config| config.durability.name().into(),
    },
    Field {
        name: "state_dir",
        alias: None,
        doc: "The directory for what must outlive the process. Default: HYDRA_LOG_STATE_DIR, \
              STATE_DIRECTORY, or hydra-logger under XDG_STATE_HOME.",
        kind: Kind::Text {
            rule: &rules::DIRECTORY,
            set: |config, text| config.state_dir = Some(text.into()),
        },
        get: |config| {
            let path = config.state_dir.as_ref();
            text_value(
                path.map(|path| path.to_string_lossy().into_owned())
                    .as_ref(),
            )
        },
    },
    Field {
        name: "primary_strategy",
        alias: None,
        doc: "The first strategy of an asynchronous logger's queues. Default: async. Without this \
              and others, a record that its destination refuses is dropped.",
        kind: Kind::Word {
            words: &STRATEGIES,
            set: |config, i, _| config.primary_strategy = Some(Strategy::ALL[i]),
        },
        get: |config| {
            let strategy = config.primary_strategy;
            strategy.map_or(Value::Null, |strategy| strategy.name().into())
        },
    },
    Field {
        name: "fallback_strategies",
        alias: None,
        doc: "The strategies that take over while a destination is in trouble, in their order. \
              Default: none.",
        kind: Kind::WordList {
            words: &STRATEGIES,
            set: |config, positions| {
                let strategies = positions.iter().map(|position| Strategy::ALL[*position]);
                config.fallback_strategies = strategies.collect();
            },
        },
        get: |config| {
            let names = config
                .fallback_strategies
                .iter()
                .map(|strategy| strategy.name().into());
            Value::List(names.collect())
        },
    },
    switch!(
        redact_sensitive,
        None,
        "Whether sensitive data is redacted. Default: true."
    ),
    Field {
        name: "redaction",
        alias: None,
        doc: "What is redacted, and what stands in its place.",
        kind: Kind::Other {
            schema: schema::redaction,
            read: |config, node, cx| config.redaction = redaction::read(node, cx),
        },
        get: |config| redaction_value(Some(&config.redaction)),
    },
    switch!(
        enable_security,
        None,
        "Whether threats in messages are counted and marked. Default: false."
    ),
    switch!(
        enable_sanitization,
        None,
        "Whether the sanitizer runs. Default: true."
    ),
    switch!(
        enable_plugins,
        None,
        "Whether plugins are called. Default: true."
    ),
    switch!(
        enable_performance,
        Some("enable_performance_monitoring"),
        "Whether latencies are measured. Default: true."
    ),
    switch!(
        enable_analytics,
        None,
        "Whether analytics run. Default: false."
    ),
    Field {
        name: "themes",
        alias: None,
        doc: "Themes by name, for the key theme.",
        kind: Kind::Other {
            schema: schema::themes,
            read: decode::themes,
        },
        get: |config| themes_value(&config.themes),
    },
    Field {
        name: "theme",
        alias: None,
        doc: "The colours: default, dark, light, quiet, one of themes, or colours by level.",
        kind: Kind::Other {
            schema: schema::theme_or_name,
            read: decode::theme,
        },
        get: |config| theme_value(config.theme, &config.themes),
    },
];

/// The keys of a layer.
pub(crate) static LAYER: &[Field<LayerConfig>] = &[
    Field {
        name: "level",
        alias: None,
        doc: "What the layer lets through. Default: default_level.",
        kind: Kind::Level(|layer, level| layer.level = Some(level)),
        get: |layer| level_value(layer.level),
    },
    Field {
        name: "destinations",
        alias: None,
        doc: "Where the layer's records go. Default: where those of DEFAULT go.",
        kind: Kind::Other {
            schema: schema::destinations,
            read: decode::destinations,
        },
        get: layer_value,
    },
    Field {
        name: "redact_sensitive",
        alias: None,
        doc: "Whether sensitive data is redacted in the layer. Default: as at the root.",
        kind: Kind::Switch(|layer, on| layer.redact_sensitive = Some(on)),
        get: |layer| layer.redact_sensitive.map_or(Value::Null, Value::from),
    },
    Field {
        name: "redaction",
        alias: None,
        doc: "What is redacted in the layer. Default: as at the root.",
        kind: Kind::Other {
            schema: schema::redaction,
            read: |layer, node, cx| layer.redaction = Some(redaction::read(node, cx)),
        },
        get: |layer| redaction_value(layer.redaction.as_ref()),
    },
    guaranteed_levels!(
        "The levels of which no record is dropped when a queue of the asynchronous logger is full. \
         Default: ERROR and CRITICAL; all, for SECURITY, AUDIT and COMPLIANCE."
    ),
    durability!(
        "What the layer's records survive in an asynchronous logger: memory, process, power. \
         Default: as at the root."
    ),
];

/// The colour of one level.
macro_rules! level_color {
    ($name:literal, $level:ident, $shown:literal) => {
        Field {
            name: $name,
            alias: None,
            doc: concat!("The colour of ", $shown, "."),
            kind: Kind::Word {
                words: &COLORS,
                set: |theme: &mut Theme, i, _| {
                    *theme = theme.with_level(Level::$level, Color::ALL[i]);
                },
            },
            get: |theme| theme.level(Level::$level).name().into(),
        }
    };
}

/// The keys of a theme.
pub(crate) static THEME: &[Field<Theme>] = &[
    Field {
        name: "base",
        alias: None,
        doc: "The built-in theme whose colours hold where this one has none. Default: default.",
        kind: Kind::Other {
            schema: schema::built_in_theme,
            read: decode::theme_base,
        },
        get: |_| Value::Null,
    },
    level_color!("trace", Trace, "TRACE"),
    level_color!("debug", Debug, "DEBUG"),
    level_color!("info", Info, "INFO"),
    level_color!("warning", Warning, "WARNING"),
    level_color!("error", Error, "ERROR"),
    level_color!("critical", Critical, "CRITICAL"),
    Field {
        name: "key",
        alias: None,
        doc: "The colour of the keys of fields.",
        kind: Kind::Word {
            words: &COLORS,
            set: |theme, i, _| *theme = theme.with_key(Color::ALL[i]),
        },
        get: |theme| theme.key.name().into(),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::words::LEVELS;

    #[test]
    fn every_level_has_a_colour_in_a_theme_which_names_it_as_a_line_does() {
        for name in LEVELS.names {
            let field = THEME.iter().find(|field| field.name == name.to_lowercase());
            let doc = field.map(|field| field.doc.to_owned());
            assert_eq!(doc, Some(format!("The colour of {name}.")));
        }
    }
}
