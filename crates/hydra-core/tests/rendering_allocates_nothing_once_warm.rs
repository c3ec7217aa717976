//! Once a thread has rendered a record, rendering the like of it allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use hydra_core::format::{FormatKind, FormatSettings, RenderContext, Theme};
use hydra_core::{Buffer, Fields, Key, Level, Location, Record, Value};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn keys() -> [Key<'static>; 13] {
    const NAMES: [&str; 13] = [
        "user_id", "latency", "action", "text", "ok", "none", "delta", "big", "took", "at", "tags",
        "nested", "nan",
    ];
    NAMES.map(Key::new)
}

#[test]
fn a_second_record_like_the_first_allocates_nothing_in_any_format() {
    let tags = [Value::Str("a \"b\""), Value::U64(1)];
    let nested = [("tags", Value::List(&tags)), ("at", Value::Time(1))];
    let big = i128::MIN;
    let values = [
        Value::U64(7),
        Value::F64(1.25),
        Value::Str("login"),
        Value::Str("C:\\logs\n\"quoted\"] \u{202e}größe"),
        Value::Bool(true),
        Value::Null,
        Value::I64(-5),
        Value::I128(&big),
        Value::Duration(Duration::from_micros(1500)),
        Value::Time(1_700_000_000_123_456_789),
        Value::List(&tags),
        Value::Map(&nested),
        Value::F64(f64::NAN),
    ];
    let keys = keys();
    let location = Location {
        file: "src/main.rs",
        line: 7,
    };
    for kind in FormatKind::ALL {
        for theme in [None, Some(Theme::DEFAULT)] {
            for source in [false, true] {
                let mut settings = FormatSettings::new(kind);
                (settings.theme, settings.source) = (theme, source);
                let format = settings.bind("APP").unwrap();
                let mut context = RenderContext::default();
                let mut out = Buffer::default();
                for message in ["logged in", "", "two\nlines, \"quoted\"", "=1+1"] {
                    let record =
                        Record::new(1_700_000_000_000_000_000, Level::Trace, "APP", message)
                            .with_fields(Fields::new(&keys, &values))
                            .with_location(location);
                    out.clear();
                    format.render(&record, &mut context, &mut out);
                    out.clear();
                    let before = ALLOCATIONS.get();
                    format.render(&record, &mut context, &mut out);
                    let made = ALLOCATIONS.get() - before;
                    assert_eq!(
                        made, 0,
                        "{kind}, theme {theme:?}, source {source}, {message:?}"
                    );
                }
            }
        }
    }
}
