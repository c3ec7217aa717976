//! What is wrong with a configuration is said so that it can be put right: the message of each kind
//! of fault is kept in `tests/snapshots/config_messages.txt`, word for word.
//!
//! After a change that is meant, `BLESS=1 cargo test --test config_messages` writes the file anew.

#![cfg(feature = "config-files")]

mod faults;

use std::fmt::Write as _;

use hydra_core::config::Syntax::{Json, Toml};
use hydra_core::config::{Syntax, load_text, schema};

use faults::Schema::Finds;
use faults::{Bad, all};

#[test]
fn every_fault_has_a_message_that_says_where_what_and_what_would_be_right() {
    let mut text = String::new();
    for Bad {
        name,
        syntax,
        text: bad,
        ..
    } in all()
    {
        let Err(error) = load_text(&bad, syntax) else {
            panic!("{name}: was taken");
        };
        writeln!(text, "# {name}").unwrap();
        for problem in &error.problems {
            writeln!(text, "{problem}").unwrap();
        }
        text.push('\n');
    }
    let folder = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let path = &folder.join("tests/snapshots/config_messages.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    assert!(
        text == expected,
        "the messages are not those of the snapshot (BLESS=1 writes it anew):\n{}",
        difference(&expected, &text)
    );
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> String {
    let pairs = expected.lines().zip(found.lines());
    let differing = pairs.filter(|(expected, found)| expected != found).take(5);
    differing.fold(String::new(), |text, (expected, found)| {
        format!("{text}- {expected}\n+ {found}\n")
    })
}

#[test]
fn no_message_shows_a_secret() {
    for Bad { syntax, text, .. } in all() {
        let error = load_text(&text, syntax).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
    }
}

#[test]
fn the_schema_finds_what_a_schema_can_find() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for bad in all() {
        if bad.schema == Finds {
            let tree = as_json(&bad.text, bad.syntax);
            assert!(
                !validator.is_valid(&tree),
                "{}: the schema takes it",
                bad.name
            );
        }
    }
}

/// The text as the schema's checkers see it, by readers that are not ours.
fn as_json(text: &str, syntax: Syntax) -> serde_json::Value {
    match syntax {
        Json => serde_json::from_str(text).unwrap(),
        Toml => {
            let table: toml::Table = text.parse().unwrap();
            serde_json::to_value(table).unwrap()
        }
        _ => serde_norway::from_str(text).unwrap(),
    }
}
