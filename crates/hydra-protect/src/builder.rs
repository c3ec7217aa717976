//! What a redactor looks for and what it does with it.

use std::array;
use std::sync::atomic::AtomicU64;

use regex::bytes::Regex;

use crate::action::Action;
use crate::anchors::Anchors;
use crate::custom::{Custom, CustomRule};
use crate::detect::{Enabled, Kind};
use crate::error::RuleError;
use crate::keys::Keys;
use crate::pattern::compile_whole;
use crate::redactor::{Redactor, Shared};
use crate::scan::Rules;
#[cfg(any(feature = "hash", feature = "encrypt"))]
use crate::seal::Seal;

/// Configures a [`Redactor`]. Without any call it is the default one.
///
/// ```
/// use hydra_protect::{Action, Redactor};
///
/// # fn main() -> Result<(), hydra_protect::RuleError> {
/// let redactor = Redactor::builder()
///     .detectors(["default", "ip", "-phone"])
///     .sensitive_key("badge_code")
///     .action_for("credit_card", Action::Mask { keep: 4 })
///     .build()?;
/// assert_eq!(redactor.redact("badge_code=7731"), "badge_code=[REDACTED:SECRET]");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RedactorBuilder {
    detectors: Vec<String>,
    removed: Vec<String>,
    allowed: Vec<Box<[u8]>>,
    sensitive: Vec<String>,
    harmless: Vec<String>,
    action: Action,
    actions: Vec<(String, Action)>,
    rules: Vec<CustomRule>,
    allowed_patterns: Vec<String>,
    decode_base64: bool,
    #[cfg(any(feature = "hash", feature = "encrypt"))]
    seal: Seal,
}

impl RedactorBuilder {
    pub(crate) fn new() -> RedactorBuilder {
        RedactorBuilder::default()
    }

