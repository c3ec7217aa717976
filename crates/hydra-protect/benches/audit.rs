//! What sealing a record and verifying a file cost.
//!
//! `cargo bench -p hydra-protect --features audit --bench audit`

use divan::counter::BytesCount;
use hydra_protect::audit::{ChainWriter, SigningKey, Verdict, VerifyOptions, verify};

const LINE: &[u8] = br#"{"timestamp":"2026-11-21T12:05:36.123456Z","level":"INFO","layer":"AUDIT","message":"role granted","user":"ada","role":"admin"}"#;

fn main() {
    divan::main();
}

/// One record of 128 bytes; the checkpoint after every thousand is in it.
#[divan::bench]
fn seal_a_record(bencher: divan::Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(1 << 20);
    let mut chain = ChainWriter::begin(SigningKey::generate().unwrap(), None, 0, &mut out).unwrap();
    bencher.bench_local(|| {
        out.clear();
        chain.record(divan::black_box(LINE), 0, &mut out)
    });
}

/// A file of such records.
#[divan::bench(sample_count = 5)]
fn verify_a_file_of_json(bencher: divan::Bencher<'_, '_>) {
    verify_a_file(bencher, LINE);
}

/// A file of short lines.
#[divan::bench(sample_count = 5)]
fn verify_a_file_of_short_lines(bencher: divan::Bencher<'_, '_>) {
    verify_a_file(
        bencher,
        b"2026-11-21 12:05:36.123456+00:00 AUDIT INFO - role granted user=ada",
    );
}

fn verify_a_file(bencher: divan::Bencher<'_, '_>, line: &[u8]) {
    let mut file = Vec::new();
    let mut chain =
        ChainWriter::begin(SigningKey::generate().unwrap(), None, 0, &mut file).unwrap();
    for _ in 0..1_000_000 {
        chain.record(line, 0, &mut file).unwrap();
    }
    chain.close(0, &mut file);
    bencher
        .counter(BytesCount::new(file.len()))
        .bench_local(|| {
            let report = verify(&file[..], None, &VerifyOptions::default()).unwrap();
            assert_eq!(report.verdict(), Verdict::Whole);
        });
}
