//! What the single steps on the way of a record cost: `cargo bench -p hydra-core`.
//!
//! The record is the one of `make bench`: a message of 55 bytes and three fields.

use divan::{Bencher, black_box};
use hydra_core::format::{FormatKind, FormatSettings, RenderContext};
use hydra_core::{Buffer, Fields, Key, Level, Record, TextClass, Value};

const MESSAGE: &str = "request completed for the tenant api gateway in eu-west";
const NOON: i64 = 1_700_000_000_000_000_000;

fn main() {
    divan::main();
}

/// A buffer that has its memory already: divan sizes its samples by the first call.
fn warm_buffer() -> Buffer {
    let mut out = Buffer::default();
    out.push_str(MESSAGE);
    out
}

/// One scan of a text says what every format must escape in it.
#[divan::bench(args = [4, 16, 55, 256, 4096])]
fn scan(bencher: Bencher<'_, '_>, length: usize) {
    let text: String = MESSAGE.chars().cycle().take(length).collect();
    bencher
        .counter(divan::counter::BytesCount::new(length))
        .bench(|| TextClass::of(black_box(&text)));
}

#[divan::bench(args = [7, 1_000_042, u64::MAX])]
fn integer(bencher: Bencher<'_, '_>, value: u64) {
    let mut out = warm_buffer();
    bencher.bench_local(|| {
        out.clear();
        out.push_u64(black_box(value));
    });
}

#[divan::bench(args = [0.5, 342.817, 1e9])]
fn float(bencher: Bencher<'_, '_>, value: f64) {
    let mut out = warm_buffer();
    bencher.bench_local(|| {
        out.clear();
        out.push_f64(black_box(value));
    });
}

/// The whole record; every thousandth falls into a new second, whose time is not cached.
#[divan::bench(args = FormatKind::ALL)]
fn render(bencher: Bencher<'_, '_>, kind: FormatKind) {
    let format = FormatSettings::new(kind)
        .bind("bench.worker")
        .expect("the defaults are valid");
    let keys = const {
        &[
            Key::new("user_id"),
            Key::new("action"),
            Key::new("latency_ms"),
        ]
    };
    let mut context = RenderContext::default();
    let mut out = warm_buffer();
    let mut unix_ns = NOON;
    bencher.bench_local(|| {
        unix_ns += 1_000_000;
        out.clear();
        let values = [
            Value::U64(1_000_042),
            Value::Str("checkout"),
            Value::F64(342.817),
        ];
        let record = Record::new(unix_ns, Level::Info, "bench.worker", black_box(MESSAGE))
            .with_fields(Fields::new(keys, &values));
        format.render(&record, &mut context, &mut out);
    });
}
