//! What stands where a value stood, and detectors that a program brings along.

use hydra_protect::{Action, CustomRule, Redactor, RuleError};

fn with(action: Action) -> Redactor {
    Redactor::builder()
        .action(action)
        .build()
        .expect("the action needs no key")
}

#[test]
fn each_action_leaves_what_it_says_and_nothing_that_is_found_again() {
    for (action, text, wanted) in [
        (
            Action::Replace,
            "mail ann@example.com now",
            "mail [REDACTED:EMAIL] now",
        ),
        (Action::Remove, "mail ann@example.com now", "mail  now"),
        (
            Action::Mask { keep: 4 },
            "card 4111 1111 1111 1111 ok",
            "card ****1111 ok",
        ),
        (
            Action::Mask { keep: 4 },
            "password=hunter2",
            "password=****2",
        ),
        (
            Action::Mask { keep: 0 },
            "password=hunter2",
            "password=****",
        ),
    ] {
        let redactor = with(action);
        let once = redactor.redact(text);
        assert_eq!(once, wanted);
        assert_eq!(redactor.redact(&once), once);
    }
}

#[test]
fn one_detector_can_have_an_action_of_its_own() {
    let redactor = Redactor::builder()
        .action_for("credit_card", Action::Mask { keep: 4 })
        .build()
        .unwrap();
    let text = "card 4111111111111111 of ann@example.com";
    assert_eq!(redactor.redact(text), "card ****1111 of [REDACTED:EMAIL]");
}

#[test]
fn a_rule_takes_out_its_group_and_is_counted() {
    let rule =
        CustomRule::new("badge-no", r"badge (?<value>B\d{4})").action(Action::Mask { keep: 2 });
    let redactor = Redactor::builder()
        .rule(rule)
        .custom("order", r"ORD-\d+")
        .build()
        .unwrap();
    let text = "badge B1234 took ORD-77";
    assert_eq!(redactor.redact(text), "badge ****4 took [REDACTED:ORDER]");
    assert_eq!(
        redactor.redact(&redactor.redact(text)),
        redactor.redact(text)
    );
    assert!(redactor.counts().contains(&("order", 1)) || redactor.counts().contains(&("order", 3)));
    assert_eq!(redactor.find(text)[1].label, "ORDER");
}

#[test]
fn a_rule_that_cannot_work_is_refused_with_its_reason() {
    for (pattern, reason) in [
        (r"(?<=x)y", "look-around"),
        (r"(a)\1", "back-references"),
        (r"a*", "empty"),
        (r"\b", "empty"),
        (r"(", "unclosed"),
        (r"(\w{1000}){1000}", "it takes more than"),
    ] {
        let error = Redactor::builder()
            .custom("mine", pattern)
            .build()
            .unwrap_err();
        assert!(error.to_string().contains(reason), "{pattern}: {error}");
    }
    let sample = CustomRule::new("mine", r"x\d")
        .must_match("x1")
        .must_not_match("y")
        .must_not_match("x2");
    let error = Redactor::builder().rule(sample).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pattern of rule \"mine\" is not what its samples say: must_not_match[1] is found"
    );
}

#[test]
fn a_rule_leaves_what_an_earlier_redaction_left_and_takes_what_stands_beside() {
    for (pattern, text, wanted) in [
        (
            ".+",
            "a [REDACTED:EMAIL] b",
            "[REDACTED:ALL_OF_IT][REDACTED:EMAIL][REDACTED:ALL_OF_IT]",
        ),
        (
            r"[A-Z]{5}",
            "ABCDE [EMAIL:k1:9f2c0123456789abcdef0123456789ab]",
            "[REDACTED:ALL_OF_IT] [EMAIL:k1:9f2c0123456789abcdef0123456789ab]",
        ),
        (r"\d{4}", "****1111 1111", "****1111 [REDACTED:ALL_OF_IT]"),
        (
            r"\*+",
            "[REDACTED:EMAIL] **",
            "[REDACTED:EMAIL] [REDACTED:ALL_OF_IT]",
        ),
        (".b", "aXbb", "a[REDACTED:ALL_OF_IT][REDACTED:ALL_OF_IT]"),
        // A pattern sees bytes; what is cut are characters.
        (r"x.", "x\u{e9}x", "[REDACTED:ALL_OF_IT]x"),
        (
            r"B-\d{4}",
            "B-%31234, B-\u{ff11}234",
            "[REDACTED:ALL_OF_IT], [REDACTED:ALL_OF_IT]",
        ),
    ] {
        let redactor = Redactor::builder()
            .custom("all-of-it", pattern)
            .build()
            .unwrap();
        let once = redactor.redact(text).into_owned();
        assert_eq!(once, wanted, "{pattern}");
        assert_eq!(redactor.redact(&once), once, "{pattern}");
    }
}

#[test]
fn a_rule_has_a_name_of_its_own_and_can_be_left_out() {
    for (name, wrong) in [
        ("email", "already is a detector"),
        ("default", "already is a detector"),
        ("all", "already is a detector"),
        ("a b", "cannot name a rule"),
        ("-x1", "cannot name a rule"),
        ("x", "cannot name a rule"),
    ] {
        let error = Redactor::builder().custom(name, "x+").build().unwrap_err();
        assert!(error.to_string().contains(wrong), "{name}: {error}");
    }
    let twice = Redactor::builder().custom("one", "x+").custom("one", "y+");
    assert!(matches!(twice.build(), Err(RuleError::TakenName { .. })));
    let label = CustomRule::new("one", "x(y)").group(1).label("two");
    let error = Redactor::builder().rule(label).build().unwrap_err();
    assert!(matches!(error, RuleError::Label { .. }), "{error}");
    let group = CustomRule::new("one", "x(y)").group(2);
    let error = Redactor::builder().rule(group).build().unwrap_err();
    assert!(
        error.to_string().ends_with("its groups are 1 to 1"),
        "{error}"
    );

    let badge = CustomRule::new("badge", r"badge (B\d+)")
        .group(1)
        .label("PASS");
    let builder = || Redactor::builder().rule(badge.clone());
    let text = "badge B77";
    let redacted = |builder: hydra_protect::RedactorBuilder| {
        builder.build().unwrap().redact(text).into_owned()
    };
    assert_eq!(redacted(builder()), "badge [REDACTED:PASS]");
    assert_eq!(redacted(builder().detectors(["default", "-badge"])), text);
    assert_eq!(redacted(builder().remove("badge")), text);
    assert_eq!(
        redacted(builder().action_for("badge", Action::Remove)),
        "badge "
    );
    assert!(!format!("{badge:?}").contains("badge ("));
}

