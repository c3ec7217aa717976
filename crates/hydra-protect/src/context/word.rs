//! Words that say that what follows is secret, without a separator between: `Bearer …`,
//! `--password …`, `password is …`, `("password", "…")`, `<password>…</password>`.

use std::ops::Range;

use super::pair::{is_name_byte, look_up};
use super::secret::{is_secret, looks_made};
use super::stand_in::is_stand_in;
use super::take::take_value;
use super::value::{Quote, Shape, is_quote};
use super::{command, credentials, line, prose, sql};
use crate::detect::{Kind, looks_random};
use crate::keys::{Sensitive, Weight};
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, has_word, is_blank, rest, run_start, skip, slice};

/// The first letters of the words that [`at_word`] knows; short ones may go on with any byte.
#[rustfmt::skip]
pub(crate) const HEADS: &[&[u8]] = &[
    b"pass", b"pwd", b"pin", b"secr", b"toke", b"key", b"auth", b"cook", b"otp", b"cred", b"jwt", b"mnem", b"phra",
    b"cvv", b"cvc", b"bear", b"basi", b"iden", b"kenn", b"code", b"stor",
    b"pw ", b"apik", b"apis", b"apps", b"xapi", b"pgpa", b"dbpa", b"net ", b"aspl", b"sudo",
    b"curl", b"mysq", b"mari", b"sshp", b"dock", b"redi", b"ldap", b"sqlc", b"mong", b"zip ", b"smbc", b"podm", b"helm", b"az ",
];

/// Words whose first letters say too little: every second log line speaks of a request, or of a login.
pub(crate) const WHOLE: &[&[u8]] = &[b"requirepass", b"login "];

/// Takes what the word that starts at `at` gives away.
pub(crate) fn at_word(scan: &mut Scan<'_>, at: usize) {
    if line::at_word(scan, at) {
        return;
    }
    let text = scan.text;
    let end = skip(slice(text, 0..at + 24), at, |b| b.is_ascii_alphabetic());
    let word = slice(text, at..end);
    match byte(text, at) | 0x20 {
        b'b' => {
            let basic = word.eq_ignore_ascii_case(b"basic");
            if (basic || word.eq_ignore_ascii_case(b"bearer"))
                && let Some(range) = credentials::after_scheme(scan, end, basic)
            {
                scan.take(Span::new(range, Kind::Authorization));
                return;
            }
        }
        b'a' if has_word(text, at, b"auth ") && sasl(scan, end) => return,
        b'i' if has_word(text, at, b"identified by ") => {
            quoted_after(scan, at + 14, Kind::Password);
            return;
        }
        _ => {}
    }
    if command::at_word(scan, at, end) {
        return;
    }
    name_at(scan, at, end);
}

/// `AUTH PLAIN …`: what a mail client shows of itself (RFC 4954).
fn sasl(scan: &mut Scan<'_>, end: usize) -> bool {
    let text = scan.text;
    let method = skip(text, end, is_blank);
    let word = skip(text, method, |b| b.is_ascii_alphanumeric() || b == b'-');
    let known =
        [&b"PLAIN"[..], b"LOGIN", b"XOAUTH2", b"CRAM-MD5"].contains(&slice(text, method..word));
    let start = skip(text, word, is_blank);
    let range = start..skip(text, start, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
    });
    let found = known && range.len() >= 8;
    if found {
        scan.take(Span::new(range, Kind::Authorization));
    }
    found
}

fn quoted_after(scan: &mut Scan<'_>, at: usize, kind: Kind) {
    if let Some((quote, inside)) = Quote::open(scan.text, at) {
        let range = inside..quote.close(scan.text, inside);
        if !is_stand_in(slice(scan.text, range.clone())) {
            scan.take(Span::new(range, kind));
        }
    }
}

