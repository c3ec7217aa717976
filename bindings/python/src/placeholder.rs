//! The placeholders of a message: `%s` and its kin, or `{}` and its kin.
//!
//! Only what a program writes on purpose is one: `100% sure` holds none, nor does `{"a": 1}`, and
//! `{0.attribute}` is text, so that a message from outside reaches into no argument.

/// A piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'m> {
    Text(&'m str),
    /// A conversion of the %-style: the whole of it, and the name in `%(name)s`.
    Percent {
        whole: &'m str,
        name: Option<&'m str>,
    },
    /// A field of the {}-style.
    Brace {
        whole: &'m str,
        index: Option<usize>,
        conversion: Option<char>,
        specification: &'m str,
    },
}

/// The style of a message's placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Percent,
    Brace,
}

/// Whether a message holds a placeholder of either style.
#[inline]
pub(crate) fn has_placeholder(message: &str) -> bool {
    message.bytes().any(|byte| matches!(byte, b'%' | b'{')) && style(message).is_some()
}

/// The style of the first placeholder.
pub(crate) fn style(message: &str) -> Option<Style> {
    for (at, byte) in message.bytes().enumerate() {
        let rest = &message.as_bytes()[at..];
        match byte {
            b'%' if percent(&message[at..]).is_some() && rest.get(1) != Some(&b'%') => {
                return Some(Style::Percent);
            }
            b'{' if brace(&message[at..]).is_some() => return Some(Style::Brace),
            _ => {}
        }
    }
    None
}

/// A message's pieces, in the order in which they stand.
pub(crate) struct Pieces<'m> {
    rest: &'m str,
    style: Style,
}

impl<'m> Pieces<'m> {
    pub(crate) fn new(message: &'m str, style: Style) -> Pieces<'m> {
        Pieces {
            rest: message,
            style,
        }
    }
}

impl<'m> Iterator for Pieces<'m> {
    type Item = Piece<'m>;

    fn next(&mut self) -> Option<Piece<'m>> {
        if self.rest.is_empty() {
            return None;
        }
        let (found, signs): (_, &[char]) = match self.style {
            Style::Percent => (percent(self.rest), &['%']),
            Style::Brace => (brace_or_escape(self.rest), &['{', '}']),
        };
        if let Some((piece, length)) = found {
            self.rest = &self.rest[length..];
            return Some(piece);
        }
        // A sign that begins no placeholder is text.
        let first = self.rest.chars().next().map_or(1, char::len_utf8);
        let end = self.rest[first..]
            .find(signs)
            .map_or(self.rest.len(), |at| at + first);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(Piece::Text(text))
    }
}

/// A conversion at the beginning of a text: `%[(name)][flags][width][.precision][length]type`.
fn percent(text: &str) -> Option<(Piece<'_>, usize)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'%') {
        return None;
    }
    if bytes.get(1) == Some(&b'%') {
        return Some((Piece::Text("%"), 2));
    }
    let mut at = 1;
    let mut name = None;
    if bytes.get(at) == Some(&b'(') {
        let end = at + text[at..].find(')')?;
        name = Some(&text[at + 1..end]);
        at = end + 1;
    }
    let skip = |from: usize, set: &[u8]| {
        from + bytes[from.min(bytes.len())..]
            .iter()
            .take_while(|byte| set.contains(byte))
            .count()
    };
    // Python has a space among the flags; "100% sure" shows why it is not here.
    at = skip(at, b"#0-+");
    at = skip(at, b"0123456789");
    if bytes.get(at) == Some(&b'.') {
        at = skip(at + 1, b"0123456789");
    }
    at = skip(at, b"hlL");
    let kind = bytes.get(at)?;
    b"diouxXeEfFgGcrsa".contains(kind).then(|| {
        let whole = &text[..=at];
        (Piece::Percent { whole, name }, at + 1)
    })
}

fn brace_or_escape(text: &str) -> Option<(Piece<'_>, usize)> {
    if text.starts_with("{{") {
        return Some((Piece::Text("{"), 2));
    }
    if text.starts_with("}}") {
        return Some((Piece::Text("}"), 2));
    }
    brace(text)
}

/// A field at the beginning of a text: `{[index][!conversion][:specification]}`.
fn brace(text: &str) -> Option<(Piece<'_>, usize)> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find('}')?;
    let (whole, inner) = (&text[..end + 2], &inner[..end]);
    let (name, specification) = inner.split_once(':').unwrap_or((inner, ""));
    let (index, conversion) = match name.split_once('!') {
        Some((index, "r")) => (index, Some('r')),
        Some((index, "s")) => (index, Some('s')),
        Some((index, "a")) => (index, Some('a')),
        Some(_) => return None,
        None => (name, None),
    };
    if !index.bytes().all(|byte| byte.is_ascii_digit()) || specification.contains(['{', '"']) {
        return None;
    }
    let index = match index {
        "" => None,
        digits => Some(digits.parse().ok()?),
    };
    let piece = Piece::Brace {
        whole,
        index,
        conversion,
        specification,
    };
    Some((piece, end + 2))
}
