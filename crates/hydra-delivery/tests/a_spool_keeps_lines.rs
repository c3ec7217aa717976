//! The spool against its model: lines come back in their order, once each, until they are settled.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use hydra_core::destination::BatchBuf;
use hydra_core::{Level, LineMeta};
use hydra_delivery::recovery::{self, Outcome};
use hydra_delivery::spool::{Place, Spool, SpoolOptions, WhenFull};
use proptest::prelude::*;

fn lines(texts: impl IntoIterator<Item = (String, Level)>) -> BatchBuf {
    let mut lines = BatchBuf::default();
    for (at, (text, level)) in texts.into_iter().enumerate() {
        let unix_ns = at as i64;
        assert!(lines.push(text.as_bytes(), &LineMeta::new(level, unix_ns)));
    }
    lines
}

fn info(texts: impl IntoIterator<Item = String>) -> BatchBuf {
    lines(texts.into_iter().map(|text| (text, Level::Info)))
}

fn take_all(place: &Place) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(taken) = place.take(64 * 1024).unwrap() {
        let texts = taken.batch().iter().map(|(line, _)| line.to_vec());
        all.extend(texts.map(|text| String::from_utf8(text).unwrap()));
        let count = taken.batch().len();
        place.settle(taken, count);
    }
    all
}

