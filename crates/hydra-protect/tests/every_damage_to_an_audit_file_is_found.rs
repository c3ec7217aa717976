//! Whatever is done to an audit file is found, and told where it is.
#![cfg(feature = "audit")]

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use hydra_protect::audit::{
    AuditError, ChainWriter, Check, Position, Removal, Report, Resumed, SigningKey, Verdict,
    VerifyOptions, VerifyingKey, verify, verify_ties,
};
use proptest::prelude::*;

static KEY: LazyLock<Arc<SigningKey>> = LazyLock::new(|| Arc::new(SigningKey::generate().unwrap()));
const TIME: i64 = 1_795_262_736_123_456_789;

/// A chain of so many records, a checkpoint after every ten: its bytes, and where it ends.
fn chain(previous: Option<&Position>, records: u64) -> (Vec<u8>, Position) {
    let mut out = Vec::new();
    let chain = ChainWriter::begin(Arc::clone(&KEY), previous, TIME, &mut out).unwrap();
    let mut chain = chain.checkpoint_every(10);
    for i in 0..records {
        let line = match i % 3 {
            0 => format!("{{\"record\":{i},\"message\":\"logged in\"}}"),
            1 => format!("2026-11-21 AUTH INFO - record {i}"),
            _ => String::new(),
        };
        chain.record(line.as_bytes(), TIME, &mut out).unwrap();
    }
    chain.close(TIME, &mut out);
    (out, chain.position())
}

fn public() -> VerifyingKey {
    KEY.verifying_key()
}

fn report(file: &[u8]) -> Report {
    verify(file, Some(&public()), &VerifyOptions::default()).unwrap()
}

fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// What was found where.
fn found(file: &[u8]) -> Vec<(u64, Check)> {
    let report = report(file);
    assert_eq!(report.verdict(), Verdict::Damaged, "{report}");
    let all = lines(file);
    for damage in &report.damages {
        let before: usize = all[..damage.line as usize - 1].iter().map(Vec::len).sum();
        assert_eq!(damage.offset, before as u64, "{damage}");
    }
    report
        .damages
        .iter()
        .map(|damage| (damage.line, damage.check))
        .collect()
}

#[test]
fn a_file_as_it_was_written_is_whole_and_its_tags_take_at_most_48_bytes_a_record() {
    for records in [0, 1, 9, 10, 11, 57] {
        let (file, end) = chain(None, records);
        let report = report(&file);
        assert_eq!(report.verdict(), Verdict::Whole, "{report}");
        assert_eq!((report.records, report.unsealed_lines), (records, 0));
        assert_eq!(
            (report.lines, report.position.as_ref()),
            (end.lines, Some(&end))
        );
        assert_eq!(
            report.sealed_at.as_deref(),
            Some("2026-11-21T12:05:36.123456Z")
        );
    }
    let (mut out, line) = (Vec::new(), b"{\"message\":\"logged in\"}\n");
    let mut chain = ChainWriter::begin(Arc::clone(&KEY), None, TIME, &mut out).unwrap();
    for _ in 0..10_000 {
        chain.record(line, TIME, &mut out).unwrap();
    }
    assert!(out.len() <= 10_000 * (line.len() + 48), "{}", out.len());
}

#[test]
fn a_changed_record_is_found_on_its_line_alone() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    let at = all[5].iter().position(u8::is_ascii_digit).unwrap();
    all[5][at] ^= 1;
    assert_eq!(found(&all.concat()), [(6, Check::Chain)]);
}

#[test]
fn two_changed_records_are_both_found() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all[2][3] ^= 1;
    all[20][3] ^= 1;
    assert_eq!(
        found(&all.concat()),
        [(3, Check::Chain), (21, Check::Chain)]
    );
}

#[test]
fn a_removed_record_is_found_where_it_was_and_counted() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all.remove(5);
    // Line 12 was the checkpoint.
    assert_eq!(
        found(&all.concat()),
        [(6, Check::Chain), (11, Check::Count)]
    );
    let report = report(&all.concat());
    assert!(report.damages[1].found.contains("1 fewer"), "{report}");
}

#[test]
fn records_that_changed_places_are_found() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all.swap(4, 5);
    let expected = [(5, Check::Chain), (6, Check::Chain), (7, Check::Chain)];
    assert_eq!(found(&all.concat()), expected);
    let report = report(&all.concat());
    assert!(
        report.damages[1].found.contains("follows line 4"),
        "{report}"
    );
}

