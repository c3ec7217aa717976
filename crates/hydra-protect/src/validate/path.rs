//! Path traversal: a run of `../` in any spelling, a path that only somebody who looks for it
//! reads, a wrapper that reads files, a name cut by a NUL.
//!
//! Builds print `../../src/main.c:3:`, linkers `/usr/lib/gcc/../../lib/crt1.o`, programs import
//! `'../../utils'`: these are told apart by what stands around.

use std::ops::Range;

use super::scan::Sign;
use super::text::{
    any_stands, holds, holds_any, is_last, leading, near, skip, skip_back, token_start,
};
use crate::text::{before, byte, has_word};

/// Worth one step upwards.
const TARGETS: [&[u8]; 19] = [
    b"etc/passwd",
    b"etc/shadow",
    b"etc/hosts",
    b"etc/group",
    b"etc/issue",
    b"proc/self",
    b"proc/version",
    b"boot.ini",
    b"win.ini",
    b"system32",
    b"winnt",
    b"id_rsa",
    b".ssh",
    b".htpasswd",
    b".htaccess",
    b"wp-config",
    b"web.config",
    b"php.ini",
    b"my.cnf",
];

/// Extensions of what a build names.
const SOURCES: [&[u8]; 36] = [
    b"c", b"cc", b"cpp", b"h", b"hpp", b"rs", b"ts", b"tsx", b"js", b"jsx", b"mjs", b"cjs", b"css",
    b"scss", b"less", b"vue", b"java", b"kt", b"go", b"py", b"rb", b"so", b"o", b"a", b"map",
    b"md", b"svg", b"png", b"toml", b"proto", b"swift", b"cs", b"yaml", b"yml", b"json", b"html",
];

/// The length of a dot here, in any spelling; whether it was encoded.
fn dot(text: &[u8], at: usize) -> Option<(usize, bool)> {
    if byte(text, at) == b'.' {
        return Some((1, false));
    }
    let spellings: [&[u8]; 8] = [
        b"%2e",
        b"%252e",
        b"%25252e",
        b"%c0%ae",
        b"%c0%2e",
        b"%u002e",
        b"\xc0\xae",
        b"%e0%80%ae",
    ];
    Some((any_stands(text, at, &spellings)?, true))
}

/// The same for a slash of either kind.
fn slash(text: &[u8], at: usize) -> Option<(usize, bool)> {
    if matches!(byte(text, at), b'/' | b'\\') {
        return Some((1, false));
    }
    let spellings: [&[u8]; 14] = [
        b"%2f",
        b"%5c",
        b"%252f",
        b"%255c",
        b"%25252f",
        b"%c0%af",
        b"%c1%9c",
        b"%u2215",
        b"%u2216",
        b"\xc0\xaf",
        b"%e0%80%af",
        b"%c0%2f",
        b"0x2f",
        b"0x5c",
    ];
    Some((any_stands(text, at, &spellings)?, true))
}

/// Steps upwards in a row.
#[derive(Default)]
struct Run {
    steps: usize,
    encoded: usize,
    /// `....//`, `..;/`: spellings that a filter leaves behind, or takes for something else.
    odd: usize,
    end: usize,
}

fn run(text: &[u8], start: usize) -> Run {
    let mut run = Run {
        end: start,
        ..Run::default()
    };
    while run.steps < 64 {
        let Some((step, next)) = step(text, run.end) else {
            break;
        };
        run.steps += 1;
        // `%252e`: encoded twice, so that a first decoding does not see it.
        let twice = has_word(text, run.end, b"%25");
        run.encoded += usize::from(step.encoded) + usize::from(twice);
        run.odd += usize::from(step.odd);
        run.end = next;
    }
    run
}

struct Step {
    encoded: bool,
    odd: bool,
}

