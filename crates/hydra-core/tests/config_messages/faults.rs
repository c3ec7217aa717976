//! Configurations of which each has one kind of fault.

use std::fmt::Write as _;

use hydra_core::config::Syntax::{self, Json, Toml, Yaml};

/// Whether the JSON Schema finds the fault as well.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Schema {
    Finds,
    /// A schema cannot say it, or the text has no tree to check.
    Cannot,
}
use Schema::{Cannot, Finds};

/// The text of a configuration with these keys in the one destination of layer APP.
fn destination(keys: &str) -> String {
    format!("layers:\n  APP:\n    destinations:\n      - {{{keys}}}\n")
}

/// The same for a file.
fn file(keys: &str) -> String {
    destination(&format!("type: file, path: a.log, {keys}"))
}

/// A configuration with a fault.
pub(crate) struct Bad {
    pub(crate) name: &'static str,
    pub(crate) syntax: Syntax,
    pub(crate) text: String,
    pub(crate) schema: Schema,
}

fn bad(name: &'static str, syntax: Syntax, text: impl Into<String>, schema: Schema) -> Bad {
    Bad {
        name,
        syntax,
        text: text.into(),
        schema,
    }
}

fn redactions() -> Vec<Bad> {
    let redaction = |name, keys: &str, schema| {
        let text = format!("redaction:\n  {}\n", keys.replace('|', "\n  "));
        bad(name, Yaml, text, schema)
    };
    vec![
        redaction(
            "a pattern looks around",
            "patterns:|    badge: 'B(?=7)'",
            Cannot,
        ),
        redaction(
            "a pattern has a detector's name",
            "patterns:|    email: 'x+'",
            Cannot,
        ),
        redaction(
            "a pattern matches the empty text",
            "patterns:|    badge: '[0-9]*'",
            Cannot,
        ),
        redaction(
            "a detector is unknown, and a pattern is near",
            "patterns:|    badge: 'B[0-9]+'|detectors: [default, bagde]",
            Cannot,
        ),
        redaction("an action has no key", "actions:|    email: hash", Cannot),
        redaction(
            "a key stands where a variable's name does",
            "action: encrypt|key_variable: 'a secret!'",
            Finds,
        ),
        redaction("an action is unknown", "action: encode", Finds),
    ]
}

fn keys() -> Vec<Bad> {
    vec![
        bad("a key of the root is misspelt", Yaml, "layres: {}\n", Finds),
        bad(
            "a key of a layer is misspelt",
            Yaml,
            "layers:\n  APP:\n    destination: []\n",
            Finds,
        ),
        bad(
            "a key of a destination is misspelt",
            Yaml,
            file("max_sise: 5MB"),
            Finds,
        ),
        bad("a key of a layer at the root", Yaml, "level: INFO\n", Finds),
        bad(
            "a key stands twice",
            Yaml,
            "layers:\n  APP: {}\n  DB: {}\n  APP: {}\n",
            Cannot,
        ),
        bad(
            "a key stands twice in JSON",
            Json,
            "{\"source\": true, \"source\": false}",
            Cannot,
        ),
        bad(
            "a key stands twice in TOML",
            Toml,
            "source = true\nsource = false\n",
            Cannot,
        ),
        bad(
            "a key stands under two names",
            Yaml,
            "enable_performance: true\nenable_performance_monitoring: true\n",
            Cannot,
        ),
        bad("no type", Yaml, destination("path: a.log"), Finds),
        bad(
            "a file without a path",
            Yaml,
            destination("type: file"),
            Finds,
        ),
        bad(
            "an HTTP destination without its address",
            Yaml,
            destination("type: http"),
            Finds,
        ),
        bad(
            "an unknown option in extra",
            Yaml,
            file("extra: {force_flsh: true}"),
            Finds,
        ),
        bad("a reserved layer", Yaml, "layers:\n  __MINE__: {}\n", Finds),
        bad("a layer without a name", Yaml, "layers:\n  '': {}\n", Finds),
        bad(
            "a theme under a built-in name",
            Yaml,
            "themes:\n  dark: {error: red}\n",
            Finds,
        ),
    ]
}

fn durabilities() -> Vec<Bad> {
    vec![
        bad(
            "the durability of a layer is unknown",
            Yaml,
            "layers:\n  APP:\n    durability: forever\n",
            Finds,
        ),
        bad(
            "the durability of a destination is unknown",
            Yaml,
            file("durability: disk"),
            Finds,
        ),
    ]
}

