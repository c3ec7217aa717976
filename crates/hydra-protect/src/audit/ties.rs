//! The files of a chain, held against each other.

use super::control::FileId;
use super::report::{Check, Damage, Report};

/// Holds the files of one chain against each other: each one's header must say how the one before
/// ended, and one that is not there must have been removed on record. The reports may come in any
/// order; what is wrong goes to the report of the file that says so.
///
/// Two files with the same name are told, too. A report without a header is left as it is.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, SigningKey, VerifyOptions, verify, verify_ties};
/// # use std::sync::Arc;
/// let key = Arc::new(SigningKey::generate()?);
/// let (mut first, mut second) = (Vec::new(), Vec::new());
/// let mut chain = ChainWriter::begin(Arc::clone(&key), None, 0, &mut first)?;
/// chain.close(0, &mut first);
/// let mut next = ChainWriter::begin(key, Some(&chain.position()), 0, &mut second)?;
/// next.close(0, &mut second);
///
/// let report = |file: &[u8]| verify(file, None, &VerifyOptions::default());
/// let mut both = [report(&second)?, report(&first)?];
/// verify_ties(&mut both);
/// assert!(both.iter().all(|report| report.damages.is_empty()));
///
/// let mut alone = [report(&second)?];
/// verify_ties(&mut alone);
/// assert!(alone[0].damages[0].to_string().contains("file 1 of the chain"));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
pub fn verify_ties(reports: &mut [Report]) {
    let ends: Vec<_> = reports
        .iter()
        .map(|report| report.position.clone())
        .collect();
    let removed: Vec<FileId> = reports
        .iter()
        .flat_map(|report| report.removals.iter().map(|removal| removal.file))
        .collect();
    for (i, report) in reports.iter_mut().enumerate() {
        let Some(header) = &report.header else {
            continue;
        };
        let is_twice = ends[..i]
            .iter()
            .flatten()
            .any(|end| end.file == header.file);
        if is_twice {
            tell(
                report,
                "each file once".into(),
                "the same file a second time".into(),
            );
            continue;
        }
        let Some((file, lines, tag)) = header.previous.clone() else {
            continue;
        };
        let number = header.number.saturating_sub(1);
        match ends.iter().flatten().find(|end| end.file == file) {
            None if removed.contains(&file) => {}
            None => tell(
                report,
                format!("file {number} of the chain, {file}, which this one follows"),
                "it is not here, and no record says that it was removed".into(),
            ),
            Some(end) if end.lines == lines && end.tag == tag => {}
            Some(end) => tell(
                report,
                format!("that file {number} of the chain ends with line {lines} and the tag {tag}"),
                format!(
                    "that it ends with line {} and the tag {}",
                    end.lines, end.tag
                ),
            ),
        }
    }
}

fn tell(report: &mut Report, expected: String, found: String) {
    let damage = Damage {
        line: 1,
        offset: 0,
        check: Check::File,
        expected,
        found,
    };
    report.damages.insert(0, damage);
}
