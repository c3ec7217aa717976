//! What became of the lines of a queue, and how it is told.

use std::fmt::{self, Write as _};

use hydra_core::Level;

/// Why a line did not reach its destination.
///
/// ```
/// assert_eq!(hydra_delivery::queue::DropReason::Oldest.name(), "drop_oldest");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// It made way for a younger one, or was itself the oldest that could.
    Oldest,
    /// It came when the queue was full.
    Newest,
    /// It came when the queue was full, and its caller was told so.
    Error,
    /// It waited for room as long as it may.
    Timeout,
    /// The destination refused it, or panicked.
    Refused,
    /// It is never dropped, waited as long as it may, and was written to stderr.
    LastResort,
    /// As [`DropReason::LastResort`], but stderr did not take it either.
    Lost,
    /// It made way for others in the spool.
    SpoolFull,
    /// It was found damaged in the spool; its level is not known, and it counts as INFO.
    Damaged,
}

impl DropReason {
    /// Every reason.
    pub const ALL: [DropReason; 9] = [
        DropReason::Oldest,
        DropReason::Newest,
        DropReason::Error,
        DropReason::Timeout,
        DropReason::Refused,
        DropReason::LastResort,
        DropReason::Lost,
        DropReason::SpoolFull,
        DropReason::Damaged,
    ];

    /// The reason as statistics name it.
    pub const fn name(self) -> &'static str {
        match self {
            DropReason::Oldest => "drop_oldest",
            DropReason::Newest => "drop_newest",
            DropReason::Error => "error",
            DropReason::Timeout => "timeout",
            DropReason::Refused => "refused",
            DropReason::LastResort => "last_resort",
            DropReason::Lost => "lost",
            DropReason::SpoolFull => "spool_full",
            DropReason::Damaged => "damaged",
        }
    }
}

/// Lines that were dropped, by reason and level. As text: `1,204 records dropped (drop_oldest:
/// 1,200 INFO, 4 WARNING)`.
///
/// ```
/// let drops = hydra_delivery::queue::Drops::default();
/// assert_eq!((drops.total(), drops.to_string()), (0, "0 records dropped".to_owned()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drops([[u64; Level::ALL.len()]; DropReason::ALL.len()]);

impl Drops {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.0.as_flattened().iter().sum()
    }

    /// Those of one reason, in the order of [`Level::ALL`].
    pub fn by_level(&self, reason: DropReason) -> [u64; Level::ALL.len()] {
        self.0[reason as usize]
    }

    /// Those of one reason.
    pub fn of(&self, reason: DropReason) -> u64 {
        self.by_level(reason).iter().sum()
    }

    pub(super) fn add(&mut self, reason: DropReason, level: Level) {
        self.add_many(reason, level, 1);
    }

    pub(super) fn add_many(&mut self, reason: DropReason, level: Level, lines: u64) {
        self.0[reason as usize][level.index()] += lines;
    }
}

impl fmt::Display for Drops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let records = if total == 1 { "record" } else { "records" };
        write!(f, "{} {records} dropped", Grouped(total))?;
        let mut separator = " (";
        for reason in DropReason::ALL {
            let counts = self.by_level(reason).into_iter().zip(Level::ALL);
            for (at, (count, level)) in counts.filter(|(count, _)| *count > 0).enumerate() {
                match at {
                    0 => write!(f, "{separator}{}: ", reason.name())?,
                    _ => f.write_str(", ")?,
                }
                write!(f, "{} {level}", Grouped(count))?;
                separator = "; ";
            }
        }
        if total > 0 {
            f.write_char(')')?;
        }
        Ok(())
    }
}

/// A number with a comma before each group of three digits.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_char(',')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

/// What became of every line that a queue was given. At every moment
/// `accepted = delivered + kept + queued + dropped`, exactly.
///
/// ```
/// let counts = hydra_delivery::queue::QueueCounts::default();
/// assert!(counts.is_exact());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueCounts {
    /// Lines that the queue was given and has decided on; one that waits for room is not yet there.
    pub accepted: u64,
    /// Lines that the destination took.
    pub delivered: u64,
    /// Lines that are kept in the spool. What a dead process has left there counts as accepted.
    pub kept: u64,
    /// Lines that wait in memory, and those that a worker is delivering now.
    pub queued: u64,
    /// Lines that did not reach the destination.
    pub dropped: Drops,
    /// Operations of the destination that failed.
    pub errors: u64,
}

impl QueueCounts {
    /// Adds those of another queue.
    pub(crate) fn add(&mut self, other: &QueueCounts) {
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.kept += other.kept;
        self.queued += other.queued;
        self.errors += other.errors;
        let (sums, counts) = (
            self.dropped.0.as_flattened_mut(),
            other.dropped.0.as_flattened(),
        );
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }

    /// Whether every line is accounted for.
    pub fn is_exact(&self) -> bool {
        self.accepted == self.delivered + self.kept + self.queued + self.dropped.total()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_reasons_levels_and_groups_of_digits() {
        let mut drops = Drops::default();
        drops.0[DropReason::Oldest as usize][Level::Info.index()] = 1_200;
        drops.0[DropReason::Oldest as usize][Level::Warning.index()] = 4;
        assert_eq!(
            drops.to_string(),
            "1,204 records dropped (drop_oldest: 1,200 INFO, 4 WARNING)"
        );
        drops.0[DropReason::LastResort as usize][Level::Error.index()] = 1_000_000;
        assert_eq!(
            drops.to_string(),
            "1,001,204 records dropped (drop_oldest: 1,200 INFO, 4 WARNING; last_resort: \
             1,000,000 ERROR)"
        );
        assert_eq!(Grouped(999).to_string(), "999");
    }

    #[test]
    fn each_reason_has_a_place_of_its_own() {
        for (at, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
        }
    }
}