fn words() -> Vec<Bad> {
    vec![
        bad("a level that is none", Yaml, "default_level: LOUD\n", Finds),
        bad(
            "a level that is misspelt",
            Yaml,
            "default_level: WARNNING\n",
            Finds,
        ),
        bad(
            "a level by a number that no level has",
            Yaml,
            "default_level: 25\n",
            Finds,
        ),
        bad("a level as a list", Yaml, "default_level: [INFO]\n", Finds),
        bad(
            "a format that is a matter of colour",
            Yaml,
            destination("type: console, format: colored"),
            Finds,
        ),
        bad(
            "a format that is misspelt",
            Yaml,
            file("format: jsno"),
            Finds,
        ),
        bad(
            "a colour mode as a switch",
            Yaml,
            file("color_mode: true"),
            Finds,
        ),
        bad(
            "a colour mode that is a format",
            Yaml,
            file("color_mode: json"),
            Finds,
        ),
        bad(
            "a type that does not exist",
            Yaml,
            destination("type: files, path: a.log"),
            Finds,
        ),
        bad(
            "a rotation that is a size",
            Yaml,
            file("rotate: 5MB"),
            Finds,
        ),
        bad(
            "a stream that is misspelt",
            Yaml,
            destination("type: console, stream: stdrr"),
            Finds,
        ),
        bad(
            "a cloud that is misspelt",
            Yaml,
            destination("type: cloud, service_type: azur"),
            Finds,
        ),
        bad(
            "a colour that is none",
            Yaml,
            "theme: {error: pinkish}\n",
            Finds,
        ),
        bad("a theme that is misspelt", Yaml, "theme: drak\n", Cannot),
        bad(
            "a preset that is misspelt",
            Yaml,
            "extends: prodution\n",
            Cannot,
        ),
        bad(
            "a file where a preset is named",
            Yaml,
            "extends: base.yaml\n",
            Cannot,
        ),
        bad(
            "a preset that is no name",
            Yaml,
            "extends: [production, 5]\n",
            Finds,
        ),
        bad("a switch in words", Yaml, "source: yes\n", Finds),
        bad("a switch as a number", Yaml, "enable_plugins: 1\n", Finds),
    ]
}

fn sizes_and_counts() -> Vec<Bad> {
    vec![
        bad(
            "a size with an unknown unit",
            Yaml,
            file("max_size: 5XB"),
            Finds,
        ),
        bad(
            "a size that is no size",
            Yaml,
            file("max_size: junk"),
            Finds,
        ),
        bad("a size below zero", Yaml, file("max_size: -5MB"), Finds),
        bad("a size of nothing", Yaml, file("max_size: 0"), Finds),
        bad("a size as a list", Yaml, file("max_size: [5MB]"), Finds),
        bad(
            "a size that overflows with its unit",
            Yaml,
            file("max_size: 99999999999TB"),
            Cannot,
        ),
        bad(
            "a size that overflows as a number",
            Json,
            "{\"max_message_size\": 99999999999999999999999}",
            Finds,
        ),
        bad("a count below zero", Yaml, file("backup_count: -3"), Finds),
        bad(
            "a count that is too large",
            Toml,
            "[[layers.APP.destinations]]\ntype = \"file\"\npath = \"a.log\"\n\
             backup_count = 9999999999\n",
            Finds,
        ),
        bad(
            "a count with a fraction",
            Json,
            "{\"layers\": {\"APP\": {\"destinations\": [\n  \
             {\"type\": \"file\", \"path\": \"a.log\", \"backup_count\": 2.5}\n]}}}",
            Finds,
        ),
        bad(
            "no connections",
            Yaml,
            destination("type: http, url: 'http://h', max_connections: 0"),
            Finds,
        ),
        bad(
            "more digits than a nanosecond has",
            Yaml,
            "subsecond_digits: 12\n",
            Finds,
        ),
        bad(
            "a duration with an unknown unit",
            Yaml,
            "flush_interval: 5 weeks\n",
            Finds,
        ),
        bad(
            "a duration below zero",
            Yaml,
            "flush_interval: -1.5\n",
            Finds,
        ),
        bad(
            "a duration that is too long",
            Yaml,
            "flush_interval: 99999999d\n",
            Cannot,
        ),
        bad(
            "a duration as a switch",
            Yaml,
            "flush_interval: false\n",
            Finds,
        ),
    ]
}

