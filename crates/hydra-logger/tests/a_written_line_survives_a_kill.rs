//! `kill -9` of a synchronous logger that writes through: each record whose call had returned is in the
//! file, once and whole.

#![cfg(unix)]

#[path = "support/child.rs"]
mod child;
mod support;

use std::io::{BufRead as _, BufReader, Write as _};

use hydra_logger::Logger;

#[test]
fn every_record_whose_call_had_returned_is_in_the_file() {
    if let Some((_, path)) = child::task() {
        let logger = Logger::builder()
            .file(path, |file| file.max_size(20 << 10).backup_count(10_000))
            .build()
            .unwrap();
        for number in 1_u64.. {
            logger.info("APP", format_args!("record {number}."));
            // What a pipe has taken outlives the process.
            writeln!(std::io::stdout(), "returned {number}").unwrap();
        }
    }
    let test = "every_record_whose_call_had_returned_is_in_the_file";
    let mut seed = 12_345_u64;
    for round in 0..20 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let until = 1 + (seed >> 33) % 2000;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let mut child = child::child(test, "writes", &path).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = said.map_while(Result::ok).filter_map(|line| {
            let (_, number) = line.rsplit_once("returned ")?;
            number.parse::<u64>().ok()
        });
        said.find(|number| *number == until).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let returned = said.last().unwrap_or(until);
        // The backups' numbers may have a gap, where a rotation was killed.
        let files = std::fs::read_dir(directory.path()).unwrap();
        let mut found: Vec<u64> = files
            .flat_map(|file| support::lines(&file.unwrap().path()))
            .map(|line| {
                let (_, number) = line.rsplit_once("record ").unwrap();
                number.strip_suffix('.').unwrap().parse().unwrap()
            })
            .collect();
        found.sort_unstable();
        // One more may have been written, and its call not have returned.
        let last = found.len() as u64;
        assert!(
            (returned..=returned + 1).contains(&last),
            "round {round}: {last} of {returned}"
        );
        assert!(found.into_iter().eq(1..=last), "round {round}");
    }
}
