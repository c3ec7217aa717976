//! Any bytes, and any edits of an audit file, are verified and gone on with without a panic; what is
//! whole is the file itself.
#![no_main]

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use hydra_protect::audit::{ChainWriter, Resumed, SigningKey, Verdict, VerifyOptions, verify};

/// A key, and a file of it with every sort of line.
static CHAIN: LazyLock<(Arc<SigningKey>, Vec<u8>)> = LazyLock::new(|| {
    let key = Arc::new(SigningKey::generate().expect("the system has random numbers"));
    let mut file = Vec::new();
    let chain = ChainWriter::begin(Arc::clone(&key), None, 0, &mut file);
    let mut chain = chain
        .expect("the system has random numbers")
        .checkpoint_every(3);
    for line in [
        "{\"a\":1}",
        "",
        "plain text",
        "{}",
        "{\"hydra_audit\":\"checkpoint\",",
        "end",
    ] {
        chain.record(line.as_bytes(), 0, &mut file).expect("a line");
    }
    let mut resumed =
        Resumed::from_file(&mut Cursor::new(&file), Arc::clone(&key), 0).expect("whole");
    file.append(&mut resumed.append);
    resumed.chain.close(0, &mut file);
    (key, file)
});

libfuzzer_sys::fuzz_target!(|edits: (Vec<(u16, u8, u8)>, &[u8])| {
    let (key, whole) = &*CHAIN;
    let (edits, behind) = edits;
    let mut file = whole.clone();
    for (at, what, byte) in edits {
        let at = usize::from(at) % file.len().max(1);
        match what % 4 {
            0 if at < file.len() => file[at] = byte,
            1 if at < file.len() => {
                file.remove(at);
            }
            2 => file.insert(at.min(file.len()), byte),
            _ => file.truncate(at),
        }
    }
    file.extend_from_slice(behind);
    let public = key.verifying_key();
    for given in [Some(&public), None] {
        let report = verify(&file[..], given, &VerifyOptions::default()).expect("memory is read");
        assert!(report.verdict() != Verdict::Whole || file == *whole);
        assert_eq!(report.bytes, file.len() as u64);
        assert!(report.to_json().ends_with("]}"));
    }
    let _ = Resumed::from_file(&mut Cursor::new(&file), Arc::clone(key), 0);
});