/// One step, and where it ends.
fn step(text: &[u8], start: usize) -> Option<(Step, usize)> {
    let mut at = start;
    let (mut dots, mut slashes) = (0, 0);
    let mut encoded = false;
    while let Some((length, was_encoded)) = dot(text, at).filter(|_| dots < 4) {
        (at, dots) = (at + length, dots + 1);
        encoded |= was_encoded;
    }
    if dots < 2 {
        return None;
    }
    let parameter = byte(text, at) == b';' || byte(text, at) == 0 && at < text.len();
    at += usize::from(parameter);
    while let Some((length, was_encoded)) = slash(text, at).filter(|_| slashes < 4) {
        (at, slashes) = (at + length, slashes + 1);
        encoded |= was_encoded;
    }
    let odd = parameter || dots > 2 || slashes > 1;
    (slashes > 0).then_some((Step { encoded, odd }, at))
}

/// What a dot, or what could be one encoded, begins.
pub(super) fn dots(text: &[u8], at: usize) -> Option<Sign> {
    if let Some(sign) = encoded_nul(text, at) {
        return Some(sign);
    }
    // Inside a run: its first step has been asked.
    let inside = before(text, at) == b'.'
        || matches!(before(text, at), b'/' | b'\\')
            && before(text, at - 1) == b'.'
            && at > 2
            && byte(text, at - 3) == b'.';
    if inside || dot(text, at).is_none() {
        return None;
    }
    let run = run(text, at);
    if run.steps == 0 {
        return None;
    }
    let target = skip(text, run.end, |b| {
        !b.is_ascii_whitespace() && !matches!(b, b'"' | b'\'' | b'<' | b'`')
    });
    let target = &text[run.end..target];
    if holds_any(target, &TARGETS) {
        return Some(Sign::sure("steps upwards to what is secret"));
    }
    let reason = "steps upwards";
    match run {
        Run { encoded: 2.., .. } | Run { odd: 2.., .. } => {
            Some(Sign::sure("steps upwards in disguise"))
        }
        Run { encoded: 1, .. }
        | Run {
            odd: 1, steps: 1, ..
        } if target.len() > 1 => Some(Sign::new(6, reason)),
        Run { steps: 2.., .. } if !is_of_a_build(text, at, &run, target) => {
            Some(Sign::sure(reason))
        }
        _ => None,
    }
}

/// Whether builds and programs write a path like this.
fn is_of_a_build(text: &[u8], at: usize, run: &Run, target: &[u8]) -> bool {
    let token = token_start(text, at);
    let lead = &text[token..at];
    // A linker's path that stays below its root.
    let depth = lead
        .split(|b| *b == b'/')
        .filter(|part| !part.is_empty() && *part != b"..")
        .count();
    if lead.first() == Some(&b'/')
        && depth >= run.steps
        && !lead.contains(&b'=')
        && !lead.contains(&b'?')
    {
        return true;
    }
    if lead.starts_with(b"-I") || lead.starts_with(b"-L") || has_word(lead, 0, b"file:") {
        return true;
    }
    let relative =
        lead.is_empty() || lead == b"./" || matches!(lead.last(), Some(b':' | b'@' | b','));
    if !relative {
        return false;
    }
    let whole = token == 0 && is_last(text, run.end + target.len());
    let name_end = target
        .iter()
        .position(|b| matches!(b, b':' | b'(' | b')' | b',' | b';' | b'?'))
        .unwrap_or(target.len());
    let name = &target[..name_end];
    let extension = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let source = name.contains(&b'.')
        && SOURCES
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known));
    let modules = holds_any(
        name,
        &[
            b"node_modules",
            b"src/",
            b"lib/",
            b"packages/",
            b"site-packages",
        ],
    );
    let imported = matches!(before(text, at), b'"' | b'\'')
        && holds_any(
            &text[token.saturating_sub(48)..token],
            &[
                b"from ", b"import", b"require", b"include", b"url(", b"resolve", b"module",
            ],
        );
    imported || (source || modules) && (!whole || target.len() > name_end)
}

