//! A pattern is refused with a reason, or finds whole characters and never what was redacted.
#![no_main]

use hydra_protect::{CustomRule, Redactor};

libfuzzer_sys::fuzz_target!(|input: (&str, &str, u8)| {
    let (pattern, text, group) = input;
    let rule = CustomRule::new("mine", pattern).group(usize::from(group));
    let built = Redactor::builder().detectors(["mine"]).rule(rule).build();
    let redactor = match built {
        Ok(redactor) => redactor,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let once = redactor.redact(text);
    assert!(once.len() <= text.len() * "[REDACTED:MINE]".len() + "[REDACTION_FAILED]".len());
    assert_eq!(redactor.redact(&once), once);
    for finding in redactor.find(text) {
        assert!(
            text.get(finding.range)
                .is_some_and(|found| !found.is_empty())
        );
    }
});
