//! The names of fields, and the texts that formats need of them, made beforehand.

use crate::Piece;

/// The keys that stand in every line; a field with one of these names gets a trailing underscore,
/// so that no field can forge a level or a time.
pub const CORE_KEYS: [&str; 6] = ["timestamp", "level", "logger", "message", "file", "line"];

/// Whether a name is one of [`CORE_KEYS`].
pub(crate) const fn is_core_key(name: &str) -> bool {
    is_one_of(name, &CORE_KEYS)
}

/// Whether a name is in a list; in a `const` too.
pub(crate) const fn is_one_of(name: &str, names: &[&str]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if bytes_equal(names[i].as_bytes(), name.as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

const fn bytes_equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// A field's name, with the text that the commonest formats need made beforehand: at compile time
/// in the macros.
///
/// ```
/// const USER_ID: hydra_core::Key = hydra_core::Key::new("user_id");
/// assert_eq!(USER_ID.name(), "user_id");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    name: &'a str,
    pub(crate) pieces: KeyPieces,
}

/// The texts ` name=` and `,"name":`, each empty where the name is too long, or holds what must be
/// escaped or renamed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyPieces {
    pub(crate) text: Piece,
    pub(crate) json: Piece,
    /// Whether every format can show the name as it is.
    pub(crate) is_plain: bool,
}

impl KeyPieces {
    const NONE: KeyPieces = KeyPieces {
        text: Piece::EMPTY,
        json: Piece::EMPTY,
        is_plain: false,
    };

    pub(crate) const fn new(name: &str) -> KeyPieces {
        const fn joined(parts: [&str; 3]) -> Piece {
            let mut piece = Piece::EMPTY;
            let mut i = 0;
            while i < parts.len() {
                match piece.with(parts[i]) {
                    Some(longer) => piece = longer,
                    None => return Piece::EMPTY,
                }
                i += 1;
            }
            piece
        }
        if !is_bare_word(name) || is_core_key(name) {
            return KeyPieces::NONE;
        }
        KeyPieces {
            text: joined([" ", name, "="]),
            json: joined([",\"", name, "\":"]),
            is_plain: is_plain_name(name),
        }
    }
}

/// Whether a name can stand unquoted in `name=value` and unescaped in JSON.
pub(crate) const fn is_bare_word(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !matches!(bytes[i], b'!'..=b'~') || matches!(bytes[i], b'"' | b'\\' | b'=') {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// Whether a name is at most 30 of `[A-Za-z0-9_.-]`, and none that a format keeps for itself.
const fn is_plain_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_alphanumeric() && !matches!(bytes[i], b'_' | b'.' | b'-') {
            return false;
        }
        i += 1;
    }
    bytes.len() <= 30 && !is_core_key(name) && !crate::format::is_gelf_name(name)
}

impl<'a> Key<'a> {
    /// A key, with its texts made now; `const`, so that a static key costs nothing later.
    pub const fn new(name: &'a str) -> Key<'a> {
        Key {
            name,
            pieces: KeyPieces::new(name),
        }
    }

    /// A key whose texts are made when a format needs them: for names known at run time.
    pub const fn dynamic(name: &'a str) -> Key<'a> {
        Key {
            name,
            pieces: KeyPieces::NONE,
        }
    }

    /// The name.
    #[inline]
    pub const fn name(&self) -> &'a str {
        self.name
    }
}