    /// Which detectors run: names, `default` for those that are on without configuration, `all`, and
    /// `-name` for one to leave out. A list that begins with `-name` begins with the defaults.
    #[must_use]
    pub fn detectors<I>(mut self, names: I) -> RedactorBuilder
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.detectors = names.into_iter().map(Into::into).collect();
        self
    }

    /// Leaves one detector out.
    #[must_use]
    pub fn remove(mut self, name: impl Into<String>) -> RedactorBuilder {
        self.removed.push(name.into());
        self
    }

    /// Adds a detector of one's own, which runs beside the others.
    #[must_use]
    pub fn rule(mut self, rule: CustomRule) -> RedactorBuilder {
        self.rules.push(rule);
        self
    }

    /// Adds a detector of one's own by its name and pattern: see [`CustomRule`].
    #[must_use]
    pub fn custom(self, name: impl Into<String>, pattern: impl Into<String>) -> RedactorBuilder {
        self.rule(CustomRule::new(name, pattern))
    }

    /// Values that are never taken out: those that this pattern matches from their first to their
    /// last character. Its syntax is that of [`CustomRule::pattern`].
    ///
    /// ```
    /// # fn main() -> Result<(), hydra_protect::RuleError> {
    /// let redactor = hydra_protect::Redactor::builder()
    ///     .allow_pattern(r"[a-z]+@example\.org")
    ///     .build()?;
    /// assert_eq!(redactor.redact("from ann@example.org"), "from ann@example.org");
    /// assert_eq!(redactor.redact("from ann@example.org.uk"), "from [REDACTED:EMAIL]");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allow_pattern(mut self, pattern: impl Into<String>) -> RedactorBuilder {
        self.allowed_patterns.push(pattern.into());
        self
    }

    /// A value that is never taken out, wherever it stands.
    #[must_use]
    pub fn allow(mut self, value: impl Into<String>) -> RedactorBuilder {
        self.allowed.push(value.into().into_bytes().into());
        self
    }

    /// A name whose value is hidden, in every style of spelling.
    #[must_use]
    pub fn sensitive_key(mut self, name: impl Into<String>) -> RedactorBuilder {
        self.sensitive.push(name.into());
        self
    }

    /// A name whose value is shown although it looks sensitive.
    #[must_use]
    pub fn allowed_key(mut self, name: impl Into<String>) -> RedactorBuilder {
        self.harmless.push(name.into());
        self
    }

    /// What becomes of every value that is found. The default is [`Action::Replace`].
    #[must_use]
    pub fn action(mut self, action: Action) -> RedactorBuilder {
        self.action = action;
        self
    }

    /// What becomes of the values that one detector finds.
    #[must_use]
    pub fn action_for(mut self, detector: impl Into<String>, action: Action) -> RedactorBuilder {
        self.actions.push((detector.into(), action));
        self
    }

    /// Whether base64 and base64url within a text are decoded, one level deep, and taken out whole when
    /// something sensitive is in them. Off by default: it costs a decoding of each such run of at least
    /// 16 characters.
    ///
    /// ```
    /// # fn main() -> Result<(), hydra_protect::RuleError> {
    /// let redactor = hydra_protect::Redactor::builder().decode_base64(true).build()?;
    /// let text = "state: Y2FyZCA0MTExMTExMTExMTExMTEx";
    /// assert_eq!(redactor.redact(text), "state: [REDACTED:CREDIT_CARD]");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn decode_base64(mut self, decode: bool) -> RedactorBuilder {
        self.decode_base64 = decode;
        self
    }

    /// The key of [`Action::Hash`] and its id, which stands in the marker: letters, digits, `-`, `_`
    /// and `.`.
    #[cfg(feature = "hash")]
    #[must_use]
    pub fn hash_key(mut self, id: impl Into<String>, key: &[u8]) -> RedactorBuilder {
        self.seal.set_hash_key(id.into(), key);
        self
    }

    /// A key of [`Action::Encrypt`] and its id. The first encrypts, all of them reveal. The cipher's
    /// key is derived from it (HKDF-SHA-256, RFC 5869), so it may have any length; it is as strong as
    /// it is hard to guess: best are 32 random bytes.
    #[cfg(feature = "encrypt")]
    #[must_use]
    pub fn encryption_key(mut self, id: impl Into<String>, key: &[u8]) -> RedactorBuilder {
        self.seal.add_encryption_key(id.into(), key);
        self
    }

    /// The redactor.
    ///
    /// # Errors
    ///
    /// When a detector has an unknown name, a pattern cannot be used, a sample is not as it should be,
    /// or an action has no key.
    pub fn build(self) -> Result<Redactor, RuleError> {
        let removed = self.removed.clone();
        let left_out = |name: &str| {
            let listed = self
                .detectors
                .iter()
                .filter_map(|name| name.strip_prefix('-'));
            listed
                .chain(removed.iter().map(String::as_str))
                .any(|out| out == name)
        };
        let own: Vec<String> = self.rules.iter().map(|rule| rule.name.clone()).collect();
        for (index, name) in own.iter().enumerate() {
            let twice = own.iter().take(index).any(|other| other == name);
            if twice || is_group(name) || kind(name).is_ok() {
                return Err(RuleError::TakenName { name: name.clone() });
            }
        }
        let mut rules = self.rules.clone();
        rules.retain(|rule| !left_out(&rule.name));
        let known = |name: &str| {
            if own.iter().any(|own| own == name) {
                Ok(())
            } else {
                kind(name).map(|_| ())
            }
        };

        let names = self.detectors.iter().filter(|name| !is_group(name));
        let names = names.map(|name| name.trim_start_matches('-'));
        let others = self
            .removed
            .iter()
            .chain(self.actions.iter().map(|(name, _)| name));
        for name in names.chain(others.map(String::as_str)) {
            known(name)?;
        }
        for (name, action) in &self.actions {
            for rule in rules.iter_mut().filter(|rule| rule.name == *name) {
                rule.action = Some(*action);
            }
        }
        let mut customs = Vec::with_capacity(rules.len());
        for rule in &rules {
            customs.push(Custom::compile(rule, self.action)?);
        }
        let mut patterns = Vec::with_capacity(self.allowed_patterns.len());
        for (index, pattern) in self.allowed_patterns.iter().enumerate() {
            let whole = compile_whole(pattern);
            patterns.push(whole.map_err(|fault| RuleError::AllowPattern { index, fault })?);
        }
        #[cfg(any(feature = "hash", feature = "encrypt"))]
        {
            let actions = self.actions.iter().map(|(_, action)| *action);
            let actions = actions.chain(customs.iter().map(|custom| custom.action));
            self.seal.check(actions.chain([self.action]))?;
        }
        Ok(self.assemble_with(customs, patterns))
    }

    /// The redactor without configuration.
    pub(crate) fn assemble(self) -> Redactor {
        self.assemble_with(Vec::new(), Vec::new())
    }

    /// The redactor, of names that are known to be right.
    fn assemble_with(self, customs: Vec<Custom>, allowed_patterns: Vec<Regex>) -> Redactor {
        let mut actions = [self.action; Kind::ALL.len()];
        for (name, action) in &self.actions {
            if let Some(slot) = kind(name)
                .ok()
                .and_then(|kind| actions.get_mut(kind as usize))
            {
                *slot = *action;
            }
        }
        let custom_counts = customs.iter().map(|_| AtomicU64::new(0)).collect();
        Redactor::from_shared(Shared {
            rules: Rules {
                keys: Keys::new(&self.sensitive, &self.harmless),
                anchors: Anchors::new(),
                enabled: Enabled(self.enabled()),
                customs,
                decode_base64: self.decode_base64,
            },
            actions,
            allowed: self.allowed,
            allowed_patterns,
            #[cfg(any(feature = "hash", feature = "encrypt"))]
            seal: self.seal,
            custom_counts,
            failed: AtomicU64::new(0),
            counts: array::from_fn(|_| AtomicU64::new(0)),
        })
    }

    fn enabled(&self) -> u32 {
        let bits = |on: fn(Kind) -> bool| {
            let kinds = Kind::ALL.iter().filter(|&&kind| on(kind));
            kinds.fold(0, |bits, &kind| bits | 1 << kind as u32)
        };
        let default = bits(Kind::is_default);
        let mut enabled = match self.detectors.first() {
            Some(first) if !first.starts_with('-') => 0,
            _ => default,
        };
        let removed = self.removed.iter().map(|name| (name.as_str(), true));
        let listed = self
            .detectors
            .iter()
            .map(|name| match name.strip_prefix('-') {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            });
        for (name, off) in listed.chain(removed) {
            let bits = match name {
                "default" => default,
                "all" => bits(|_| true),
                name => kind(name).map_or(0, |kind| 1 << kind as u32),
            };
            enabled = if off { enabled & !bits } else { enabled | bits };
        }
        enabled
    }
}

fn is_group(name: &str) -> bool {
    matches!(name.trim_start_matches('-'), "default" | "all")
}

fn kind(name: &str) -> Result<Kind, RuleError> {
    let found = Kind::ALL.iter().find(|kind| kind.name() == name);
    found.copied().ok_or_else(|| RuleError::UnknownDetector {
        name: name.into(),
        known: Kind::ALL.map(Kind::name).join(", "),
    })
}
