//! Any text, read as each syntax, is a configuration or a list of errors that can be shown.
#![no_main]

use hydra_core::config::{Syntax, load_text};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for syntax in [Syntax::Yaml, Syntax::Toml, Syntax::Json] {
        if let Err(error) = load_text(text, syntax) {
            assert!(!error.to_string().is_empty());
        }
    }
});
