//! A place in a line, for the readers that walk through one.

use hydra_core::format::FormatKind;

use super::ReadError;

/// The rest of a line, and how much of it lies behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    format: FormatKind,
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(format: FormatKind, line: &'a str) -> Cursor<'a> {
        Cursor {
            format,
            line,
            at: 0,
        }
    }

    /// What is still to be read.
    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.line.len()
    }

    /// The error that something else was expected here.
    pub(super) fn error(&self, expected: impl Into<String>) -> ReadError {
        ReadError::new(self.format, self.at, expected, self.rest())
    }

    /// Goes past `length` bytes, which must end at a character's boundary.
    pub(super) fn skip(&mut self, length: usize) -> &'a str {
        let taken = &self.rest()[..length];
        self.at += length;
        taken
    }

    /// Goes past a text, if it stands here.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Goes past a text that must stand here.
    pub(super) fn expect(&mut self, text: &str, expected: &str) -> Result<(), ReadError> {
        if self.take(text) {
            Ok(())
        } else {
            Err(self.error(expected))
        }
    }

    /// A word that is not empty, and the space after it.
    pub(super) fn word(&mut self, expected: &str) -> Result<&'a str, ReadError> {
        match self.rest().find(' ') {
            Some(length) if length > 0 => {
                let word = self.skip(length);
                self.skip(1);
                Ok(word)
            }
            _ => Err(self.error(expected)),
        }
    }
}
