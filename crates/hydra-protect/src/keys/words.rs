//! A key's name as lower-case words: `awsSecretAccessKey`, `AWS-SECRET-ACCESS-KEY` and
//! `aws.secret_access_key` are all `aws_secret_access_key`.

use crate::text::{before, byte, slice};

/// Bytes of a name that are looked at: its end says what it is.
pub(crate) const LONGEST: usize = 64;
const MOST_WORDS: usize = 32;

/// How many bits the hashes of last words have: ten times the words that there are.
pub(super) const LAST_WORDS: usize = 1 << 13;

/// A name in lower case with `_` between its words, and where each word begins.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    bytes: [u8; LONGEST + MOST_WORDS],
    len: usize,
    starts: [u8; MOST_WORDS],
    words: usize,
}

impl Name {
    /// Splits `key`. A number at its end (`password2`, `token_1`) says nothing and is left out.
    pub(crate) fn new(key: &[u8]) -> Name {
        let key = end_of(key);
        let mut name = Name {
            bytes: [0; LONGEST + MOST_WORDS],
            len: 0,
            starts: [0; MOST_WORDS],
            words: 0,
        };
        let key = without_number(key);
        let (mut last, mut this) = (0, byte(key, 0));
        for at in 0..key.len() {
            let next = byte(key, at + 1);
            if is_part(this) {
                if !is_part(last) || begins_word(last, this, next) {
                    name.begin_word();
                }
                name.push(this.to_ascii_lowercase());
            }
            (last, this) = (this, next);
        }
        name
    }

    fn begin_word(&mut self) {
        if self.words == MOST_WORDS {
            return;
        }
        if self.len > 0 {
            self.push(b'_');
        }
        if let Some(start) = self.starts.get_mut(self.words) {
            *start = self.len as u8;
        }
        self.words += 1;
    }

    fn push(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.len) {
            *to = byte;
            self.len += 1;
        }
    }

    /// The whole name, then what is left of it without its first word, and so on.
    pub(crate) fn suffixes(&self) -> impl Iterator<Item = &[u8]> {
        let starts = self.starts.get(..self.words).unwrap_or_default();
        starts
            .iter()
            .map(|&start| slice(&self.bytes, usize::from(start)..self.len))
    }

    pub(crate) fn first(&self) -> &[u8] {
        let end = self.starts.get(1).filter(|_| self.words > 1);
        let end = end.map_or(self.len, |&start| usize::from(start) - 1);
        slice(&self.bytes, 0..end)
    }

    pub(crate) fn last(&self) -> &[u8] {
        self.suffixes().last().unwrap_or_default()
    }
}

/// The last word of a key, as it stands there: that of its [`Name`] in small letters.
#[derive(Clone, Copy)]
pub(crate) struct LastWord<'k> {
    pub(crate) word: &'k [u8],
    /// Its hash.
    pub(super) hash: usize,
    /// How far before the end of the key it begins.
    pub(crate) back: usize,
    /// Whether nothing stands before it in what is looked at of the key.
    pub(crate) alone: bool,
}

impl LastWord<'_> {
    pub(crate) fn of(key: &[u8]) -> LastWord<'_> {
        let end = end_of(key);
        let plain = without_number(end);
        let word = last_part(plain);
        let back = end.len() - plain.len() + word.len();
        LastWord {
            word,
            hash: hash_of_word(word),
            back,
            alone: word.len() == plain.len(),
        }
    }

    /// Whether it is more than a number, of which a longer key has another last word.
    pub(crate) fn says(&self) -> bool {
        self.word.last().is_some_and(|b| !b.is_ascii_digit())
    }
}

/// The last word of a key before the place `before_it`, where its last one begins.
pub(crate) fn earlier_word(key: &[u8], before_it: usize) -> &[u8] {
    let from = key.len().saturating_sub(LONGEST);
    let earlier = slice(key, from..before_it);
    let end = earlier.iter().rposition(|&b| is_part(b));
    last_part(slice(earlier, 0..end.map_or(0, |at| at + 1)))
}

/// What is looked at of a key.
fn end_of(key: &[u8]) -> &[u8] {
    slice(key, key.len().saturating_sub(LONGEST)..key.len())
}

/// The word that a text ends with.
fn last_part(key: &[u8]) -> &[u8] {
    // Small letters begin no word, whatever stands before them: most words are of nothing else.
    let small = key.iter().rev().take_while(|b| b.is_ascii_lowercase());
    let mut start = key.len() - small.count();
    let (mut this, mut next) = (before(key, start), byte(key, start));
    while is_part(this) {
        start -= 1;
        let last = before(key, start);
        if begins_word(last, this, next) {
            break;
        }
        (this, next) = (last, this);
    }
    slice(key, start..key.len())
}

/// A hash of a word, in any case.
#[inline]
pub(super) fn hash_of_word(word: &[u8]) -> usize {
    let hash = word.iter().fold(0_u32, |hash, b| {
        (hash ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(0x9e37_79b1)
    });
    (hash >> (u32::BITS - LAST_WORDS.ilog2())) as usize
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// An upper-case letter begins a word after a lower-case one or a digit (`apiKey`), and where a
/// lower-case one follows a row of capitals (`AWSSecret`).
#[inline]
fn begins_word(last: u8, this: u8, next: u8) -> bool {
    this.is_ascii_uppercase()
        && (last.is_ascii_lowercase()
            || last.is_ascii_digit()
            || (last.is_ascii_uppercase() && next.is_ascii_lowercase()))
}

fn without_number(key: &[u8]) -> &[u8] {
    let end = key
        .iter()
        .rposition(|b| !b.is_ascii_digit() && is_part(*b))
        .map_or(key.len(), |last| last + 1);
    slice(key, 0..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(key: &str) -> String {
        let name = Name::new(key.as_bytes());
        String::from_utf8(name.suffixes().next().unwrap_or_default().to_vec()).unwrap()
    }

    #[test]
    fn every_style_of_spelling_gives_the_same_words() {
        for key in [
            "awsSecretAccessKey",
            "AWSSecretAccessKey",
            "AWS_SECRET_ACCESS_KEY",
            "aws-secret-access-key",
            "aws.secret.access.key",
            "Aws Secret Access Key",
            "aws_secret_access_key_1",
            "aws_secret_access_key2",
        ] {
            assert_eq!(split(key), "aws_secret_access_key", "{key}");
        }
        assert_eq!(split("x-api-key"), "x_api_key");
        assert_eq!(split("PGPASSWORD"), "pgpassword");
        assert_eq!(split("пароль"), "пароль");
        assert_eq!(split(""), "");
        assert_eq!(split("1234"), "1234");
    }

    #[test]
    fn the_last_word_is_that_of_the_name() {
        for key in [
            "apiKey",
            "API_KEY",
            "AWSSecret",
            "DBPassword2",
            "user.pass-word_1",
            "x",
            "",
            "12",
            "_",
            "key__",
            "пароль",
            "MyПароль",
            "aB1",
            "oauth2Token",
            "PGPASSWORD",
        ] {
            let name = Name::new(key.as_bytes());
            let last = LastWord::of(key.as_bytes()).word.to_ascii_lowercase();
            assert_eq!(last, name.last(), "{key}");
        }
    }

    #[test]
    fn a_long_name_is_judged_by_its_end() {
        let name = Name::new("abcDef_".repeat(40).as_bytes());
        assert_eq!(name.last(), b"def");
        assert!(Name::new(&[b'A'; 500]).last().len() <= LONGEST);
    }
}
