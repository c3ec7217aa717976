//! Any bytes, read as a line of plain text: see `hydra_fuzz::readers`.
#![no_main]

use hydra_core::format::FormatKind;

libfuzzer_sys::fuzz_target!(|line: &[u8]| hydra_fuzz::readers::check(FormatKind::PlainText, line));
