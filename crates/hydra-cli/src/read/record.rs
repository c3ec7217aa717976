//! What a line says: [`OwnedRecord`].

use hydra_core::format::Facility;
use hydra_core::{Level, OwnedValue};

/// A record that was read back from a line.
///
/// ```
/// use hydra_cli::read::OwnedRecord;
/// let record = OwnedRecord::default();
/// assert_eq!(record.unix_ns, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct OwnedRecord {
    /// The time in nanoseconds since 1970-01-01 UTC, or `None` if the line has none.
    pub unix_ns: Option<i64>,
    /// The level; [`Level::Info`] if the line has none.
    pub level: Level,
    /// The layer, or what another program calls its logger; empty if the line has none.
    pub layer: String,
    /// The message; empty if the line has none.
    pub message: String,
    /// Names and values, in their order. Names are as the program gave them: the underscore after
    /// a name like a core key's is taken off.
    pub fields: Vec<(String, OwnedValue)>,
    /// Where in the source the call stands, if the line says so.
    pub place: Option<Place>,
    /// Where the line comes from, as far as syslog and GELF say.
    pub origin: Origin,
}

/// A place in a program's source.
///
/// ```
/// let place = hydra_cli::read::Place { file: "src/main.rs".into(), line: 7 };
/// assert_eq!(place.line, 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Where a line comes from. Only syslog and GELF (the host alone) have room for it.
///
/// ```
/// assert_eq!(hydra_cli::read::Origin::default().host, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The host's name.
    pub host: Option<String>,
    /// The program's name.
    pub program: Option<String>,
    /// Syslog's facility.
    pub facility: Option<Facility>,
}