#[derive(Clone, Debug)]
enum Step {
    /// So many lines, of so many bytes each, into one of the places.
    Append(usize, usize, usize),
    /// Takes about so many bytes, of which so many lines in a hundred are delivered.
    Take(usize, usize, usize),
    /// The process ends in an orderly way, and another begins.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_usize, 1..200_usize, 1..400_usize).prop_map(|(p, n, b)| Step::Append(p, n, b)),
        1 => (0..2_usize, 1..3_usize).prop_map(|(p, n)| Step::Append(p, n, 60_000)),
        4 => (0..2_usize, 1..200_000_usize, 0..=100_usize).prop_map(|(p, b, d)| Step::Take(p, b, d)),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_does_what_its_model_says(steps in prop::collection::vec(step(), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        let open = || {
            let spool = Spool::open(directory.path(), SpoolOptions::default()).unwrap();
            ["file a.log", "file b.log"].map(|name| spool.place(name, false))
        };
        let mut places = open();
        let mut model: [VecDeque<String>; 2] = Default::default();
        let mut next = 0;
        for step in steps {
            match step {
                Step::Append(place, count, bytes) => {
                    let texts: Vec<_> = (next..next + count).map(|at| format!("{at:bytes$}\n")).collect();
                    next += count;
                    places[place].append(&info(texts.clone()).as_batch()).unwrap();
                    model[place].extend(texts);
                }
                Step::Take(place, bytes, percent) => {
                    let Some(taken) = places[place].take(bytes).unwrap() else {
                        prop_assert!(model[place].is_empty());
                        continue;
                    };
                    let count = taken.batch().len();
                    for ((line, _), wanted) in taken.batch().iter().zip(&model[place]) {
                        prop_assert_eq!(line, wanted.as_bytes());
                    }
                    prop_assert!((1..=model[place].len()).contains(&count));
                    let done = count * percent / 100;
                    places[place].settle(taken, done);
                    model[place].drain(..done);
                }
                Step::Restart => {
                    drop(places);
                    places = open();
                    for (place, model) in places.iter().zip(&model) {
                        prop_assert_eq!(place.adopted(), model.len() as u64);
                    }
                }
            }
            for (place, model) in places.iter().zip(&model) {
                prop_assert_eq!(place.kept(), model.len() as u64);
            }
        }
        for (place, model) in places.iter().zip(&model) {
            prop_assert_eq!(take_all(place), Vec::from(model.clone()));
        }
        drop(places);
        let left = std::fs::read_dir(directory.path()).unwrap().flatten();
        let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
        prop_assert!(left.iter().all(|name| name == "adopt.lock"), "{:?}", left);
    }
}

#[test]
fn calls_of_many_threads_are_all_kept_each_threads_in_its_order() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::open(directory.path(), SpoolOptions::default()).unwrap();
    let place = Arc::new(spool.place("socket", false));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let place = Arc::clone(&place);
            scope.spawn(move || {
                for at in 0..100 {
                    let text = format!("{thread} {at}\n");
                    place.append(&info([text]).as_batch()).unwrap();
                }
            });
        }
    });
    let all = take_all(&place);
    for thread in 0..8 {
        let own: Vec<_> = all
            .iter()
            .filter(|line| line.starts_with(&format!("{thread} ")))
            .collect();
        let wanted: Vec<_> = (0..100).map(|at| format!("{thread} {at}\n")).collect();
        assert_eq!(own, wanted.iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_is_full_refuses() {
    let directory = tempfile::tempdir().unwrap();
    let options = SpoolOptions::default().max_bytes(50_000);
    let place = Spool::open(directory.path(), options)
        .unwrap()
        .place("socket", false);
    let ten = info((0..10).map(|at| format!("{at:1000}\n")));
    let mut kept = 0;
    let error = loop {
        match place.append(&ten.as_batch()) {
            Ok(()) => kept += 10,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
    assert_eq!((place.kept(), kept), (40, 40));
    let taken = place.take(1).unwrap().unwrap();
    place.settle(taken, 10);
    place.append(&ten.as_batch()).unwrap();
}

#[test]
fn the_oldest_make_way_but_never_errors_nor_what_is_guaranteed() {
    let directory = tempfile::tempdir().unwrap();
    let options = SpoolOptions::default()
        .max_bytes(60_000)
        .when_full(WhenFull::DropOldest);
    let spool = Spool::open(directory.path(), options).unwrap();
    let (place, guaranteed) = (spool.place("socket", false), spool.place("audit", true));
    guaranteed
        .append(&info(["sealed\n".to_owned()]).as_batch())
        .unwrap();
    let level = |at| {
        if at % 10 == 0 {
            Level::Error
        } else {
            Level::Debug
        }
    };
    for group in 0..20 {
        let texts = (0..10).map(|at| (format!("{:1000}\n", group * 10 + at), level(at)));
        place.append(&lines(texts).as_batch()).unwrap();
    }
    let losses = place.losses();
    let dropped: u64 = losses.dropped.iter().sum();
    assert_eq!(place.kept() + dropped, 200);
    assert_eq!(losses.dropped[Level::Debug.index()], dropped);
    assert!(place.losses().is_none() && dropped > 100);
    let left = take_all(&place);
    let errors = left
        .iter()
        .filter(|line| line.trim().parse::<usize>().unwrap() % 10 == 0);
    assert_eq!(errors.count(), 20);
    assert!(left.is_sorted() && left.last().unwrap().trim() == "199");
    assert_eq!(take_all(&guaranteed), ["sealed\n"]);
    assert_eq!(spool.counts().dropped, dropped);
}

#[test]
fn a_file_of_an_earlier_version_is_adopted_by_its_logger_alone() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Spool::open(directory.path(), SpoolOptions::default()).unwrap();
    let texts: Vec<_> = (0..100).map(|at| format!("{at:300}\n")).collect();
    let place = open().place("file a.log", false);
    place.append(&info(texts.clone()).as_batch()).unwrap();
    drop(place);
    let files = std::fs::read_dir(directory.path()).unwrap().flatten();
    let mut paths = files.map(|entry| entry.path());
    let path = paths.find(|path| path.extension().is_some_and(|ending| ending == "db"));
    let file = rusqlite::Connection::open(path.unwrap()).unwrap();
    file.execute_batch(
        "PRAGMA user_version = 0; DROP TABLE origins; ALTER TABLE rows DROP COLUMN first_record; \
         ALTER TABLE rows DROP COLUMN last_record; PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(file);
    let parse = |_: &str| Err("there is none".to_owned());
    for left in [
        recovery::list(directory.path()).unwrap(),
        recovery::recover(directory.path(), parse).unwrap(),
    ] {
        let found: Vec<_> = left
            .iter()
            .map(|left| (left.records, &left.outcome))
            .collect();
        assert_eq!(found, [(100, &Outcome::ForItsLogger)]);
    }
    assert_eq!(take_all(&open().place("file a.log", false)), texts);
}

#[test]
fn lines_of_a_destination_that_is_not_here_stay_for_whoever_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Spool::open(directory.path(), SpoolOptions::default()).unwrap();
    {
        let spool = open();
        for name in ["a", "b"] {
            let lines = info([format!("for {name}\n")]);
            spool.place(name, false).append(&lines.as_batch()).unwrap();
        }
    }
    let other = open();
    assert_eq!(other.place("c", false).adopted(), 0);
    let first = open();
    let a = first.place("a", false);
    assert_eq!(take_all(&a), ["for a\n"]);
    // Done with its own, it lets the file go.
    let b = other.place("b", false);
    assert_eq!(take_all(&b), ["for b\n"]);
}
