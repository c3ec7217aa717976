//! Any bytes are redacted without a panic, into bounded output, and once is enough.
#![no_main]

use std::sync::LazyLock;

use hydra_protect::Redactor;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::new);

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let once = REDACTOR.redact_bytes(text);
    assert!(once.len() <= text.len() * 56 + 64);
    assert_eq!(REDACTOR.redact_bytes(&once), once);
    if let Ok(text) = std::str::from_utf8(text) {
        assert_eq!(REDACTOR.redact(text).as_bytes(), &*once);
    }
});
