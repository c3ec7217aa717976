//! What the corpus hides in its lines, and how well each must be found.

/// Kinds that are judged together, with the floor and the stretch of their recall in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// Tokens with a published shape, JWT, PEM, Basic, Bearer, AWS pairs, webhooks.
    Token,
    /// `scheme://user:password@host`.
    UrlCredential,
    /// A token in the query of a URL.
    UrlToken,
    /// The value of a session cookie.
    SessionCookie,
    /// A key without a shape of its own, beside its name.
    ApiKey,
    /// Passwords in every shape of text.
    Password,
    /// Keys of Azure and its connection strings.
    Azure,
    /// Tokens of Vault and its relatives.
    Vault,
    /// Vendors whose tokens are told by their context alone, or are seldom seen.
    Rare,
    /// Payment cards.
    Card,
    /// E-mail addresses.
    Email,
    /// International bank account numbers.
    Iban,
    /// Social security numbers of the United States.
    Ssn,
    /// Telephone numbers.
    Phone,
    /// Dates of birth, beside words that say so.
    BirthDate,
    /// Passports and national identity numbers, beside words that say so.
    Document,
    /// IP addresses: off unless asked for.
    Ip,
    /// Hardware addresses: off unless asked for.
    Mac,
}

impl Group {
    /// Every group, in the order of the report.
    pub const ALL: [Group; 18] = [
        Group::Token,
        Group::UrlCredential,
        Group::UrlToken,
        Group::SessionCookie,
        Group::ApiKey,
        Group::Password,
        Group::Azure,
        Group::Vault,
        Group::Rare,
        Group::Card,
        Group::Email,
        Group::Iban,
        Group::Ssn,
        Group::Phone,
        Group::BirthDate,
        Group::Document,
        Group::Ip,
        Group::Mac,
    ];

    /// The name in the report.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The recall below which redaction is not good enough, in percent.
    pub fn floor(self) -> f64 {
        self.row().1
    }

    /// The recall to aim at, in percent.
    pub fn stretch(self) -> f64 {
        self.row().2
    }

    /// Whether its kinds are redacted only when somebody asks for them.
    pub fn is_optional(self) -> bool {
        matches!(self, Group::Ip | Group::Mac)
    }

    fn row(self) -> (&'static str, f64, f64) {
        match self {
            Group::Token => ("token", 99.5, 100.0),
            Group::UrlCredential => ("url credential", 99.0, 100.0),
            Group::UrlToken => ("url token", 98.0, 99.5),
            Group::SessionCookie => ("session cookie", 98.0, 99.5),
            Group::ApiKey => ("api key", 92.0, 98.0),
            Group::Password => ("password", 85.0, 95.0),
            Group::Azure => ("azure", 90.0, 98.0),
            Group::Vault => ("vault", 95.0, 99.5),
            Group::Rare => ("rare vendor", 60.0, 90.0),
            Group::Card => ("card", 95.0, 99.5),
            Group::Email => ("e-mail", 96.0, 99.5),
            Group::Iban => ("iban", 99.0, 99.5),
            Group::Ssn => ("ssn", 98.0, 99.5),
            Group::Phone => ("phone", 97.0, 99.5),
            Group::BirthDate => ("birth date", 85.0, 95.0),
            Group::Document => ("document", 85.0, 95.0),
            Group::Ip => ("ip", 99.5, 100.0),
            Group::Mac => ("mac", 99.5, 100.0),
        }
    }
}

/// A kind of value: its name in the report and the group that it is judged with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// For example `GITHUB_TOKEN`.
    pub name: &'static str,
    /// What it is judged with.
    pub group: Group,
}

impl Kind {
    pub(crate) const fn new(name: &'static str, group: Group) -> Kind {
        Kind { name, group }
    }
}
