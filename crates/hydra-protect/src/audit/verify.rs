//! Verifying: a file is read once, in large pieces.

use std::io::{self, Read};

use super::LONGEST_LINE;
use super::key::VerifyingKey;
use super::report::Report;
use super::tag::LONGEST;
use super::verifier::Verifier;

/// How much is asked for in one read.
const CHUNK: usize = 4 << 20;

/// How a file is verified.
///
/// ```
/// use hydra_protect::audit::VerifyOptions;
/// assert_eq!(VerifyOptions::default().most_damages, 1000);
/// ```
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// How many pieces of damage are told one by one; the others are counted. 1000 unless set.
    pub most_damages: usize,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        VerifyOptions { most_damages: 1000 }
    }
}

/// Verifies one file, to its end whatever is found.
///
/// Without a key, the one in the file's header is used: that proves that the file is as its writer
/// left it, not who the writer was.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, Check, SigningKey, VerifyOptions, verify};
///
/// let key = SigningKey::generate()?;
/// let public = key.verifying_key();
/// let mut file = Vec::new();
/// let mut chain = ChainWriter::begin(key, None, 0, &mut file)?;
/// chain.record(b"transferred 100 EUR", 0, &mut file)?;
/// chain.close(0, &mut file);
///
/// let at = file.windows(3).position(|w| w == b"100").expect("it is there");
/// file[at] = b'9';
/// let report = verify(&file[..], Some(&public), &VerifyOptions::default())?;
/// assert_eq!((report.damages[0].line, report.damages[0].check), (2, Check::Chain));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
///
/// # Errors
/// The reader's. What the bytes are is never one.
pub fn verify(
    mut reader: impl Read,
    key: Option<&VerifyingKey>,
    options: &VerifyOptions,
) -> io::Result<Report> {
    let mut verifier = Verifier::new(key, options);
    let mut buffer = vec![0; 2 * CHUNK];
    let (mut filled, mut scanned) = (0, 0);
    // How much of a line that is longer than any was thrown away.
    let mut skipped = 0;
    loop {
        if buffer.len() - filled < CHUNK {
            buffer.resize(2 * buffer.len(), 0);
        }
        let got = match reader.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            got => got?,
        };
        if got == 0 {
            break;
        }
        filled += got;
        let mut start = 0;
        let mut newlines = memchr::memchr_iter(b'\n', &buffer[scanned..filled]);
        if skipped > 0
            && let Some(newline) = newlines.next()
        {
            let end = scanned + newline;
            verifier.too_long(std::mem::take(&mut skipped) + end as u64);
            start = end + 1;
        }
        if let Some(newline) = newlines.next_back() {
            let end = scanned + newline + 1;
            verifier.lines(&buffer[start..end]);
            start = end;
        }
        buffer.copy_within(start..filled, 0);
        filled -= start;
        if filled > LONGEST_LINE + LONGEST {
            skipped += filled as u64;
            filled = 0;
        }
        scanned = filled;
    }
    Ok(verifier.finish(&buffer[..filled], skipped))
}
