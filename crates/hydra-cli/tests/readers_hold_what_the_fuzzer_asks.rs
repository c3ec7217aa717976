//! What the fuzz targets ask of lines made up by a fuzzer, asked of the lines it begins with, and
//! of these with each byte damaged.

#[expect(
    unreachable_pub,
    reason = "it is public in the crate of the fuzz targets"
)]
#[path = "../../../fuzz/src/readers.rs"]
mod readers;

use std::fs;
use std::path::PathBuf;

use hydra_core::format::FormatKind;

/// The lines that the fuzzer begins with, of all formats.
fn seeds() -> Vec<Vec<u8>> {
    let folder =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../fuzz/seeds");
    let files = |folder: PathBuf| {
        let entries = fs::read_dir(&folder).unwrap();
        entries.map(|entry| entry.unwrap().path())
    };
    let mut lines = Vec::new();
    for format in files(folder) {
        lines.extend(files(format).map(|file| fs::read(file).unwrap()));
    }
    assert!(lines.len() > 15);
    lines
}

#[test]
fn seeds_of_every_format_hold_in_every_format() {
    for line in seeds() {
        for kind in FormatKind::ALL {
            readers::check(kind, &line);
        }
    }
}

#[test]
fn a_seed_that_is_cut_or_damaged_anywhere_holds() {
    for line in seeds() {
        let kinds: Vec<FormatKind> = hydra_cli::read::detect(&line).into_iter().collect();
        for at in 0..line.len() {
            for kind in &kinds {
                readers::check(*kind, &line[..at]);
                let mut damaged = line.clone();
                for byte in [b'"', b' ', 0, 0xff] {
                    damaged[at] = byte;
                    readers::check(*kind, &damaged);
                }
            }
        }
    }
}