/// Takes the value behind the name that the word from `at` to `end` ends, or goes on in.
fn name_at(scan: &mut Scan<'_>, at: usize, end: usize) {
    let text = scan.text;
    let mut end = skip(slice(text, 0..at + 40), end, is_name_byte);
    while matches!(before(text, end), b'.' | b'-') {
        end -= 1;
    }
    let next = byte(text, end);
    // The separator is asked for itself.
    if matches!(next, b':' | b'=') {
        return;
    }
    if next != b'(' && !scan.rules.keys.may_end_at(text, end) && !before(text, end).is_ascii_digit()
    {
        return;
    }
    let start = run_start(text, at, 48, is_name_byte);
    let name = start..end;
    match next {
        b'"' | b'\'' | b'`' => return after_quoted_name(scan, &name),
        b'\\' if byte(text, end + 1) != b't' => return after_quoted_name(scan, &name),
        b'(' => return call(scan, &name),
        b',' | b';' | b')' => return listed(scan, &name),
        _ => {}
    }
    let Some(sensitive) = look_up(text, &name, &scan.rules.keys) else {
        return;
    };
    let lead = before(text, name.start);
    let dash = byte(text, name.start) == b'-';
    let prefixed = lead == b':'
        && before(
            text,
            run_start(text, name.start - 1, 16, |b| b.is_ascii_alphanumeric()),
        ) == b'<';
    if (lead == b'<' || prefixed) && matches!(next, b'>' | b' ') {
        element(scan, end, sensitive);
    } else if lead == b'/' && follows_account(text, name.start - 1) {
        prose::after_name(scan, end, sensitive);
    } else if matches!(lead, b'/' | b'.' | b'$' | b'\\') {
        // A path, a member, a variable.
    } else if dash && is_blank(next) {
        flag(scan, end, sensitive);
    } else if next == b'\t' {
        take_value(scan, end + 1, Shape::Told, None, sensitive);
    } else if next == b'\\' {
        // A tabulator that is written as its escape.
        take_value(scan, end + 2, Shape::Told, None, sensitive);
    } else if lead == b':' && is_quote(byte(text, end + 1)) && next == b' ' {
        // `:password "x"`, a pair of Clojure's.
        take_value(scan, end + 1, Shape::Quoted, None, sensitive);
    } else if matches!(slice(text, end..end + 3), b" | ") {
        take_value(scan, end + 3, Shape::Told, None, sensitive);
    } else if is_blank(next) || matches!(next, b'\'' | b'-') {
        if !line::declared(scan, &name, sensitive) {
            prose::after_name(scan, end, sensitive);
        }
    } else if matches!(next, b'\n' | b'\r') {
        yaml_pair(scan, end, sensitive);
    }
}

