//! What the texts of a configuration must be.

use crate::config::fields::TextRule;
use crate::config::model::{CENTRALIZED_LAYER, Templates, TimeZoneSetting};
use crate::format::{FormatError, FormatKind, FormatSettings};

/// A template: right if a plain-text line can be made with it.
macro_rules! template {
    ($rule:ident, $name:ident, $allowed:literal) => {
        pub(crate) static $rule: TextRule = TextRule {
            check: |text| {
                let mut settings = FormatSettings::new(FormatKind::PlainText);
                settings.templates = Templates {
                    $name: Some(text.to_owned()),
                    ..Templates::default()
                };
                binds(text, &settings)
            },
            allowed: $allowed,
            pattern: Some("^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$"),
            secret: false,
        };
    };
}

template!(
    DATE_FORMAT,
    date_format,
    "a strftime template, like %Y-%m-%d"
);
template!(
    TIME_FORMAT,
    time_format,
    "a strftime template, like %H:%M:%S"
);
template!(
    NAME_FORMAT,
    logger_name_format,
    "a template, like [{name}] or %(name)s"
);
template!(
    MESSAGE_FORMAT,
    message_format,
    "a template, like \"{level}: {message}\""
);

/// A word of syslog's header: printable ASCII of a limited length (RFC 5424, section 6).
macro_rules! header_word {
    ($rule:ident, $longest:literal, $allowed:literal, $pattern:literal) => {
        pub(crate) static $rule: TextRule = TextRule {
            check: |text| {
                let printable = text.bytes().all(|b| b.is_ascii_graphic());
                let short = (1..=$longest).contains(&text.len());
                told(
                    printable && short,
                    "not a word that a syslog header can hold",
                )
            },
            allowed: $allowed,
            pattern: Some($pattern),
            secret: false,
        };
    };
}

header_word!(
    APP_NAME,
    48,
    "1 to 48 printable ASCII characters without spaces",
    "^[!-~]{1,48}$"
);
header_word!(
    HOST_NAME,
    255,
    "1 to 255 printable ASCII characters without spaces",
    "^[!-~]{1,255}$"
);

pub(crate) static STRUCTURED_DATA_ID: TextRule = TextRule {
    check: |text| {
        let mut settings = FormatSettings::new(FormatKind::Syslog);
        settings.structured_data_id = Some(text.to_owned());
        binds(text, &settings)
    },
    allowed: "a name, @ and a private enterprise number, like fields@32473",
    pattern: Some(
        "^(?!hydra@)(?=.{3,32}$)[!#-$&-<>-?A-\\\\^-~]+@(?=[0-9.]{1,26}$)[0-9]+([.][0-9]+)*$",
    ),
    secret: false,
};

pub(crate) static ZONE: TextRule = TextRule {
    check: |text| {
        let zone: Option<TimeZoneSetting> = text.parse().ok();
        match zone {
            Some(zone) if text.trim() == text => {
                let mut settings = FormatSettings::new(FormatKind::PlainText);
                settings.time_zone = Some(zone);
                binds(text, &settings)
            }
            _ => Err("not a time zone".to_owned()),
        }
    },
    allowed: "local, utc, a distance like \"+02:00\", a name like Europe/Vienna",
    pattern: Some(
        "^([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    ),
    secret: false,
};

pub(crate) static PATH: TextRule = TextRule {
    check: |text| {
        let file = !text.trim().is_empty() && !text.contains('\0') && !text.ends_with('/');
        told(file, "not the path of a file")
    },
    allowed: "the path of a file, like logs/app.log",
    pattern: Some("^(?=[\\s\\S]*\\S)[^\\u0000]*[^\\u0000/]$"),
    secret: false,
};

pub(crate) static DIRECTORY: TextRule = TextRule {
    check: |text| {
        let named = !text.trim().is_empty() && !text.contains('\0');
        told(named, "not the path of a directory")
    },
    allowed: "the path of a directory, like /var/lib/myapp",
    pattern: Some("^(?=[\\s\\S]*\\S)[^\\u0000]*$"),
    secret: false,
};

pub(crate) static VARIABLE_NAME: TextRule = TextRule {
    check: |text| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let named = text.bytes().all(fits) && !text.starts_with(|c: char| c.is_ascii_digit());
        told(
            named && (1..=128).contains(&text.len()),
            "not the name of an environment variable",
        )
    },
    allowed: "the name of an environment variable, like HYDRA_REDACTION_KEY: never the key itself",
    pattern: Some("^[A-Za-z_][A-Za-z0-9_]{0,127}$"),
    // What stands here by mistake may be the key.
    secret: true,
};

pub(crate) static HTTP_URL: TextRule = TextRule {
    check: |text| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let address = |rest: &str| !rest.is_empty() && !rest.contains(char::is_whitespace);
        told(
            rest.is_some_and(address),
            "not the address of an HTTP server",
        )
    },
    allowed: "an address that begins with http:// or https://",
    pattern: Some("^https?://[^\\s]+$"),
    secret: true,
};

pub(crate) static ADDRESS: TextRule = TextRule {
    check: |text| told(!text.trim().is_empty(), "an address cannot be empty"),
    allowed: "text, like nats://host:4222",
    pattern: Some("\\S"),
    secret: true,
};

pub(crate) static CREDENTIAL: TextRule = TextRule {
    check: |_| Ok(()),
    allowed: "text",
    pattern: None,
    secret: true,
};

fn told(right: bool, wrong: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(wrong.to_owned()) }
}

/// Whether a line can be made with these settings, of which `text` is the one in question.
fn binds(text: &str, settings: &FormatSettings) -> Result<(), String> {
    if text.contains(|c: char| c.is_ascii_control() && c != '\t') {
        return Err("holds a control character, and one record is one line".to_owned());
    }
    settings.bind("APP").map(drop).map_err(|error| match error {
        // Without what the problem says anyway: the text that was found.
        FormatError::Template { at, known, .. } => format!(
            "no placeholder is written {at:?}; the placeholders are {}",
            known.join(", ")
        ),
        FormatError::Time { longest, .. } => {
            format!("not a strftime template whose text has at most {longest} bytes")
        }
        FormatError::TwoFractions { .. } => {
            "%f, the fraction of the second, may stand only once".to_owned()
        }
        FormatError::TimeZone { .. } => "not a time zone that this machine knows".to_owned(),
        other => other.to_string(),
    })
}

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
