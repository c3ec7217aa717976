//! What an audit file costs over the same file without a chain, each record written through.
//!
//! `cargo bench -p hydra-logger --features audit --bench audit`

use hydra_logger::config::AuditConfig;
use hydra_logger::format::FormatKind;
use hydra_logger::{Logger, Value};

fn main() {
    divan::main();
}

/// Logs a record of 130 bytes in this format, to a file that is chained or not.
fn log(bencher: divan::Bencher<'_, '_>, format: FormatKind, is_chained: bool) {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder()
        .file(directory.path().join("audit.log"), |file| {
            let file = file.format(format).unlimited_size();
            if is_chained {
                file.audit(AuditConfig::default())
            } else {
                file
            }
        })
        .build()
        .unwrap();
    let layer = logger.layer("AUDIT");
    logger.info("AUDIT", "the file is open");
    bencher.bench_local(|| {
        let fields = [("user", Value::Str("ada")), ("role", Value::Str("admin"))];
        logger.log_with(
            layer.level(),
            "AUDIT",
            divan::black_box("role granted"),
            &fields,
        );
    });
}

#[divan::bench(sample_size = 200, sample_count = 200)]
fn json(bencher: divan::Bencher<'_, '_>) {
    log(bencher, FormatKind::Json, false);
}

#[divan::bench(sample_size = 200, sample_count = 200)]
fn json_chained(bencher: divan::Bencher<'_, '_>) {
    log(bencher, FormatKind::Json, true);
}

#[divan::bench(sample_size = 200, sample_count = 200)]
fn text(bencher: divan::Bencher<'_, '_>) {
    log(bencher, FormatKind::PlainText, false);
}

#[divan::bench(sample_size = 200, sample_count = 200)]
fn text_chained(bencher: divan::Bencher<'_, '_>) {
    log(bencher, FormatKind::PlainText, true);
}
