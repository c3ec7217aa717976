//! Mail addresses, internationalised and percent-encoded ones among them.
//!
//! Sources: RFC 5321 and 5322 (the local part as it is used: dot atoms and quoted strings), RFC
//! 6531 (UTF-8), RFC 5890 (`xn--`). The domain must hold a dot and end like a top-level domain:
//! `user@localhost` is an account on a machine and is left alone, as are `lodash@4.17.21`,
//! `icon@2x.png`, `getty@tty1.service`, `git@github.com:org/repo` and `@app.route`. An `@` that ends
//! a URL's user information ([`in_userinfo`]) belongs to the URL.

use std::ops::Range;

use super::context_words::{is_one_of, named_by};
use crate::text::{before, byte, has_word, run_end, run_start};
use crate::word_list::Words;

/// The most bytes of a local part (64 by RFC 5321; more when percent-encoded or UTF-8).
const LOCAL: usize = 192;

/// The most bytes of a domain (RFC 1035: 253; more in UTF-8).
const DOMAIN: usize = 320;

/// An address whose `@`, or `%40`, is at `at`.
pub(crate) fn email(text: &[u8], at: usize) -> Option<Range<usize>> {
    let sign = match byte(text, at) {
        b'@' => 1,
        b'%' if has_word(text, at, b"%40") => 3,
        _ => return None,
    };
    let end = domain_end(text, at + sign)?;
    let start = local_start(text, at, end)?;
    let local = text.get(start..at)?;
    if sign == 1 && in_userinfo(text, at).is_some() || is_remote(text, start, local, end) {
        return None;
    }
    Some(start..end)
}

/// Where the user information starts that the `@` at `at` ends: the `user:pw` of
/// `scheme://user:pw@host`.
pub(crate) fn in_userinfo(text: &[u8], at: usize) -> Option<usize> {
    let start = run_start(text, at, LOCAL, |b| {
        b > b' ' && b != 0x7f && !matches!(b, b'/' | b'?' | b'#' | b'"' | b'<' | b'>')
    });
    (before(text, start) == b'/' && text.get(..start)?.ends_with(b"://")).then_some(start)
}

/// Whether the address is `git@host:path`, or the target of a remote shell.
fn is_remote(text: &[u8], start: usize, local: &[u8], end: usize) -> bool {
    if byte(text, end) == b':' {
        let path = run_end(text, end + 1, 64, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~')
        });
        let is_path = byte(text, path) == b'/' && (path > end + 1 || byte(text, path + 1) != b'/');
        if is_path || is_one_of(local, const { &Words::new(&[b"git", b"hg", b"svn"]) }) {
            return true;
        }
    }
    before(text, start) == b' '
        && named_by(
            text,
            start,
            const { &Words::new(&[b"ssh", b"scp", b"sftp", b"rsync"]) },
        )
}

/// Where the local part starts that ends before `at`.
fn local_start(text: &[u8], at: usize, end: usize) -> Option<usize> {
    if before(text, at) == b'"' {
        return quoted_start(text, at);
    }
    // An apostrophe after the address says that one before it opens a quotation.
    let quoted = byte(text, end) == b'\'';
    let floor = at.saturating_sub(LOCAL);
    let mut i = at;
    while i > floor {
        let step = local_step(text, i, quoted);
        if step == 0 {
            break;
        }
        i -= step;
    }
    // Written without spaces, prose in another script ends where the address's own begins.
    let tail = run_start(text, at, LOCAL, |b| b < 0x80);
    if tail > i
        && text.get(tail..at)?.iter().any(u8::is_ascii_alphabetic)
        && text.get(at..end)?.is_ascii()
        && wide_before(text, tail)
    {
        i = tail;
    }
    while i < at && matches!(byte(text, i), b'.' | b'-' | b'+' | b'\'') {
        i += 1;
    }
    text.get(i..at)?
        .iter()
        .any(|&b| b.is_ascii_alphanumeric() || b >= 0x80)
        .then_some(i)
}

/// How many bytes before `i` belong to the local part at once; 0 when it starts at `i`.
fn local_step(text: &[u8], i: usize, quoted: bool) -> usize {
    let escape = i.checked_sub(3).and_then(|start| text.get(start..i));
    if let Some(&[b'%', high, low]) = escape
        && high.is_ascii_hexdigit()
        && low.is_ascii_hexdigit()
    {
        // `%2B` is a plus in the local part, the `%3D` of `email%3Djohn%40example.com` is before it.
        let part = is_one_of(
            &[high, low],
            const { &Words::new(&[b"2b", b"2d", b"2e", b"5f"]) },
        );
        return usize::from(part) * 3;
    }
    match before(text, i) {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'_' | b'-' | b'+' => 1,
        b'\'' if !quoted && before(text, i - 1).is_ascii_alphabetic() => 1,
        0x80.. => letter_before(text, i),
        _ => 0,
    }
}

