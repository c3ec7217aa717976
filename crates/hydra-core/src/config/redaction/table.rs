//! The keys of `redaction`, and how they are read.

use hydra_protect::Redactor;

use super::{ActionWord, RedactionConfig};
use crate::config::cx::Cx;
use crate::config::error::ProblemKind;
use crate::config::fields::{Field, Kind, read_map, word};
use crate::config::tree::{Data, Mark, Node};
use crate::config::words::{REDACTION_ACTIONS, nearest};
use crate::config::{Value, rules, schema};

/// A list of texts.
macro_rules! texts {
    ($name:ident, $doc:literal) => {
        Field {
            name: stringify!($name),
            alias: None,
            doc: $doc,
            kind: Kind::Other {
                schema: schema::texts,
                read: |redaction: &mut RedactionConfig, node, cx| {
                    redaction.$name = texts(node, cx);
                },
            },
            get: |redaction| {
                let texts = redaction.$name.iter();
                Value::List(texts.map(|text| text.clone().into()).collect())
            },
        }
    };
}

/// The keys of `redaction`.
pub(crate) static REDACTION: &[Field<RedactionConfig>] = &[
    texts!(
        detectors,
        "The names of detectors: default for those that are on unless said otherwise, a name \
         for one more, a name with - before it for one less. Default: default."
    ),
    Field {
        name: "action",
        alias: None,
        doc: "What stands in place of what was found: replace ([REDACTED:KIND]), mask (the last \
              four characters stay), remove, hash (keyed, equal for equal values) or encrypt. \
              Default: replace.",
        kind: Kind::Word {
            words: &REDACTION_ACTIONS,
            set: |redaction: &mut RedactionConfig, i, _| redaction.action = ActionWord::ALL[i],
        },
        get: |redaction| redaction.action.name().into(),
    },
    Field {
        name: "actions",
        alias: None,
        doc: "The same by detector, where it differs.",
        kind: Kind::Other {
            schema: schema::redaction_actions,
            read: actions,
        },
        get: |redaction| {
            let entries = redaction.actions.iter();
            Value::map(entries.map(|(name, action)| (name.clone(), action.name().into())))
        },
    },
    Field {
        name: "patterns",
        alias: None,
        doc: "Detectors of your own: names, and regular expressions in the syntax of the crate \
              regex, which match in linear time.",
        kind: Kind::Other {
            schema: schema::map_of_texts,
            read: patterns,
        },
        get: |redaction| {
            let entries = redaction.patterns.iter();
            Value::map(entries.map(|(name, pattern)| (name.clone(), pattern.clone().into())))
        },
    },
    texts!(
        sensitive_keys,
        "Names of fields whose values are redacted whole, beside those that are known."
    ),
    texts!(
        allowed_keys,
        "Names of fields that are known, and whose values are not redacted for it."
    ),
    texts!(allow, "Texts that are never redacted, each as it stands."),
    Field {
        name: "key_variable",
        alias: None,
        doc: "The environment variable that holds the key for hash and encrypt, at least 16 bytes.",
        kind: Kind::Text {
            rule: &rules::VARIABLE_NAME,
            set: |redaction, text| redaction.key_variable = Some(text.to_owned()),
        },
        get: |redaction| crate::config::table::text_value(redaction.key_variable.as_ref()),
    },
    Field {
        name: "decode_base64",
        alias: None,
        doc: "Whether base64 is decoded, one level deep, and what is found in it redacted. \
              Default: false.",
        kind: Kind::Switch(|redaction, on| redaction.decode_base64 = on),
        get: |redaction| redaction.decode_base64.into(),
    },
];

pub(crate) fn redaction_value(redaction: Option<&RedactionConfig>) -> Value {
    redaction.map_or(Value::Null, |redaction| {
        crate::config::print::map(REDACTION, redaction, &RedactionConfig::default())
    })
}

