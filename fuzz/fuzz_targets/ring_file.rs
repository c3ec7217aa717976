//! What a killed process has left, in whatever state, is read to its end.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The head of a ring file with one ring of 1 KiB, which the input fills.
fn with_ring(input: &[u8]) -> Vec<u8> {
    const HEAD: usize = 16 << 10;
    const SIZE: usize = 1024;
    let mut file = vec![0; HEAD + 4096 + SIZE];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"HYDRARNG");
    put(8, &1_u32.to_le_bytes());
    put(256, &1_u32.to_le_bytes());
    put(264, &(HEAD as u64).to_le_bytes());
    put(272, &(4096 + SIZE as u64).to_le_bytes());
    put(280, &(SIZE as u64).to_le_bytes());
    let (positions, records) = input.split_at(input.len().min(4));
    let number = |at: usize| {
        u64::from(u16::from_le_bytes([
            positions.get(at).copied().unwrap_or(0),
            positions.get(at + 1).copied().unwrap_or(0),
        ]))
    };
    put(HEAD + 256, &(number(0) * 8).to_le_bytes());
    put(HEAD + 128, &(number(2) * 8).to_le_bytes());
    put(HEAD + 4096, &records[..records.len().min(SIZE)]);
    file
}

fuzz_target!(|input: &[u8]| {
    for file in [input, &with_ring(input)] {
        if let Some((records, _)) = hydra_delivery::recovery::read_anything(file) {
            assert!(records <= file.len() / 8);
        }
    }
});
