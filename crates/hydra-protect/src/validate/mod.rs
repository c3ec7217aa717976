//! Does a text look like an attack? A validator for what users send, and for what reaches a log.
//!
//! It looks for signs of injection into SQL, HTML, shells, paths, LDAP, NoSQL queries, Log4j's
//! lookups, headers, templates and XML. A sign is never a single character: `please select an
//! option (or two)` holds words and brackets that mean nothing together. Each sign has a weight, and a
//! kind is reported when signs near each other weigh enough; what stands in a whole SQL statement or
//! a command line weighs less than the same after a value, because statements and commands are logged
//! too.
//!
//! **It reports and never changes a text**, and it does not make a text safe: what makes it safe
//! is a bound parameter, an encoder for the place where it goes, a path resolved and compared. Use
//! the report to count, to mark, to look closer.
//!
//! A text is looked at as it is, and once more with one level of encoding taken off (percent, HTML
//! character references, escapes of programs). Time is linear in the text's length, a look around a
//! sign is bounded, nothing panics.
//!
//! The classes and their signs follow OWASP's Testing Guide (WSTG-INPV), the Core Rule Set's
//! categories and MITRE's CWE-22, -78, -79, -89, -90, -93, -611, -943, -1336.

mod command;
mod crlf;
mod decoded;
mod jndi;
mod ldap;
mod nosql;
mod path;
mod scan;
mod sql;
mod template;
mod text;
mod threat;
mod xss;
mod xxe;

use std::fmt;

use regex::bytes::{Regex, RegexBuilder};

use self::decoded::Decoded;
pub use self::threat::{Severity, Threat, ThreatKind, UnknownSeverity, Validation};

/// The largest compiled form of a pattern that is taken, in bytes.
const PATTERN_SIZE: usize = 1 << 20;

/// Finds what looks like an attack.
///
/// ```
/// use hydra_protect::validate::{SecurityValidator, Severity, ThreatKind};
///
/// let validator = SecurityValidator::new();
/// let found = validator.validate_input("name=x' OR '1'='1' --");
/// assert!(!found.valid);
/// assert_eq!(found.threats[0].kind, ThreatKind::SqlInjection);
/// assert_eq!(found.threats[0].severity, Severity::High);
///
/// assert!(validator.validate_input("please select an option (or two); it's free").valid);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SecurityValidator {
    own: Vec<OwnPattern>,
    disabled: Vec<ThreatKind>,
}

#[derive(Clone, Debug)]
struct OwnPattern {
    kind: ThreatKind,
    severity: Severity,
    pattern: Regex,
}

/// Why a pattern was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    name: String,
    reason: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the pattern of {:?} is not usable: {}",
            self.name, self.reason
        )
    }
}

impl std::error::Error for PatternError {}

impl SecurityValidator {
    /// A validator that knows every kind of [`ThreatKind::ALL`].
    pub fn new() -> SecurityValidator {
        SecurityValidator::default()
    }

    /// Looks for threats in a text, or in bytes. At most one is reported for each kind, the first
    /// that is certain enough, and one for each pattern that was added; by position.
    ///
    /// ```
    /// # use hydra_protect::validate::SecurityValidator;
    /// let found = SecurityValidator::new().validate_input("file=..%2f..%2fetc%2fpasswd");
    /// assert_eq!(found.threats[0].kind.as_str(), "path_traversal");
    /// assert_eq!(found.threats[0].position.start, 5);
    /// ```
    pub fn validate_input(&self, text: impl AsRef<[u8]>) -> Validation {
        let text = text.as_ref();
        let mut threats = Vec::new();
        for (kind, reason, position) in scan::scan(text, |_| false).reached() {
            self.report(&mut threats, kind, reason, position);
        }
        if let Some(decoded) = Decoded::of(text) {
            let was_encoded = |at| text.get(decoded.origin(at)) != decoded.bytes.get(at);
            for (kind, reason, found) in scan::scan(&decoded.bytes, was_encoded).reached() {
                let position = decoded.origin(found.start)..decoded.origin(found.end);
                self.report(&mut threats, kind, reason, position);
            }
        }
        for own in &self.own {
            if let Some(found) = own.pattern.find(text) {
                threats.push(Threat {
                    kind: own.kind.clone(),
                    severity: own.severity,
                    position: found.range(),
                    reason: "a pattern that was added",
                });
            }
        }
        threats.sort_by_key(|threat| threat.position.start);
        Validation {
            valid: threats.is_empty(),
            threats,
        }
    }

