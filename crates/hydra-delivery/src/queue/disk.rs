//! The spool as a queue knows it; without the feature `spool` there is none.

#[cfg(feature = "spool")]
pub(super) use crate::spool::Place;

/// Nobody has one.
#[cfg(not(feature = "spool"))]
#[derive(Debug)]
pub(super) enum Place {}

#[cfg(not(feature = "spool"))]
pub(super) enum Taken {}

#[cfg(not(feature = "spool"))]
pub(super) struct Losses {
    pub(super) dropped: [u64; hydra_core::Level::ALL.len()],
    pub(super) damaged: u64,
}

#[cfg(not(feature = "spool"))]
mod none {
    use std::io;

    use hydra_core::destination::Batch;

    use super::{Losses, Place, Taken};

    impl Place {
        pub(in crate::queue) fn append_all(&self, _: &[(Batch<'_>, &[u64])]) -> io::Result<()> {
            match *self {}
        }

        pub(in crate::queue) fn submit(&self, _: &[(Batch<'_>, &[u64])]) -> u64 {
            match *self {}
        }

        pub(in crate::queue) fn committed(&self, _: u64) -> io::Result<()> {
            match *self {}
        }

        pub(in crate::queue) fn prepend(&self, _: Batch<'_>, _: &[u64]) -> io::Result<()> {
            match *self {}
        }

        pub(in crate::queue) fn take(&self, _: usize) -> io::Result<Option<Taken>> {
            match *self {}
        }

        pub(in crate::queue) fn settle(&self, _: Taken, _: usize) {
            match *self {}
        }

        pub(in crate::queue) fn comes_from(&self, _: std::sync::Arc<str>) {
            match *self {}
        }

        pub(in crate::queue) fn numbered_by(&self, _: String) {
            match *self {}
        }

        pub(in crate::queue) fn rest(&self) {
            match *self {}
        }

        pub(in crate::queue) fn adopted(&self) -> u64 {
            match *self {}
        }

        pub(in crate::queue) fn losses(&self) -> Losses {
            match *self {}
        }
    }

    impl Taken {
        pub(in crate::queue) fn batch(&self) -> Batch<'_> {
            match *self {}
        }
    }
}
