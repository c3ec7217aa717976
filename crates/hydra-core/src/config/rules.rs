//! What the texts of a configuration must be.

use crate::config::fields::TextRule;
use crate::config::model::{CENTRALIZED_LAYER, TimeZoneSetting};

pub(crate) static TEMPLATE: TextRule = TextRule {
    check: one_line,
    wrong: "a template cannot hold control characters: one record is one line",
    allowed: "text on one line",
    pattern: Some("^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$"),
    secret: false,
};

pub(crate) static ZONE: TextRule = TextRule {
    check: |text| text.trim() == text && text.parse::<TimeZoneSetting>().is_ok(),
    wrong: "not a time zone",
    allowed: "local, utc, a distance like \"+02:00\", a name like Europe/Vienna",
    pattern: Some(
        "^([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    ),
    secret: false,
};

pub(crate) static PATH: TextRule = TextRule {
    check: |text| !text.trim().is_empty() && !text.contains('\0') && !text.ends_with('/'),
    wrong: "not the path of a file",
    allowed: "the path of a file, like logs/app.log",
    pattern: Some("^[^\\u0000]*[^\\u0000/\\s][^\\u0000/]*$"),
    secret: false,
};

pub(crate) static HTTP_URL: TextRule = TextRule {
    check: |text| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    },
    wrong: "not the address of an HTTP server",
    allowed: "an address that begins with http:// or https://",
    pattern: Some("^https?://[^\\s]+$"),
    secret: true,
};

pub(crate) static ADDRESS: TextRule = TextRule {
    check: |text| !text.trim().is_empty(),
    wrong: "an address cannot be empty",
    allowed: "text, like nats://host:4222",
    pattern: Some("\\S"),
    secret: true,
};

pub(crate) static CREDENTIAL: TextRule = TextRule {
    check: |_| true,
    wrong: "not text",
    allowed: "text",
    pattern: None,
    secret: true,
};

/// As [`layer_name`] has it, for the schema.
pub(crate) const LAYER_NAME_PATTERN: &str =
    "^(?!__.*__$)[^\\u0000-\\u001F\\u007F]{1,255}$|^__CENTRALIZED__$";

/// What is wrong with a layer's name, if anything is.
pub(crate) fn layer_name(name: &str) -> Option<&'static str> {
    if name == CENTRALIZED_LAYER {
        None
    } else if name.is_empty() {
        Some("a layer's name cannot be empty")
    } else if name.chars().count() > 255 {
        Some("a layer's name has at most 255 characters")
    } else if name.contains(|c: char| c.is_ascii_control()) {
        Some("a layer's name cannot hold control characters")
    } else if name.len() >= 4 && name.starts_with("__") && name.ends_with("__") {
        Some("layer names of the form __X__ are reserved, except __CENTRALIZED__")
    } else {
        None
    }
}

fn one_line(text: &str) -> bool {
    !text.contains(|c: char| c.is_ascii_control() && c != '\t')
}
