//! The JSON Schema of a configuration, made from the tables that the decoder reads by.

use crate::config::destination_table::{DESTINATION, EXTRA};
use crate::config::destination_types::required_key;
use crate::config::draft::{Draft, FILE};
use crate::config::fields::{Field, Kind, MAX_SIZE};
use crate::config::redaction::REDACTION;
use crate::config::table::{CONFIG, LAYER, THEME};
use crate::config::words::{LEVELS, REDACTION_ACTIONS, TYPES, Words};
use crate::config::{Value, rules, write};
use crate::format::Theme;

/// The JSON Schema (draft 2020-12) of a configuration, for editors and other checkers.
///
/// It takes and rejects what the decoder takes and rejects, as far as a schema can say it: that
/// themes, presets and files exist, and duplicate keys, only the decoder checks.
///
/// ```
/// let schema = hydra_core::config::schema();
/// assert!(schema.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub fn schema() -> String {
    let Value::Map(root) = object(CONFIG) else {
        return String::new();
    };
    let text = |text: &str| Value::from(text);
    let mut entries = vec![
        (
            "$schema".to_owned(),
            text("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title".to_owned(), text("Hydra-Logger configuration")),
    ];
    entries.extend(root);
    entries.push((
        "$defs".to_owned(),
        Value::map([
            ("layer", object(LAYER)),
            ("destination", destination()),
            ("redaction", object(REDACTION)),
            ("theme", object(THEME)),
        ]),
    ));
    write::json(&Value::Map(entries))
}

/// A map of these keys and no others, or null.
fn object<T>(fields: &[Field<T>]) -> Value {
    let mut properties = Vec::new();
    for field in fields {
        for name in [Some(field.name), field.alias].into_iter().flatten() {
            let mut entries = vec![("description".to_owned(), Value::from(field.doc))];
            if let Value::Map(rest) = kind_schema(&field.kind) {
                entries.extend(rest);
            }
            properties.push((name.to_owned(), Value::Map(entries)));
        }
    }
    Value::map([
        ("type", types(&["object"])),
        ("properties", Value::Map(properties)),
        ("additionalProperties", false.into()),
    ])
}

fn kind_schema<T>(kind: &Kind<T>) -> Value {
    match kind {
        Kind::Switch(_) => Value::map([("type", types(&["boolean"]))]),
        Kind::Level(_) => words(&LEVELS),
        Kind::Levels(_) => Value::map([("type", types(&["array"])), ("items", words(&LEVELS))]),
        Kind::WordList { words: list, .. } => {
            Value::map([("type", types(&["array"])), ("items", words(list))])
        }
        Kind::Word { words: list, .. } => words(list),
        Kind::Count { min, max, .. } => Value::map([
            ("type", types(&["integer"])),
            ("minimum", Value::Int((*min).into())),
            ("maximum", Value::Int((*max).into())),
        ]),
        Kind::Size { unlimited, .. } => size(*unlimited),
        Kind::Duration(_) => Value::map([
            ("type", types(&["number", "string"])),
            ("minimum", Value::Int(0)),
            ("maximum", Value::Int(36_500 * 86_400)),
            (
                "pattern",
                "^\\s*[0-9]+(\\.[0-9]+)?\\s*(ns|us|ms|s|m|h|d)?\\s*$".into(),
            ),
        ]),
        Kind::Text { rule, .. } => {
            let mut entries = vec![("type".to_owned(), types(&["string"]))];
            if let Some(pattern) = rule.pattern {
                entries.push(("pattern".to_owned(), pattern.into()));
            }
            Value::Map(entries)
        }
        Kind::Other { schema, .. } => schema(),
    }
}

/// One of these types, or null, which stands for a key that is not there.
fn types(names: &[&str]) -> Value {
    let names = names.iter().copied().chain(["null"]);
    Value::List(names.map(Value::from).collect())
}

/// The names, which editors offer, and every spelling that is read.
fn words(list: &Words) -> Value {
    let offered = list.names.iter().map(|name| Value::from(*name));
    let all = list.names.iter().copied();
    let all = all.chain(list.aliases.iter().map(|(alias, _)| *alias));
    let spellings: Vec<String> = all.clone().map(any_case).collect();
    let numbers: Vec<Value> = all
        .filter_map(|word| word.parse().ok().map(Value::Int))
        .collect();
    let mut any = vec![
        Value::map([("enum", Value::List(offered.chain([Value::Null]).collect()))]),
        Value::map([
            ("type", "string".into()),
            ("pattern", format!("^({})$", spellings.join("|")).into()),
        ]),
    ];
    if !numbers.is_empty() {
        any.push(Value::map([("enum", Value::List(numbers))]));
    }
    Value::map([("anyOf", Value::List(any))])
}

/// A regular expression for a word in any case, with `-`, `_` or a blank between its parts.
fn any_case(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '-' | '_' => "[-_ ]".to_owned(),
            c if c.is_ascii_alphabetic() => {
                format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase())
            }
            c => c.to_string(),
        })
        .collect()
}

fn size(unlimited: bool) -> Value {
    let unlimited = if unlimited {
        format!("|{}", any_case("unlimited"))
    } else {
        String::new()
    };
    // Some digit is not 0: a size of nothing is an error.
    let number = "(?=[0-9.]*[1-9])[0-9]+(\\.[0-9]+)?\\s*([kKmMgG][iI]?[bB]|[tT]?[bB])?";
    Value::map([
        ("type", types(&["integer", "string"])),
        ("minimum", Value::Int(1)),
        ("maximum", Value::Int(MAX_SIZE as i64)),
        ("pattern", format!("^(\\s*{number}\\s*{unlimited})$").into()),
    ])
}

