//! A configuration as text: JSON, YAML, TOML. Secrets are left out of all three.

mod json;
mod toml;
mod yaml;

pub(crate) use self::json::json;
use self::toml::toml_table;
pub(crate) use self::yaml::yaml;
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