#[test]
fn an_unknown_detector_is_told_with_those_there_are() {
    let error = Redactor::builder()
        .detectors(["default", "emial"])
        .build()
        .unwrap_err();
    assert!(matches!(error, RuleError::UnknownDetector { .. }));
    assert!(error.to_string().contains("email"), "{error}");
}

#[test]
fn allowed_values_stay() {
    let redactor = Redactor::builder()
        .allow("support@example.com")
        .allow_pattern(r"[a-z]+@example\.org")
        .allowed_key("session_token")
        .build()
        .unwrap();
    let text = "support@example.com bob@example.org session_token=abc123def";
    assert_eq!(redactor.redact(text), text);
    assert_eq!(redactor.redact("bob@example.net"), "[REDACTED:EMAIL]");
}

#[cfg(feature = "hash")]
#[test]
fn equal_values_have_equal_hashes_under_a_key_and_no_other() {
    let hashed = |key: &[u8], text: &str| {
        let redactor = Redactor::builder()
            .action(Action::Hash)
            .hash_key("k1", key)
            .build()
            .unwrap();
        let once = redactor.redact(text).into_owned();
        assert_eq!(redactor.redact(&once), once);
        once
    };
    let key = [1; 32];
    let one = hashed(&key, "ann@example.com");
    assert!(
        one.starts_with("[EMAIL:k1:") && one.len() == 10 + 32 + 1,
        "{one}"
    );
    assert_eq!(one, hashed(&key, "Ann@Example.COM"));
    assert_ne!(one, hashed(&[2; 32], "ann@example.com"));
    assert_eq!(
        hashed(&key, "4111 1111 1111 1111"),
        hashed(&key, "4111-1111-1111-1111")
    );
    assert!(Redactor::builder().action(Action::Hash).build().is_err());
}

#[cfg(feature = "encrypt")]
#[test]
fn sealed_values_are_read_with_their_key_alone() {
    let sealing = |key: &[u8]| {
        Redactor::builder()
            .action(Action::Encrypt)
            .encryption_key("k1", key)
            .build()
            .unwrap()
    };
    let text = r#"{"mail":"ann@example.com","password":"hunter2 \" x"}"#;
    let redactor = sealing(&[1; 32]);
    let sealed = redactor.redact(text).into_owned();
    assert!(!sealed.contains("ann") && !sealed.contains("hunter2"));
    assert_eq!(redactor.redact(&sealed), sealed);
    assert_eq!(redactor.reveal(&sealed).unwrap(), text);
    let error = sealing(&[2; 32]).reveal(&sealed).unwrap_err().to_string();
    assert!(error.contains("k1") && error.contains("another"), "{error}");
    let error = Redactor::new().reveal(&sealed).unwrap_err().to_string();
    assert!(error.contains("there is no key"), "{error}");
    assert_eq!(
        redactor.reveal("a [b] [EMAIL:k1:9f] c").unwrap(),
        "a [b] [EMAIL:k1:9f] c"
    );
    let cut = sealed.replace(']', "");
    for damaged in [sealed.replace("EMAIL", "PHONE"), cut] {
        let error = redactor.reveal(&damaged).unwrap_err().to_string();
        assert!(error.contains("changed or cut off"), "{error}");
    }
    let bytes = redactor.redact_bytes(b"\xff ann@example.com").into_owned();
    assert_eq!(
        redactor.reveal_bytes(&bytes).unwrap(),
        b"\xff ann@example.com"
    );
    assert!(
        !format!("{:?}", Redactor::builder().encryption_key("k1", b"sesame")).contains("sesame")
    );
    let short = Redactor::builder().action(Action::Encrypt);
    let error = short.clone().build().unwrap_err().to_string();
    assert!(error.contains("needs a key"), "{error}");
    assert!(short.encryption_key("k1", b"short").build().is_ok());
}

proptest::proptest! {
    #[test]
    fn any_pattern_is_refused_or_finds_whole_characters_and_settles(
        pattern in r"([a-c.é]|\[\^?[a-c]\]|\\[wdbs]|[+*?|()]|\(\?u\)|\{1,3\}|\^|\$){1,8}",
        text in "([a-cé 1*\\[\\]]|\\[REDACTED:EMAIL\\]|\\*{4}11){0,12}",
        action in 0_usize..3,
    ) {
        let action = [Action::Replace, Action::Remove, Action::Mask { keep: 4 }][action];
        let builder = Redactor::builder().detectors(["mine"]).custom("mine", pattern.as_str());
        if let Ok(redactor) = builder.action(action).build() {
            let once = redactor.redact(&text);
            proptest::prop_assert_eq!(redactor.redact(&once), once.as_ref());
            for finding in redactor.find(&text) {
                proptest::prop_assert!(text.get(finding.range).is_some_and(|found| !found.is_empty()));
            }
        }
    }
}
