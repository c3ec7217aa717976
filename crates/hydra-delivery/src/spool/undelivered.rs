//! Which rows of a file are still to be delivered, and to which place. The file itself is not touched.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A place's number in the spool that has the file open.
pub(super) type PlaceId = usize;

/// A row that is still to be delivered.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) place: PlaceId,
    /// Lines that are still to be delivered.
    pub(super) lines: u32,
    pub(super) bytes: u64,
    /// Whether it holds lines that may be dropped for room.
    pub(super) may_drop: bool,
    /// Whether somebody has taken it, to deliver it.
    pub(super) is_taken: bool,
}

/// What is held of one place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) lines: u64,
    pub(super) bytes: u64,
}

impl Held {
    pub(super) fn add(&mut self, entry: &Entry) {
        self.lines += u64::from(entry.lines);
        self.bytes += entry.bytes;
    }
}

/// The place of rows that are nobody's here: they stay in the file.
pub(super) const NOBODY: PlaceId = PlaceId::MAX;

/// The rows of a file that are still to be delivered.
#[derive(Default)]
pub(super) struct Undelivered {
    rows: BTreeMap<u64, Entry>,
    by_place: HashMap<PlaceId, BTreeSet<u64>>,
}

/// What is left of a row of which lines are done with.
pub(super) enum Settled {
    /// Nothing: it had so many bytes.
    All(u64),
    /// Lines, which are not taken any longer.
    Part,
}

impl Undelivered {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn has(&self, number: u64) -> bool {
        self.rows.contains_key(&number)
    }

    pub(super) fn add(&mut self, number: u64, entry: Entry) {
        self.by_place.entry(entry.place).or_default().insert(number);
        self.rows.insert(number, entry);
    }

    /// Forgets the rows of a place; how many bytes they have.
    pub(super) fn release(&mut self, place: PlaceId) -> u64 {
        let numbers = self.by_place.remove(&place).unwrap_or_default();
        let rows = numbers.iter().filter_map(|number| self.rows.remove(number));
        rows.map(|entry| entry.bytes).sum()
    }

    /// What there is for each place.
    pub(super) fn held(&self) -> HashMap<PlaceId, Held> {
        let mut held = HashMap::<PlaceId, Held>::new();
        for entry in self.rows.values() {
            held.entry(entry.place).or_default().add(entry);
        }
        held
    }

    /// The oldest row of a place that nobody has taken, taken now.
    pub(super) fn take(&mut self, place: PlaceId) -> Option<(u64, Entry)> {
        let numbers = self.by_place.get(&place)?;
        let mut numbers = numbers.iter().copied();
        let number = numbers.find(|number| !self.rows[number].is_taken)?;
        let entry = self.rows.get_mut(&number)?;
        entry.is_taken = true;
        Some((number, entry.clone()))
    }

    /// Leaves a row that was taken.
    pub(super) fn give_back(&mut self, number: u64) {
        if let Some(entry) = self.rows.get_mut(&number) {
            entry.is_taken = false;
        }
    }

    /// Lowers the number of lines that a row is held to have.
    pub(super) fn has_lines(&mut self, number: u64, lines: u32) {
        if let Some(entry) = self.rows.get_mut(&number) {
            entry.lines = lines;
        }
    }

    /// The oldest row with lines that may be dropped, if nobody has taken it.
    pub(super) fn oldest_to_drop(&self) -> Option<(u64, Entry)> {
        let mut rows = self.rows.iter();
        rows.find(|(_, entry)| entry.may_drop && !entry.is_taken)
            .map(|(number, entry)| (*number, entry.clone()))
    }

    /// The number of the oldest row of a place.
    pub(super) fn oldest(&self, place: PlaceId) -> Option<u64> {
        self.by_place.get(&place)?.first().copied()
    }

    /// So many lines of a row are done with; none where it is not among them.
    pub(super) fn settle(&mut self, place: PlaceId, number: u64, lines: u32) -> Option<Settled> {
        let entry = self.rows.get_mut(&number)?;
        if lines < entry.lines {
            entry.is_taken = false;
            entry.lines -= lines;
            return Some(Settled::Part);
        }
        let bytes = entry.bytes;
        self.rows.remove(&number);
        if let Some(numbers) = self.by_place.get_mut(&place) {
            numbers.remove(&number);
        }
        Some(Settled::All(bytes))
    }

    /// A row has a body of so many bytes now, with nothing in it that may be dropped; how many bytes
    /// less it has.
    pub(super) fn shorten(&mut self, number: u64, bytes: u64, lines: u32) -> u64 {
        let Some(entry) = self.rows.get_mut(&number) else {
            return 0;
        };
        let freed = entry.bytes.saturating_sub(bytes);
        entry.bytes -= freed;
        entry.lines = lines;
        entry.may_drop = false;
        freed
    }
}
