//! Loading: files, texts and maps, with the presets they extend and the files they include.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::config::Value;
use crate::config::cx::{Cx, Details};
use crate::config::decode::decode;
use crate::config::error::{ConfigError, Problem, ProblemKind};
use crate::config::model::Config;
use crate::config::presets;
use crate::config::presets::Source;
use crate::config::syntax::{MAX_TEXT, Syntax, report_duplicates};
use crate::config::tree::{Data, Entry, Mark, Node, merge};
use crate::config::words::nearest;
use crate::diagnostics;

/// More files and presets than this in one configuration are a mistake: files that include files
/// that include files can ask for more reading than there is time.
const MAX_SOURCES: usize = 256;

/// A configuration, and what was noticed while it was loaded.
///
/// ```
/// use hydra_core::config::{Syntax, load_text};
/// let loaded = load_text(
///     "layers: {APP: {destinations: [{type: console, max_size: 5MB}]}}",
///     Syntax::Yaml,
/// )?;
/// assert_eq!(loaded.warnings.len(), 1);
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What is doubtful in it, but no error.
    pub warnings: Vec<Problem>,
    /// The files it came from, the main one first.
    pub files: Vec<PathBuf>,
}

/// Loads a YAML, TOML or JSON file, as its name tells, with what it extends and includes.
///
/// # Errors
/// Everything that is wrong with the file, what it includes included.
///
/// ```no_run
/// let loaded = hydra_core::config::load_file("hydra.yaml")?;
/// for warning in &loaded.warnings {
///     eprintln!("{warning}");
/// }
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
pub fn load_file(path: impl AsRef<Path>) -> Result<Loaded, ConfigError> {
    let path = path.as_ref();
    let mut loader = Loader::default();
    let tree = loader.file(path, &Wish::default());
    loader.finish(tree)
}

/// Loads a text; files that it includes are looked for in the working directory.
///
/// # Errors
/// Everything that is wrong with it.
///
/// ```
/// use hydra_core::Level;
/// use hydra_core::config::{Syntax, load_text};
/// let config = load_text("default_level: DEBUG", Syntax::Yaml)?.config;
/// assert_eq!(config.default_level, Level::Debug);
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
pub fn load_text(text: &str, syntax: Syntax) -> Result<Loaded, ConfigError> {
    let mut loader = Loader::default();
    let tree = loader.text("<text>", text, syntax, Path::new(""));
    loader.finish(tree)
}

/// Loads a map; files that it includes are looked for in the working directory.
///
/// # Errors
/// Everything that is wrong with it.
///
/// ```
/// use hydra_core::config::{Value, load_value};
/// let loaded = load_value(&Value::map([("extends", "production".into())]))?;
/// assert!(loaded.config.layers.contains_key("SECURITY"));
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
pub fn load_value(value: &Value) -> Result<Loaded, ConfigError> {
    let mut loader = Loader::default();
    let tree = loader.resolve(Node::from_value(value), Path::new(""));
    loader.finish(Some(tree))
}

/// Loads the configuration of a preset's source.
pub(crate) fn load_source(name: &str, source: &Source) -> Result<Loaded, ConfigError> {
    let mut loader = Loader::default();
    let tree = loader.preset_source(name, source);
    loader.finish(tree)
}

impl Config {
    /// Loads a file, as [`load_file`] does, and tells its warnings on stderr.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    ///
    /// ```no_run
    /// let config = hydra_core::config::Config::from_file("hydra.toml")?;
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Config, ConfigError> {
        let loaded = load_file(path)?;
        for warning in &loaded.warnings {
            diagnostics::notice(&format_args!("warning: {warning}"));
        }
        Ok(loaded.config)
    }
}

/// Where a file or a preset is asked for: nowhere, for the outermost.
#[derive(Default)]
struct Wish {
    mark: Mark,
    path: String,
}

#[derive(Default)]
struct Loader {
    /// The names of what was read, to which marks point.
    sources: Vec<String>,
    /// The files, as they were named, those that could not be read too.
    files: Vec<PathBuf>,
    /// What is being read, from the outermost inwards: to find circles.
    chain: Vec<String>,
    problems: Vec<Problem>,
}

impl Loader {
    fn finish(self, tree: Option<Node>) -> Result<Loaded, ConfigError> {
        let mut cx = Cx::new(&self.sources);
        cx.problems = self.problems;
        match decode(&tree.unwrap_or_else(Node::empty_map), cx) {
            Ok((config, warnings)) => Ok(Loaded {
                config,
                warnings,
                files: self.files,
            }),
            Err(error) => Err(ConfigError {
                files: self.files,
                ..error
            }),
        }
    }