#[test]
fn a_repeated_record_is_found_and_told_as_one() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all.insert(6, all[5].clone());
    assert_eq!(
        found(&all.concat()),
        [(7, Check::Chain), (13, Check::Count)]
    );
    let report = report(&all.concat());
    assert!(
        report.damages[0].found.contains("follows line 5"),
        "{report}"
    );
    assert!(report.damages[1].found.contains("1 more"), "{report}");
}

#[test]
fn a_line_from_another_file_of_the_same_key_is_found() {
    let (file, _) = chain(None, 30);
    let (other, _) = chain(None, 30);
    let (mut all, other) = (lines(&file), lines(&other));
    all[5].clone_from(&other[5]);
    assert_eq!(found(&all.concat()), [(6, Check::Chain), (7, Check::Chain)]);

    let mut all = lines(&file);
    all[11].clone_from(&other[11]);
    let expected = [
        (12, Check::Chain),
        (12, Check::Checkpoint),
        (13, Check::Chain),
        (23, Check::Checkpoint),
    ];
    assert_eq!(found(&all.concat()), expected);

    // The whole end of another file, from behind a checkpoint on.
    let all = [&lines(&file)[..12], &other[12..]].concat();
    let found = found(&all.concat());
    assert_eq!(found[..2], [(13, Check::Chain), (23, Check::Checkpoint)]);
}

#[test]
fn a_cut_end_is_never_whole() {
    let (file, _) = chain(None, 30);
    let all = lines(&file);
    for kept in 0..all.len() {
        let report = report(&all[..kept].concat());
        let expected = if kept == 0 {
            Verdict::Damaged
        } else {
            Verdict::Open
        };
        assert_eq!(report.verdict(), expected, "{kept}: {report}");
        // Checkpoints are the lines 12, 23, 34 and 35.
        let sealed = [12, 23, 34].into_iter().filter(|line| *line <= kept).max();
        assert_eq!(report.sealed_lines as usize, sealed.unwrap_or(0));
        assert_eq!(report.unsealed_lines as usize, kept - sealed.unwrap_or(0));
    }
    for cut in 0..file.len() {
        assert_ne!(report(&file[..cut]).verdict(), Verdict::Whole, "{cut}");
    }
}

#[test]
fn a_removed_checkpoint_is_found() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all.remove(11);
    let expected = [
        (12, Check::Chain),
        (22, Check::Checkpoint),
        (22, Check::Count),
    ];
    assert_eq!(found(&all.concat()), expected);
}

#[test]
fn a_wrong_key_is_told_once_and_nothing_counts_as_sealed() {
    let (file, _) = chain(None, 30);
    let other = SigningKey::generate().unwrap().verifying_key();
    let report = verify(&file[..], Some(&other), &VerifyOptions::default()).unwrap();
    assert_eq!(report.damages.len(), 1, "{report}");
    assert_eq!(report.damages[0].check, Check::Key);
    assert!(report.damages[0].found.contains(&public().fingerprint()));
    assert_eq!((report.sealed_lines, report.checkpoints), (0, 0));
}

#[test]
fn a_removed_header_is_found_and_the_rest_is_judged_all_the_same() {
    let (file, _) = chain(None, 30);
    let mut all = lines(&file);
    all.remove(0);
    all[20][3] ^= 1;
    let found = found(&all.concat());
    assert_eq!(found[..2], [(1, Check::Chain), (1, Check::Header)]);
    assert!(found.contains(&(21, Check::Chain)));
    assert_eq!(report(&all.concat()).checkpoints, 4);
}

#[test]
fn a_file_made_anew_without_the_key_is_found_at_its_checkpoints() {
    // Tags need no secret, so the forger's chain holds; the signatures do not.
    let forger = Arc::new(SigningKey::generate().unwrap());
    let (file, _) = chain(None, 30);
    let mut forged = Vec::new();
    let mut writer = ChainWriter::begin(forger, None, TIME, &mut forged).unwrap();
    writer
        .record(b"nothing happened", TIME, &mut forged)
        .unwrap();
    writer.close(TIME, &mut forged);
    assert_eq!(found(&forged), [(1, Check::Key)]);

    // With the true header the forger's checkpoints are not signed by its key.
    let mut all = lines(&forged);
    all[0].clone_from(&lines(&file)[0]);
    let found = found(&all.concat());
    assert!(found.contains(&(3, Check::Checkpoint)), "{found:?}");
}

