//! Passwords on command lines, behind the short options that each program has for them.
//!
//! Sources: the programs' manual pages.

use super::stand_in::is_stand_in;
use super::value::{Quote, Shape};
use crate::detect::Kind;
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, is_blank, rest, run_start, skip, slice};
use crate::word_list::Words;

/// A program and what its options mean.
struct Program {
    name: &'static [u8],
    /// Options with a space or nothing before the password.
    password: &'static [&'static [u8]],
    /// Options whose argument is `user:password` (or `user%password`).
    login: &'static [&'static [u8]],
}

#[rustfmt::skip]
const PROGRAMS: &[Program] = &[
    Program { name: b"curl", password: &[], login: &[b"-u", b"--user", b"-U", b"--proxy-user"] },
    Program { name: b"mysql", password: &[b"-p"], login: &[] },
    Program { name: b"mysqldump", password: &[b"-p"], login: &[] },
    Program { name: b"mysqladmin", password: &[b"-p"], login: &[] },
    Program { name: b"mariadb", password: &[b"-p"], login: &[] },
    Program { name: b"sshpass", password: &[b"-p"], login: &[] },
    Program { name: b"docker", password: &[b"-p"], login: &[] },
    Program { name: b"az", password: &[b"-p"], login: &[] },
    Program { name: b"podman", password: &[b"-p"], login: &[] },
    Program { name: b"helm", password: &[b"-p"], login: &[] },
    Program { name: b"redis-cli", password: &[b"-a"], login: &[] },
    Program { name: b"ldapsearch", password: &[b"-w"], login: &[] },
    Program { name: b"ldapmodify", password: &[b"-w"], login: &[] },
    Program { name: b"ldapadd", password: &[b"-w"], login: &[] },
    Program { name: b"sqlcmd", password: &[b"-P"], login: &[] },
    Program { name: b"sqlplus", password: &[], login: &[] },
    Program { name: b"mongo", password: &[b"-p"], login: &[] },
    Program { name: b"mongosh", password: &[b"-p"], login: &[] },
    Program { name: b"mongodump", password: &[b"-p"], login: &[] },
    Program { name: b"zip", password: &[b"-P"], login: &[] },
    Program { name: b"smbclient", password: &[], login: &[b"-U", b"--user"] },
];

/// The names alone.
const NAMES: [&[u8]; PROGRAMS.len()] = {
    let mut names = [PROGRAMS[0].name; PROGRAMS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = PROGRAMS[i].name;
        i += 1;
    }
    names
};

static KNOWN: Words = Words::new(&NAMES);

/// How much of a command line is read.
const LONGEST: usize = 512;

/// How many options of a command are read.
const MOST_OPTIONS: usize = 24;

/// Takes the passwords on the command line that begins with the program at `at`, and tells whether
/// there is one. `docker run -p 80:80` has none: a password of digits and colons is a port.
pub(super) fn at_word(scan: &mut Scan<'_>, at: usize, end: usize) -> bool {
    let text = scan.text;
    if !KNOWN.may_start(text, at) {
        return false;
    }
    let end = skip(slice(text, 0..end + 8), end, |b| {
        b.is_ascii_alphanumeric() || b == b'-'
    });
    let name = slice(text, at..end);
    if !is_blank(byte(text, end))
        || !matches!(
            before(text, at),
            0..=b' ' | b'/' | b'"' | b'\'' | b'`' | b'(' | b'[' | b';' | b'|' | b'&' | b'$' | b'='
        )
    {
        return false;
    }
    let Some(program) = PROGRAMS.iter().find(|program| program.name == name) else {
        return false;
    };
    let limit = scan.ahead.command_end(text, at).min(at + LONGEST);
    let mut next = end;
    let mut any = false;
    for _ in 0..MOST_OPTIONS {
        let option = scan.ahead.option(text, next);
        // The same program once more reads its own options.
        let word = run_start(text, option, 8, is_blank);
        let again = word > end && slice(text, 0..word).ends_with(program.name);
        if option >= limit || again {
            break;
        }
        next = argument(scan, program, option, &mut any).max(option + 1);
    }
    any
}

/// Takes the argument of the option at `at`, and tells where to go on.
fn argument(scan: &mut Scan<'_>, program: &Program, at: usize, any: &mut bool) -> usize {
    let text = scan.text;
    let here = rest(text, at);
    let password = program
        .password
        .iter()
        .find(|option| here.starts_with(option));
    let login = program.login.iter().find(|option| here.starts_with(option));
    let Some(option) = password.or(login) else {
        return at;
    };
    let after = at + option.len();
    let start = skip(text, after, |b| is_blank(b) || b == b'=');
    // `mysql -p name`: with a space, MySQL asks and `name` is the database.
    if start > after
        && program.name.starts_with(b"m")
        && option == b"-p"
        && !program.name.starts_with(b"mongo")
    {
        return start;
    }
    let (start, end) = match Quote::open(text, start) {
        Some((quote, inside)) => (inside, quote.close(text, inside)),
        None => (start, scan.ahead.unquoted_end(text, start, Shape::Assigned)),
    };
    let value = slice(text, start..end);
    let start = match login {
        Some(_) => match value.iter().position(|b| matches!(b, b':' | b'%')) {
            Some(mark) => start + mark + 1,
            None => return end.max(after),
        },
        None => start,
    };
    let value = slice(text, start..end);
    // A port has five digits at most.
    let plain = value
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'/'));
    let port = plain
        && (value.len() < 6 || !value.iter().all(u8::is_ascii_digit))
        && program.name != b"sshpass";
    if !is_stand_in(value) && !port && value.first() != Some(&b'-') && value.len() > 2 {
        scan.take(Span::new(start..end, Kind::Password));
        *any = true;
    }
    end.max(after)
}