/// Where a quoted local part starts: `"john doe"@example.com`. Within a JSON string both quotes are
/// escaped, and one alone is the string's own.
fn quoted_start(text: &[u8], at: usize) -> Option<usize> {
    let close = at.checked_sub(1)?;
    let escaped = usize::from(before(text, close) == b'\\');
    let inside = close - escaped;
    let start = run_start(text, inside, 64, |b| {
        b >= b' ' && !matches!(b, b'"' | b'\\')
    });
    let open = start.checked_sub(1 + escaped)?;
    let opened = start < inside
        && before(text, start) == b'"'
        && (escaped == 0 || byte(text, open) == b'\\')
        && !before(text, open).is_ascii_alphanumeric();
    opened.then_some(open)
}

/// Where the domain ends that starts at `from`: after its last label that can be a top-level
/// domain.
fn domain_end(text: &[u8], from: usize) -> Option<usize> {
    let limit = text.len().min(from.checked_add(DOMAIN)?);
    let mut end = None;
    let mut label = from;
    let mut labels = 0;
    let mut i = from;
    loop {
        let b = if i < limit { byte(text, i) } else { 0 };
        let step = match b {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' => 1,
            0x80.. => letter_at(text, i),
            _ => 0,
        };
        if step > 0 {
            i += step;
            continue;
        }
        if i == label || byte(text, label) == b'-' {
            break;
        }
        labels += 1;
        if labels > 1 {
            if let Some(last) = top_level_end(text, label, i) {
                end = Some(last);
            } else if b != b'.' {
                // What the address runs into is not a domain, and neither is what stands before.
                break;
            }
        } else if is_version(text, from, i) {
            return None;
        }
        if b != b'.' {
            break;
        }
        i += 1;
        label = i;
    }
    end.filter(|_| labels > 1)
}

/// `4.17.21`, `v1.2.3`, `2x.png`: a first label that only versions and images have.
fn is_version(text: &[u8], from: usize, to: usize) -> bool {
    let label = text.get(from..to).unwrap_or_default();
    let digits = label.strip_prefix(b"v").unwrap_or(label);
    let number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    number && byte(text, to + 1).is_ascii_digit() || matches!(label, [b'1'..=b'4', b'x'])
}

/// Endings of files and of systemd's units that no top-level domain has.
static NOT_TOP_LEVEL: Words = Words::new(&[
    b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"avif", b"ico", b"bmp", b"css", b"scss",
    b"js", b"mjs", b"cjs", b"jsx", b"ts", b"tsx", b"json", b"html", b"htm", b"xml", b"yml",
    b"yaml", b"toml", b"ini", b"cfg", b"conf", b"txt", b"log", b"csv", b"lock", b"java", b"kt",
    b"go", b"rb", b"cpp", b"hpp", b"php", b"exe", b"dll", b"jar", b"war", b"tar", b"tgz", b"gz",
    b"whl", b"rpm", b"deb", b"service", b"socket", b"timer", b"slice", b"scope", b"mount", b"swap",
    b"path", b"device",
]);

/// Where the top-level domain ends that a label from `from` to `to` is, or begins with.
fn top_level_end(text: &[u8], from: usize, to: usize) -> Option<usize> {
    let label = text.get(from..to)?;
    if has_word(text, from, b"xn--") {
        return (label.len() > 4).then_some(to);
    }
    let letters = label.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let next = byte(label, letters);
    if letters == 0 {
        // An internationalised one; digits alone are none.
        return (next >= 0x80).then_some(to);
    }
    // Prose in another script may follow without a space.
    let whole = letters == label.len() || next >= 0xe2;
    let name = label.get(..letters)?;
    let mixed = name
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let plausible =
        whole && (2..=24).contains(&letters) && !mixed && !is_one_of(name, &NOT_TOP_LEVEL);
    plausible.then_some(from + letters)
}

/// The length of the UTF-8 letter that ends before `i`; 0 for punctuation and for what is not
/// UTF-8.
fn letter_before(text: &[u8], i: usize) -> usize {
    let start = run_start(text, i, 3, |b| b & 0xc0 == 0x80);
    let Some(start) = start.checked_sub(1) else {
        return 0;
    };
    let len = letter_at(text, start);
    if start + len == i { len } else { 0 }
}

