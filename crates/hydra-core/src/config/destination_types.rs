//! Which keys of a destination belong to which types.

use crate::config::draft::{CONSOLE, FILE};

/// The types that a key has a meaning for; `None`: all of them.
pub(crate) fn types_of(key: &str) -> Option<&'static [usize]> {
    Some(match key {
        "stream" | "split_level" => &[CONSOLE],
        "path" | "max_size" | "backup_count" | "rotate" | "max_age" | "compress" | "mode"
        | "buffer_size" | "flush_interval" | "audit" => &[FILE],
        key if AUDIT_KEYS.contains(&key) => &[FILE],
        "url" => &[2],
        "connection_string" => &[3],
        "queue_url" => &[4],
        "service_type" => &[5],
        "credentials" | "retry_count" | "retry_delay" | "timeout" | "max_connections" => {
            &[2, 3, 4, 5]
        }
        _ => return None,
    })
}

/// The keys that have a meaning with `audit: true` alone.
pub(crate) const AUDIT_KEYS: [&str; 5] = [
    "audit_key",
    "checkpoint_every",
    "checkpoint_interval",
    "fsync",
    "retention",
];

/// The key without which a type is nothing.
pub(crate) fn required_key(kind: usize) -> Option<&'static str> {
    Some(match kind {
        FILE => "path",
        2 => "url",
        3 => "connection_string",
        4 => "queue_url",
        5 => "service_type",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::destination_table::DESTINATION;
    use crate::config::words::TYPES;

    #[test]
    fn every_required_key_is_one_of_the_table_and_belongs_to_its_type() {
        for kind in 0..TYPES.names.len() {
            if let Some(key) = required_key(kind) {
                assert!(DESTINATION.iter().any(|field| field.name == key));
                assert_eq!(types_of(key), Some([kind].as_slice()));
            }
        }
    }
}
