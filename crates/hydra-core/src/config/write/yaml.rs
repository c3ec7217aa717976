//! YAML in block style.

use super::json::{write_json, write_text};
use super::without_secrets;
use crate::config::Value;

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
