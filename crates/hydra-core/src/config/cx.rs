//! What a decoder carries along: where it is, and what it has found wrong.

use crate::config::error::{ConfigError, Problem, ProblemKind};
use crate::config::tree::{Entry, Mark, Node};

/// The decoder's place and findings.
pub(crate) struct Cx<'s> {
    /// Names of the sources, to which a [`Mark`] points.
    sources: &'s [String],
    path: Vec<String>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
}

impl<'s> Cx<'s> {
    pub(crate) fn new(sources: &'s [String]) -> Self {
        Cx {
            sources,
            path: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Runs `read` one key further down.
    pub(crate) fn at_key<R>(&mut self, entry: &Entry, read: impl FnOnce(&mut Self) -> R) -> R {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path.push(format!("{dot}{}", quoted(&entry.key)));
        let result = read(self);
        self.path.pop();
        result
    }

    /// Runs `read` at an item of a list.
    pub(crate) fn at_item<R>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(format!("[{index}]"));
        let result = read(self);
        self.path.pop();
        result
    }

    /// Where the decoder is.
    pub(crate) fn path(&self) -> String {
        self.path.concat()
    }

    fn new_problem(&self, kind: ProblemKind, mark: Mark, message: String) -> Problem {
        let file = mark.source.and_then(|i| self.sources.get(usize::from(i)));
        Problem {
            file: file.cloned(),
            line: mark.line,
            column: mark.column,
            path: self.path(),
            ..Problem::new(kind, message)
        }
    }

    pub(crate) fn problem(
        &mut self,
        kind: ProblemKind,
        mark: Mark,
        message: String,
    ) -> Details<'_> {
        let problem = self.new_problem(kind, mark, message);
        self.problems.push(problem);
        Details(self.problems.last_mut())
    }

    pub(crate) fn warning(
        &mut self,
        kind: ProblemKind,
        mark: Mark,
        message: String,
    ) -> Details<'_> {
        let problem = self.new_problem(kind, mark, message);
        self.warnings.push(problem);
        Details(self.warnings.last_mut())
    }

    pub(crate) fn wrong_type(&mut self, node: &Node, should: &str, allowed: &str) -> Details<'_> {
        let message = format!("should be {should}");
        self.problem(ProblemKind::WrongType, node.mark, message)
            .found(node.shown())
            .allow(allowed.to_owned())
    }

    pub(crate) fn wrong_value(
        &mut self,
        node: &Node,
        message: String,
        allowed: String,
    ) -> Details<'_> {
        self.problem(ProblemKind::WrongValue, node.mark, message)
            .found(node.shown())
            .allow(allowed)
    }

    /// `Ok` with the warnings, or the error, each in the order of the files' lines.
    pub(crate) fn finish(mut self) -> Result<Vec<Problem>, ConfigError> {
        let sources = self.sources;
        let place = |problem: &Problem| {
            let source = problem
                .file
                .as_ref()
                .and_then(|file| sources.iter().position(|name| name == file));
            (source, problem.line, problem.column)
        };
        self.problems.sort_by_key(place);
        self.warnings.sort_by_key(place);
        if self.problems.is_empty() {
            return Ok(self.warnings);
        }
        Err(ConfigError {
            problems: self.problems,
            warnings: self.warnings,
            files: Vec::new(),
        })
    }
}

/// Adds details to the problem just found.
pub(crate) struct Details<'p>(pub(crate) Option<&'p mut Problem>);

impl<'p> Details<'p> {
    fn with(mut self, change: impl FnOnce(&mut Problem)) -> Details<'p> {
        if let Some(problem) = self.0.as_deref_mut() {
            change(problem);
        }
        self
    }

    /// The path, where it is another than the decoder's own.
    pub(crate) fn at(self, path: String) -> Details<'p> {
        self.with(|problem| problem.path = path)
    }

    pub(crate) fn found(self, found: String) -> Details<'p> {
        self.with(|problem| problem.found = Some(found))
    }

    pub(crate) fn allow(self, allowed: String) -> Details<'p> {
        self.with(|problem| problem.allowed = Some(allowed))
    }

    pub(crate) fn suggest(self, suggestion: Option<String>) -> Details<'p> {
        self.with(|problem| problem.suggestion = suggestion)
    }
}

/// A key as it stands in a path: in quotes if it holds what could be taken for more of the path.
fn quoted(key: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '/');
    if !key.is_empty() && key.chars().count() <= 60 && key.chars().all(plain) {
        key.to_owned()
    } else {
        format!("{:?}", crate::config::tree::shorten(key))
    }
}
