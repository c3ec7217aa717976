//! The facilities of syslog: [`Facility`].

use std::fmt;
use std::str::FromStr;

/// Which part of a system a syslog line comes from (RFC 5424, section 6.2.1).
///
/// ```
/// use hydra_core::format::Facility;
/// assert_eq!("local0".parse(), Ok(Facility::Local0));
/// assert_eq!(Facility::default().number(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Facility {
    /// `kern`: the kernel.
    Kern,
    /// `user`: programs of users. The default.
    #[default]
    User,
    /// `mail`: the mail system.
    Mail,
    /// `daemon`: system services.
    Daemon,
    /// `auth`: security and authorisation.
    Auth,
    /// `syslog`: the syslog daemon itself.
    Syslog,
    /// `lpr`: printing.
    Lpr,
    /// `news`: network news.
    News,
    /// `uucp`: UUCP.
    Uucp,
    /// `cron`: scheduled work.
    Cron,
    /// `authpriv`: private authorisation messages.
    Authpriv,
    /// `ftp`: file transfer.
    Ftp,
    /// `ntp`: time.
    Ntp,
    /// `audit`: log audit.
    Audit,
    /// `alert`: log alert.
    Alert,
    /// `clock`: the second clock daemon.
    Clock,
    /// `local0`: for use on this site, as the seven that follow.
    Local0,
    /// `local1`.
    Local1,
    /// `local2`.
    Local2,
    /// `local3`.
    Local3,
    /// `local4`.
    Local4,
    /// `local5`.
    Local5,
    /// `local6`.
    Local6,
    /// `local7`.
    Local7,
}

const FACILITIES: [(Facility, &str); 24] = [
    (Facility::Kern, "kern"),
    (Facility::User, "user"),
    (Facility::Mail, "mail"),
    (Facility::Daemon, "daemon"),
    (Facility::Auth, "auth"),
    (Facility::Syslog, "syslog"),
    (Facility::Lpr, "lpr"),
    (Facility::News, "news"),
    (Facility::Uucp, "uucp"),
    (Facility::Cron, "cron"),
    (Facility::Authpriv, "authpriv"),
    (Facility::Ftp, "ftp"),
    (Facility::Ntp, "ntp"),
    (Facility::Audit, "audit"),
    (Facility::Alert, "alert"),
    (Facility::Clock, "clock"),
    (Facility::Local0, "local0"),
    (Facility::Local1, "local1"),
    (Facility::Local2, "local2"),
    (Facility::Local3, "local3"),
    (Facility::Local4, "local4"),
    (Facility::Local5, "local5"),
    (Facility::Local6, "local6"),
    (Facility::Local7, "local7"),
];

impl Facility {
    /// Every facility, in the order of their numbers.
    pub const ALL: [Facility; 24] = {
        let mut all = [Facility::Kern; 24];
        let mut i = 0;
        while i < all.len() {
            all[i] = FACILITIES[i].0;
            i += 1;
        }
        all
    };

    /// The number, 0 to 23, as RFC 5424 has it.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        FACILITIES[self as usize].1
    }
}

impl fmt::Display for Facility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Facility {
    type Err = ParseFacilityError;

    /// Reads a name, in any case, or a number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        let named = |(facility, name): &&(Facility, &str)| {
            name.eq_ignore_ascii_case(word) || word.parse() == Ok(facility.number())
        };
        FACILITIES
            .iter()
            .find(named)
            .map(|(facility, _)| *facility)
            .ok_or_else(|| ParseFacilityError {
                found: text.to_owned(),
            })
    }
}

/// A word that names no [`Facility`].
///
/// ```
/// let error = "local8".parse::<hydra_core::format::Facility>().unwrap_err();
/// assert!(error.to_string().contains("local7"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFacilityError {
    found: String,
}

impl fmt::Display for ParseFacilityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = FACILITIES.map(|(_, name)| name).join(", ");
        write!(
            f,
            "{:?} is not a facility; the facilities are {names}, or their numbers 0 to 23",
            self.found
        )
    }
}

impl std::error::Error for ParseFacilityError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_facility_reads_back_from_its_name_and_its_number() {
        for (i, facility) in Facility::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(facility.number()), i);
            assert_eq!(facility.name().to_uppercase().parse(), Ok(facility));
            assert_eq!(i.to_string().parse(), Ok(facility));
        }
    }

    #[test]
    fn a_word_that_is_no_facility_is_told_with_those_there_are() {
        for word in ["local8", "24", "-1", ""] {
            let error = word.parse::<Facility>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{word:?} is not a facility")));
            for facility in Facility::ALL {
                assert!(error.contains(&facility.to_string()), "{facility}: {error}");
            }
        }
    }
}
