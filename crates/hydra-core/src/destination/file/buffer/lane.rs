//! A front buffer of one of several threads, whose lines are merged with the others' by their times.

use super::front::Front;
use super::fronts::LANES;

/// Where lines are shorter on average, a lane is full before its bytes are.
const SHORT_LINE: usize = 64;

/// What one thread fills, or a few: its lock is nearly always free, and its memory stays with one core.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) front: Front,
    marks: Vec<Mark>,
}

/// So many bytes are of this time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) unix_ns: i64,
    pub(super) bytes: usize,
}

/// What was taken out of a lane.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) lines: Vec<u8>,
    pub(super) marks: Vec<Mark>,
}

impl Lane {
    #[inline]
    pub(super) fn has_room(&self, bytes: usize, unix_ns: i64) -> bool {
        self.front.has_room(bytes, unix_ns) && self.marks.len() < self.marks.capacity()
    }

    /// The front, to accept so many bytes of this time next.
    #[inline]
    pub(super) fn marked(&mut self, bytes: usize, unix_ns: i64) -> &mut Front {
        self.marks.push(Mark { unix_ns, bytes });
        &mut self.front
    }

    pub(super) fn is_empty(&self) -> bool {
        self.front.is_empty()
    }

    /// Takes so many bytes from now on. Nothing rests here.
    pub(super) fn allot(&mut self, capacity: usize) {
        if self.front.allot(capacity) {
            self.marks = Vec::with_capacity(capacity / SHORT_LINE + 1);
        }
    }

    /// Its lines, for empty space, and the time of the youngest. If it took any before, it takes so many
    /// bytes from now on.
    pub(super) fn swap(&mut self, taken: &mut Taken, capacity: usize) -> Option<i64> {
        if self.front.capacity() == 0 {
            return None;
        }
        std::mem::swap(&mut self.marks, &mut taken.marks);
        let youngest = self.front.swap_lines(&mut taken.lines);
        self.allot(capacity);
        youngest
    }

    pub(super) fn clear(&mut self) {
        self.marks.clear();
        self.front.clear();
    }
}

/// Appends the lines of all lanes in the order of their times, each lane's in its own.
pub(super) fn merge(lanes: &mut [Taken; LANES], lines: &mut Vec<u8>) {
    lines.reserve(lanes.iter().map(|taken| taken.lines.len()).sum());
    let mut heads = [Head::default(); LANES];
    let mut filled = 0;
    for taken in lanes.iter().filter(|taken| !taken.marks.is_empty()) {
        heads[filled] = Head {
            lines: &taken.lines,
            marks: &taken.marks,
        };
        filled += 1;
    }
    while let Some(run) = next_run(&mut heads[..filled]) {
        lines.extend_from_slice(run);
    }
    for taken in lanes {
        taken.lines.clear();
        taken.marks.clear();
    }
}

/// What is left of a lane.
#[derive(Clone, Copy, Default)]
struct Head<'a> {
    lines: &'a [u8],
    marks: &'a [Mark],
}

/// The oldest lines that are left, up to those of another lane.
#[inline]
fn next_run<'a>(heads: &mut [Head<'a>]) -> Option<&'a [u8]> {
    let (mut first, mut oldest, mut second) = (None, i64::MAX, i64::MAX);
    for (i, head) in heads.iter().enumerate() {
        let Some(mark) = head.marks.first() else {
            continue;
        };
        if first.is_none() || mark.unix_ns < oldest {
            second = oldest;
            oldest = mark.unix_ns;
            first = Some(i);
        } else {
            second = second.min(mark.unix_ns);
        }
    }
    let head = &mut heads[first?];
    // One at least, whatever a clock that was set back says.
    let (mut count, mut bytes) = (1, head.marks[0].bytes);
    while let Some(mark) = head.marks.get(count)
        && mark.unix_ns <= second
    {
        count += 1;
        bytes += mark.bytes;
    }
    let (run, rest) = head.lines.split_at(bytes);
    *head = Head {
        lines: rest,
        marks: &head.marks[count..],
    };
    Some(run)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(lane: usize, times: &[i64]) -> Taken {
        let mut taken = Taken::default();
        for (n, &unix_ns) in times.iter().enumerate() {
            let line = format!("{lane} {n} {unix_ns}\n");
            taken.lines.extend_from_slice(line.as_bytes());
            taken.marks.push(Mark {
                unix_ns,
                bytes: line.len(),
            });
        }
        taken
    }

    fn merged(lanes: &[Vec<i64>]) -> Vec<Vec<i64>> {
        let mut all: [Taken; LANES] = Default::default();
        for (i, times) in lanes.iter().enumerate() {
            all[i] = taken(i, times);
        }
        let mut lines = b"before\n".to_vec();
        merge(&mut all, &mut lines);
        assert!(all.iter().all(|t| t.lines.is_empty() && t.marks.is_empty()));
        let text = String::from_utf8(lines).unwrap();
        let numbers = |line: &str| line.split(' ').map(|n| n.parse().unwrap()).collect();
        text.strip_prefix("before\n")
            .unwrap()
            .lines()
            .map(numbers)
            .collect()
    }

    #[test]
    fn lines_go_by_their_times() {
        let merged = merged(&[vec![1, 4, 5], vec![], vec![2, 3, 9]]);
        let times: Vec<_> = merged.iter().map(|line| line[2]).collect();
        assert_eq!(times, [1, 2, 3, 4, 5, 9]);
    }

    proptest! {
        #[test]
        fn no_line_is_lost_and_each_lane_keeps_its_order(
            lanes in prop::collection::vec(prop::collection::vec(0..50_i64, 0..20), 0..LANES)
        ) {
            let merged = merged(&lanes);
            for (i, times) in lanes.iter().enumerate() {
                let of_lane = merged.iter().filter(|line| line[0] == i as i64);
                prop_assert!(of_lane.map(|line| line[2]).eq(times.iter().copied()));
            }
            let count: usize = lanes.iter().map(Vec::len).sum();
            prop_assert_eq!(merged.len(), count);
        }

        #[test]
        fn where_times_grow_in_each_lane_they_grow_in_the_whole(
            mut lanes in prop::collection::vec(prop::collection::vec(0..50_i64, 0..20), 0..LANES)
        ) {
            for times in &mut lanes {
                times.sort_unstable();
            }
            prop_assert!(merged(&lanes).is_sorted_by_key(|line| line[2]));
        }
    }
}
