//! The ring file of a living process.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use hydra_core::{fork_generation, unix_now};

use super::book::Book;
use super::layout::{self, PAGE};
use super::mapping::{Mapping, allocate, try_own};
use super::owner::Owner;
use crate::bell::Bell;
use crate::lock::lock;
use crate::memory::Memory;

/// So many threads get rings of the full size; those that come later get small ones.
const LARGE_RINGS: usize = 16;
const SMALL_RING: usize = 64 << 10;

/// How many files this process has made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// The ring file of an engine. Dropped, it stays for the next start, unless it was removed.
pub(crate) struct RingFile {
    path: PathBuf,
    /// Has the lock that says whose it is.
    file: File,
    head: Mapping,
    extents: Mutex<Extents>,
    /// The last number that a record was given.
    number: AtomicU64,
    slots: Mutex<Vec<Weak<Slot>>>,
    /// Whether the dispatcher waits for a destination.
    is_awaited: AtomicBool,
    bell: Arc<Bell>,
    /// A child of a fork has it mapped too, and is not its owner.
    made_in: usize,
}

struct Extents {
    /// Where the next begins.
    end: u64,
    entries: usize,
    rings: usize,
    slots: u64,
    configurations: u64,
    configuration: Option<usize>,
}

/// An extent in use.
struct Extent {
    mapping: Arc<Mapping>,
    entry: usize,
}

