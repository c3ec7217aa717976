//! Scoped context: nested, in threads, in futures; a call's own field wins.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Poll, Waker};

use hydra_logger::{Context, InContext, OwnedValue, info, testing};

fn fields(records: &testing::Records) -> Vec<(String, OwnedValue)> {
    records.take().pop().expect("a record").fields
}

fn number(name: &str, value: i64) -> (String, OwnedValue) {
    (name.to_owned(), OwnedValue::I64(value))
}

#[test]
fn scopes_nest_outermost_first_and_end_in_order() {
    let (logger, records) = testing::capture();
    let outer = Context::new().with("a", 1).with("b", 2).enter();
    {
        let _inner = Context::new().with("c", 3).enter();
        info!(logger, "APP", d = 4, "inside");
        let all = [
            number("a", 1),
            number("b", 2),
            number("c", 3),
            number("d", 4),
        ];
        assert_eq!(fields(&records), all);
    }
    logger.info("APP", "by a method");
    assert_eq!(fields(&records), [number("a", 1), number("b", 2)]);
    drop(outer);
    info!(logger, "APP", "outside");
    assert_eq!(fields(&records), []);
}

#[test]
fn an_inner_field_wins_and_the_calls_own_field_wins_over_all() {
    let (logger, records) = testing::capture();
    let _outer = Context::new().with("user", 1).with("kept", 0).enter();
    let _inner = Context::new().with("user", 2).enter();
    info!(logger, "APP", "no field of its own");
    assert_eq!(fields(&records), [number("kept", 0), number("user", 2)]);
    info!(logger, "APP", user = 3, "its own");
    assert_eq!(fields(&records), [number("kept", 0), number("user", 3)]);
    logger.log_with(
        hydra_logger::Level::Info,
        "APP",
        "dynamic",
        &[("user", hydra_logger::Value::I64(4))],
    );
    assert_eq!(fields(&records), [number("kept", 0), number("user", 4)]);
}

#[test]
fn formats_write_a_hidden_field_once() {
    use hydra_logger::config::Config;
    use hydra_logger::format::FormatKind;
    let directory = tempfile::tempdir().unwrap();
    let path = |format: FormatKind| directory.path().join(format.name());
    let builder = Config::builder().layer("APP", |layer| {
        FormatKind::ALL.into_iter().fold(layer, |layer, format| {
            layer.file(path(format), |file| file.format(format))
        })
    });
    let logger = hydra_logger::Logger::from_config(builder.build().unwrap()).unwrap();
    let _scope = Context::new().with("user", "hidden").enter();
    info!(logger, "APP", user = "shown", "once");
    for format in FormatKind::ALL {
        let text = std::fs::read_to_string(path(format)).unwrap();
        assert_eq!(text.matches("shown").count(), 1, "{text}");
        assert_eq!(text.matches("hidden").count(), 0, "{text}");
    }
}

#[test]
fn a_thread_has_the_context_that_is_handed_to_it() {
    let (logger, records) = testing::capture();
    let _scope = Context::new().with("job", 7).enter();
    let here = Context::current();
    std::thread::scope(|scope| {
        let logger = &logger;
        let without = scope.spawn(move || info!(logger, "WITHOUT", "new thread"));
        without.join().unwrap();
        let with = scope.spawn(move || {
            let _scope = here.enter();
            info!(logger, "WITH", "new thread");
        });
        with.join().unwrap();
    });
    assert_eq!(records.layer("WITHOUT")[0].fields, []);
    assert_eq!(records.layer("WITH")[0].fields, [number("job", 7)]);
}

#[test]
fn futures_on_one_thread_keep_their_contexts_apart() {
    let (logger, records) = testing::capture();
    let task = |id: i64| {
        let logger = logger.clone();
        let work = async move {
            for step in 0..3 {
                info!(logger, "TASK", step, id2 = id, "step");
                yield_once().await;
            }
        };
        InContext::new(Context::new().with("id", id), work)
    };
    let (mut first, mut second) = (pin!(task(1)), pin!(task(2)));
    let mut waker = std::task::Context::from_waker(Waker::noop());
    let mut running = 2;
    while running > 0 {
        running = 0;
        running += usize::from(first.as_mut().poll(&mut waker).is_pending());
        info!(logger, "BETWEEN", "no task");
        if running > 0 {
            running += usize::from(second.as_mut().poll(&mut waker).is_pending());
        }
    }
    let of_tasks = records.layer("TASK");
    assert!(of_tasks.len() >= 5);
    for record in of_tasks {
        assert_eq!(record.field("id"), record.field("id2"));
    }
    assert!(
        records
            .layer("BETWEEN")
            .iter()
            .all(|record| record.fields.is_empty())
    );
}

/// Pending once, then ready.
async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut yielded, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
