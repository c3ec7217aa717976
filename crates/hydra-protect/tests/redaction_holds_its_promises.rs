//! What holds for every text: redacting twice changes nothing more, JSON stays JSON, a sensitive name
//! hides all that it names, a stream is its pieces' sum, and the output is bounded.

use std::fs;
use std::sync::LazyLock;

use hydra_protect::{Redactor, StreamRedactor};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::new);

/// Pieces that texts with secrets are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ]{0,12}",
        r#"[ :=,;&"'\\{}\[\]()<>@%/|.\n\t-]{1,4}"#,
        prop::sample::select(vec![
            "password",
            "token",
            "api_key",
            "Authorization: Bearer ",
            "Basic ",
            "Cookie: sid=",
            "secret is ",
            "://u:p@h",
            "ann@example.com",
            "4111 1111 1111 1111",
            "+44 20 7946 0958",
            "\\n",
            "\\\"",
            "%40",
            "%3D",
            "\\u0040",
            "\u{1b}[31m",
            "１２３４",
            "é",
            "\u{200b}",
            "[REDACTED:EMAIL]",
            "****",
            "-----BEGIN PRIVATE KEY-----",
            "--password ",
            "{\"password\":",
            "\"value\":",
            "\"name\":",
            "phone ",
            "ssn ",
            "123-45-6789",
            "born ",
            "passport ",
            "\0",
            "key,",
        ])
        .prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        Just(serde_json::json!(4_111_111_111_111_111_u64)),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = prop_oneof![
            "[a-z_]{1,8}",
            Just("password".to_owned()),
            Just("apiKey".to_owned()),
            Just("n".to_owned())
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((key, inner), 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, rng_seed: RngSeed::Fixed(20_261_121), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_is_redacting_once(text in text()) {
        let once = REDACTOR.redact(&text);
        prop_assert_eq!(REDACTOR.redact(&once), once.clone(), "{:?}", text);
        prop_assert!(once.len() <= text.len() * 28 + 32, "{} of {}", once.len(), text.len());
    }

    #[test]
    fn json_stays_json(value in json()) {
        // A number alone is a line of text as well.
        prop_assume!(value.is_object() || value.is_array());
        let text = value.to_string();
        let once = REDACTOR.redact(&text).into_owned();
        let parsed = serde_json::from_str::<serde_json::Value>(&once);
        prop_assert!(parsed.is_ok(), "{text}\n{once}");
    }

    #[test]
    fn a_sensitive_name_hides_all_that_it_names(value in json(), name in "db_password|apiKey|client-secret|ACCESS_TOKEN") {
        prop_assume!(!matches!(value, serde_json::Value::Null | serde_json::Value::Bool(_)));
        let canary = "zq7canary";
        let hidden = serde_json::json!({ "a": [{ (name): [value, canary] }], "n": 1 }).to_string();
        let once = REDACTOR.redact(&hidden).into_owned();
        prop_assert!(!once.contains(canary), "{hidden}\n{once}");
    }

    #[test]
    fn a_stream_is_redacted_the_same_in_any_pieces(lines in prop::collection::vec(text(), 0..12), sizes in prop::collection::vec(1_usize..40, 1..8)) {
        let whole = lines.join("\n");
        let run = |sizes: &[usize]| {
            let mut stream = StreamRedactor::new(REDACTOR.clone());
            let (mut out, mut rest) = (Vec::new(), whole.as_bytes());
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, tail) = rest.split_at((*size).min(rest.len()));
                stream.push(piece, &mut out);
                rest = tail;
            }
            stream.finish(&mut out);
            out
        };
        prop_assert_eq!(run(&sizes), run(&[usize::MAX]));
    }
}

#[test]
fn a_line_longer_than_the_window_is_redacted_to_its_end() {
    let mut line = Vec::new();
    for n in 0..20_000 {
        line.extend(format!("n={n} password=hunter{n}x ").bytes());
    }
    let mut out = Vec::new();
    let mut stream = StreamRedactor::new(Redactor::new());
    for piece in line.chunks(4093) {
        stream.push(piece, &mut out);
    }
    stream.finish(&mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(!out.contains("hunter"));
    assert_eq!(out.matches("[REDACTED:PASSWORD]").count(), 20_000);
    assert_eq!(out.matches("n=").count(), 20_000);
}

#[test]
fn a_key_over_several_lines_goes_whole_in_a_stream() {
    let key = format!(
        "-----BEGIN {0}-----\n{1}\n{1}\n-----END {0}-----\n",
        "PRIVATE KEY",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2)
    );
    let text = format!("start\n{key}end\n");
    let mut out = Vec::new();
    let mut stream = StreamRedactor::new(Redactor::new());
    for byte in text.bytes() {
        stream.push(&[byte], &mut out);
    }
    stream.finish(&mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "start\n[REDACTED:PRIVATE_KEY]\nend\n"
    );
}

#[test]
fn bytes_that_are_no_text_pass_through_around_the_values() {
    let text = b"\xff\xfe\x00password=hunter2 \xc3\x28";
    let redacted = Redactor::new().redact_bytes(text).into_owned();
    assert_eq!(
        redacted,
        b"\xff\xfe\x00password=[REDACTED:PASSWORD] \xc3\x28"
    );
}

/// Real messages hold hardly anything sensitive: the samples' few hits are told by kind.
#[test]
fn real_logs_are_left_alone() {
    let logs = "../../../shared/data/logs";
    let Ok(folder) = fs::read_dir(logs) else {
        eprintln!("no log samples: skipped");
        return;
    };
    let redactor = Redactor::new();
    let (mut lines, mut changed) = (0, Vec::new());
    for file in folder
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|end| end == "log"))
    {
        for line in String::from_utf8_lossy(&fs::read(file.path()).unwrap()).lines() {
            lines += 1;
            if redactor.redact(line) != line {
                changed.push(format!("{line}\n  {}", redactor.redact(line)));
            }
        }
    }
    assert!(
        changed.len() * 1000 <= lines,
        "{} of {lines}:\n{}",
        changed.len(),
        changed.join("\n")
    );
}
