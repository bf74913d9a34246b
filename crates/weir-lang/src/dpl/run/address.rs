//! IPv4 and IPv6 addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::Value;

use super::Hit;

pub(super) fn read<'t>(bytes: &[u8], at: usize, v4: bool, v6: bool) -> Option<Hit<'t>> {
    let rest = &bytes[at..];
    let found = match (v4, v6) {
        (true, _) if ipv4(rest).is_some() => ipv4(rest).map(|(length, ip)| (length, IpAddr::V4(ip))),
        (_, true) => ipv6(rest).map(|(length, ip)| (length, IpAddr::V6(ip))),
        _ => None,
    };
    found.map(|(length, ip)| Hit { end: at + length, value: Value::Ip(ip) })
}

/// Four numbers up to 255 with dots; a number with more than three digits is none.
fn ipv4(bytes: &[u8]) -> Option<(usize, Ipv4Addr)> {
    let mut octets = [0u8; 4];
    let mut at = 0;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            at += usize::from(*bytes.get(at)? == b'.');
        }
        let start = at;
        let mut value = 0u32;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            value = value * 10 + u32::from(digit - b'0');
            at += 1;
            if at - start > 3 {
                return None;
            }
        }
        if at == start || (index > 0 && bytes[start - 1] != b'.') {
            return None;
        }
        *octet = u8::try_from(value).ok()?;
    }
    Some((at, Ipv4Addr::from(octets)))
}

/// Up to eight hextets with at most one `::`; the last two may be written as an IPv4 address.
fn ipv6(bytes: &[u8]) -> Option<(usize, Ipv6Addr)> {
    let mut parts = [0u16; 8];
    let mut count = 0;
    let mut gap = None;
    let mut at = 0;
    if bytes.starts_with(b"::") {
        gap = Some(0);
        at = 2;
    }
    while count < 8 {
        let Some((length, value)) = hextet(&bytes[at..]) else { break };
        if bytes.get(at + length) == Some(&b'.') && count <= 6 {
            let (length, ip) = ipv4(&bytes[at..])?;
            let [a, b, c, d] = ip.octets();
            parts[count] = u16::from_be_bytes([a, b]);
            parts[count + 1] = u16::from_be_bytes([c, d]);
            count += 2;
            at += length;
            break;
        }
        parts[count] = value;
        count += 1;
        at += length;
        match bytes.get(at..at + 2) {
            Some(b"::") if gap.is_none() && count < 8 => {
                gap = Some(count);
                at += 2;
            }
            Some([b':', next]) if count < 8 && next.is_ascii_hexdigit() => at += 1,
            _ => break,
        }
    }
    match gap {
        None if count < 8 => return None,
        Some(start) => {
            let moved = count - start;
            parts.copy_within(start..count, 8 - moved);
            parts[start..8 - moved].fill(0);
        }
        None => {}
    }
    Some((at, Ipv6Addr::from(parts)))
}

fn hextet(bytes: &[u8]) -> Option<(usize, u16)> {
    let length = bytes.iter().take(5).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if length == 0 || length > 4 {
        return None;
    }
    let value = bytes[..length].iter().fold(0u16, |v, &b| v << 4 | char::from(b).to_digit(16).unwrap_or(0) as u16);
    Some((length, value))
}
