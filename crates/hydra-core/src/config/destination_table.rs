//! The keys of a destination.

use crate::Level;
use crate::config::draft::Draft;
use crate::config::fields::{Field, Kind, Limit};
use crate::config::table::{
    digits_value, durability, duration_value, guaranteed_levels, level_value, levels_value,
    size_value, subsecond_digits, template, text_value, time_zone, zone_value,
};
use crate::config::words::{
    COLOR_MODES, DURABILITIES, FACILITIES, FORMATS, ROTATIONS, SERVICES, STREAMS, TYPES,
};
use crate::config::{Durability, Rotate, Stream, Value, decode, redaction, rules, schema};
use crate::format::{ColorMode, Facility, FormatKind};

/// A number of a network destination.
macro_rules! number {
    ($name:ident, $min:literal, $max:literal, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Count {
                min: $min,
                max: $max,
                set: |draft: &mut Draft, n| draft.$name = Some(n),
            },
            get: |draft| draft.$name.map_or(Value::Null, |n| Value::Int(n.into())),
        }
    };
}

/// A duration.
macro_rules! duration {
    ($name:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Duration(|draft: &mut Draft, duration| draft.$name = Some(duration)),
            get: |draft| duration_value(draft.$name),
        }
    };
}

/// A switch.
macro_rules! switch {
    ($name:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Switch(|draft: &mut Draft, on| draft.$name = Some(on)),
            get: |draft| draft.$name.map_or(Value::Null, Value::from),
        }
    };
}

/// A word that stands for a choice of `$type`.
macro_rules! word {
    ($name:ident, $words:ident, $type:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Word {
                words: &$words,
                set: |draft: &mut Draft, i, _| draft.$name = Some($type::ALL[i]),
            },
            get: |draft| draft.$name.map_or(Value::Null, |word| word.name().into()),
        }
    };
}

/// A text that is stored as it is.
macro_rules! text {
    ($name:ident, $rule:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Text {
                rule: &rules::$rule,
                set: |draft: &mut Draft, text| draft.$name = Some(text.to_owned()),
            },
            get: |draft| text_value(draft.$name.as_ref()),
        }
    };
}

