//! Whatever is given to the validator: no panic, positions inside the text.

use hydra_protect::validate::{SecurityValidator, Severity, ThreatKind};
use proptest::prelude::*;

/// Pieces that attacks are made of, so that random joins of them reach every branch.
const PIECES: &[&str] = include!("support/attack_pieces.rs");

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes_are_taken_and_positions_lie_inside(text in pieces()) {
        let found = SecurityValidator::new().validate_input(&text);
        prop_assert_eq!(found.valid, found.threats.is_empty());
        for threat in found.threats {
            prop_assert!(threat.position.start < threat.position.end, "{threat:?}");
            prop_assert!(threat.position.end <= text.len(), "{threat:?}");
        }
    }
}

#[test]
fn patterns_of_a_programs_own_are_found_beside_the_known_kinds_and_taken_away() {
    let mut validator = SecurityValidator::new();
    validator
        .add_threat_pattern("beacon", r"beacon-\d+", Severity::Medium)
        .expect("a pattern");
    let found = validator.validate_input("x' OR 1=1 -- beacon-17");
    let kinds: Vec<_> = found
        .threats
        .iter()
        .map(|threat| threat.kind.as_str())
        .collect();
    assert_eq!(kinds, ["sql_injection", "beacon"]);
    assert_eq!(found.threats[1].severity, Severity::Medium);
    assert_eq!(found.threats[1].position, 13..22);

    assert!(validator.remove_threat_pattern("beacon"));
    assert!(!validator.remove_threat_pattern("beacon"));
    assert!(
        validator.remove_threat_pattern("sql_injection"),
        "a known kind can be left out"
    );
    assert!(!validator.remove_threat_pattern("sql_injection"));
    assert!(validator.validate_input("x' OR 1=1 -- beacon-17").valid);
}

#[test]
fn a_pattern_that_cannot_be_used_is_refused_with_its_reason() {
    let mut validator = SecurityValidator::new();
    for (pattern, reason) in [
        ("(", "unclosed group"),
        ("(?=a)", "look-around"),
        (r"(\w{1,500}){500}", "size limit"),
    ] {
        let refused = validator.add_threat_pattern("x", pattern, Severity::Low);
        let message = refused.expect_err("refused").to_string();
        assert!(
            message.contains("\"x\"") && message.contains(reason),
            "{message}"
        );
    }
    assert!(validator.validate_input("(").valid, "nothing was added");
}

#[test]
fn every_known_kind_has_a_name_that_leads_back_to_it() {
    for kind in ThreatKind::ALL {
        assert_eq!(ThreatKind::from_name(kind.as_str()), kind);
    }
}
