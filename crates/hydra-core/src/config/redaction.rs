//! What is redacted, and what stands in its place: the key `redaction`.

use std::collections::BTreeMap;

use hydra_protect::{Action, Redactor, RuleError};

use crate::config::Value;
use crate::config::cx::Cx;
use crate::config::error::ProblemKind;
use crate::config::fields::{Field, Kind, read_map, word};
use crate::config::tree::{Data, Mark, Node};
use crate::config::words::{REDACTION_ACTIONS, nearest};
use crate::config::{rules, schema};

/// What names the key in hashes and encrypted values.
const KEY_ID: &str = "k1";

/// The shortest key, in bytes: NIST SP 800-107 asks for 112 bits at least.
const SHORTEST_KEY: usize = 16;

/// What is redacted, and what stands in its place.
///
/// Whether anything is redacted at all, is [`Config::redact_sensitive`](crate::config::Config::redact_sensitive).
///
/// ```
/// use hydra_core::config::RedactionConfig;
/// let redaction = RedactionConfig {
///     sensitive_keys: vec!["badge_code".into()],
///     ..RedactionConfig::default()
/// };
/// let redactor = redaction.redactor()?;
/// assert_eq!(redactor.redact("badge_code=7731"), "badge_code=[REDACTED:SECRET]");
/// # Ok::<(), hydra_protect::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RedactionConfig {
    /// The names of detectors, `default` for those that are on unless said otherwise; one with a
    /// `-` before it is off. Empty: `default`.
    pub detectors: Vec<String>,
    /// What stands in place of what was found. Default: `[REDACTED:KIND]`.
    pub action: ActionWord,
    /// The same, for one detector.
    pub actions: BTreeMap<String, ActionWord>,
    /// Detectors of your own: names and regular expressions.
    pub patterns: BTreeMap<String, String>,
    /// Names of fields whose values are redacted whole, beside those that are known.
    pub sensitive_keys: Vec<String>,
    /// Names of fields that are known, and whose values are not redacted for it.
    pub allowed_keys: Vec<String>,
    /// Texts that are never redacted, each as it stands.
    pub allow: Vec<String>,
    /// The environment variable that holds the key for the actions `hash` and `encrypt`.
    pub key_variable: Option<String>,
    /// Whether base64 is decoded, one level deep, and what is found in it redacted. Default: no.
    pub decode_base64: bool,
}

/// What stands in place of what was found.
///
/// ```
/// assert_eq!(hydra_core::config::ActionWord::default().name(), "replace");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ActionWord {
    /// `replace`: `[REDACTED:EMAIL]`.
    #[default]
    Replace,
    /// `mask`: all but the last four characters.
    Mask,
    /// `remove`: nothing.
    Remove,
    /// `hash`: a keyed hash, equal for equal values.
    Hash,
    /// `encrypt`: what the key can show again.
    Encrypt,
}

impl ActionWord {
    /// Every choice.
    pub const ALL: [ActionWord; 5] = [
        ActionWord::Replace,
        ActionWord::Mask,
        ActionWord::Remove,
        ActionWord::Hash,
        ActionWord::Encrypt,
    ];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        REDACTION_ACTIONS.names[self as usize]
    }
}

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

impl RedactionConfig {
    /// The redactor that it describes.
    ///
    /// # Errors
    /// A detector that there is not, a pattern that is none, an action that needs a key where there
    /// is none.
    pub fn redactor(&self) -> Result<Redactor, RuleError> {
        let mut builder = Redactor::builder();
        for (name, pattern) in &self.patterns {
            builder = builder.custom(name, pattern);
        }
        if !self.detectors.is_empty() {
            builder = builder.detectors(self.detectors.iter().cloned());
        }
        for key in &self.sensitive_keys {
            builder = builder.sensitive_key(key);
        }
        for key in &self.allowed_keys {
            builder = builder.allowed_key(key);
        }
        for text in &self.allow {
            builder = builder.allow(text);
        }
        builder = builder.action(self.action.into());
        for (detector, action) in &self.actions {
            builder = builder.action_for(detector, (*action).into());
        }
        if let Some(key) = self.key()? {
            builder = builder.hash_key(KEY_ID, &key).encryption_key(KEY_ID, &key);
        }
        builder.decode_base64(self.decode_base64).build()
    }

    /// The first action that needs a key.
    fn keyed_action(&self) -> Option<ActionWord> {
        let keyed = |action: &ActionWord| matches!(action, ActionWord::Hash | ActionWord::Encrypt);
        let mut all = std::iter::once(self.action).chain(self.actions.values().copied());
        all.find(keyed)
    }

    /// The key, out of its environment variable, where an action needs one.
    fn key(&self) -> Result<Option<Vec<u8>>, RuleError> {
        let (Some(action), Some(name)) = (self.keyed_action(), &self.key_variable) else {
            return Ok(None);
        };
        let key = std::env::var_os(name)
            .unwrap_or_default()
            .into_encoded_bytes();
        let action = action.name();
        let wrong = match key.len() {
            0 => "is not set, or empty",
            1..SHORTEST_KEY => "holds less than 16 bytes",
            _ => return Ok(Some(key)),
        };
        Err(RuleError::Key {
            reason: format!(
                "the action {action} needs a key, and the environment variable {name} {wrong}: it must \
                 hold at least 16 bytes, best 32 random ones in hexadecimal digits"
            ),
        })
    }
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Action {
        match word {
            ActionWord::Replace => Action::Replace,
            ActionWord::Mask => Action::Mask { keep: 4 },
            ActionWord::Remove => Action::Remove,
            ActionWord::Hash => Action::Hash,
            ActionWord::Encrypt => Action::Encrypt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_action_takes_its_key_from_the_variable() {
        let by = |variable: &str| RedactionConfig {
            patterns: [("badge".to_owned(), r"B-\d{4}".to_owned())].into(),
            actions: [("badge".to_owned(), ActionWord::Hash)].into(),
            key_variable: Some(variable.to_owned()),
            ..RedactionConfig::default()
        };
        // Cargo sets this one for each test.
        let redactor = by("CARGO_MANIFEST_DIR").redactor().unwrap();
        let shown = redactor.redact("by B-1234").into_owned();
        assert!(shown.starts_with("by [BADGE:k1:"), "{shown}");
        let error = by("HYDRA_NOT_SET").redactor().unwrap_err().to_string();
        assert!(error.contains("HYDRA_NOT_SET is not set"), "{error}");
    }
}
