//! TOML: the keys of a table, then the tables in it.

use super::json::{write_json, write_text};
use crate::config::Value;

/// The keys of a table, then the tables in it under their headings.
pub(super) fn toml_table(value: &Value, path: &mut Vec<String>, out: &mut String) {
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
