//! A configuration as text: JSON, YAML, TOML. Secrets are left out of all three.

use std::fmt::Write as _;

use crate::config::Value;
use crate::config::model::Config;

impl Config {
    /// The configuration as JSON, without its secrets, and without what is as it is by default.
    ///
    /// ```
    /// let json = hydra_core::config::Config::default().to_json();
    /// assert!(json.contains("\"type\": \"console\""));
    /// ```
    pub fn to_json(&self) -> String {
        json(&without_secrets(&self.to_value()))
    }

    /// The same as YAML.
    ///
    /// ```
    /// let yaml = hydra_core::config::Config::default().to_yaml();
    /// assert_eq!(yaml, "layers:\n  DEFAULT:\n    destinations:\n      - type: console\n");
    /// ```
    pub fn to_yaml(&self) -> String {
        yaml(&self.to_value())
    }

    /// The same as TOML.
    ///
    /// ```
    /// let toml = hydra_core::config::Config::default().to_toml();
    /// assert_eq!(toml, "\n[[layers.DEFAULT.destinations]]\ntype = \"console\"\n");
    /// ```
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        toml_table(
            &without_secrets(&self.to_value()),
            &mut Vec::new(),
            &mut out,
        );
        out
    }
}

/// The map with every address and credential covered.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(without_secrets).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| {
                    let shown = match (key.as_str(), value) {
                        ("url" | "connection_string" | "queue_url", Value::Text(text)) => {
                            Value::Text(covered(text))
                        }
                        ("credentials", Value::Map(secrets)) => {
                            Value::map(secrets.iter().map(|(name, _)| (name.clone(), "***".into())))
                        }
                        _ => without_secrets(value),
                    };
                    (key.clone(), shown)
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// An address without user, password and query; text that is no address is covered whole.
fn covered(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return "***".to_owned();
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, _)) => (rest, "?***"),
        None => (rest, ""),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}{query}"),
        None => format!("{scheme}://{rest}{query}"),
    }
}

/// JSON on indented lines, ended by a newline.
pub(crate) fn json(value: &Value) -> String {
    let mut text = String::new();
    write_json(value, 0, &mut text);
    text.push('\n');
    text
}

fn write_json(value: &Value, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Float(value) if value.is_finite() => {
            let _ = write!(out, "{value:?}");
        }
        // JSON has no word for a number that is not finite.
        Value::Null | Value::Float(_) => out.push_str("null"),
        Value::Text(text) => write_text(text, out),
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Value::List(items) => {
            for (i, item) in items.iter().enumerate() {
                out.push(if i == 0 { '[' } else { ',' });
                line(depth + 1, out);
                write_json(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Value::Map(entries) => {
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push(if i == 0 { '{' } else { ',' });
                line(depth + 1, out);
                write_text(key, out);
                out.push_str(": ");
                write_json(value, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
    }
}

/// Text in quotes, as JSON has it; it is valid in YAML and TOML too.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // DEL, C1 and the line separators are escaped for the sake of YAML and terminals.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// YAML in block style.
pub(crate) fn yaml(value: &Value) -> String {
    let mut out = String::new();
    let value = without_secrets(value);
    match &value {
        Value::Map(entries) if !entries.is_empty() => yaml_map(entries, 0, &mut out),
        _ => {
            yaml_scalar(&value, &mut out);
            out.push('\n');
        }
    }
    out
}

fn yaml_map(entries: &[(String, Value)], depth: usize, out: &mut String) {
    for (i, (key, value)) in entries.iter().enumerate() {
        // The first key of a map in a list stands behind the dash.
        if i > 0 || !out.ends_with("- ") {
            indent(depth, out);
        }
        word(key, out);
        out.push(':');
        yaml_value(value, depth + 1, out);
    }
}

/// What stands behind a colon: a scalar on the same line, or a block on the next.
fn yaml_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            yaml_map(entries, depth, out);
        }
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                indent(depth, out);
                out.push_str("- ");
                match item {
                    Value::Map(entries) if !entries.is_empty() => yaml_map(entries, depth + 1, out),
                    other => {
                        yaml_scalar(other, out);
                        out.push('\n');
                    }
                }
            }
        }
        scalar => {
            out.push(' ');
            yaml_scalar(scalar, out);
            out.push('\n');
        }
    }
}

/// A scalar, or a list or map on one line: JSON is YAML.
fn yaml_scalar(value: &Value, out: &mut String) {
    match value {
        Value::Text(text) => word(text, out),
        Value::Float(value) if !value.is_finite() => out.push_str(match *value {
            value if value.is_nan() => ".nan",
            value if value > 0.0 => ".inf",
            _ => "-.inf",
        }),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                yaml_scalar(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_text(key, out);
                out.push_str(": ");
                yaml_scalar(value, out);
            }
            out.push('}');
        }
        other => write_json(other, 0, out),
    }
}