/// The texts of a list; what is none is a problem.
fn texts(node: &Node, cx: &mut Cx<'_>) -> Vec<String> {
    let Data::List(items) = &node.data else {
        cx.wrong_type(node, "a list of texts", "texts in a list");
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        cx.at_item(index, |cx| match &item.data {
            Data::Text(text) => found.push(text.clone()),
            _ => {
                cx.wrong_type(item, "text", "texts in a list");
            }
        });
    }
    found
}

fn actions(redaction: &mut RedactionConfig, node: &Node, cx: &mut Cx<'_>) {
    let Data::Map(entries) = &node.data else {
        cx.wrong_type(
            node,
            "a map of detectors and actions",
            &REDACTION_ACTIONS.list(),
        );
        return;
    };
    for entry in entries {
        cx.at_key(entry, |cx| {
            if let Some((index, _)) = word(&entry.value, &REDACTION_ACTIONS, cx) {
                let action = ActionWord::ALL[index];
                redaction.actions.insert(entry.key.clone(), action);
            }
        });
    }
}

fn patterns(redaction: &mut RedactionConfig, node: &Node, cx: &mut Cx<'_>) {
    const ALLOWED: &str = "a regular expression in the syntax of the crate regex";
    let Data::Map(entries) = &node.data else {
        cx.wrong_type(node, "a map of names and regular expressions", ALLOWED);
        return;
    };
    for entry in entries {
        cx.at_key(entry, |cx| {
            let Data::Text(pattern) = &entry.value.data else {
                cx.wrong_type(&entry.value, "text", ALLOWED);
                return;
            };
            match Redactor::builder().custom(&entry.key, pattern).build() {
                Ok(_) => {
                    redaction
                        .patterns
                        .insert(entry.key.clone(), pattern.clone());
                }
                Err(error) => {
                    cx.wrong_value(&entry.value, error.to_string(), ALLOWED.to_owned());
                }
            }
        });
    }
}

/// The map `redaction`, wherever it stands.
pub(crate) fn read(node: &Node, cx: &mut Cx<'_>) -> RedactionConfig {
    let mut redaction = RedactionConfig::default();
    read_map(REDACTION, "redaction", &mut redaction, node, cx);
    // An action, or the list of detectors, may name a pattern of the same map: they are held against
    // it when all is read.
    for list in node.get("detectors").into_iter().filter_map(Node::items) {
        for (index, item) in list.iter().enumerate() {
            if let Data::Text(name) = &item.data {
                let name = name.strip_prefix('-').unwrap_or(name);
                let at = format!("detectors[{index}]");
                known_detector(name, &redaction, item.mark, &at, cx);
            }
        }
    }
    for entry in node.get("actions").into_iter().flat_map(Node::entries) {
        let at = format!("actions.{}", entry.key);
        known_detector(&entry.key, &redaction, entry.mark, &at, cx);
    }
    if let (Some(action), None) = (redaction.keyed_action(), node.get("key_variable")) {
        let what = format!("the action {} needs a key", action.name());
        cx.problem(ProblemKind::Missing, node.mark, what).allow(
            "key_variable with the name of the environment variable that holds it".to_owned(),
        );
    }
    redaction
}

fn known_detector(name: &str, redaction: &RedactionConfig, mark: Mark, at: &str, cx: &mut Cx<'_>) {
    let names = hydra_protect::detectors().map(|detector| detector.name);
    let own = redaction.patterns.keys().map(String::as_str);
    let all: Vec<&str> = ["default", "all"]
        .into_iter()
        .chain(names)
        .chain(own)
        .collect();
    if all.contains(&name) {
        return;
    }
    let path = format!("{}.{at}", cx.path());
    cx.problem(
        ProblemKind::WrongValue,
        mark,
        "no detector has this name".to_owned(),
    )
    .at(path)
    .found(format!("{name:?}"))
    .allow(all.join(", "))
    .suggest(nearest(name, all.iter().copied()));
}