impl RingFile {
    /// A file in a directory that is there.
    pub(crate) fn new(directory: &Path, bell: Arc<Bell>) -> io::Result<Arc<RingFile>> {
        let owner = Owner::current();
        let number = MADE.fetch_add(1, Relaxed);
        let name = format!("{}-{}-{number}", owner.pid, owner.start);
        let path = directory.join(format!("{name}.ring"));
        let unfinished = directory.join(format!("{name}.new"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        let made = RingFile::begin(&file, &owner).and_then(|head| {
            fs::rename(&unfinished, &path)?;
            Ok(head)
        });
        let head = made.inspect_err(|_| {
            let _ = fs::remove_file(&unfinished);
        })?;
        Ok(Arc::new(RingFile {
            path,
            file,
            head,
            extents: Mutex::new(Extents {
                end: layout::HEAD as u64,
                entries: 0,
                rings: 0,
                slots: 0,
                configurations: 0,
                configuration: None,
            }),
            number: AtomicU64::new(0),
            slots: Mutex::default(),
            is_awaited: AtomicBool::new(false),
            bell,
            made_in: fork_generation(),
        }))
    }

    /// Locks the file and writes its header, under a name that nobody looks at yet.
    fn begin(mut file: &File, owner: &Owner) -> io::Result<Mapping> {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        if !try_own(file)? {
            return Err(io::Error::other("another process has the ring file"));
        }
        allocate(file, 0, layout::HEAD)?;
        let mut head = [0; layout::AT_TABLE];
        let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &layout::MAGIC);
        put(layout::AT_VERSION, &layout::VERSION.to_le_bytes());
        put(layout::AT_PID, &owner.pid.to_le_bytes());
        put(layout::AT_START, &owner.start.to_le_bytes());
        put(layout::AT_CREATED, &unix_now().to_le_bytes());
        put(layout::AT_BOOT, owner.boot.as_bytes());
        file.write_all(&head)?;
        Mapping::new(file, 0, layout::HEAD)
    }

    fn extents(&self) -> MutexGuard<'_, Extents> {
        lock(&self.extents)
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Weak<Slot>>> {
        lock(&self.slots)
    }

    /// Whether this is the process that made it.
    fn is_ours(&self) -> bool {
        self.made_in == fork_generation()
    }

    /// An extent of this length, which `fill` prepares before anybody sees it.
    fn extent(
        &self,
        extents: &mut Extents,
        (kind, length, extra): (u32, usize, u64),
        fill: impl FnOnce(&Mapping),
    ) -> io::Result<Extent> {
        let length = length.next_multiple_of(PAGE);
        let free = (0..extents.entries).find(|&entry| {
            let kind = self.head.u32(entry_at(entry, layout::ENTRY_KIND));
            let has = self.head.u64(entry_at(entry, layout::ENTRY_LENGTH));
            kind.load(Relaxed) == layout::FREE.to_le()
                && u64::from_le(has.load(Relaxed)) == length as u64
        });
        let entry = free.unwrap_or(extents.entries);
        let offset = if free.is_some() {
            let offset = self.head.u64(entry_at(entry, layout::ENTRY_OFFSET));
            u64::from_le(offset.load(Relaxed))
        } else {
            if entry == layout::ENTRIES {
                return Err(io::Error::other("the ring file's table is full"));
            }
            allocate(&self.file, extents.end, length)?;
            extents.end
        };
        let mapping = Mapping::new(&self.file, offset, length)?;
        fill(&mapping);
        for (field, number) in [
            (layout::ENTRY_OFFSET, offset),
            (layout::ENTRY_LENGTH, length as u64),
            (layout::ENTRY_EXTRA, extra),
        ] {
            let place = self.head.u64(entry_at(entry, field));
            place.store(number.to_le(), Relaxed);
        }
        let place = self.head.u32(entry_at(entry, layout::ENTRY_KIND));
        place.store(kind.to_le(), Release);
        if free.is_none() {
            extents.entries += 1;
            extents.end += length as u64;
        }
        Ok(Extent {
            mapping: Arc::new(mapping),
            entry,
        })
    }

    /// Lets an extent be used for something else.
    fn free(&self, entry: usize) {
        if self.is_ours() {
            let place = self.head.u32(entry_at(entry, layout::ENTRY_KIND));
            place.store(layout::FREE.to_le(), Release);
        }
    }

    /// Keeps a configuration, as JSON, in the place of the one before.
    pub(crate) fn configure(&self, json: &str) -> io::Result<()> {
        let mut extents = self.extents();
        extents.configurations += 1;
        let length = u32::try_from(json.len()).map_err(io::Error::other)?;
        let extra = extents.configurations << 32 | u64::from(length);
        let made = self.extent(
            &mut extents,
            (layout::CONFIGURATION, json.len().max(1), extra),
            |mapping| mapping.copy_in(0, json.as_bytes()),
        )?;
        if let Some(before) = extents.configuration.replace(made.entry) {
            self.free(before);
        }
        Ok(())
    }

    /// The memory of a ring for one more thread.
    pub(crate) fn ring(self: &Arc<Self>, size: usize) -> io::Result<(Memory, KeptRing)> {
        let mut extents = self.extents();
        let is_large = extents.rings < LARGE_RINGS;
        let size = if is_large { size } else { size.min(SMALL_RING) };
        let length = layout::RING_RECORDS + size;
        let made = self.extent(
            &mut extents,
            (layout::RING, length, size as u64),
            |mapping| {
                mapping.u64(layout::RING_TAIL).store(0, Relaxed);
                mapping.u64(layout::RING_HEAD).store(0, Relaxed);
            },
        )?;
        extents.rings += 1;
        let memory = made.mapping.ring(size)?;
        let kept = KeptRing {
            file: Arc::clone(self),
            entry: made.entry,
        };
        Ok((memory, kept))
    }

    /// A destination's part.
    pub(crate) fn slot(self: &Arc<Self>, name: &str) -> io::Result<Arc<Slot>> {
        let name = &name[..name.floor_char_boundary(layout::MOST_NAME)];
        let number = self.number.load(Acquire);
        let mut extents = self.extents();
        extents.slots += 1;
        let serial = extents.slots;
        let made = self.extent(
            &mut extents,
            (layout::DESTINATION, layout::DEST_SIZE, 0),
            |mapping| {
                // What was dispatched before it came is not for it.
                Book::settle(mapping, number);
                mapping.copy_in(layout::DEST_SERIAL, &serial.to_le_bytes());
                mapping.copy_in(layout::DEST_NAME, name.as_bytes());
                mapping.copy_in(layout::DEST_NAME_LEN, &(name.len() as u32).to_le_bytes());
            },
        )?;
        let slot = Arc::new(Slot {
            file: Arc::clone(self),
            mapping: made.mapping,
            entry: made.entry,
            pushed: AtomicU64::new(0),
            done: AtomicU64::new(number),
        });
        let mut slots = self.slots();
        slots.retain(|slot| slot.strong_count() > 0);
        slots.push(Arc::downgrade(&slot));
        Ok(slot)
    }

    /// The number of the next record; the dispatcher alone asks.
    pub(crate) fn next_number(&self) -> u64 {
        let mut next = self.number.load(Relaxed) + 1;
        // 0 beside a record says that it has none.
        next += u64::from(next as u32 == 0);
        self.number.store(next, Release);
        next
    }

    /// Up to which number every destination is done, for all that was handed to them.
    pub(crate) fn floor(&self) -> u64 {
        let place = self.head.u64(layout::AT_NUMBER);
        place.store(self.number.load(Relaxed).to_le(), Relaxed);
        let slots = self.slots();
        let slots = slots.iter().filter_map(Weak::upgrade);
        slots
            .filter_map(|slot| slot.waits_from())
            .min()
            .unwrap_or(u64::MAX)
    }

    /// Whether the next destination that comes on wakes the dispatcher.
    pub(crate) fn await_destinations(&self, on: bool) {
        self.is_awaited.store(on, SeqCst);
    }

    /// Removes the file, of which nothing is left to deliver.
    pub(crate) fn remove(&self) {
        if self.is_ours() {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Whether the file can still be found under its name.
    pub(crate) fn has_name(&self) -> bool {
        let links = |file: &File| {
            file.metadata()
                .map(|m| std::os::unix::fs::MetadataExt::nlink(&m))
        };
        links(&self.file).is_ok_and(|links| links > 0)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Where a field of an entry of the table stands.
fn entry_at(entry: usize, field: usize) -> usize {
    debug_assert!(entry < layout::ENTRIES);
    layout::AT_TABLE + entry * layout::ENTRY + field
}

/// A ring's place in the file.
pub(crate) struct KeptRing {
    pub(crate) file: Arc<RingFile>,
    entry: usize,
}

impl KeptRing {
    /// Gives the place back: nothing is left in the ring, and nothing will come.
    pub(crate) fn free(self) {
        let mut extents = self.file.extents();
        extents.rings = extents.rings.saturating_sub(1);
        self.file.free(self.entry);
    }
}

/// A destination's part of the file, for as long as its queue lives.
pub(crate) struct Slot {
    file: Arc<RingFile>,
    mapping: Arc<Mapping>,
    entry: usize,
    /// The number of the last record that the destination's queue was given.
    pushed: AtomicU64,
    /// As in the file.
    done: AtomicU64,
}

impl Slot {
    /// The queue was given a line of a record.
    #[inline]
    pub(crate) fn push(&self, number: u64) {
        if number > 0 {
            self.pushed.store(number, Release);
        }
    }

    /// After which number the destination is behind; none where it is not.
    fn waits_from(&self) -> Option<u64> {
        let pushed = self.pushed.load(Acquire);
        let done = self.done.load(Acquire);
        (done < pushed).then_some(done)
    }

    /// The book of lines that are about to be delivered.
    pub(crate) fn book<'b>(&'b self, numbers: &'b [u64]) -> Book<'b, Mapping> {
        Book::new(&self.mapping, numbers)
    }

    /// Everything up to this number is done, one way or the other; 0: no more than was.
    pub(crate) fn finish(&self, number: u64) {
        if !self.file.is_ours() {
            return;
        }
        let is_more = number > self.done.load(Acquire);
        Book::settle(&*self.mapping, if is_more { number } else { 0 });
        if is_more {
            self.done.store(number, SeqCst);
        }
        if self.file.is_awaited.swap(false, SeqCst) {
            self.file.bell.wake();
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.file.free(self.entry);
    }
}