/// Text without quotes where every reader takes it for text, else in quotes.
fn word(text: &str, out: &mut String) {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if plain && !reserved.contains(&text.to_ascii_lowercase().as_str()) {
        out.push_str(text);
    } else {
        write_text(text, out);
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// The keys of a table, then the tables in it under their headings.
fn toml_table(value: &Value, path: &mut Vec<String>, out: &mut String) {
    let Value::Map(entries) = value else { return };
    let is_block = |value: &Value| match value {
        Value::Map(entries) => !entries.is_empty(),
        Value::List(items) => {
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_)))
        }
        _ => false,
    };
    for (key, value) in entries.iter().filter(|(_, value)| !is_block(value)) {
        // TOML has no null: the key is left out, which means the same.
        if *value != Value::Null {
            toml_key(key, out);
            out.push_str(" = ");
            toml_inline(value, out);
            out.push('\n');
        }
    }
    for (key, value) in entries.iter().filter(|(_, value)| is_block(value)) {
        path.push(key.clone());
        match value {
            Value::List(items) => {
                for item in items {
                    toml_heading("[[", path, "]]", out);
                    toml_table(item, path, out);
                }
            }
            table => {
                // A table of tables alone needs no heading of its own.
                let Value::Map(entries) = table else { continue };
                if entries.iter().any(|(_, value)| !is_block(value)) {
                    toml_heading("[", path, "]", out);
                }
                toml_table(table, path, out);
            }
        }
        path.pop();
    }
}

fn toml_heading(open: &str, path: &[String], close: &str, out: &mut String) {
    out.push('\n');
    out.push_str(open);
    for (i, key) in path.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { "." });
        toml_key(key, out);
    }
    out.push_str(close);
    out.push('\n');
}

fn toml_key(key: &str, out: &mut String) {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !key.is_empty() && key.bytes().all(bare) {
        out.push_str(key);
    } else {
        write_text(key, out);
    }
}

fn toml_inline(value: &Value, out: &mut String) {
    match value {
        Value::Float(value) if !value.is_finite() => {
            out.push_str(&value.to_string().to_lowercase());
        }
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                toml_inline(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            let entries = entries.iter().filter(|(_, value)| *value != Value::Null);
            for (i, (key, value)) in entries.enumerate() {
                out.push_str(if i == 0 { " " } else { ", " });
                toml_key(key, out);
                out.push_str(" = ");
                toml_inline(value, out);
            }
            out.push_str(" }");
        }
        other => write_json(other, 0, out),
    }
}

#[cfg(all(test, feature = "config-files"))]
mod tests {
    use super::*;
    use crate::config::{Syntax, Value};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Any value; the keys are such as hold no secret.
    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            prop_oneof![Just(0.0), Just(1e300), Just(-2.5), Just(f64::INFINITY)]
                .prop_map(Value::Float),
            Just(Value::Float(f64::NEG_INFINITY)),
            "[ -~\\n\\r\\t\u{7f}\u{2028}äß]{0,6}".prop_map(Value::Text),
            "yes|no|null|~|1|0x1|1e3|[.]inf|- a|#".prop_map(Value::Text),
        ];
        scalar.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                map(inner),
            ]
        })
    }

    fn map(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        let entries = proptest::collection::btree_map("[a-d]{1,2}|[a d.\"]{0,3}", inner, 0..4);
        entries.prop_map(|entries: BTreeMap<String, Value>| Value::map(entries))
    }

    /// The value, its maps in the order of their keys: TOML has scalars before tables.
    fn sorted(value: &Value) -> Value {
        match value {
            Value::List(items) => Value::List(items.iter().map(sorted).collect()),
            Value::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), sorted(value)));
                Value::map(entries.collect::<BTreeMap<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn is_finite(value: &Value) -> bool {
        match value {
            Value::Float(number) => number.is_finite(),
            Value::List(items) => items.iter().all(is_finite),
            Value::Map(entries) => entries.iter().all(|(_, value)| is_finite(value)),
            _ => true,
        }
    }

    fn read(syntax: Syntax, text: &str) -> Value {
        match syntax.parse(text, 0) {
            Ok(node) => node.to_value(),
            Err(errors) => panic!("{}:\n{text}", errors[0].message),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_equal_in_each_syntax(value in map(value())) {
            let mut toml = String::new();
            toml_table(&value, &mut Vec::new(), &mut toml);
            prop_assert_eq!(sorted(&read(Syntax::Toml, &toml)), sorted(&value), "{}", toml);
            let yaml = yaml(&value);
            prop_assert_eq!(&read(Syntax::Yaml, &yaml), &value, "{}", yaml);
            if is_finite(&value) {
                let json = json(&value);
                prop_assert_eq!(&read(Syntax::Json, &json), &value, "{}", json);
            }
        }
    }

    #[test]
    fn a_number_that_is_none_is_written_as_each_syntax_has_it() {
        let value = Value::map([("not", Value::Float(f64::NAN))]);
        assert_eq!(yaml(&value), "not: .nan\n");
        assert_eq!(json(&value), "{\n  \"not\": null\n}\n");
        let mut toml = String::new();
        toml_table(&value, &mut Vec::new(), &mut toml);
        assert_eq!(toml, "not = nan\n");
        assert_eq!(yaml(&Value::Null), "null\n");
    }

    #[test]
    fn credentials_are_covered_in_all_three() {
        let secrets = Value::map([("token", Value::from("hunter2"))]);
        let covered = without_secrets(&Value::map([("credentials", secrets)]));
        let shown = covered
            .get("credentials")
            .and_then(|found| found.get("token"));
        assert_eq!(shown, Some(&Value::from("***")));
    }

    #[test]
    fn addresses_are_shown_without_what_opens_them() {
        for (address, shown) in [
            ("postgres://me:pw@db/logs", "postgres://***@db/logs"),
            ("https://host/in?api_key=s3cret", "https://host/in?***"),
            ("https://host/in", "https://host/in"),
            ("host=db password=pw", "***"),
        ] {
            assert_eq!(covered(address), shown);
        }
    }
}
