//! Whatever stands under a sensitive name is hidden, of any type and at any depth, and what stands
//! beside it is not.

use hydra_protect::Redactor;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// Names in the spellings that programs use.
fn sensitive_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "password",
        "Password",
        "PASSWORD",
        "db_password",
        "dbPassword",
        "DB-PASSWORD",
        "user.password",
        "api_key",
        "apiKey",
        "API-Key",
        "x-api-key",
        "Authorization",
        "set-cookie",
        "Set-Cookie",
        "client_secret",
        "clientSecret",
        "access_token",
        "accessToken",
        "refresh-token",
        "private_key",
        "secret",
        "passwd",
        "pwd",
        "passphrase",
        "AccessToken",
    ])
    .prop_map(str::to_owned)
}

fn harmless_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "monkey",
        "author",
        "max_tokens",
        "primary_key",
        "count",
        "host",
        "cache_key",
        "message",
        "items",
        "keyboard",
        "n",
        "keywords",
    ])
    .prop_map(str::to_owned)
}

/// A leaf that is found again wherever it goes: words, or a long number.
fn leaf() -> impl Strategy<Value = Json> {
    prop_oneof![
        "zq[a-z]{10}".prop_map(Json::from),
        "zq[a-z]{4} [a-z]{4}, [a-z]{5}".prop_map(Json::from),
        (700_000_001_u64..799_999_999).prop_map(Json::from),
        (700_000_001_u64..799_999_999).prop_map(|number| json!(number as f64 + 0.5)),
    ]
}

/// Leaves, lists and objects with harmless names.
fn tree() -> impl Strategy<Value = Json> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Json::from),
            prop::collection::vec((harmless_name(), inner), 1..3)
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The leaves of a tree as they are written.
fn leaves(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Json::Object(fields) => fields.values().for_each(|item| leaves(item, found)),
        Json::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}

/// Puts a tree some levels down, in lists and objects by turns.
fn bury(tree: Json, names: &[String]) -> Json {
    names.iter().enumerate().fold(tree, |inner, (depth, name)| {
        if depth % 2 == 0 {
            json!({ name: inner, "zone": "eu" })
        } else {
            json!([inner, true])
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 512, rng_seed: proptest::test_runner::RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn nothing_under_a_sensitive_name_survives(
        name in sensitive_name(),
        value in tree(),
        beside in "kept[a-z]{8}",
        above in prop::collection::vec(harmless_name(), 0..6),
        spaced in any::<bool>(),
    ) {
        let json = bury(json!({ "note": beside, name.clone(): value.clone() }), &above);
        let text = if spaced { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        let text = text.expect("a tree of strings and numbers can be written");
        let redacted = Redactor::new().redact(&text).into_owned();
        let mut hidden = Vec::new();
        leaves(&value, &mut hidden);
        for leaf in hidden {
            prop_assert!(!redacted.contains(&leaf), "{leaf:?} of {name:?} is in {redacted}");
        }
        prop_assert!(redacted.contains(&beside), "{beside:?} is not in {redacted}");
        prop_assert!(serde_json::from_str::<Json>(&redacted).is_ok(), "no JSON any more: {redacted}");
    }

    #[test]
    fn harmless_names_keep_their_values(name in harmless_name(), value in "zq[a-z]{10}", above in prop::collection::vec(harmless_name(), 0..6)) {
        let text = bury(json!({ name: value }), &above).to_string();
        let redacted = Redactor::new().redact(&text).into_owned();
        prop_assert_eq!(redacted, text);
    }
}