#[test]
fn a_record_that_looks_like_a_line_of_the_chain_is_a_record() {
    let (file, _) = chain(None, 11);
    let own: Vec<Vec<u8>> = lines(&file)
        .into_iter()
        .filter(|line| line.starts_with(b"{\"hydra_audit\""))
        .map(|line| {
            let end = line.len() - 46;
            [&line[..end], b"}"].concat()
        })
        .collect();
    assert_eq!(own.len(), 3);
    let mut out = Vec::new();
    let mut writer = ChainWriter::begin(Arc::clone(&KEY), None, TIME, &mut out).unwrap();
    for line in &own {
        writer.record(line, TIME, &mut out).unwrap();
    }
    writer.close(TIME, &mut out);
    let report = report(&out);
    assert_eq!(
        (report.verdict(), report.records),
        (Verdict::Whole, 3),
        "{report}"
    );
    assert_eq!(report.checkpoints, 1);

    // Nor does a writer that goes on take such a line for its last checkpoint.
    let all = lines(&out);
    let mut file = all[..all.len() - 1].concat();
    let resumed = Resumed::from_file(&mut Cursor::new(&file), Arc::clone(&KEY), TIME).unwrap();
    assert_eq!((resumed.unsealed, resumed.cut), (4, 0));
    file.extend_from_slice(&resumed.append);
    assert_eq!(self::report(&file).records, 3);
}

#[test]
fn rotated_files_are_tied_and_a_missing_one_is_told_unless_its_removal_is_on_record() {
    let (first, end) = chain(None, 12);
    let (second, end) = chain(Some(&end), 12);
    let (third, end) = chain(Some(&end), 12);
    assert_eq!((end.number, end.records_before), (3, 24));
    let judged = |files: &[&[u8]]| -> Vec<Vec<Check>> {
        let mut reports: Vec<Report> = files.iter().map(|file| report(file)).collect();
        verify_ties(&mut reports);
        let checks = |report: &Report| report.damages.iter().map(|damage| damage.check).collect();
        reports.iter().map(checks).collect()
    };
    assert_eq!(
        judged(&[&third, &first, &second]),
        [[]; 3] as [[Check; 0]; 3]
    );
    assert_eq!(judged(&[&first, &third]), [vec![], vec![Check::File]]);
    assert_eq!(judged(&[&second, &third]), [vec![Check::File], vec![]]);
    assert_eq!(judged(&[&first, &first]), [vec![], vec![Check::File]]);

    // Cut off right behind a line, the file before is Open by itself, and wrong by the next header.
    let all = lines(&first);
    let cut = all[..all.len() - 1].concat();
    assert_eq!(judged(&[&cut, &second]), [vec![], vec![Check::File]]);

    // A record of the removal, anywhere later in the chain.
    let mut fourth = Vec::new();
    let mut writer = ChainWriter::begin(Arc::clone(&KEY), Some(&end), TIME, &mut fourth).unwrap();
    let file = report(&first).header.unwrap().file;
    let removal = Removal {
        file,
        number: 1,
        records: 12,
        retention_seconds: 86_400,
    };
    writer.removed(&removal, TIME, &mut fourth);
    writer.close(TIME, &mut fourth);
    assert_eq!(
        judged(&[&second, &third, &fourth]),
        [[]; 3] as [[Check; 0]; 3]
    );
    assert!(
        report(&fourth)
            .to_string()
            .contains("file 1 of the chain, with 12 records, was removed")
    );
}

#[test]
fn a_chain_is_gone_on_with_after_a_kill_at_any_byte() {
    let (file, _) = chain(None, 25);
    let header = lines(&file)[0].len();
    for cut in 0..=file.len() {
        let resumed = Resumed::from_file(&mut Cursor::new(&file[..cut]), Arc::clone(&KEY), TIME);
        if cut < header {
            assert!(matches!(resumed, Err(AuditError::NotAnAuditFile)));
            continue;
        }
        let resumed = resumed.unwrap();
        let mut again = file[..resumed.keep as usize].to_vec();
        assert_eq!(resumed.keep + resumed.cut, cut as u64);
        again.extend_from_slice(&resumed.append);
        let mut writer = resumed.chain;
        writer.record(b"gone on", TIME, &mut again).unwrap();
        writer.close(TIME, &mut again);
        let report = report(&again);
        assert_eq!(report.verdict(), Verdict::Whole, "{cut}: {report}");
        // No whole line is lost, nor one that lacks but its newline.
        let whole = lines(&file[..cut])
            .iter()
            .filter(|line| line.ends_with(b"\n"))
            .count();
        let lost = file[resumed.keep as usize..cut].len();
        assert_eq!(lost as u64, resumed.cut);
        assert!(report.lines as usize >= whole + 2);
        assert_eq!(
            report.interruptions.len(),
            usize::from(cut < file.len()),
            "{cut}: {report}"
        );
    }
}

