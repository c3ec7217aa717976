//! The syntaxes of configuration files, and what their readers share.

use std::collections::HashMap;
use std::path::Path;

use crate::config::cx::Cx;
use crate::config::error::ProblemKind;
use crate::config::tree::{Data, Mark, Node};
use crate::config::{json, toml, yaml};

/// A longer text than this is no configuration.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// Deeper trees than this are errors: no configuration needs it, and a recursion could overflow.
pub(crate) const MAX_DEPTH: usize = 32;

/// The syntax of a configuration's text.
///
/// ```
/// use hydra_core::config::Syntax;
/// assert_eq!(Syntax::of("app.yml"), Some(Syntax::Yaml));
/// assert_eq!(Syntax::of("app.ini"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Syntax {
    /// `.yaml`, `.yml`.
    Yaml,
    /// `.toml`.
    Toml,
    /// `.json`.
    Json,
}

impl Syntax {
    /// The syntax that a file's name tells, or `None`.
    pub fn of(path: impl AsRef<Path>) -> Option<Syntax> {
        let extension = path.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "yaml" | "yml" => Syntax::Yaml,
            "toml" => Syntax::Toml,
            "json" => Syntax::Json,
            _ => return None,
        })
    }

    /// The tree of a text; `source` is the position of its name in the list of sources.
    pub(crate) fn parse(self, text: &str, source: u16) -> Result<Node, Vec<SyntaxError>> {
        let text = Text::new(text.strip_prefix('\u{feff}').unwrap_or(text), source);
        if text.whole.len() > MAX_TEXT {
            let message = "more than 1 MiB are no configuration";
            return Err(vec![SyntaxError::too_big(text.mark(0), message)]);
        }
        match self {
            Syntax::Yaml => yaml::parse(&text).map_err(|error| vec![error]),
            Syntax::Toml => toml::parse(&text),
            Syntax::Json => json::parse(&text).map_err(|error| vec![error]),
        }
    }
}

/// A text that cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct SyntaxError {
    pub(crate) kind: ProblemKind,
    pub(crate) mark: Mark,
    pub(crate) message: String,
}

impl SyntaxError {
    pub(crate) fn new(mark: Mark, message: impl Into<String>) -> Self {
        SyntaxError {
            kind: ProblemKind::Syntax,
            mark,
            message: message.into(),
        }
    }

    pub(crate) fn too_big(mark: Mark, message: impl Into<String>) -> Self {
        SyntaxError {
            kind: ProblemKind::TooBig,
            mark,
            message: message.into(),
        }
    }

    pub(crate) fn too_deep(mark: Mark) -> Self {
        SyntaxError::too_big(
            mark,
            "lists and maps are nested too deeply for a configuration",
        )
    }
}

/// A text, with the beginnings of its lines.
pub(crate) struct Text<'t> {
    pub(crate) whole: &'t str,
    source: u16,
    lines: Vec<usize>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(text: &'t str, source: u16) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Text {
            whole: text,
            source,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The place of a byte.
    pub(crate) fn mark(&self, at: usize) -> Mark {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines[line - 1];
        let column = self
            .whole
            .get(start..at)
            .map_or(0, |text| text.chars().count());
        self.at(line, column + 1)
    }

    /// The place of a line and a column, both from 1.
    pub(crate) fn at(&self, line: usize, column: usize) -> Mark {
        Mark {
            source: Some(self.source),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

/// Reports every key that stands twice in its map.
pub(crate) fn report_duplicates(node: &Node, cx: &mut Cx<'_>) {
    match &node.data {
        Data::List(items) => {
            for (index, item) in items.iter().enumerate() {
                cx.at_item(index, |cx| report_duplicates(item, cx));
            }
        }
        Data::Map(entries) => {
            let mut seen = HashMap::new();
            for entry in entries {
                let first = *seen.entry(entry.key.as_str()).or_insert(entry.mark);
                cx.at_key(entry, |cx| {
                    if first != entry.mark {
                        let message = format!("the key stands in line {} already", first.line);
                        cx.problem(ProblemKind::DuplicateKey, entry.mark, message);
                    }
                    report_duplicates(&entry.value, cx);
                });
            }
        }
        _ => {}
    }
}
