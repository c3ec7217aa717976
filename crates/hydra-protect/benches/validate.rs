//! What validating costs: made lines of every kind, each validated by itself.

#[path = "../tests/support/benign.rs"]
mod benign;

use divan::Bencher;
use divan::counter::BytesCount;
use hydra_protect::validate::SecurityValidator;

fn main() {
    divan::main();
}

#[divan::bench]
fn made_lines(bencher: Bencher<'_, '_>) {
    let lines = benign::lines(2000, 20_261_121);
    let bytes: usize = lines.iter().map(String::len).sum();
    let validator = SecurityValidator::new();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        lines
            .iter()
            .filter(|line| !validator.validate_input(line).valid)
            .count()
    });
}
