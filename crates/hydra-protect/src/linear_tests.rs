//! A hostile text costs a bounded multiple of what prose of its length costs, however long it is.

use std::fmt::Write as _;

use crate::Redactor;
use crate::steps::{count, start};

const PROSE: &str = "2024-03-01 12:00:04 INFO the worker picked the next job from the queue and \
    wrote its result to the store after 12 ms, as it does for every order of the day. ";

/// What an attacker would repeat.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "{\"a\":", "{\"password\":", "[", "{", "\"", "'", "\\", "\\\\\\\"", "`", ":", "=", "@", "://",
    "secret ", "password:", "password=", "password: \"", "\"password\":\"", "passport ", "born ",
    "dob:", "dob=", "123 ", "1", "1-", "123 123 123 123 a ", "tel 123 123 123 123 ", "4111 1111 1111 1111 ", "10.0.", "a@b.", "a@", "%40", "%25",
    "&#", "&amp;", "\\u0040", "sk-", "8Q~", "ghp_", "AKIA", "xoxb-", "eyJ", "-----BEGIN ",
    "-----BEGIN RSA PRIVATE KEY-----", "DE89 ", "a:b", "2001:db8::", "http://a:", "http://a:b@",
    "a://b:c/", "AAAA", "dGVzdA", "\u{200b}", "1\u{200b}", "\u{1b}[31m", "\u{1b}[", "\u{ff11}",
    "basic:", "bearer:", "Authorization: ", "Authorization:", "cookie: a=", "cookie=path=",
    "set-cookie: expires=", "curl ", "curl -u ", "mysql -p", "password,", "\"password\",",
    "token(\"", "--password ", "<password>", "[A", "[password:", "password:f(", "password={",
    "//a:", "//a:b@", "a:b1@c:80 ", "LOGIN ", "1 LOGIN \"a ", "requirepass ", "net user ", "-AsPlainText ",
    "echo a | sudo -S ", "enable secret ", "username a secret ", "\"PASS ", "Cookie(", "{password,<<\"", "key=\"",
    "dob:()", "dob:(", "key ", "aA", "\"}{\"", "'\"",
];

/// Steps for each byte, in hundredths.
fn cost(piece: &str, len: usize) -> u64 {
    let mut text = String::with_capacity(len + piece.len());
    while text.len() < len {
        let _ = text.write_str(piece);
    }
    let redactor = Redactor::new();
    start();
    std::hint::black_box(redactor.find(&text));
    count() * 100 / text.len() as u64
}

#[test]
fn the_cost_of_a_byte_does_not_grow_with_the_text() {
    let mut grew = Vec::new();
    for piece in PIECES {
        let (short, long) = (cost(piece, 16 << 10), cost(piece, 128 << 10));
        if long > short + short / 4 + 20 {
            grew.push((piece, short, long));
        }
    }
    assert!(grew.is_empty(), "hundredths of a step a byte: {grew:?}");
}

/// The most that any of the pieces costs in steps, in tenths of what prose costs.
const MOST: u64 = 88;

#[test]
fn hostile_text_costs_little_more_than_prose() {
    let prose = cost(PROSE, 64 << 10);
    let mut costs: Vec<_> = PIECES
        .iter()
        .map(|piece| (cost(piece, 64 << 10) * 10 / prose, *piece))
        .collect();
    costs.sort_unstable();
    costs.reverse();
    let dear: Vec<_> = costs.iter().filter(|(times, _)| *times > MOST).collect();
    assert!(
        dear.is_empty(),
        "tenths of prose ({prose}): {dear:?} of {costs:?}"
    );
}
