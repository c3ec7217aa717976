//! verify PATH N [THREADS]: counts lines, distinct user ids, torn lines of a log file, and lines
//! that stand before an earlier one of the same thread, of which each has logged an equal part of
//! the ids in their order. A line
//! is torn when it lacks a pair, or when its shape differs from the first line's (two
//! messages on one line, or a length that only a cut or glued line can have).
use memchr::{memchr_iter, memmem};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let data = std::fs::read(&a[1]).unwrap_or_default();
    let n: usize = a[2].parse().unwrap();
    let threads: usize = a.get(3).map_or(1, |threads| threads.parse().unwrap());
    let mut seen = vec![false; n];
    let (mut latest, mut disordered) = (vec![0; threads], 0usize);
    let (mut lines, mut distinct, mut torn, mut start) = (0usize, 0usize, 0usize, 0usize);
    let find = memmem::Finder::new("user_id");
    let last = memmem::Finder::new("latency_ms");
    let text = memmem::Finder::new("request completed");
    let first = &data[..memchr::memchr(b'\n', &data).unwrap_or(data.len())];
    let shape = (text.find_iter(first).count(), first.len() as isize);
    let mut one = |line: &[u8], seen: &mut Vec<bool>| {
        if text.find_iter(line).count() != shape.0 || (line.len() as isize - shape.1).abs() > 26 {
            torn += 1;
            return;
        }
        let id = find.find(line).and_then(|p| {
            let digits: Vec<u8> = line[p + 7..]
                .iter()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(|c| c.is_ascii_digit())
                .copied()
                .collect();
            String::from_utf8(digits).unwrap().parse::<usize>().ok()
        });
        match id {
            // slog-term and slog-json may print the last pair first: accept either order
            Some(id) if last.find(line).is_some() && (1_000_000..1_000_000 + n).contains(&id) => {
                let i = id - 1_000_000;
                let thread = (i / (n / threads)).min(threads - 1);
                disordered += usize::from(i < latest[thread]);
                latest[thread] = i;
                distinct += usize::from(!seen[i]);
                seen[i] = true;
            }
            _ => torn += 1,
        }
    };
    for e in memchr_iter(b'\n', &data) {
        one(&data[start..e], &mut seen);
        lines += 1;
        start = e + 1;
    }
    let tail = data.len() - start;
    println!(
        "lines={lines} distinct={distinct} torn={torn} disordered={disordered} tail_bytes={tail} bytes={}",
        data.len()
    );
}
