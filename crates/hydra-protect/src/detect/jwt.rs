//! JSON Web Tokens: signed (RFC 7515, three parts, the last empty when `alg` is `none`) and
//! encrypted (RFC 7516, five parts), and the first two parts of one that was cut off.

use std::ops::Range;

use crate::base64::{decoded, is_url};
use crate::text::{before, byte, run_end, run_start};

/// The most that is read of one part, in bytes.
const MOST: usize = 4096;

/// The most characters of a header that are decoded to look for its names.
const HEADER: usize = 256;

/// A token whose header starts at `at`: at the `eyJ` that base64 makes of `{"`.
pub(crate) fn jwt(text: &[u8], at: usize) -> Option<Range<usize>> {
    if byte(text, at) != b'e' || is_glued(text, at) {
        return None;
    }
    let start = run_end(text, at, HEADER, is_url);
    if !is_header(text.get(at..start)?) {
        return None;
    }
    let header = run_end(text, start, MOST, is_url);
    if byte(text, header) != b'.' {
        return None;
    }
    let mut end = header;
    let mut longest = 0;
    for _ in 0..4 {
        if byte(text, end) != b'.' {
            break;
        }
        let part = run_end(text, end + 1, MOST, is_url);
        longest = longest.max(part - end - 1);
        end = part;
    }
    // An unsigned token ends with a dot, a sentence does, too.
    (longest >= 8).then_some(at..end)
}

/// Whether what starts at `at` is the middle of longer base64; `access_token-eyJ…` is not.
fn is_glued(text: &[u8], at: usize) -> bool {
    match before(text, at) {
        b'-' | b'_' => at - run_start(text, at, GLUED, is_url) == GLUED,
        last => last.is_ascii_alphanumeric(),
    }
}

/// No name is longer that stands before a token and is joined to it, in bytes.
const GLUED: usize = 24;

/// Whether base64url text is a JOSE header: an object that names an algorithm or a type.
fn is_header(encoded: &[u8]) -> bool {
    let mut json = [0; HEADER / 4 * 3];
    for (place, byte) in json.iter_mut().zip(decoded(encoded)) {
        *place = byte;
    }
    let object = json.first() == Some(&b'{');
    object
        && json
            .windows(5)
            .any(|name| matches!(name, b"\"alg\"" | b"\"typ\"" | b"\"enc\"" | b"\"kid\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    const CLAIMS: &str = "eyJzdWIiOiIxMjM0In0";

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| jwt(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn signed_encrypted_unsigned_and_cut_tokens_are_found() {
        let signature = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF";
        for token in [
            [HEADER, CLAIMS, signature].join("."),
            [HEADER, CLAIMS, ""].join("."),
            [HEADER, "", signature, signature, signature].join("."),
            [HEADER, CLAIMS].join("."),
        ] {
            assert_eq!(found(&format!("jwt={token} ok")), Some(&*token));
            assert_eq!(found(&format!("{{\"t\":\"{token}\"}}")), Some(&*token));
        }
    }

    #[test]
    fn other_base64_is_left() {
        for text in [
            HEADER.to_owned(),
            format!("{HEADER} {CLAIMS}"),
            // {"name":"value"} is no header.
            "eyJuYW1lIjoidmFsdWUifQ.eyJzdWIiOiIxMjM0In0.aB3dE6gH".to_owned(),
            "eyJust.kidding.longword".to_owned(),
            format!("x{HEADER}.{CLAIMS}"),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }
}
