//! Private keys in their text forms: PEM (RFC 7468, and RFC 1421 headers), OpenSSH, OpenPGP armour
//! (RFC 9580 section 6.2), and PuTTY's own format.
//!
//! Lines may be real or escaped (`\n` in a JSON string); a key that was cut off ends with its last
//! base64 line. Certificates and public keys are no secrets.

use std::ops::Range;

use crate::base64::is_standard;
use crate::text::{byte, has, run_end};

/// The most that is read of one key, in bytes: an RSA key of 16,384 bits has 13 KiB.
const MOST: usize = 64 * 1024;

/// A run of base64 that is shorter than this is a word of prose, not a line of a key.
const SHORTEST_LINE: usize = 16;

const PUTTY: &[u8] = b"PuTTY-User-Key-File-";

const BEGIN: &[u8] = b"-----BEGIN ";

/// The header line of a private key that starts at `at`: `-----BEGIN … PRIVATE KEY-----`.
pub(crate) fn begins(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !has(text, at, BEGIN) {
        return None;
    }
    let label = at + BEGIN.len();
    let end = run_end(text, label, 64, |b| {
        b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' '
    });
    let name = text.get(label..end)?;
    let private = name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK");
    (private && has(text, end, b"-----")).then_some(at..end + 5)
}

/// A private key from its `-----BEGIN` at `at` to the end of its END line, or of its last base64
/// line when it was cut off.
pub(crate) fn private_key(text: &[u8], at: usize) -> Option<Range<usize>> {
    let header = begins(text, at)?;
    let body = text.get(..text.len().min(header.end + MOST))?;
    let mut end = header.end;
    let mut found = false;
    let mut i = header.end;
    loop {
        i = skip_gap(body, i);
        if has(body, i, b"-----END ") {
            let label = run_end(body, i + 9, 64, |b| b != b'-' && b != b'\n');
            let closed = run_end(body, label, 5, |b| b == b'-');
            return Some(at..closed);
        }
        let name = run_end(body, i, 24, |b| b.is_ascii_alphabetic() || b == b'-');
        if byte(body, name) == b':' && HEADER_NAMES.contains(&body.get(i..name)?) {
            i = header_end(body, name);
            continue;
        }
        let line = run_end(body, i, MOST, is_base64);
        if line - i >= SHORTEST_LINE || found && closes(body, i, line) {
            found = true;
            i = line;
            end = line;
        } else {
            break;
        }
    }
    found.then_some(at..end)
}

/// What stands between the lines of a key: white space, escaped line ends, string quotes that are
/// joined over lines.
fn skip_gap(text: &[u8], from: usize) -> usize {
    let mut i = from;
    loop {
        match (byte(text, i), byte(text, i + 1)) {
            (b'\\', b'n' | b'r' | b't') => i += 2,
            (b' ' | b'\n' | b'\r' | b'\t' | b'\\' | b'"' | b'\'' | b'+' | b'|' | b'>', _) => i += 1,
            _ => return i,
        }
    }
}

/// A character of a key's line, and the padding.
fn is_base64(b: u8) -> bool {
    is_standard(b) || b == b'='
}

/// Whether a short run is a key's last line: padded, an OpenPGP checksum, or before the END line.
fn closes(text: &[u8], from: usize, to: usize) -> bool {
    to > from
        && (byte(text, to - 1) == b'='
            || byte(text, from) == b'='
            || to == text.len()
            || has(text, skip_gap(text, to), b"-----END "))
}

/// The header fields of RFC 1421 and of OpenPGP armour.
const HEADER_NAMES: &[&[u8]] = &[
    b"Proc-Type",
    b"DEK-Info",
    b"Version",
    b"Comment",
    b"Hash",
    b"Charset",
    b"MessageID",
];

fn header_end(text: &[u8], from: usize) -> usize {
    let mut i = from;
    while i < text.len() && i - from < 128 && byte(text, i) != b'\n' && !has(text, i, b"\\n") {
        i += 1;
    }
    i
}

/// A PuTTY private key from its `PuTTY-User-Key-File-` at `at` to its MAC, or to its last line that
/// is one of a key.
pub(crate) fn putty_key(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !has(text, at, PUTTY) {
        return None;
    }
    let body = text.get(..text.len().min(at + MOST))?;
    let mut i = at;
    let mut end = at;
    let mut private = false;
    loop {
        // Another key starts: this one has no end.
        if i > at && has(body, i, PUTTY) {
            break;
        }
        let name = run_end(body, i, 32, |b| b.is_ascii_alphanumeric() || b == b'-');
        let line = if byte(body, name) == b':' && name > i {
            private |= has(body, i, b"Private-Lines");
            let line = header_end(body, name);
            if has(body, i, b"Private-MAC") || has(body, i, b"Private-Hash") {
                return Some(at..run_end(body, name + 1, 80, |b| b == b' ' || is_base64(b)));
            }
            line
        } else {
            run_end(body, i, MOST, is_base64)
        };
        if line == i {
            break;
        }
        end = line;
        i = skip_gap(body, line);
    }
    private.then_some(at..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of base64, the last one short.
    fn lines(count: usize, end: &str) -> String {
        let line = "MIIEpAIBAAKCAQEA7bq2aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR";
        format!("{line}{end}").repeat(count) + "x9Qk=" + end
    }

    fn key(label: &str, end: &str) -> String {
        format!(
            "-----BEGIN {label}-----{end}{}-----END {label}-----",
            lines(4, end)
        )
    }

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| private_key(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn keys_are_found_to_their_end_line_however_their_lines_end() {
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        ] {
            for end in ["\n", "\r\n", "\\n", "\\\\n", " ", "\",\n\""] {
                let key = key(label, end).replace("\",\n\"", "\\n\" +\n\"");
                assert_eq!(
                    found(&format!("key: {key} loaded")),
                    Some(&*key),
                    "{label} {end:?}"
                );
            }
        }
    }

    #[test]
    fn headers_of_encrypted_keys_and_armour_belong_to_them() {
        let body = lines(3, "\n");
        let text = format!(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n{body}-----END RSA PRIVATE KEY-----"
        );
        assert_eq!(found(&text), Some(&*text));
    }

    #[test]
    fn a_key_that_was_cut_off_ends_with_its_last_line() {
        let body = lines(3, "\n");
        let cut = format!("-----BEGIN PRIVATE KEY-----\n{body}");
        let text = format!("{cut}\nINFO next line of the log");
        assert_eq!(found(&text), Some(cut.trim_end()));
    }

    #[test]
    fn public_keys_certificates_and_talk_are_left() {
        for text in [
            key("CERTIFICATE", "\n"),
            key("PUBLIC KEY", "\n"),
            "expects -----BEGIN PRIVATE KEY----- in the first line".to_owned(),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }

    #[test]
    fn a_putty_key_ends_with_its_mac() {
        let body = lines(2, "\n");
        let key = format!(
            "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: rsa-key\nPublic-Lines: 3\n{body}Private-Lines: 3\n{body}Private-MAC: 0a1b2c3d4e5f"
        );
        let text = format!("{key}\nnext");
        assert_eq!(putty_key(text.as_bytes(), 0), Some(0..key.len()));
    }
}
