//! A test that asserts what a function logs.
//!
//! `cargo run --example testing`

use hydra_logger::{Level, Logger, OwnedValue, testing, warning};

fn pay(logger: &Logger, amount: u32) {
    if amount > 1000 {
        warning!(logger, "PAYMENTS", amount, "unusual amount");
    }
}

/// In a crate of yours this is a `#[test]`.
pub fn main() {
    let (logger, records) = testing::capture();

    pay(&logger, 10);
    assert!(records.is_empty());

    pay(&logger, 5000);
    let record = &records.layer("PAYMENTS")[0];
    assert_eq!(record.level, Level::Warning);
    assert_eq!(record.message, "unusual amount");
    assert_eq!(record.field("amount"), Some(&OwnedValue::U64(5000)));
}
