//! External entities: a document that makes its reader fetch another.

use super::scan::Sign;
use super::text::{holds, holds_any, near};
use crate::text::has_word;

/// `<!ENTITY x SYSTEM "…">`, and an include of another document.
pub(super) fn tag(text: &[u8], at: usize) -> Option<Sign> {
    let external: [&[u8]; 4] = [b"system", b"public", b"file:", b"&#"];
    if has_word(text, at, b"<!entity") && holds_any(near(text, at + 8), &external) {
        return Some(Sign::sure("an external entity"));
    }
    let doctype = has_word(text, at, b"<!doctype");
    let inner = near(text, at + 9);
    let external =
        doctype && holds(inner, b" system ") && holds_any(inner, &[b"http", b"file:", b"ftp:"]);
    let include = has_word(text, at, b"<xi:include") && holds(inner, b"href");
    (external || include).then(|| Sign::sure("an external entity"))
}
