//! The bound of a spool: what makes way for lines that are to be kept.

use std::io;

use hydra_core::destination::BatchBuf;

use super::super::{WhenFull, body, part};
use super::Store;

impl Store {
    /// Sees to it that so many bytes have room.
    pub(super) fn make_room(&mut self, bytes: u64) -> io::Result<()> {
        while self.bytes.saturating_add(bytes) > self.options.max_bytes {
            if self.options.when_full == WhenFull::Refuse
                || bytes > self.options.max_bytes
                || !self.drop_oldest()?
            {
                let why = format!("the spool holds {} bytes and takes no more", self.bytes);
                return Err(io::Error::new(io::ErrorKind::QuotaExceeded, why));
            }
        }
        Ok(())
    }

    /// Drops the lines of the oldest row that may be; whether there was one.
    fn drop_oldest(&mut self) -> io::Result<bool> {
        let mut files = self.files.iter().enumerate();
        let found =
            files.find_map(|(at, (_, file))| Some((at, file.undelivered.oldest_to_drop()?)));
        let Some((at, (number, entry))) = found else {
            return Ok(false);
        };
        let (_, file) = &mut self.files[at];
        let place = &mut self.places[entry.place];
        let row = file.read(number)?;
        let all = row.lines.as_batch();
        let mut stays = BatchBuf::default();
        for (line, meta) in part(&all, all.len().saturating_sub(entry.lines as usize))
            .as_batch()
            .iter()
        {
            if !row.guaranteed && !meta.guaranteed {
                place.losses.dropped[meta.level.index()] += 1;
                place.kept -= 1;
                self.counts.dropped += 1;
            } else {
                stays.push(line, &meta);
            }
        }
        let stays = stays.as_batch();
        let freed = if stays.is_empty() {
            let (freed, removed) =
                file.settle((entry.place, &place.identity), &[(number, entry.lines)]);
            removed?;
            freed
        } else {
            let mut bodies = body::encode(&stays, &place.identity, row.guaranteed, || number);
            match bodies.next() {
                Some((_, body, lines)) => file.replace(number, &body, lines.len() as u32)?,
                None => 0,
            }
        };
        self.bytes -= freed;
        Ok(true)
    }
}
