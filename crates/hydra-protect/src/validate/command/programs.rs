//! Programs, and what is given to them.

use super::super::text::{any_stands, skip, word_of};
use crate::text::{byte, has_word};

/// Programs that say who and where one is: nobody joins them to a value by chance.
pub(super) const ASKING: [&[u8]; 13] = [
    b"whoami",
    b"uname",
    b"ifconfig",
    b"ipconfig",
    b"netstat",
    b"systeminfo",
    b"printenv",
    b"lsb_release",
    b"hostname",
    b"tasklist",
    b"sysinfo",
    b"lsof",
    b"getent",
];

/// Programs that an attacker runs next.
pub(super) const USUAL: [&[u8]; 50] = [
    b"ls",
    b"dir",
    b"cat",
    b"type",
    b"echo",
    b"ping",
    b"curl",
    b"wget",
    b"nc",
    b"ncat",
    b"netcat",
    b"sleep",
    b"timeout",
    b"nslookup",
    b"dig",
    b"host",
    b"bash",
    b"sh",
    b"zsh",
    b"cmd",
    b"powershell",
    b"python",
    b"python3",
    b"perl",
    b"ruby",
    b"php",
    b"node",
    b"rm",
    b"cp",
    b"mv",
    b"chmod",
    b"chown",
    b"touch",
    b"mkdir",
    b"kill",
    b"ps",
    b"env",
    b"set",
    b"pwd",
    b"net",
    b"telnet",
    b"ssh",
    b"scp",
    b"tftp",
    b"certutil",
    b"bitsadmin",
    b"find",
    b"reg",
    b"mkfifo",
    b"id",
];

/// What only somebody who looks for it reads.
pub(super) const SECRET_FILES: [&[u8]; 9] = [
    b"etc/passwd",
    b"etc/shadow",
    b"etc/hosts",
    b"etc/issue",
    b"proc/self",
    b"boot.ini",
    b"win.ini",
    b".ssh/",
    b"system32",
];

/// Whether a program of that list stands here as a word; with a path before it, too.
pub(super) fn program(text: &[u8], at: usize, list: &[&[u8]]) -> Option<usize> {
    let paths: [&[u8]; 5] = [
        b"/bin/",
        b"/usr/bin/",
        b"/sbin/",
        b"/usr/sbin/",
        b"/usr/local/bin/",
    ];
    let at = at + any_stands(text, at, &paths).unwrap_or(0);
    let end = word_of(text, at, list)?;
    let end = if has_word(text, end, b".exe") {
        end + 4
    } else {
        end
    };
    // `set-cookie`, `host=…`, `id: 3`, `find()` and `php.ini` are other things.
    (!matches!(byte(text, end), b'-' | b'=' | b':' | b'(' | b'.' | b'[')).then_some(end)
}

/// Whether what follows is an option, a path, a number, an address: no word of prose.
pub(super) fn looks_like_argument(text: &[u8], at: usize) -> bool {
    let start = skip(text, at, |b| matches!(b, b' ' | b'+'));
    let end = skip(text, start, |b| !b.is_ascii_whitespace());
    let argument = &text[start.min(end)..end];
    let marked = |b: &u8| {
        matches!(
            b,
            b'-' | b'/' | b'\\' | b'.' | b'$' | b'*' | b'"' | b'\'' | b'>' | b':'
        ) || b.is_ascii_digit()
    };
    argument.iter().any(marked)
}

/// Whether a command line begins here.
pub(super) fn is_known_command(text: &[u8], at: usize) -> bool {
    const COMMANDS: [&[u8]; 34] = [
        b"cd",
        b"make",
        b"npm",
        b"yarn",
        b"git",
        b"docker",
        b"cargo",
        b"go",
        b"pip",
        b"apt",
        b"sudo",
        b"tar",
        b"export",
        b"source",
        b"mvn",
        b"gradle",
        b"kubectl",
        b"systemctl",
        b"service",
        b"true",
        b"false",
        b"cmake",
        b"pytest",
        b"tox",
        b"node",
        b"ps",
        b"ls",
        b"cat",
        b"echo",
        b"grep",
        b"rm",
        b"mkdir",
        b"df",
        b"du",
    ];
    program(text, at, &COMMANDS).is_some()
        || program(text, at, &USUAL).is_some()
        || has_word(text, at, b"./")
}