    fn problem(&mut self, kind: ProblemKind, wish: &Wish, message: String) -> Details<'_> {
        let mut cx = Cx::new(&self.sources);
        cx.problem(kind, wish.mark, message).at(wish.path.clone());
        self.problems.extend(cx.problems);
        Details(self.problems.last_mut())
    }

    /// The tree of a file; where it is `None`, there is a problem.
    fn file(&mut self, path: &Path, wish: &Wish) -> Option<Node> {
        let name = path.display().to_string();
        let known = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let key = known.display().to_string();
        if self.is_circle(&key, wish) || self.too_many(wish) {
            return None;
        }
        self.files.push(path.to_owned());
        match read(path) {
            Ok((text, syntax)) => {
                let directory = path.parent().unwrap_or(Path::new(""));
                self.chain.push(key);
                let tree = self.text(&name, &text, syntax, directory);
                self.chain.pop();
                tree
            }
            Err(message) => {
                self.problem(ProblemKind::Unreadable, wish, format!("{name} {message}"));
                None
            }
        }
    }

    fn text(&mut self, name: &str, text: &str, syntax: Syntax, directory: &Path) -> Option<Node> {
        let source = u16::try_from(self.sources.len()).unwrap_or(u16::MAX);
        self.sources.push(name.to_owned());
        match syntax.parse(text, source) {
            Ok(tree) => {
                let mut cx = Cx::new(&self.sources);
                report_duplicates(&tree, &mut cx);
                self.problems.extend(cx.problems);
                Some(self.resolve(tree, directory))
            }
            Err(errors) => {
                for error in errors {
                    let wish = Wish {
                        mark: error.mark,
                        path: String::new(),
                    };
                    self.problem(error.kind, &wish, error.message);
                }
                None
            }
        }
    }

    /// Lays a tree over what it extends and includes.
    fn resolve(&mut self, mut tree: Node, directory: &Path) -> Node {
        let Data::Map(entries) = &mut tree.data else {
            return tree;
        };
        let mut extends = Vec::new();
        let mut include = Vec::new();
        let mut own = Vec::with_capacity(entries.len());
        for entry in entries.drain(..) {
            match entry.key.as_str() {
                "extends" => extends.push(entry),
                "include" => include.push(entry),
                _ => own.push(entry),
            }
        }
        *entries = own;
        let mut base = Node::empty_map();
        for (name, wish) in self.names(extends) {
            if let Some(preset) = self.preset(&name, &wish) {
                base = merge(base, preset);
            }
        }
        for (name, wish) in self.names(include) {
            if let Some(file) = self.file(&directory.join(name), &wish) {
                base = merge(base, file);
            }
        }
        merge(base, tree)
    }

    /// The words of `extends` or `include`: one text, or a list of them.
    fn names(&mut self, entries: Vec<Entry>) -> Vec<(String, Wish)> {
        let mut names = Vec::new();
        for Entry { key, value, .. } in entries {
            let (items, listed) = match value.data {
                Data::Null => continue,
                Data::List(items) => (items, true),
                _ => (vec![value], false),
            };
            for (index, item) in items.into_iter().enumerate() {
                let path = if listed {
                    format!("{key}[{index}]")
                } else {
                    key.clone()
                };
                let mark = item.mark;
                let wish = Wish { mark, path };
                let found = item.shown();
                if let Data::Text(name) = item.data {
                    names.push((name, wish));
                } else {
                    let message = "should be text, or a list of texts".to_owned();
                    self.problem(ProblemKind::WrongType, &wish, message)
                        .found(found);
                }
            }
        }
        names
    }

    fn preset(&mut self, name: &str, wish: &Wish) -> Option<Node> {
        let Some((name, source)) = presets::source(name) else {
            let known: Vec<String> = presets::list().into_iter().map(|p| p.name).collect();
            let suggestion = nearest(name, known.iter().map(String::as_str));
            let is_file = Path::new(name).extension().is_some() || name.contains('/');
            let message = if is_file {
                "not a preset; a file is taken in by include"
            } else {
                "not a preset"
            };
            self.problem(ProblemKind::WrongValue, wish, message.to_owned())
                .found(format!("{name:?}"))
                .allow(known.join(", "))
                .suggest(suggestion);
            return None;
        };
        if self.is_circle(&preset_key(&name), wish) || self.too_many(wish) {
            return None;
        }
        self.preset_source(&name, &source)
    }

    fn preset_source(&mut self, name: &str, source: &Source) -> Option<Node> {
        let key = preset_key(name);
        self.chain.push(key.clone());
        let tree = match source {
            Source::Text(text) => self.text(&key, text, Syntax::Yaml, Path::new("")),
            Source::Value(value) => Some(self.resolve(Node::from_value(value), Path::new(""))),
        };
        self.chain.pop();
        tree
    }

    fn is_circle(&mut self, key: &str, wish: &Wish) -> bool {
        let Some(start) = self.chain.iter().position(|outer| outer == key) else {
            return false;
        };
        let mut names: Vec<String> = self.chain[start..].iter().map(|c| file_name(c)).collect();
        names.push(file_name(key));
        let message = format!("a circle: {}", names.join(" -> "));
        self.problem(ProblemKind::Cycle, wish, message);
        true
    }

    fn too_many(&mut self, wish: &Wish) -> bool {
        let too_many = self.sources.len() >= MAX_SOURCES;
        let told = self
            .problems
            .iter()
            .any(|problem| problem.kind == ProblemKind::TooBig);
        if too_many && !told {
            let message = format!("more than {MAX_SOURCES} files and presets");
            self.problem(ProblemKind::TooBig, wish, message);
        }
        too_many
    }
}

fn preset_key(name: &str) -> String {
    format!("preset {name}")
}

/// The text of a file, and its syntax; else what is wrong, to stand behind its name.
fn read(path: &Path) -> Result<(String, Syntax), String> {
    let syntax = Syntax::of(path)
        .ok_or("should end in .yaml, .yml, .toml or .json, to tell what it is written in")?;
    let mut bytes = Vec::new();
    let limit = MAX_TEXT as u64 + 1;
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not UTF-8, at byte {at}")
    })?;
    Ok((text, syntax))
}

/// A file's name without its directories: a circle is read by its names.
fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
