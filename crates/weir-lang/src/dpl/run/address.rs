//! IPv4 and IPv6 addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of one of the wanted kinds: its end and the address.
pub(super) fn read(bytes: &[u8], at: usize, v4: bool, v6: bool) -> Option<(usize, IpAddr)> {
    let rest = &bytes[at..];
    if v4 && let Some((length, ip)) = ipv4(rest) {
        return Some((at + length, IpAddr::V4(ip)));
    }
    let (length, ip) = ipv6(rest).filter(|_| v6)?;
    Some((at + length, IpAddr::V6(ip)))
}

/// Four numbers up to 255 with dots; a number with more than three digits is none.
fn ipv4(bytes: &[u8]) -> Option<(usize, Ipv4Addr)> {
    let mut octets = [0u8; 4];
    let mut at = 0;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            if *bytes.get(at)? != b'.' {
                return None;
            }
            at += 1;
        }
        let (length, value) = octet_here(bytes.get(at..)?)?;
        *octet = value;
        at += length;
    }
    Some((at, Ipv4Addr::from(octets)))
}

/// One to three digits with a value up to 255, without a fourth.
fn octet_here(bytes: &[u8]) -> Option<(usize, u8)> {
    let digit = |at: usize| bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10);
    let first = digit(0)?;
    let Some(second) = digit(1) else { return Some((1, first)) };
    let Some(third) = digit(2) else { return Some((2, first * 10 + second)) };
    let value = u16::from(first) * 100 + u16::from(second) * 10 + u16::from(third);
    match digit(3) {
        None => Some((3, u8::try_from(value).ok()?)),
        Some(_) => None,
    }
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