pub(crate) fn text_or_list() -> Value {
    Value::map([
        ("type", types(&["string", "array"])),
        ("items", Value::map([("type", "string".into())])),
    ])
}

pub(crate) fn texts() -> Value {
    Value::map([
        ("type", types(&["array"])),
        ("items", Value::map([("type", "string".into())])),
    ])
}

pub(crate) fn map_of_texts() -> Value {
    Value::map([
        ("type", types(&["object"])),
        (
            "additionalProperties",
            Value::map([("type", "string".into())]),
        ),
    ])
}

pub(crate) fn redaction_actions() -> Value {
    Value::map([
        ("type", types(&["object"])),
        ("additionalProperties", words(&REDACTION_ACTIONS)),
    ])
}

pub(crate) fn redaction() -> Value {
    reference("redaction")
}

pub(crate) fn layers() -> Value {
    Value::map([
        ("type", types(&["object"])),
        (
            "propertyNames",
            Value::map([("pattern", rules::LAYER_NAME_PATTERN.into())]),
        ),
        ("additionalProperties", reference("layer")),
    ])
}

pub(crate) fn destinations() -> Value {
    Value::map([
        ("type", types(&["array"])),
        ("items", reference("destination")),
    ])
}

pub(crate) fn themes() -> Value {
    let built_in = Theme::BUILT_IN.iter().map(|(name, _)| any_case(name));
    let pattern = format!("^(?!({})$)", built_in.collect::<Vec<_>>().join("|"));
    Value::map([
        ("type", types(&["object"])),
        ("propertyNames", Value::map([("pattern", pattern.into())])),
        ("additionalProperties", reference("theme")),
    ])
}

pub(crate) fn theme_or_name() -> Value {
    let name = Value::map([("type", types(&["string"]))]);
    Value::map([("anyOf", Value::List(vec![name, reference("theme")]))])
}

pub(crate) fn built_in_theme() -> Value {
    let names = Theme::BUILT_IN.iter().map(|(name, _)| any_case(name));
    let pattern = format!("^({})$", names.collect::<Vec<_>>().join("|"));
    Value::map([("type", types(&["string"])), ("pattern", pattern.into())])
}

pub(crate) fn mode() -> Value {
    Value::map([
        ("type", types(&["string", "integer"])),
        ("pattern", "^(0o)?0?[0-7]{1,3}$".into()),
        // A number must be written in octal, 0o640; how it was written a schema does not see.
        ("minimum", Value::Int(0)),
        ("maximum", Value::Int(0o777)),
    ])
}

pub(crate) fn credentials() -> Value {
    Value::map([
        ("type", types(&["object"])),
        (
            "additionalProperties",
            Value::map([("type", types(&["string"]))]),
        ),
    ])
}

/// The options that every type knows; the others are the handler's.
pub(crate) fn extra() -> Value {
    let mut value = object(EXTRA);
    if let Value::Map(entries) = &mut value {
        entries.retain(|(key, _)| key != "additionalProperties");
    }
    value
}

fn reference(name: &str) -> Value {
    Value::map([("$ref", format!("#/$defs/{name}").into())])
}

/// A destination: its keys, and what each type needs or does not know.
fn destination() -> Value {
    let Value::Map(mut entries) = object::<Draft>(DESTINATION) else {
        return Value::Null;
    };
    // A list has no place for a null, and no type is no destination.
    for (key, value) in &mut entries {
        if key == "type" {
            *value = "object".into();
        }
    }
    entries.push(("required".to_owned(), Value::List(vec!["type".into()])));
    let not_null = Value::map([("type", types_without_null())]);
    let mut rules = vec![Value::map([(
        "properties",
        Value::map([("type", not_null.clone())]),
    )])];
    for kind in 0..TYPES.names.len() {
        if let Some(key) = required_key(kind) {
            let then = Value::map([
                ("required", Value::List(vec![key.into()])),
                ("properties", Value::map([(key, not_null.clone())])),
            ]);
            rules.push(Value::map([("if", is_type(kind)), ("then", then)]));
        }
        if kind <= FILE {
            let names = EXTRA.iter().map(|field| Value::from(field.name));
            let known = Value::map([("enum", Value::List(names.collect()))]);
            let extra = Value::map([("propertyNames", known)]);
            let then = Value::map([("properties", Value::map([("extra", extra)]))]);
            rules.push(Value::map([("if", is_type(kind)), ("then", then)]));
        }
    }
    entries.push(("allOf".to_owned(), Value::List(rules)));
    Value::Map(entries)
}

fn types_without_null() -> Value {
    let names = ["boolean", "number", "string", "array", "object"];
    Value::List(names.map(Value::from).to_vec())
}

/// The condition that `type` is this one, under any of its names.
fn is_type(kind: usize) -> Value {
    let aliases = TYPES.aliases.iter().filter(|(_, i)| *i == kind);
    let names = aliases.map(|(alias, _)| *alias).chain([TYPES.names[kind]]);
    let spellings: Vec<String> = names.map(any_case).collect();
    let pattern = Value::map([
        ("type", "string".into()),
        ("pattern", format!("^({})$", spellings.join("|")).into()),
    ]);
    Value::map([
        ("properties", Value::map([("type", pattern)])),
        ("required", Value::List(vec!["type".into()])),
    ])
}
