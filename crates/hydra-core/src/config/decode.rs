//! From the tree to a [`Config`], with everything that is wrong on the way.

use crate::config::cx::Cx;
use crate::config::destination_table::{DESTINATION, EXTRA};
use crate::config::destination_types::{AUDIT_KEYS, required_key, types_of};
use crate::config::draft::{CONSOLE, Draft, FILE};
use crate::config::error::{ConfigError, Problem, ProblemKind};
use crate::config::fields::{field_names, read_map, text};
use crate::config::model::{Config, DEFAULT_LAYER, LayerConfig};
use crate::config::table::{CONFIG, LAYER, THEME};
use crate::config::tree::{Data, Node};
use crate::config::words::{TYPES, nearest};
use crate::config::{DestinationConfig, Durability, Secret, Value, rules, shared_files};
use crate::format::Theme;

/// The configuration that a tree describes, and the warnings.
pub(crate) fn decode(root: &Node, mut cx: Cx<'_>) -> Result<(Config, Vec<Problem>), ConfigError> {
    let mut config = Config::empty();
    read_map(CONFIG, "a configuration", &mut config, root, &mut cx);
    complete(&mut config);
    shared_files::warn(&config, root, &mut cx);
    cx.finish().map(|warnings| (config, warnings))
}

/// Where no record could go anywhere, `DEFAULT` gets a console.
pub(crate) fn complete(config: &mut Config) {
    let nowhere = config.layers.values().all(|l| l.destinations.is_empty());
    if nowhere && !config.layers.contains_key(DEFAULT_LAYER) {
        let default = Config::default().layers.remove(DEFAULT_LAYER);
        config
            .layers
            .insert(DEFAULT_LAYER.to_owned(), default.unwrap_or_default());
    }
}

/// `extends` and `include` are taken out of the tree by the loader; here they stand only in a build
/// that has none.
pub(crate) fn needs_loader(_: &mut Config, node: &Node, cx: &mut Cx<'_>) {
    let message = "this build reads no presets and no files: it needs the feature `config-files` \
                   of hydra-core";
    cx.problem(ProblemKind::NotBuilt, node.mark, message.to_owned());
}

pub(crate) fn layers(config: &mut Config, node: &Node, cx: &mut Cx<'_>) {
    let Data::Map(entries) = &node.data else {
        cx.wrong_type(
            node,
            "a map of layers by name",
            "names with a map of level and destinations under each",
        );
        return;
    };
    for entry in entries {
        cx.at_key(entry, |cx| {
            if let Some(wrong) = rules::layer_name(&entry.key) {
                cx.problem(ProblemKind::Reserved, entry.mark, wrong.to_owned());
            }
            let mut layer = LayerConfig::default();
            read_map(LAYER, "a layer", &mut layer, &entry.value, cx);
            let silent = entry.value.get("destinations").is_none_or(Node::is_null);
            if entry.key == DEFAULT_LAYER && silent {
                // The layer that others fall back to: with only a level, it stays what it is
                // without configuration.
                layer.destinations.push(DestinationConfig::console());
            }
            config.layers.insert(entry.key.clone(), layer);
        });
    }
}

pub(crate) fn destinations(layer: &mut LayerConfig, node: &Node, cx: &mut Cx<'_>) {
    let Data::List(items) = &node.data else {
        cx.wrong_type(
            node,
            "a list of destinations",
            "a list of maps, each with a type",
        );
        return;
    };
    for (index, item) in items.iter().enumerate() {
        cx.at_item(index, |cx| {
            if let Some(destination) = destination(item, cx) {
                layer.destinations.push(destination);
            }
        });
    }
}

fn destination(node: &Node, cx: &mut Cx<'_>) -> Option<DestinationConfig> {
    if !matches!(node.data, Data::Map(_)) {
        cx.wrong_type(node, "a map, as a destination is", "a map with a type");
        return None;
    }
    let mut draft = Draft::default();
    read_map(DESTINATION, "a destination", &mut draft, node, cx);
    let given = |key: &str| node.get(key).is_some_and(|value| !value.is_null());
    let Some(kind) = draft.kind else {
        // A wrong type has been reported; all that is left to say is that there is none.
        if !given("type") {
            missing("type", &TYPES.list(), node, cx);
        }
        return None;
    };
    if let Some(key) = required_key(kind)
        && !given(key)
    {
        let name = TYPES.names[kind];
        let allowed = format!("{key}, without which type {name} has nowhere to send");
        missing(key, &allowed, node, cx);
        return None;
    }
    warn_of_other_types(kind, node, cx);
    if kind > FILE {
        let name = TYPES.names[kind];
        let feature = name.trim_start_matches("async_");
        let mark = node.get("type").map_or(node.mark, |node| node.mark);
        let message = format!("this build has no {name}: it needs the feature `{feature}`");
        cx.warning(ProblemKind::NotBuilt, mark, message);
    } else {
        unknown_extra(&draft, node, cx);
    }
    warn_of_no_gzip(node, cx);
    warn_of_durability(&draft, node, cx);
    warn_of_audit(draft.audit == Some(true), node, cx);
    draft.into_config()
}

