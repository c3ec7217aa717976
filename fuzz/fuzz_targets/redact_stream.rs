//! A stream gives the same in any pieces, and what is redacted is not redacted again.
#![no_main]

use std::sync::LazyLock;

use hydra_protect::{Redactor, StreamRedactor};

static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::new);

libfuzzer_sys::fuzz_target!(|input: (u16, &[u8])| {
    let (size, text) = input;
    let mut stream = StreamRedactor::new(REDACTOR.clone());
    let mut in_pieces = Vec::new();
    for piece in text.chunks(usize::from(size).max(1)) {
        stream.push(piece, &mut in_pieces);
    }
    stream.finish(&mut in_pieces);
    let whole = REDACTOR.redact_bytes(text);
    // What is longer than the window may be judged by less.
    if text.len() < 48 * 1024 {
        assert_eq!(in_pieces, *whole);
    }
    assert_eq!(REDACTOR.redact_bytes(&whole), whole);
});