/// `user bob/`: a slash at `slash` that parts an account from the name of its secret.
fn follows_account(text: &[u8], slash: usize) -> bool {
    let account = run_start(text, slash, 32, is_name_byte);
    let last = run_start(text, account, 2, is_blank);
    let word = slice(
        text,
        run_start(text, last, 8, |b| b.is_ascii_alphabetic())..last,
    );
    account < slash
        && last < account
        && [&b"user"[..], b"login", b"account", b"username"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
}

/// `--password x`: whatever comes next, if it is no other option.
fn flag(scan: &mut Scan<'_>, end: usize, sensitive: Sensitive) {
    let text = scan.text;
    let start = skip(text, end, is_blank);
    if byte(text, start) != b'-' && start < text.len() {
        let shape = if byte(text, start).is_ascii_lowercase() {
            Shape::Told
        } else {
            Shape::Assigned
        };
        take_value(scan, start, shape, None, sensitive);
    }
}

/// `<password>x</password>`, attributes allowed.
fn element(scan: &mut Scan<'_>, end: usize, sensitive: Sensitive) {
    let text = scan.text;
    let close = skip(slice(text, 0..end + 128), end, |b| {
        !matches!(b, b'>' | b'<' | b'\n')
    });
    if byte(text, close) != b'>' || before(text, close) == b'/' {
        return;
    }
    let start = close + 1;
    let range = start..skip(slice(text, 0..start + 4096), start, |b| b != b'<');
    if slice(text, range.end..range.end + 2) == b"</"
        && is_secret(text, &range, sensitive.weight, Shape::Quoted)
    {
        scan.take(Span::new(range, sensitive.kind));
    }
}

/// `password("x")`, `.withToken('x')`.
fn call(scan: &mut Scan<'_>, name: &Range<usize>) {
    let text = scan.text;
    let inside = skip(text, name.end + 1, is_blank);
    // `Credentials("user", "password")`: the second is the secret.
    let called = slice(text, name.clone());
    let pair = called.ends_with(b"redential") || called.ends_with(b"redentials");
    let password = Sensitive {
        kind: Kind::Password,
        weight: Weight::Any,
    };
    let known = scan.rules.keys.look_up(called);
    if called.ends_with(b"Cookie") {
        return cookie(scan, name.end);
    }
    if is_quote(byte(text, inside))
        && let Some(sensitive) = known.or(pair.then_some(password))
    {
        let second = Quote::open(text, inside)
            .map(|(quote, start)| quote.close(text, start) + quote.slashes + 1)
            .map(|end| skip(text, end, |b| is_blank(b) || b == b','))
            .filter(|&at| pair && is_quote(byte(text, at)));
        take_value(
            scan,
            second.unwrap_or(inside),
            Shape::Quoted,
            None,
            sensitive,
        );
    }
}

/// `Cookie(name='sid', value='x')`, behind whose name `open` is the parenthesis.
fn cookie(scan: &mut Scan<'_>, open: usize) {
    let text = scan.text;
    let window = slice(
        text,
        open..scan.ahead.list_end(text, open + 1).min(open + 256),
    );
    if let Some(found) = memchr::memmem::find(window, b"value=") {
        quoted_after(scan, open + found + 6, Kind::Cookie);
    }
}

/// A name in a list: `(password,x)`, `name: PASSWORD, value: x`, `secret,x` in a table, and the
/// columns of an INSERT.
fn listed(scan: &mut Scan<'_>, name: &Range<usize>) {
    let text = scan.text;
    let Some(sensitive) = scan.rules.keys.look_up(slice(text, name.clone())) else {
        return;
    };
    if sql::inserted(scan, name, sensitive) || byte(text, name.end) == b')' {
        return;
    }
    let next = skip(text, name.end + 1, is_blank);
    // Erlang: `{password,<<"x">>}`.
    if rest(text, next).starts_with(b"<<") {
        return quoted_after(scan, next + 2, sensitive.kind);
    }
    if let Some(after) = value_word(text, next) {
        if byte(text, after) == b':' {
            take_value(
                scan,
                skip(text, after + 1, is_blank),
                Shape::Assigned,
                None,
                sensitive,
            );
        }
        return;
    }
    let mut range = next..scan.ahead.unquoted_end(text, next, Shape::Assigned);
    if byte(text, name.end) == b';' {
        range.end = skip(slice(text, 0..range.end), next, |b| b != b';');
    }
    // `admin pass;x;9`: the first field's words.
    let first = run_start(text, name.start, 32, |b| {
        b.is_ascii_alphanumeric() || b == b' '
    });
    let lead = match byte(text, name.end) {
        b';' => before(text, first),
        _ => before(text, name.start),
    };
    let value = slice(text, range.clone());
    let made = looks_made(value) || looks_random(value) || lead == b'(';
    let record = matches!(lead, b'(' | 0 | b'\n') && next == name.end + 1;
    if record && made && is_secret(text, &range, sensitive.weight, Shape::Assigned) {
        scan.take(Span::new(range, sensitive.kind));
    }
}

/// `key="accesstoken" value="x"`: the value at `start` is itself a name.
pub(super) fn named_by_value(scan: &mut Scan<'_>, start: usize) {
    if let Some((quote, inside)) = Quote::open(scan.text, start) {
        let window = slice(scan.text, 0..inside + LONGEST_NAME);
        after_quoted_name(scan, &(inside..quote.close(window, inside)));
    }
}

/// How long a name is that stands as a value, in bytes.
const LONGEST_NAME: usize = 64;

/// A name that is itself a quoted value: `("password", "x")`, `{"name": "PASSWORD", "value": "x"}`,
/// `<add key="password" value="x"/>`.
fn after_quoted_name(scan: &mut Scan<'_>, name: &Range<usize>) {
    let text = scan.text;
    let Some((quote, mut at)) = Quote::open(text, name.end) else {
        return;
    };
    let opens = name
        .start
        .checked_sub(1)
        .is_some_and(|i| byte(text, i) == quote.mark);
    if !opens {
        return;
    }
    let Some(sensitive) = scan.rules.keys.look_up(slice(text, name.clone())) else {
        return;
    };
    let gap = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    if sql::inserted(scan, name, sensitive) {
        return;
    }
    // A form: `name="password"`, an empty line, the value; also with its line ends escaped.
    let ends = [&b"\r\n\r\n"[..], b"\n\n", b"\\r\\n\\r\\n"];
    if let Some(end) = ends.iter().find(|end| rest(text, at).starts_with(end)) {
        let start = at + end.len();
        let escaped = end.starts_with(b"\\");
        let range = start..skip(text, start, |b| {
            b >= b' ' && b != b'"' && (b != b'\\' || !escaped)
        });
        if is_secret(text, &range, sensitive.weight, Shape::Quoted) {
            scan.take(Span::new(range, sensitive.kind));
        }
        return;
    }
    // PHP: `s:8:"password";s:12:"x";`.
    if rest(text, at).starts_with(b";s:") {
        at = skip(text, at + 3, |b| b.is_ascii_digit() || b == b':');
        return take_value(scan, at, Shape::Quoted, None, sensitive);
    }
    let spaced = skip(text, at, is_blank);
    at = skip(text, at, gap);
    let comma = byte(text, at) == b',';
    if comma {
        at = skip(text, at + 1, gap);
    }
    let (key_quote, key) = match Quote::open(text, at) {
        Some((quote, key)) => (Some(quote), key),
        None => (None, at),
    };
    if let Some(after) = value_word(text, key) {
        let after = after + key_quote.map_or(0, |quote| quote.slashes + 1);
        let separator = skip(text, after, gap);
        if matches!(byte(text, separator), b':' | b'=') {
            let start = skip(text, separator + 1, gap);
            take_value(scan, start, Shape::Quoted, key_quote, sensitive);
        }
        return;
    }
    let spaced = at == spaced && key_quote.is_some() && is_blank(before(text, at));
    let paired = comma && (key_quote.is_some() || byte(text, at) == b'b');
    if (spaced || paired) && !is_key(text, at) {
        take_value(scan, at, Shape::Quoted, None, sensitive);
    }
}

/// Whether the string at `at` is the next name of an object: a colon follows.
fn is_key(text: &[u8], at: usize) -> bool {
    Quote::open(text, at).is_some_and(|(quote, inside)| {
        let end = quote.close(slice(text, 0..inside + 64), inside) + quote.slashes + 1;
        byte(text, skip(text, end, is_blank)) == b':'
    })
}

/// `- name: DB_PASSWORD`, and on the next line `value: x`.
fn yaml_pair(scan: &mut Scan<'_>, end: usize, sensitive: Sensitive) {
    let text = scan.text;
    let key = skip(slice(text, 0..end + 64), end, |b| {
        matches!(b, b' ' | b'\t' | b'\n' | b'\r')
    });
    if let Some(after) = value_word(text, key)
        && byte(text, after) == b':'
    {
        let start = skip(text, after + 1, is_blank);
        take_value(scan, start, Shape::Assigned, None, sensitive);
    }
}

/// The end of a word at `at` that names the value of a pair.
fn value_word(text: &[u8], at: usize) -> Option<usize> {
    let end = skip(slice(text, 0..at + 16), at, |b| {
        b.is_ascii_alphabetic() || b == b'_'
    });
    let word = slice(text, at..end);
    let known: [&[u8]; 7] = [
        b"value",
        b"val",
        b"v",
        b"content",
        b"data",
        b"string_value",
        b"stringvalue",
    ];
    known
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
        .then_some(end)
}