/// What says nothing, or less than it seems to, of a destination of this kind.
fn warn_of_durability(draft: &Draft, node: &Node, cx: &mut Cx<'_>) {
    let message = match draft.durability {
        Some(Durability::Power) if draft.kind == Some(CONSOLE) && !draft.force_sync_io => {
            "a console syncs nothing: records are on the disk until it has shown them, no longer"
        }
        Some(Durability::Power) if draft.kind == Some(CONSOLE) => {
            "has no effect on a console with force_sync_io, which syncs nothing"
        }
        Some(Durability::Process) if draft.force_sync_io => {
            "has no effect with force_sync_io: a record is delivered before its call returns"
        }
        _ => return,
    };
    for entry in node
        .entries()
        .iter()
        .filter(|entry| entry.key == "durability")
    {
        cx.at_key(entry, |cx| {
            cx.warning(ProblemKind::NoEffect, entry.mark, message.to_owned());
        });
    }
}

/// As for a type that is not built: the file is right, but no logger is made of it in this build.
fn warn_of_no_gzip(node: &Node, cx: &mut Cx<'_>) {
    let compress = node.get("compress");
    if let Some(node) = compress.filter(|node| matches!(node.data, Data::Bool(true)))
        && cfg!(not(feature = "gzip"))
    {
        let message = "this build does not compress: it needs the feature `gzip`".to_owned();
        cx.warning(ProblemKind::NotBuilt, node.mark, message);
    }
}

/// Some keys have a meaning for audit files alone, and some for all others.
fn warn_of_audit(is_audited: bool, node: &Node, cx: &mut Cx<'_>) {
    for entry in node.entries() {
        let key = entry.key.as_str();
        let message = if !is_audited && AUDIT_KEYS.contains(&key) {
            "has no effect without audit: true"
        } else if is_audited && ["backup_count", "max_age"].contains(&key) {
            "has no effect on an audit file, whose rotated files go by retention alone"
        } else if is_audited && ["buffer_size", "flush_interval"].contains(&key) {
            "has no effect on an audit file, which is never buffered"
        } else {
            continue;
        };
        if !entry.value.is_null() {
            cx.at_key(entry, |cx| {
                cx.warning(ProblemKind::NoEffect, entry.mark, message.to_owned());
            });
        }
    }
}

fn missing(key: &str, allowed: &str, node: &Node, cx: &mut Cx<'_>) {
    cx.problem(ProblemKind::Missing, node.mark, format!("{key} is missing"))
        .allow(allowed.to_owned());
}

/// The old form has every key for every type: what has no meaning for a type is no error.
fn warn_of_other_types(kind: usize, node: &Node, cx: &mut Cx<'_>) {
    for entry in node.entries() {
        if let Some(types) = types_of(&entry.key)
            && !types.contains(&kind)
            && !entry.value.is_null()
        {
            let names: Vec<&str> = types.iter().map(|i| TYPES.names[*i]).collect();
            let message = format!(
                "has no effect on type {}, only on {}",
                TYPES.names[kind],
                names.join(", ")
            );
            cx.at_key(entry, |cx| {
                cx.warning(ProblemKind::NoEffect, entry.mark, message);
            });
        }
    }
}

pub(crate) fn credentials(draft: &mut Draft, node: &Node, cx: &mut Cx<'_>) {
    let Data::Map(entries) = &node.data else {
        let found = node.kind_shown().to_owned();
        let message = "should be a map of names and texts".to_owned();
        cx.problem(ProblemKind::WrongType, node.mark, message)
            .found(found);
        return;
    };
    for entry in entries {
        cx.at_key(entry, |cx| {
            if let Some(value) = text(&entry.value, &rules::CREDENTIAL, cx) {
                draft
                    .credentials
                    .insert(entry.key.clone(), Secret::from(value));
            }
        });
    }
}

/// Reads the options that every type knows, and keeps the others for the handler.
pub(crate) fn extra(draft: &mut Draft, node: &Node, cx: &mut Cx<'_>) {
    let Data::Map(entries) = &node.data else {
        cx.wrong_type(node, "a map of the handler's options", &field_names(EXTRA));
        return;
    };
    let (known, others): (Vec<_>, Vec<_>) = entries
        .iter()
        .cloned()
        .partition(|entry| EXTRA.iter().any(|field| field.is(&entry.key)));
    read_map(
        EXTRA,
        "extra",
        draft,
        &Node::new(node.mark, Data::Map(known)),
        cx,
    );
    let others = others.into_iter().filter(|entry| !entry.value.is_null());
    draft.extra = others
        .map(|entry| (entry.key, entry.value.to_value()))
        .collect();
}

