//! A stream gives the same whatever the pieces are that it comes in, and what the whole text gives.

use hydra_protect::{Action, Redactor, StreamRedactor};
use proptest::prelude::*;

fn streamed(redactor: &Redactor, pieces: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut stream = StreamRedactor::new(redactor.clone());
    let mut out = Vec::new();
    for piece in pieces {
        stream.push(&piece, &mut out);
    }
    stream.finish(&mut out);
    out
}

fn pieces(text: &[u8], size: usize) -> impl Iterator<Item = Vec<u8>> {
    text.chunks(size).map(<[u8]>::to_vec)
}

/// A private key of about 3 KiB.
fn key() -> String {
    let line = "MIIEpAIBAAKCAQEA7bq9".repeat(3);
    let lines = format!("{line}\n").repeat(48);
    format!(
        "-----BEGIN {0} KEY-----\n{lines}-----END {0} KEY-----\n",
        "RSA PRIVATE"
    )
}

fn line(number: u64) -> String {
    match number % 11 {
        0 => format!("login of user{number}@example.com ok\n"),
        1 => format!("{{\"id\":{number},\"password\":\"hunter{number}\",\"n\":[1,2]}}\n"),
        2 => key(),
        3 => format!("GET /a?token=f{number:016x}a7&x=1 200\r\n"),
        4 => format!("a clean line of some length with the number {number} and nothing else\n"),
        5 => "\n".to_owned(),
        6 => format!(
            "mail: u{number}%40example.org, \u{1b}[31mred\u{1b}[0m card 4111 1111 1111 1111\n"
        ),
        7 => format!("password:\n  pa55-{number}-word\n"),
        8 => format!(
            "{}\n",
            "word ".repeat(usize::try_from(number % 700).unwrap())
        ),
        9 => "naïve £ \u{ff14}111111111111111 x\n".to_owned(),
        _ => format!("Authorization: Bearer {number:032x}\n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn a_stream_of_lines_gives_what_the_whole_gives(
        numbers in prop::collection::vec(0u64..10_000, 1..1_000),
        size in prop_oneof![1usize..20, 100usize..5_000, 60_000usize..200_000],
    ) {
        let text: String = numbers.iter().map(|&number| line(number)).collect();
        let redactor = Redactor::new();
        let whole = redactor.redact_bytes(text.as_bytes()).into_owned();
        let out = streamed(&redactor, pieces(text.as_bytes(), size));
        prop_assert!(out == whole, "{}", difference(&out, &whole));
    }

    #[test]
    fn any_bytes_give_the_same_in_any_pieces(
        seed in prop::collection::vec((any::<u8>(), 1usize..40_000), 1..12),
        size in 1usize..70_000,
    ) {
        let mut text = Vec::new();
        for (byte, count) in seed {
            text.extend(std::iter::repeat_n(byte, count));
            text.extend_from_slice(b" password=x\xff4711secret-");
        }
        let redactor = Redactor::new();
        let at_once = streamed(&redactor, [text.clone()]);
        let in_pieces = streamed(&redactor, pieces(&text, size));
        prop_assert!(at_once == in_pieces, "{}", difference(&at_once, &in_pieces));
    }
}

fn difference(one: &[u8], other: &[u8]) -> String {
    let at = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let part = |text: &[u8]| {
        let end = text.len().min(at + 120);
        String::from_utf8_lossy(&text[at.saturating_sub(120)..end]).into_owned()
    };
    format!("at {at}:\n{:?}\n{:?}", part(one), part(other))
}

#[test]
fn utf_16_gives_what_the_whole_gives() {
    let lines = (0..4_000).map(|n| format!("line {n} password=hunter{n}\r\n"));
    let text = lines.collect::<Vec<_>>().concat();
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bom = order(0xfeff).into_iter();
        let bytes: Vec<u8> = bom.chain(text.encode_utf16().flat_map(order)).collect();
        let redactor = Redactor::new();
        let whole = redactor.redact_bytes(&bytes).into_owned();
        assert!(whole.len() < bytes.len() * 2 && whole != bytes);
        let out = streamed(&redactor, pieces(&bytes, 777));
        assert!(out == whole, "{}", difference(&out, &whole));
    }
}

#[test]
fn a_value_of_any_length_is_taken_out_whole() {
    for (head, tail) in [("password=", " end"), ("{\"password\":\"", "\",\"a\":1}")] {
        let mut text = format!("clean\n{head}").into_bytes();
        text.extend((0..1_000_000_usize).map(|n| b"0123456789abcdefXYZ"[n * 7 % 19]));
        text.extend_from_slice(tail.as_bytes());
        text.extend_from_slice(b"\nnext line\n");
        let redactor = Redactor::builder()
            .action(Action::Mask { keep: 4 })
            .build()
            .unwrap();
        let out = streamed(&redactor, pieces(&text, 4_096));
        let out = String::from_utf8(out).unwrap();
        assert_eq!(
            out,
            format!("clean\n{head}[REDACTED:PASSWORD]{tail}\nnext line\n")
        );
    }
}

#[test]
fn a_list_that_is_never_closed_does_not_swallow_the_stream() {
    let mut text = b"{\"credentials\":{\"user\":\"x\"\n".to_vec();
    for n in 0..20_000 {
        text.extend_from_slice(format!("line {n} of the log\n").as_bytes());
    }
    let out = streamed(&Redactor::new(), pieces(&text, 1_000));
    assert!(out.ends_with(b"line 19999 of the log\n"));
    assert!(!out.windows(4).any(|part| part == b"\"x\"\n"));
}

#[test]
fn a_pause_shows_whole_lines_and_no_part_of_a_key() {
    let mut stream = StreamRedactor::new(Redactor::new());
    let mut out = Vec::new();
    let key = key();
    let (first, last) = key.split_at(1_000);
    stream.push(format!("start\n{first}").as_bytes(), &mut out);
    stream.flush(&mut out);
    assert_eq!(out, b"start\n");
    stream.push(last.as_bytes(), &mut out);
    stream.push(b"pin=", &mut out);
    stream.flush(&mut out);
    assert_eq!(out, b"start\n[REDACTED:PRIVATE_KEY]\n");
    stream.push(b"passwd=hunter2\n", &mut out);
    stream.flush(&mut out);
    assert!(!String::from_utf8_lossy(&out).contains("hunter2"));
}
