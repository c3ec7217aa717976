//! What a validator reports.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

/// How much harm a threat could do where it is not escaped.
///
/// ```
/// use hydra_protect::validate::Severity;
/// assert!(Severity::High > Severity::Low);
/// assert_eq!("medium".parse(), Ok(Severity::Medium));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look.
    Low,
    /// Reaches data that it should not, in the usual case.
    Medium,
    /// Runs code or statements of the attacker, in the usual case.
    High,
}

impl Severity {
    /// `low`, `medium` or `high`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSeverity;

impl fmt::Display for UnknownSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a severity is one of low, medium, high")
    }
}

impl std::error::Error for UnknownSeverity {}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(word: &str) -> Result<Severity, UnknownSeverity> {
        match word.to_ascii_lowercase().as_str() {
            "low" => Ok(Severity::Low),
            "medium" => Ok(Severity::Medium),
            "high" => Ok(Severity::High),
            _ => Err(UnknownSeverity),
        }
    }
}

/// What kind of attack a text looks like.
///
/// ```
/// use hydra_protect::validate::ThreatKind;
/// assert_eq!(ThreatKind::from_name("xss"), ThreatKind::Xss);
/// assert_eq!(ThreatKind::from_name("sql_injection").as_str(), "sql_injection");
/// assert_eq!(ThreatKind::from_name("our_own").as_str(), "our_own");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ThreatKind {
    /// `' OR 1=1 --` (CWE-89).
    SqlInjection,
    /// `<img src=x onerror=…>` (CWE-79).
    Xss,
    /// `; cat /etc/passwd` (CWE-78).
    CommandInjection,
    /// `../../etc/passwd` (CWE-22), and wrappers that read files.
    PathTraversal,
    /// `*)(uid=*` (CWE-90).
    LdapInjection,
    /// `{"password": {"$ne": null}}` (CWE-943).
    NosqlInjection,
    /// `${jndi:…}` (CVE-2021-44228).
    JndiLookup,
    /// `%0d%0aSet-Cookie:` (CWE-93, CWE-117).
    CrlfInjection,
    /// `{{7*7}}` (CWE-1336).
    TemplateInjection,
    /// `<!ENTITY x SYSTEM …>` (CWE-611).
    Xxe,
    /// A kind of the program's own, by its name.
    Custom(Arc<str>),
}

impl ThreatKind {
    /// The kinds that are looked for without configuration.
    pub const ALL: [ThreatKind; 10] = [
        ThreatKind::SqlInjection,
        ThreatKind::Xss,
        ThreatKind::CommandInjection,
        ThreatKind::PathTraversal,
        ThreatKind::LdapInjection,
        ThreatKind::NosqlInjection,
        ThreatKind::JndiLookup,
        ThreatKind::CrlfInjection,
        ThreatKind::TemplateInjection,
        ThreatKind::Xxe,
    ];

    /// The kind's name, as reports show it.
    pub fn as_str(&self) -> &str {
        match self {
            ThreatKind::SqlInjection => "sql_injection",
            ThreatKind::Xss => "xss",
            ThreatKind::CommandInjection => "command_injection",
            ThreatKind::PathTraversal => "path_traversal",
            ThreatKind::LdapInjection => "ldap_injection",
            ThreatKind::NosqlInjection => "nosql_injection",
            ThreatKind::JndiLookup => "jndi_lookup",
            ThreatKind::CrlfInjection => "crlf_injection",
            ThreatKind::TemplateInjection => "template_injection",
            ThreatKind::Xxe => "xxe",
            ThreatKind::Custom(name) => name,
        }
    }

    /// The kind of that name: one of [`ALL`](Self::ALL), or a [`Custom`](Self::Custom) one.
    pub fn from_name(name: &str) -> ThreatKind {
        let known = ThreatKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name);
        known.unwrap_or_else(|| ThreatKind::Custom(name.into()))
    }

    /// What a threat of this kind could do. A read of one file is less than a command.
    pub(super) fn severity(&self) -> Severity {
        match self {
            ThreatKind::SqlInjection
            | ThreatKind::Xss
            | ThreatKind::CommandInjection
            | ThreatKind::JndiLookup
            | ThreatKind::TemplateInjection => Severity::High,
            ThreatKind::NosqlInjection | ThreatKind::Custom(_) => Severity::Low,
            _ => Severity::Medium,
        }
    }
}

impl fmt::Display for ThreatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something in a text that looks like an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Threat {
    /// What it looks like.
    pub kind: ThreatKind,
    /// What it could do.
    pub severity: Severity,
    /// Where its strongest sign stands, in bytes of the text that was given.
    pub position: Range<usize>,
    /// Which sign that was, in words: never a part of the text.
    pub reason: &'static str,
}

/// What [`validate_input`](super::SecurityValidator::validate_input) found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Validation {
    /// Whether nothing was found.
    pub valid: bool,
    /// At most one for each kind and each pattern of the program's own, by position.
    pub threats: Vec<Threat>,
}