/// A console or a file has no options but those that every type knows.
fn unknown_extra(draft: &Draft, node: &Node, cx: &mut Cx<'_>) {
    let Some(extra) = node.entries().iter().find(|entry| entry.key == "extra") else {
        return;
    };
    for entry in extra.value.entries() {
        if draft.extra.contains_key(&entry.key) {
            let suggestion = nearest(&entry.key, EXTRA.iter().map(|field| field.name));
            cx.at_key(extra, |cx| {
                cx.at_key(entry, |cx| {
                    cx.problem(
                        ProblemKind::UnknownKey,
                        entry.mark,
                        "unknown option".to_owned(),
                    )
                    .allow(field_names(EXTRA))
                    .suggest(suggestion);
                });
            });
        }
    }
}

/// What `extra` says, printed back.
pub(crate) fn extra_value(draft: &Draft) -> Value {
    let switches = EXTRA
        .iter()
        .map(|field| (field.name.to_owned(), (field.get)(draft)))
        .filter(|(_, on)| *on == Value::Bool(true));
    let others = draft
        .extra
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()));
    let entries: Vec<_> = switches.chain(others).collect();
    if entries.is_empty() {
        Value::Null
    } else {
        Value::Map(entries)
    }
}

/// Permissions: octal digits as text, or a number that is written in octal.
pub(crate) fn mode(draft: &mut Draft, node: &Node, cx: &mut Cx<'_>) {
    const ALLOWED: &str = "octal digits in quotes, as chmod has them, \"0000\" to \"0777\"";
    let (digits, number) = match &node.data {
        Data::Text(text) => (text.as_str(), false),
        Data::Int { raw, .. } => (raw.as_str(), true),
        _ => {
            cx.wrong_type(node, "the permissions of a file", ALLOWED);
            return;
        }
    };
    let octal = digits.strip_prefix("0o").unwrap_or(digits);
    let mode = u32::from_str_radix(octal, 8)
        .ok()
        .filter(|mode| *mode <= 0o777 && octal.len() <= 4 && !octal.starts_with('+'));
    match mode {
        // 640 as a number is 0o1200: nobody means that, so a number must show that it is octal.
        Some(_) if number && (digits == "0" || !digits.starts_with('0')) => {
            cx.wrong_value(
                node,
                "a number that is not written in octal".to_owned(),
                ALLOWED.to_owned(),
            )
            .suggest(Some(format!("\"{octal:0>4}\"")));
        }
        Some(mode) => draft.mode = Some(mode),
        None => {
            cx.wrong_value(
                node,
                "not the permissions of a file".to_owned(),
                ALLOWED.to_owned(),
            );
        }
    }
}

pub(crate) fn themes(config: &mut Config, node: &Node, cx: &mut Cx<'_>) {
    let Data::Map(entries) = &node.data else {
        cx.wrong_type(
            node,
            "a map of themes by name",
            "names with a map of colours under each",
        );
        return;
    };
    for entry in entries {
        cx.at_key(entry, |cx| {
            if Theme::named(&entry.key).is_some() {
                let message = "a built-in theme has this name".to_owned();
                cx.problem(ProblemKind::Reserved, entry.mark, message);
            }
            let mut theme = Theme::DEFAULT;
            read_map(THEME, "a theme", &mut theme, &entry.value, cx);
            config.themes.insert(entry.key.clone(), theme);
        });
    }
}

/// A theme's name, or its colours.
pub(crate) fn theme(config: &mut Config, node: &Node, cx: &mut Cx<'_>) {
    let Data::Text(name) = &node.data else {
        read_map(
            THEME,
            "a theme, unless it is a name,",
            &mut config.theme,
            node,
            cx,
        );
        return;
    };
    if let Some(theme) = config
        .themes
        .get(name)
        .copied()
        .or_else(|| Theme::named(name))
    {
        config.theme = theme;
    } else {
        let defined: Vec<String> = config.themes.keys().cloned().collect();
        wrong_theme(name, node, &defined, cx);
    }
}

/// The built-in theme that another starts from.
pub(crate) fn theme_base(theme: &mut Theme, node: &Node, cx: &mut Cx<'_>) {
    let Data::Text(name) = &node.data else {
        cx.wrong_type(node, "the name of a theme", &theme_names(&[]).join(", "));
        return;
    };
    match Theme::named(name) {
        Some(base) => *theme = base,
        None => wrong_theme(name, node, &[], cx),
    }
}

fn wrong_theme(name: &str, node: &Node, defined: &[String], cx: &mut Cx<'_>) {
    let names = theme_names(defined);
    let suggestion = nearest(name, names.iter().copied());
    cx.wrong_value(node, "not a theme".to_owned(), names.join(", "))
        .suggest(suggestion);
}

fn theme_names(defined: &[String]) -> Vec<&str> {
    let built_in = Theme::BUILT_IN.iter().map(|(name, _)| *name);
    built_in.chain(defined.iter().map(String::as_str)).collect()
}
