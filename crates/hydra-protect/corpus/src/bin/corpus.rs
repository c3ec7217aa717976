//! Prints the corpus as JSON lines: `corpus [COUNT [SEED]]`, 24,000 lines unless told otherwise.

use std::io::{self, Write as _};

use hydra_protect_corpus::{SEED, corpus};

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|argument| {
        argument.parse::<u64>().map_err(|error| {
            io::Error::other(format!(
                "{argument:?} is no number: {error}; give COUNT and SEED"
            ))
        })
    });
    let count = numbers.next().transpose()?.unwrap_or(24_000);
    let seed = numbers.next().transpose()?.unwrap_or(SEED);
    let mut out = io::stdout().lock();
    for line in corpus(seed, count as usize) {
        writeln!(out, "{}", line.to_json())?;
    }
    Ok(())
}
