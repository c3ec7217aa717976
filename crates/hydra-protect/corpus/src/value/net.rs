//! IP and hardware addresses.

use std::net::Ipv6Addr;

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;

pub(crate) const IPV4: Kind = Kind::new("IPV4", Group::Ip);
pub(crate) const IPV6: Kind = Kind::new("IPV6", Group::Ip);
pub(crate) const MAC: Kind = Kind::new("MAC", Group::Mac);

/// A host's address: private, public, or of a documentation block.
pub(crate) fn v4(draw: &mut Draw) -> Secret {
    let first = draw.pick(&[
        "10", "192", "172", "203", "198", "8", "52", "89", "145", "223", "100",
    ]);
    let (second, third) = match first {
        "192" => (168, draw.below(256)),
        "203" => (0, 113),
        "198" => (51, 100),
        "172" => (draw.between(16, 31), draw.below(256)),
        _ => (draw.below(256), draw.below(256)),
    };
    Secret::new(
        IPV4,
        format!("{first}.{second}.{third}.{}", draw.between(1, 254)),
    )
}

/// An address in one of its written forms: short, long, with a run of zeros left out.
pub(crate) fn v6(draw: &mut Draw) -> Secret {
    let mut parts = [0u16; 8];
    parts[0] = [0x2001, 0x2a02, 0xfe80, 0xfd12, 0x2606][draw.index(5)];
    if parts[0] == 0x2001 {
        parts[1] = 0xdb8;
    }
    let filled = draw.between(2, 6) as usize;
    for part in parts.iter_mut().rev().take(filled) {
        *part = draw.below(65_536) as u16;
    }
    let address = Ipv6Addr::from(parts);
    let written = match draw.below(4) {
        0 => parts
            .iter()
            .map(|part| format!("{part:04x}"))
            .collect::<Vec<_>>()
            .join(":"),
        1 => address.to_string().to_uppercase(),
        _ => address.to_string(),
    };
    Secret::new(IPV6, written)
}

/// Six bytes with colons or dashes, small or large.
pub(crate) fn mac(draw: &mut Draw) -> Secret {
    let separator = draw.pick(&[":", ":", "-"]);
    let bytes: Vec<String> = (0..6).map(|_| draw.hex(2)).collect();
    let written = bytes.join(separator);
    let written = if draw.chance(40) {
        written.to_uppercase()
    } else {
        written
    };
    Secret::new(MAC, written)
}
