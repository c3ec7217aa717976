//! Audit files: what seals the lines of a file is the chain of `hydra_protect`.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use hydra_core::destination::file::sealed::{Seal, SealOptions, seal_with};
use hydra_protect::audit::{ChainWriter, Mark, Position, Removal, Resumed, SigningKey};

/// Lets configurations ask for audit files.
pub(crate) fn provide() {
    seal_with(|options| Ok(Box::new(Chain::new(options)?)));
}

struct Chain {
    key: Arc<SigningKey>,
    every: u64,
    writer: Option<ChainWriter>,
    /// What of the chain is in the file.
    written: Option<Mark>,
}

impl Chain {
    fn new(options: &SealOptions) -> io::Result<Chain> {
        let key = SigningKey::load_or_generate(&options.key_file).map_err(|error| {
            let path = options.key_file.display();
            let error = io::Error::from(error);
            // Not one of the kinds after which another file is tried: that would need the key too.
            io::Error::other(format!("the key of the audit chain, {path}: {error}"))
        })?;
        Ok(Chain {
            key: Arc::new(key),
            every: options.checkpoint_every,
            writer: None,
            written: None,
        })
    }
}

impl Seal for Chain {
    fn begin(
        &mut self,
        before: Option<&mut File>,
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let previous = match (&self.writer, before) {
            (Some(writer), _) => Some(writer.position()),
            (None, Some(file)) => ended(file, &self.key, unix_ns),
            (None, None) => None,
        };
        let writer = ChainWriter::begin(Arc::clone(&self.key), previous.as_ref(), unix_ns, out)?;
        self.writer = Some(writer.checkpoint_every(self.every));
        self.written = None;
        Ok(())
    }

    fn resume(&mut self, file: &mut File, unix_ns: i64, out: &mut Vec<u8>) -> io::Result<u64> {
        let resumed = Resumed::from_file(file, Arc::clone(&self.key), unix_ns)?;
        out.extend_from_slice(&resumed.append);
        self.writer = Some(resumed.chain.checkpoint_every(self.every));
        self.written = None;
        Ok(resumed.keep)
    }

    #[inline]
    fn record(&mut self, line: &[u8], unix_ns: i64, out: &mut Vec<u8>) -> io::Result<()> {
        let writer = self.writer.as_mut().ok_or(io::ErrorKind::NotFound)?;
        Ok(writer.record(line, unix_ns, out)?)
    }

    fn sign(&mut self, closing: bool, unix_ns: i64, out: &mut Vec<u8>) {
        if let Some(writer) = &mut self.writer {
            if closing {
                writer.close(unix_ns, out);
            } else {
                writer.checkpoint(unix_ns, out);
            }
        }
    }

    fn removing(
        &mut self,
        first: &[u8],
        next: &[u8],
        kept_for: Duration,
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> bool {
        let removal = Removal::of(first, next, kept_for);
        let (Some(writer), Some(removal)) = (&mut self.writer, removal) else {
            return false;
        };
        writer.removed(&removal, unix_ns, out);
        writer.checkpoint(unix_ns, out);
        true
    }

    #[inline]
    fn settle(&mut self, written: bool) {
        let Some(writer) = &mut self.writer else {
            return;
        };
        match (written, self.written) {
            (true, _) => self.written = Some(writer.mark()),
            (false, Some(mark)) => writer.rewind(mark),
            // A beginning that was not written: whoever asked for it lets go of this chain.
            (false, None) => {}
        }
    }

    #[inline]
    fn is_signed(&self) -> bool {
        self.writer
            .as_ref()
            .is_none_or(|writer| writer.unsealed() == 0)
    }
}

/// Where the file ends that stands before a new one. If its writer was killed, it is closed first.
/// One that is no audit file, or is damaged, has no end to be tied to: `hydra verify` tells so.
fn ended(file: &mut File, key: &Arc<SigningKey>, unix_ns: i64) -> Option<Position> {
    let mut resumed = Resumed::from_file(file, Arc::clone(key), unix_ns).ok()?;
    if !resumed.chain.is_closed() {
        resumed.chain.close(unix_ns, &mut resumed.append);
        file.set_len(resumed.keep).ok()?;
        file.write_all(&resumed.append).ok()?;
    }
    Some(resumed.chain.position())
}