/// The keys of a destination.
pub(crate) static DESTINATION: &[Field<Draft>] = &[
    Field {
        name: "type",
        alias: None,
        doc: "What it is: console, file, async_http (http), async_database (database), \
              async_queue (queue) or async_cloud (cloud).",
        kind: Kind::Word {
            words: &TYPES,
            set: |draft, i, _| draft.kind = Some(i),
        },
        get: |draft| draft.kind.map_or(Value::Null, |i| TYPES.names[i].into()),
    },
    Field {
        name: "level",
        alias: None,
        doc: "What it takes of what its layer lets through. Default: all of it.",
        kind: Kind::Level(|draft, level| draft.level = Some(level)),
        get: |draft| level_value(draft.level),
    },
    Field {
        name: "format",
        alias: None,
        doc: "The layout of a line. plain is plain-text with color_mode never. Default: \
              plain-text.",
        kind: Kind::Word {
            words: &FORMATS,
            set: |draft, i, word| {
                draft.format = Some(FormatKind::ALL[i]);
                draft.plain = word.eq_ignore_ascii_case("plain");
            },
        },
        get: |draft| {
            draft
                .format
                .map_or(Value::Null, |format| format.name().into())
        },
    },
    word!(
        color_mode,
        COLOR_MODES,
        ColorMode,
        "When lines are coloured. Default: auto for a console, never for all else."
    ),
    template!(
        date_format,
        DATE_FORMAT,
        "As at the root, for this destination."
    ),
    template!(
        time_format,
        TIME_FORMAT,
        "As at the root, for this destination."
    ),
    template!(
        logger_name_format,
        NAME_FORMAT,
        "As at the root, for this destination."
    ),
    template!(
        message_format,
        MESSAGE_FORMAT,
        "As at the root, for this destination."
    ),
    subsecond_digits!("As at the root, for this destination."),
    time_zone!("As at the root, for this destination."),
    word!(
        facility,
        FACILITIES,
        Facility,
        "Syslog: the facility. Default: user."
    ),
    text!(
        app_name,
        APP_NAME,
        "Syslog: the program's name. Default: the file name of the running program."
    ),
    text!(
        host_name,
        HOST_NAME,
        "Syslog and GELF: the host. Default: the machine's name."
    ),
    text!(
        structured_data_id,
        STRUCTURED_DATA_ID,
        "Syslog: the name of the element that holds the fields. Default: fields@32473."
    ),
    Field {
        name: "redaction",
        alias: None,
        doc: "What is redacted here beside what is redacted everywhere.",
        kind: Kind::Other {
            schema: schema::redaction,
            read: |draft, node, cx| draft.redaction = Some(redaction::read(node, cx)),
        },
        get: |draft| redaction::redaction_value(draft.redaction.as_ref()),
    },
    word!(
        stream,
        STREAMS,
        Stream,
        "Console: stdout, stderr, or split by level. Default: stderr, so that a log line \
         is never taken for the program's result."
    ),
    Field {
        name: "split_level",
        alias: None,
        doc: "Console with stream: split: from this level on, stderr. Default: WARNING.",
        kind: Kind::Level(|draft: &mut Draft, level: Level| draft.split_level = Some(level)),
        get: |draft| level_value(draft.split_level),
    },
    text!(path, PATH, "File: where; directories are created."),
    Field {
        name: "max_size",
        alias: None,
        doc: "File: rotated before it grows beyond this, or unlimited. Default: 5MB.",
        kind: Kind::Size {
            unlimited: true,
            set: |draft, size| draft.max_size = Some(size),
        },
        get: |draft| match draft.max_size {
            Some(Limit::Unlimited) => "unlimited".into(),
            Some(Limit::Bytes(size)) => size_value(Some(size)),
            None => Value::Null,
        },
    },
    number!(
        backup_count,
        0,
        100_000,
        "File: rotated files that are kept. Default: 3."
    ),
    word!(
        rotate,
        ROTATIONS,
        Rotate,
        "File: rotated by time too: never, daily or hourly. Default: never."
    ),
    duration!(
        max_age,
        "File: rotated files older than this are removed. Default: none is."
    ),
    switch!(
        compress,
        "File: whether rotated files are compressed with gzip. Default: false."
    ),
    Field {
        name: "mode",
        alias: None,
        doc: "File: its permissions, in octal digits as chmod has them. Default: \"0640\".",
        kind: Kind::Other {
            schema: schema::mode,
            read: decode::mode,
        },
        get: |draft| {
            draft
                .mode
                .map_or(Value::Null, |mode| format!("{mode:04o}").into())
        },
    },
    Field {
        name: "buffer_size",
        alias: None,
        doc: "File: the size of its buffer. Default: as at the root.",
        kind: Kind::Size {
            unlimited: false,
            set: |draft, size| draft.buffer_size = size.bytes(),
        },
        get: |draft| size_value(draft.buffer_size),
    },
    duration!(
        flush_interval,
        "File: the longest time that a record rests in the buffer. Default: as at the root."
    ),
    switch!(
        audit,
        "File: whether its lines are chained and signed, so that hydra verify proves that none \
         was changed. It is never buffered; old files go by retention alone. Default: false."
    ),
    text!(
        audit_key,
        PATH,
        "File with audit: the private key that signs, a PEM file, made when it is missing. Default: \
         the file audit.key beside it."
    ),
    number!(
        checkpoint_every,
        1,
        1_000_000,
        "File with audit: records between two signatures, at most. Default: 1000."
    ),
    duration!(
        checkpoint_interval,
        "File with audit: how long a record waits for a signature, at most. Default: 60s."
    ),
    switch!(
        fsync,
        "File with audit: whether each record is on the disk when the call returns. Default: \
         false."
    ),
    duration!(
        retention,
        "File with audit: how long rotated files are kept. Default: none is removed."
    ),
    text!(url, HTTP_URL, "async_http: where it sends."),
    text!(connection_string, ADDRESS, "async_database: the database."),
    text!(queue_url, ADDRESS, "async_queue: the message queue."),
    Field {
        name: "service_type",
        alias: None,
        doc: "async_cloud: aws, gcp or azure.",
        kind: Kind::Word {
            words: &SERVICES,
            set: |draft, i, _| draft.service_type = Some(SERVICES.names[i].to_owned()),
        },
        get: |draft| text_value(draft.service_type.as_ref()),
    },
    Field {
        name: "credentials",
        alias: None,
        doc: "Network: user names, passwords, tokens. No message ever shows them.",
        kind: Kind::Other {
            schema: schema::credentials,
            read: decode::credentials,
        },
        get: |draft| {
            let text = |(key, secret): (&String, &crate::config::Secret)| {
                (key.clone(), Value::from(secret.reveal()))
            };
            if draft.credentials.is_empty() {
                return Value::Null;
            }
            Value::Map(draft.credentials.iter().map(text).collect())
        },
    },
    number!(
        retry_count,
        0,
        1_000_000,
        "Network: how often a failed delivery is tried again. Default: 3."
    ),
    duration!(retry_delay, "Network: the pause before that. Default: 1s."),
    duration!(
        timeout,
        "Network: the time limit of one delivery. Default: 30s."
    ),
    number!(
        max_connections,
        1,
        100_000,
        "Network: connections at a time. Default: 10."
    ),
    guaranteed_levels!(
        "The levels of which no record is dropped here when the queue is full, beside those of the \
         layer. Default: none."
    ),
    durability!(
        "What records survive on their way here in an asynchronous logger: memory, process, power. \
         Default: as in the layer."
    ),
    Field {
        name: "extra",
        alias: None,
        doc: "Options of the handler. All types: force_flush, force_sync_io.",
        kind: Kind::Other {
            schema: schema::extra,
            read: decode::extra,
        },
        get: decode::extra_value,
    },
];

/// The keys of `extra` that every type knows.
pub(crate) static EXTRA: &[Field<Draft>] = &[
    Field {
        name: "force_flush",
        alias: None,
        doc: "Flush after each record. Default: false.",
        kind: Kind::Switch(|draft, on| draft.force_flush = on),
        get: |draft| draft.force_flush.into(),
    },
    Field {
        name: "force_sync_io",
        alias: None,
        doc: "Deliver before the call returns, past any queue. Default: false.",
        kind: Kind::Switch(|draft, on| draft.force_sync_io = on),
        get: |draft| draft.force_sync_io.into(),
    },
];