fn texts() -> Vec<Bad> {
    vec![
        bad(
            "a blank path",
            Yaml,
            destination("type: file, path: ' '"),
            Finds,
        ),
        bad(
            "the path of a directory",
            Yaml,
            destination("type: file, path: logs/"),
            Finds,
        ),
        bad(
            "a path that is a number",
            Yaml,
            destination("type: file, path: 5"),
            Finds,
        ),
        bad(
            "a time zone that is none",
            Yaml,
            "time_zone: +25:00\n",
            Finds,
        ),
        bad(
            "a template of two lines",
            Yaml,
            "message_format: \"{level}\\n{message}\"\n",
            Finds,
        ),
        bad(
            "a template with an unknown placeholder",
            Yaml,
            file("message_format: '{levle}: {message}'"),
            Cannot,
        ),
        bad(
            "a date's template that is none",
            Yaml,
            "date_format: '%Y-%!'\n",
            Cannot,
        ),
        bad(
            "a time zone that nobody knows",
            Yaml,
            "time_zone: Europe/Atlantis\n",
            Cannot,
        ),
        bad(
            "permissions that are not octal",
            Yaml,
            file("mode: '0689'"),
            Finds,
        ),
        bad(
            "permissions as a decimal number",
            Json,
            "{\"layers\": {\"APP\": {\"destinations\": [{\"type\": \"file\", \"path\": \"a.log\", \"mode\": 640}]}}}",
            Finds,
        ),
        bad(
            "permissions beyond those of a file",
            Yaml,
            file("mode: '7777'"),
            Finds,
        ),
        bad(
            "an address that is none, and holds a password",
            Yaml,
            destination("type: http, url: 'ftp://me:hunter2@host'"),
            Finds,
        ),
        bad(
            "a credential that is a number",
            Yaml,
            destination("type: http, url: 'http://host', credentials: {pin: 4711}"),
            Finds,
        ),
    ]
}

fn shapes() -> Vec<Bad> {
    vec![
        bad("a root that is a list", Yaml, "- layers\n", Finds),
        bad("layers as a list", Yaml, "layers: [APP, DB]\n", Finds),
        bad(
            "a layer that is a level",
            Yaml,
            "layers:\n  APP: DEBUG\n",
            Finds,
        ),
        bad(
            "destinations as a map",
            Yaml,
            "layers:\n  APP:\n    destinations: {type: console}\n",
            Finds,
        ),
        bad(
            "a destination that is a word",
            Yaml,
            "layers:\n  APP:\n    destinations: [console]\n",
            Finds,
        ),
        bad(
            "credentials as text",
            Yaml,
            destination("type: http, url: 'http://h', credentials: hunter2"),
            Finds,
        ),
        bad("extra as a list", Yaml, file("extra: [force_flush]"), Finds),
        bad(
            "a date where text should be",
            Toml,
            "default_level = 1979-05-27\n",
            Finds,
        ),
        bad(
            "many faults at once",
            Yaml,
            "default_level: LOUD\nlayers:\n  APP:\n    level: INFO\n    destinations:\n      \
             - type: console\n        format: txt\n      - type: file\n        path: app.log\n        \
             max_size: 5XB\n        backup_count: -1\n  __X__:\n    levle: DEBUG\ncolour: true\n",
            Finds,
        ),
    ]
}

fn syntax() -> Vec<Bad> {
    let deep = format!("layers: {}{}\n", "[".repeat(40), "]".repeat(40));
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, next) in ["ab", "bc", "cd", "de", "ef", "fg"].map(|pair| pair.split_at(1)) {
        let aliases = vec![format!("*{one}"); 10].join(", ");
        writeln!(laughs, "{next}: &{next} [{aliases}]").unwrap();
    }
    vec![
        bad(
            "an included file that is not there",
            Yaml,
            "\ninclude: no/such.yaml\n",
            Cannot,
        ),
        bad(
            "YAML that is not closed",
            Yaml,
            "layers: {APP: {level: INFO}\n",
            Cannot,
        ),
        bad("YAML with a tab", Yaml, "layers:\n\tAPP: {}\n", Cannot),
        bad(
            "YAML with two documents",
            Yaml,
            "source: true\n---\nsource: false\n",
            Cannot,
        ),
        bad(
            "YAML with a foreign tag",
            Yaml,
            "source: !python/object x\n",
            Cannot,
        ),
        bad("YAML with a list as a key", Yaml, "? [a, b]\n: c\n", Cannot),
        bad(
            "YAML with an unknown alias",
            Yaml,
            "layers: *none\n",
            Cannot,
        ),
        bad(
            "YAML with an alias within itself",
            Yaml,
            "layers: &a [*a]\n",
            Cannot,
        ),
        bad(
            "YAML with a merge of no map",
            Yaml,
            "layers:\n  <<: APP\n",
            Cannot,
        ),
        bad("YAML that is nested too deeply", Yaml, deep, Cannot),
        bad("YAML whose aliases explode", Yaml, laughs, Cannot),
        bad(
            "TOML that is not closed",
            Toml,
            "[layers.APP\nlevel = \"INFO\"\n",
            Cannot,
        ),
        bad("TOML without a value", Toml, "source =\n", Cannot),
        bad(
            "JSON with a comma too many",
            Json,
            "{\"source\": true,}",
            Cannot,
        ),
        bad("JSON in single quotes", Json, "{'source': true}", Cannot),
        bad(
            "JSON that ends early",
            Json,
            "{\"layers\": {\"APP\": ",
            Cannot,
        ),
    ]
}

/// Every one.
pub(crate) fn all() -> Vec<Bad> {
    let kinds = [
        keys(),
        redactions(),
        durabilities(),
        words(),
        sizes_and_counts(),
        texts(),
        shapes(),
        syntax(),
    ];
    kinds.into_iter().flatten().collect()
}
