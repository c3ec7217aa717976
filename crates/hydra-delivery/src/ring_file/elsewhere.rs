//! Systems where no ring file can be made: what says so, and nothing that could be had instead.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;

use hydra_core::destination::{Batch, FilePlace, WriteLog};

use crate::bell::Bell;
use crate::memory::Memory;

/// Nobody has one.
pub(crate) struct RingFile(Infallible);

impl RingFile {
    pub(crate) fn new(_: &Path, _: Arc<Bell>) -> io::Result<Arc<RingFile>> {
        let why = "rings in a file need Linux";
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }

    pub(crate) fn configure(&self, _: &str) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) fn ring(self: &Arc<Self>, _: usize) -> io::Result<(Memory, KeptRing)> {
        match self.0 {}
    }

    pub(crate) fn slot(self: &Arc<Self>, _: &str) -> io::Result<Arc<Slot>> {
        match self.0 {}
    }

    pub(crate) fn next_number(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn floor(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn await_destinations(&self, _: bool) {
        match self.0 {}
    }

    pub(crate) fn remove(&self) {
        match self.0 {}
    }

    pub(crate) fn has_name(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn path(&self) -> &Path {
        match self.0 {}
    }
}

pub(crate) struct KeptRing {
    pub(crate) file: Arc<RingFile>,
}

impl KeptRing {
    pub(crate) fn free(self) {
        match self.file.0 {}
    }
}

pub(crate) struct Slot(Infallible);

impl Slot {
    pub(crate) fn push(&self, _: u64) {
        match self.0 {}
    }

    pub(crate) fn book<'b>(&'b self, _: &'b [u64]) -> NoBook {
        match self.0 {}
    }

    pub(crate) fn finish(&self, _: u64) {
        match self.0 {}
    }
}

pub(crate) struct NoBook(Infallible);

impl WriteLog for NoBook {
    fn intends(&mut self, _: &FilePlace<'_>, _: &Batch<'_>) {
        match self.0 {}
    }

    fn has_taken(&mut self, _: usize) {
        match self.0 {}
    }
}
