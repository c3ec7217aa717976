//! What holds for every configuration, tree and text.

use std::collections::{BTreeMap, BTreeSet};

use hydra_core::config::{Syntax, Value, load_text, load_value, merge_values, presets};
use proptest::prelude::*;

use super::VALIDATOR;
use super::made::{config, tree};

proptest! {
    #[test]
    fn a_printed_configuration_reads_back_equal(config in config()) {
        prop_assert_eq!(&load_value(&config.to_value()).unwrap().config, &config);
        for (text, syntax) in [
            (config.to_yaml(), Syntax::Yaml),
            (config.to_toml(), Syntax::Toml),
            (config.to_json(), Syntax::Json),
        ] {
            match load_text(&text, syntax) {
                Ok(loaded) => prop_assert_eq!(&loaded.config, &config, "{}", text),
                Err(error) => prop_assert!(false, "{error}\n{text}"),
            }
        }
    }

    #[test]
    fn what_the_decoder_prints_the_schema_takes(config in config()) {
        let tree: serde_json::Value = serde_json::from_str(&config.to_json()).unwrap();
        let errors: Vec<_> = VALIDATOR.iter_errors(&tree).collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn no_tree_panics_and_what_is_taken_prints_and_reads_back(tree in tree()) {
        if let Ok(loaded) = load_value(&tree) {
            prop_assert_eq!(&load_value(&loaded.config.to_value()).unwrap().config, &loaded.config);
        }
    }

    #[test]
    fn no_text_panics(text in "(layers|APP|[a-c]|: |\n|  |- |&a |\\*a|<<|\\[|\\]|\\{|\\}|\"|'|5|!|#|,|=|\t|ä){0,40}") {
        for syntax in [Syntax::Yaml, Syntax::Toml, Syntax::Json] {
            let _ = load_text(&text, syntax);
        }
    }

    /// A preset with a few characters cut out, doubled or put elsewhere: nearly a configuration.
    #[test]
    fn no_damaged_preset_panics(
        preset in 0..10_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, 0..4_u8), 1..5),
    ) {
        let mut text: Vec<char> = presets::list()[preset].text().chars().collect();
        for (at, length, how) in damage {
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            let piece: Vec<char> = text[start..end].to_vec();
            match how {
                0 => drop(text.drain(start..end)),
                1 => drop(text.splice(start..start, piece)),
                2 => text.extend(piece),
                _ => drop(text.splice(start..end, "\t*&{[: -".chars().skip(length % 8).take(1))),
            }
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = load_text(&text, Syntax::Yaml) {
            prop_assert!(!error.problems.is_empty());
            let placed = error.problems.iter().all(|problem| problem.line > 0);
            prop_assert!(placed, "{error}");
        }
    }

    #[test]
    fn merging_keeps_the_last_word_and_does_not_depend_on_grouping(
        a in tree(), b in tree(), c in tree()
    ) {
        let unique = |v: &Value| no_duplicates(v);
        prop_assume!(unique(&a) && unique(&b) && unique(&c));
        let shown = |v: &Value| exact(v);
        prop_assert_eq!(shown(&merge_values(&a, &a)), shown(&a), "twice the same changes nothing");
        let empty = Value::Map(Vec::new());
        if matches!(a, Value::Map(_)) {
            prop_assert_eq!(shown(&merge_values(&a, &empty)), shown(&a));
        }
        prop_assert_eq!(shown(&merge_values(&empty, &a)), shown(&a));
        // Grouping: laying c on (b on a) is laying (c on b) on a, unless b replaces a map whole.
        if [&a, &b, &c].iter().all(|v| flat(v)) {
            let left = merge_values(&merge_values(&a, &b), &c);
            let right = merge_values(&a, &merge_values(&b, &c));
            prop_assert_eq!(shown(&left), shown(&right));
        }
    }
}

/// A map without maps in it.
fn flat(value: &Value) -> bool {
    match value {
        Value::Map(entries) => entries.iter().all(|(_, v)| !matches!(v, Value::Map(_))),
        _ => false,
    }
}

fn no_duplicates(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(no_duplicates),
        Value::Map(entries) => {
            let keys: BTreeSet<_> = entries.iter().map(|(key, _)| key).collect();
            keys.len() == entries.len() && entries.iter().all(|(_, value)| no_duplicates(value))
        }
        _ => true,
    }
}

/// A value as text that shows all of it; NaN equals itself there.
fn exact(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => format!("{:?}", items.iter().map(exact).collect::<Vec<_>>()),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key, exact(value)));
            format!("{:?}", entries.collect::<BTreeMap<_, _>>())
        }
        other => format!("{other:?}"),
    }
}