#[test]
fn nothing_is_chained_to_an_end_that_does_not_verify() {
    let (file, _) = chain(None, 25);
    let resume = |file: &[u8]| Resumed::from_file(&mut Cursor::new(file), Arc::clone(&KEY), TIME);
    let mut all = lines(&file);
    all.truncate(all.len() - 1);
    let last = all.len() - 2;
    all[last][2] ^= 1;
    let offset: usize = all[..last].iter().map(Vec::len).sum();
    let error = resume(&all.concat()).unwrap_err();
    let expected = offset as u64;
    assert!(
        matches!(error, AuditError::Damaged { offset, .. } if offset == expected),
        "{error}"
    );
    assert!(matches!(
        resume(b"2026-11-21 not ours\n"),
        Err(AuditError::NotAnAuditFile)
    ));
    let other = SigningKey::generate().unwrap();
    let error = Resumed::from_file(&mut Cursor::new(&file), other, TIME).unwrap_err();
    assert!(
        error.to_string().contains(&public().fingerprint()),
        "{error}"
    );
}

#[test]
fn a_line_with_a_newline_is_refused() {
    let mut out = Vec::new();
    let mut writer = ChainWriter::begin(Arc::clone(&KEY), None, TIME, &mut out).unwrap();
    let length = out.len();
    assert!(writer.record(b"two\nlines\n", TIME, &mut out).is_err());
    assert_eq!(out.len(), length);
}

/// A reader that gives a few bytes at a time, so that no piece is worth a second core.
struct Few<'a>(&'a [u8], usize);

impl std::io::Read for Few<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = self.0.len().min(self.1).min(buffer.len());
        buffer[..few].copy_from_slice(&self.0[..few]);
        self.0 = &self.0[few..];
        Ok(few)
    }
}

#[test]
fn a_large_file_is_judged_the_same_on_two_cores_as_line_by_line() {
    let (whole, end) = chain(None, 9_000);
    let mut all = lines(&whole);
    // Around the places where pieces are cut, too, wherever those are.
    for i in (3..all.len()).step_by(977) {
        match i % 5 {
            0 => all[i][0] ^= 1,
            1 => all[i].clear(),
            2 => all.swap(i, i + 1),
            3 => all[i] = b"not ours\n".to_vec(),
            _ => all[i] = all[i - 1].clone(),
        }
    }
    for file in [whole, all.concat()] {
        let options = VerifyOptions {
            most_damages: 100_000,
        };
        let judge = |few| {
            verify(Few(&file, few), Some(&public()), &options)
                .unwrap()
                .to_json()
        };
        let at_once = judge(usize::MAX);
        assert_eq!(at_once, judge(10_007));
        assert_eq!(at_once, judge(300_000));
        assert!(at_once.contains(&format!("\"bytes\":{}", file.len())));
    }
    assert!(end.lines > 9_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_edit_of_any_byte_is_found_at_its_line(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| chain(None, 30).0);
        let at = at.index(FILE.len());
        let line = FILE[..at].split(|byte| *byte == b'\n').count() as u64;
        let mut changed = FILE.clone();
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        let mut removed = FILE.clone();
        removed.remove(at);
        let mut added = FILE.clone();
        added.insert(at, byte);
        for edited in [changed, removed, added] {
            if edited == *FILE {
                continue;
            }
            let report = report(&edited);
            prop_assert_eq!(report.verdict(), Verdict::Damaged);
            prop_assert!(report.damages.iter().any(|damage| damage.line.abs_diff(line) <= 1), "{}", report);
            prop_assert!(report.damages.iter().all(|damage| damage.line + 1 >= line), "{}", report);
        }
    }

    #[test]
    fn any_bytes_are_verified_and_gone_on_with_without_a_panic(
        pieces in prop::collection::vec((0..35usize, any::<u8>(), any::<prop::sample::Index>(), 0..4u8), 0..12),
    ) {
        let all = lines(&chain(None, 30).0);
        let mut file = Vec::new();
        for (line, byte, at, what) in pieces {
            let mut line = all[line].clone();
            let at = at.index(line.len());
            match what {
                0 => line[at] = byte,
                1 => line.truncate(at),
                2 => line.insert(at, byte),
                _ => {}
            }
            file.extend_from_slice(&line);
        }
        let report = report(&file);
        prop_assert_eq!(report.bytes, file.len() as u64);
        let _ = report.to_json();
        let _ = Resumed::from_file(&mut Cursor::new(&file), Arc::clone(&KEY), TIME);
    }
}