/// `%00` before an extension.
fn encoded_nul(text: &[u8], at: usize) -> Option<Sign> {
    let length = any_stands(text, at, &[b"%00", b"%2500"])?;
    cut_name(text, at, at + length)
}

/// A NUL before an extension, or at the end of a name.
pub(super) fn nul(text: &[u8], at: usize) -> Option<Sign> {
    cut_name(text, at, at + 1)
}

fn cut_name(text: &[u8], at: usize, next: usize) -> Option<Sign> {
    let extension = byte(text, next) == b'.' && byte(text, next + 1).is_ascii_alphabetic();
    let start = token_start(text, at);
    let name = &text[start..at];
    let named = name.contains(&b'.') || name.contains(&b'/');
    (named && (extension || holds_any(name, &TARGETS))).then(|| Sign::sure("a name cut by a NUL"))
}

/// A path that only somebody who looks for it reads, as the value of a parameter or the whole text.
pub(super) fn absolute(text: &[u8], at: usize) -> Option<Sign> {
    const SECRET: [&[u8]; 10] = [
        b"/etc/passwd",
        b"/etc/shadow",
        b"/etc/hosts",
        b"/etc/group",
        b"/proc/self/environ",
        b"/proc/self/cmdline",
        b"/proc/version",
        concat!("/root", "/.ssh/").as_bytes(),
        b"/etc/mysql/my.cnf",
        b"/var/log/auth.log",
    ];
    let lead = before(text, at);
    if lead != b'=' && !(at == 0 || lead == b'/' && at < 3) {
        return None;
    }
    let length = any_stands(text, at, &SECRET)?;
    let end = skip(text, at + length, |b| !b.is_ascii_whitespace());
    let assigned = lead == b'=' && leading(text, at).iter().any(|b| matches!(b, b'?' | b'&'));
    let whole = at < 3 && is_last(text, end);
    (assigned || whole || (lead == b'=' && !leading(text, at).contains(&b' ')))
        .then(|| Sign::sure("a path to what is secret"))
}

/// `C:\boot.ini`, in the same places.
pub(super) fn drive(text: &[u8], range: Range<usize>) -> Option<Sign> {
    let lead = before(text, range.start);
    if range.len() != 1
        || slash(text, range.end + 1).is_none()
        || !(lead == b'=' || range.start == 0)
    {
        return None;
    }
    let path = near(text, range.end + 1);
    let files: [&[u8]; 6] = [
        b"boot.ini",
        b"win.ini",
        b"system32\\config",
        b"system32/config",
        b"drivers\\etc\\hosts",
        b"drivers/etc/hosts",
    ];
    holds_any(path, &files).then(|| Sign::sure("a path to what is secret"))
}

/// `php://filter`, `file:///etc/passwd`.
pub(super) fn scheme(text: &[u8], range: Range<usize>) -> Option<Sign> {
    if !has_word(text, range.end, b"://") && !has_word(text, range.end, b":/") {
        return None;
    }
    let name = text.get(range.clone())?;
    let body = near(text, skip(text, range.end + 1, |b| b == b'/'));
    let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
    let filter: [&[u8]; 5] = [b"filter", b"input", b"output", b"fd", b"memory"];
    let wrapper = is(b"php") && filter.iter().any(|word| has_word(body, 0, word))
        || ["expect", "phar", "glob", "ogg", "zlib", "ssh2.exec"]
            .iter()
            .any(|word| is(word.as_bytes()))
            && !body.is_empty()
        || is(b"zip") && body.contains(&b'#')
        || is(b"zip") && holds(body, b"%23")
        || is(b"data") && holds(body, b"text/plain")
        || (is(b"gopher") || is(b"dict")) && body.contains(&b':');
    if wrapper {
        return Some(Sign::sure("a wrapper that reads files"));
    }
    let lead = skip_back(text, range.start, |b| b == b':');
    let file = (is(b"file") || is(b"netdoc") || is(b"jar")) && lead <= range.start;
    (file && holds_any(body, &TARGETS)).then(|| Sign::sure("a path to what is secret"))
}