    fn report(
        &self,
        threats: &mut Vec<Threat>,
        kind: ThreatKind,
        reason: &'static str,
        position: std::ops::Range<usize>,
    ) {
        let known = threats.iter().any(|threat| threat.kind == kind);
        if known || self.disabled.contains(&kind) {
            return;
        }
        threats.push(Threat {
            severity: kind.severity(),
            kind,
            position,
            reason,
        });
    }

    /// Adds a pattern, in the syntax of the crate `regex` (time is linear, so no look-around and no
    /// back-references). `kind` is one of the known names, or a name of the program's own.
    ///
    /// # Errors
    /// A pattern that cannot be compiled, or one whose compiled form is larger than 1 MiB.
    ///
    /// ```
    /// # use hydra_protect::validate::{SecurityValidator, Severity};
    /// let mut validator = SecurityValidator::new();
    /// validator.add_threat_pattern("card_test", "4111 ?1111", Severity::Low)?;
    /// let found = validator.validate_input("pay with 4111 1111");
    /// assert_eq!(found.threats[0].kind.as_str(), "card_test");
    /// assert!(validator.remove_threat_pattern("card_test"));
    /// # Ok::<(), hydra_protect::validate::PatternError>(())
    /// ```
    pub fn add_threat_pattern(
        &mut self,
        kind: &str,
        pattern: &str,
        severity: Severity,
    ) -> Result<(), PatternError> {
        let compiled = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
        let pattern = compiled.map_err(|error| PatternError {
            name: kind.to_owned(),
            reason: error.to_string(),
        })?;
        let kind = ThreatKind::from_name(kind);
        self.disabled.retain(|disabled| *disabled != kind);
        self.own.push(OwnPattern {
            kind,
            severity,
            pattern,
        });
        Ok(())
    }

    /// Takes away the patterns that were added for a kind; where there are none, the kind itself is
    /// no longer looked for. Returns whether anything changed.
    pub fn remove_threat_pattern(&mut self, kind: &str) -> bool {
        let kind = ThreatKind::from_name(kind);
        let count = self.own.len();
        self.own.retain(|own| own.kind != kind);
        if self.own.len() < count {
            return true;
        }
        let is_known = scan::index(&kind).is_some() && !self.disabled.contains(&kind);
        if is_known {
            self.disabled.push(kind);
        }
        is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps;

    /// Everything that makes a family look around.
    const PIECES: &[&str] = include!("../../tests/support/attack_pieces.rs");

    fn looked_at(text: &str) -> u64 {
        steps::start();
        SecurityValidator::new().validate_input(text);
        steps::count()
    }

    #[test]
    fn the_work_grows_with_the_length_of_the_text_and_no_faster() {
        for (i, first) in PIECES.iter().enumerate() {
            // A seventh of all pairs, each piece with several others.
            for second in PIECES.iter().skip(i % 7).step_by(7) {
                let piece = format!("{first}{second}");
                // Quadratic work would pass the bound at one of these lengths.
                for times in [50, 300] {
                    let text = piece.repeat(times);
                    let each = looked_at(&text) / text.len() as u64;
                    assert!(
                        each <= 1000,
                        "{piece:?}: {each} bytes looked at for each byte"
                    );
                }
            }
        }
    }
}