/// The length of the UTF-8 letter at `i`; 0 for punctuation and for what is not UTF-8.
fn letter_at(text: &[u8], i: usize) -> usize {
    character(text, i).map_or(0, |c| if is_letter(c) { c.len_utf8() } else { 0 })
}

/// The character at `i`.
fn character(text: &[u8], i: usize) -> Option<char> {
    let window = text.get(i..text.len().min(i + 4))?;
    let valid = window.utf8_chunks().next()?.valid();
    valid.chars().next()
}

/// Letters, marks and digits of all scripts, without the punctuation and symbols among them.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{200c}'..='\u{200d}')
}

/// Whether a character of a script without spaces between words ends before `i`.
fn wide_before(text: &[u8], i: usize) -> bool {
    let start = run_start(text, i, 3, |b| b & 0xc0 == 0x80);
    start
        .checked_sub(1)
        .and_then(|start| character(text, start))
        .is_some_and(|c| c >= '\u{2e80}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| email(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn addresses_are_found_whole_in_what_surrounds_them() {
        for (text, address) in [
            (
                "to bob.o'neil+x@mail.example.co.uk, ok",
                "bob.o'neil+x@mail.example.co.uk",
            ),
            ("<bob@example.com>", "bob@example.com"),
            ("'bob@example.com'", "bob@example.com"),
            ("name='o''bob@example.com'", "bob@example.com"),
            ("email=bob@example.com&x=1", "bob@example.com"),
            ("mailto:bob@example.com?subject=x", "bob@example.com"),
            ("{\"email\":\"bob@example.com\"}", "bob@example.com"),
            ("write to bob@example.com.", "bob@example.com"),
            ("q=john%2Bq%40example.com&x", "john%2Bq%40example.com"),
            ("d=email%3Djohn%40example.com", "john%40example.com"),
            (
                "\u{7528}\u{6237}@\u{4f8b}\u{5b50}.\u{5e7f}\u{544a} x",
                "\u{7528}\u{6237}@\u{4f8b}\u{5b50}.\u{5e7f}\u{544a}",
            ),
            (
                "\u{8054}\u{7cfb}zhang@example.com\u{3002}",
                "zhang@example.com",
            ),
            (
                "jos\u{e9}@b\u{fc}cher.example",
                "jos\u{e9}@b\u{fc}cher.example",
            ),
            ("x@xn--bcher-kva.xn--p1ai", "x@xn--bcher-kva.xn--p1ai"),
            ("from \"john doe\"@example.com", "\"john doe\"@example.com"),
            (
                "{\"m\":\"to <\\\"j d\\\"@acme.io>\"}",
                "\\\"j d\\\"@acme.io",
            ),
            ("alice@example.com:hunter2", "alice@example.com"),
            ("USER@EXAMPLE.ORG", "USER@EXAMPLE.ORG"),
            ("x@company.rs", "x@company.rs"),
            (
                "postgres://john%40corp.com:pw@db.local/x",
                "john%40corp.com",
            ),
            ("http://h/?email=a@b.com", "a@b.com"),
        ] {
            assert_eq!(found(text), Some(address), "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_sign_are_left() {
        for text in [
            "lodash@4.17.21",
            "react@18.2.0-rc.1",
            "pkg@v1.2.3-beta.x",
            "git@github.com:org/repo.git",
            "deploy@host.example.com:/srv/app",
            "@app.route('/x')",
            "@Override",
            "user@localhost",
            "root@web-01",
            "icon@2x.png",
            "logo@3x.webp",
            "getty@tty1.service",
            "user@1000.service",
            "java.lang.Object@1b2c3d",
            "image@sha256:abc",
            "a@b.c",
            "a @ b.com",
            "@@",
            "%40",
            "akka.tcp://driver@10.1.2.3:80",
            "postgres://u:p@h.example.com/db",
            "https://u@h.example.com/",
            "x@.com",
            "x@-a.com",
            "obj@this.toString",
            "ssh deploy@web-01.example.com",
            "@scope/name@1.0.0",
            "HEAD@{1}",
            "...@example.com",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn user_information_is_told_from_a_query() {
        let told = |text: &str| in_userinfo(text.as_bytes(), text.find('@').unwrap());
        assert_eq!(told("postgres://u:p@h/db"), Some(11));
        assert_eq!(told("http://h/x?mail=a@b.com"), None);
        assert_eq!(told("mail a@b.com"), None);
    }
}
