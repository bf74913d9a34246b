//! Addresses, names of hosts, e-mail addresses, MAC addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::ArtifactKind;

use crate::places;

use super::classes::{CLASSES, DASH, DIGIT, DOT, HEX, LETTER, OTHER};
use super::{Sink, names};

/// The address that `text` is: brackets and a zone (`%eth0`) taken off, leading zeros allowed, IPv4 inside IPv6 taken out.
pub fn canonical_ip(text: &str) -> Option<IpAddr> {
    if let Some((address, _)) = ipv4(text.as_bytes()) {
        return Some(IpAddr::V4(address));
    }
    let bare = crate::blank::trimmed(text).trim_start_matches('[').trim_end_matches(']');
    if bare.len() < text.len()
        && let Some((address, _)) = ipv4(bare.as_bytes())
    {
        return Some(IpAddr::V4(address));
    }
    let text = bare;
    places::first(b':', text.as_bytes())?;
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    let address: Ipv6Addr = text.parse().ok()?;
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

/// Four numbers up to 255 of at most three digits, and how they are written.
fn ipv4(bytes: &[u8]) -> Option<(Ipv4Addr, Zeros)> {
    let mut octets = [0u8; 4];
    let (mut index, mut value, mut digits) = (0, 0u32, 0);
    let mut zeros = Zeros::Needed;
    for &byte in bytes {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                if digits > 0 && value == 0 {
                    zeros = Zeros::Padding;
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && index < 3 => {
                octets[index] = u8::try_from(value).ok()?;
                (index, value, digits) = (index + 1, 0, 0);
            }
            _ => return None,
        }
    }
    octets[3] = u8::try_from(value).ok()?;
    (index == 3 && digits > 0).then(|| (octets.into(), zeros))
}

/// Whether a number begins with zeros that it does not need, so that the text is not its canonical form.
#[derive(Clone, Copy, PartialEq)]
enum Zeros {
    Needed,
    Padding,
}

/// The MAC address that `text` is, in any usual spelling (`:` or `-` between octets, `.` between groups of four, bare), as twelve
/// hexadecimal digits in lower case with colons.
pub fn canonical_mac(text: &str) -> Option<String> {
    let mut out = String::new();
    write_mac(text.trim(), &mut out).then_some(out)
}

/// Appends the canonical form of a MAC address; false (and nothing appended) when `text` is none.
pub(crate) fn write_mac(text: &str, out: &mut String) -> bool {
    const BARE: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const GROUPS: [usize; 12] = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13];
    const OCTETS: [usize; 12] = [0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16];
    let bytes = text.as_bytes();
    let places = match bytes.len() {
        12 => BARE,
        14 if bytes[4] == b'.' && bytes[9] == b'.' => GROUPS,
        17 if matches!(bytes[2], b':' | b'-') && (5..17).step_by(3).all(|at| bytes[at] == bytes[2]) => OCTETS,
        _ => return false,
    };
    let mut room = [b':'; 17];
    for (digit, place) in places.into_iter().enumerate() {
        let byte = bytes[place];
        if CLASSES[usize::from(byte)] & (DIGIT | HEX) == 0 {
            return false;
        }
        room[digit / 2 * 3 + digit % 2] = byte.to_ascii_lowercase();
    }
    out.push_str(std::str::from_utf8(&room).unwrap_or_default());
    true
}

/// Appends `text` in lower case.
pub(crate) fn write_lower(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// True for a name of at least two labels under a top-level domain in use. A trailing dot is allowed.
pub fn is_domain(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let Some(dot) = memchr::memrchr(b'.', text.as_bytes()) else { return false };
    names::is_top_level(&text[dot + 1..]) && is_host_name(text)
}

/// Labels of letters, digits, `-`, `_` with dots between, at least two, none empty.
pub(super) fn is_host_name(text: &str) -> bool {
    let (mut label, mut labels, mut last) = (0, 1, b'.');
    for &byte in text.as_bytes() {
        if byte == b'.' {
            if label == 0 || last == b'-' {
                return false;
            }
            (label, labels) = (0, labels + 1);
        } else {
            let inside =
                CLASSES[usize::from(byte)] & (DIGIT | HEX | LETTER | DASH) != 0 || byte == b'_' || byte >= 0x80;
            if !inside || byte == b'-' && label == 0 || label == 63 {
                return false;
            }
            label += 1;
        }
        last = byte;
    }
    text.len() <= 253 && labels > 1 && label > 0 && last != b'-'
}

/// Adds `part` in lower case.
pub(super) fn lower<'t>(kind: ArtifactKind, part: &'t str, sink: &mut impl Sink<'t>) {
    if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
        sink.made(kind, &part.to_ascii_lowercase());
    } else {
        sink.part(kind, part);
    }
}

/// Adds an address, as it stands when that is its canonical form.
pub(super) fn address<'t>(part: &'t str, address: IpAddr, sink: &mut impl Sink<'t>) {
    if address.is_ipv4() && ipv4(part.as_bytes()).is_some_and(|(_, zeros)| zeros == Zeros::Needed) {
        return sink.part(ArtifactKind::Ips, part);
    }
    let mut text = Small { bytes: [0; 46], len: 0 };
    let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{address}"));
    if text.as_str() == part {
        sink.part(ArtifactKind::Ips, part);
    } else {
        sink.made(ArtifactKind::Ips, text.as_str());
    }
}

/// Room for the text of an address.
struct Small {
    bytes: [u8; 46],
    len: usize,
}

impl Small {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl std::fmt::Write for Small {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// A whole word that is a MAC address with separators.
pub(super) fn mac<'t>(word: &'t str, sink: &mut impl Sink<'t>) -> bool {
    if !matches!(word.len(), 14 | 17) {
        return false;
    }
    let mut out = String::new();
    let found = write_mac(word, &mut out);
    if found && out == word {
        sink.part(ArtifactKind::MacAddresses, word);
    } else if found {
        sink.made(ArtifactKind::MacAddresses, &out);
    }
    found
}

/// A word that is an IPv6 address, perhaps with `name:` before and `/port` behind.
pub(super) fn ipv6<'t>(word: &'t str, sink: &mut impl Sink<'t>) -> bool {
    if word.bytes().filter(|&byte| byte == b':').count() < 2 || is_octets(word) {
        return false;
    }
    let (mut part, behind) = word.split_once('/').unwrap_or((word, ""));
    if part.bytes().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
        && let Some((_, rest)) = part.split_once(':')
    {
        part = rest;
    }
    if part.len() < 3 || !part.bytes().any(|byte| byte.is_ascii_digit()) || is_octets(part) {
        return false;
    }
    let Some(found) = canonical_ip(part) else { return false };
    if !is_network(found, behind) {
        address(part, found, sink);
    }
    true
}

/// An address whose bits behind the length of the prefix are all zero: `2001:db8::/32`.
fn is_network(found: IpAddr, length: &str) -> bool {
    match (found, length.parse()) {
        (IpAddr::V6(found), Ok(bits @ 0..128u32)) => u128::from(found) & (u128::MAX >> bits) == 0,
        _ => false,
    }
}

/// Pairs of digits throughout: a key or a fingerprint, no address.
fn is_octets(part: &str) -> bool {
    let bytes = part.as_bytes();
    let fits = |(at, byte): (usize, &u8)| (*byte == b':') == (at % 3 == 2) && *byte != b'/';
    bytes.len() % 3 == 2 && bytes.iter().enumerate().all(fits)
}

/// One part of a word: an IPv4 address, a domain or the name of a file.
pub(super) fn piece<'t>(text: &'t str, from: usize, to: usize, sink: &mut impl Sink<'t>) {
    let part = without_marks(&text[from..to]);
    let Some(dot) = memchr::memrchr(b'.', part.as_bytes()) else { return };
    let (stem, ending) = (&part[..dot], &part[dot + 1..]);
    if ending.bytes().all(|byte| byte.is_ascii_digit()) {
        match ipv4(part.as_bytes()) {
            Some((found, _)) if is_version(text, from, to, found) => {}
            Some((_, Zeros::Needed)) => sink.part(ArtifactKind::Ips, part),
            Some((found, Zeros::Padding)) => address(part, IpAddr::V4(found), sink),
            None => {}
        }
        return;
    }
    if part.len() == 14 && mac(part, sink) {
        return;
    }
    let labels = part.bytes().filter(|&byte| byte == b'.').count() + 1;
    if is_log_level(stem, ending) {
        return;
    }
    let domain = names::is_top_level(ending) && is_host_name(part) && !(labels == 2 && names::is_rather_file(ending));
    if domain && is_name_like(stem) {
        lower(ArtifactKind::Domains, part, sink);
    } else if names::is_extension(ending) && !stem.is_empty() && is_file_stem(stem) {
        sink.part(ArtifactKind::Files, part);
    }
}

/// `local0.info`, `user.info`: how logs write facility and severity.
fn is_log_level(stem: &str, ending: &str) -> bool {
    const FACILITIES: [&str; 12] =
        ["auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp"];
    let local = |digit: &str| matches!(digit.as_bytes(), [b'0'..=b'7']);
    ending == "info" && (stem.strip_prefix("local").is_some_and(local) || FACILITIES.contains(&stem))
}

/// Without the marks around a name that do not belong to it.
fn without_marks(text: &str) -> &str {
    let mark = |byte: &u8| matches!(byte, b'.' | b'-' | b'_' | b'%' | b'+' | b'~' | b'*' | b'$');
    let bytes = text.as_bytes();
    let start = bytes.iter().take_while(|byte| mark(byte)).count();
    let end = bytes.len() - bytes[start..].iter().rev().take_while(|byte| mark(byte)).count();
    &text[start..end]
}

/// A domain has a letter somewhere before its last dot.
fn is_name_like(stem: &str) -> bool {
    stem.len() > 1 && stem.bytes().any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80)
}

fn is_file_stem(stem: &str) -> bool {
    stem.bytes().any(|byte| byte.is_ascii_alphanumeric()) && !stem.starts_with('.')
}

/// Four numbers that are rather a version or a network: `Chrome/138.0.0.0`, `v1.2.3.4`, `10.0.0.0/8`.
fn is_version(text: &str, from: usize, to: usize, found: Ipv4Addr) -> bool {
    let bytes = text.as_bytes();
    let before = from.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(to).copied();
    if before == Some(b'/') && from >= 2 && bytes[from - 2].is_ascii_alphanumeric() {
        let product = bytes[..from - 1]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .any(|byte| byte.is_ascii_alphabetic());
        return product && !matches!(after, Some(b'(' | b'/' | b':')) && found.octets()[3] == 0;
    }
    if after == Some(b'/') {
        let digits = bytes[to + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let bits = text[to + 1..to + 1 + digits].parse().unwrap_or(99u32);
        return digits <= 2 && bits < 32 && u32::from(found) & (u32::MAX >> bits) == 0;
    }
    false
}

/// What names of hosts consist of.
const NAME: u16 = DIGIT | HEX | LETTER | DOT | DASH;

/// True when `local@domain` is an e-mail address of letters, digits and the usual marks, as a scan would find it whole.
pub(crate) fn is_plain_email(local: &str, domain: &str) -> bool {
    let plain = |byte: u8| CLASSES[usize::from(byte)] & NAME != 0 || byte == b'_';
    let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
    let letters = (2..=24).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    !local.is_empty() && letters && local.bytes().all(plain) && domain.is_ascii() && is_host_name(domain)
}

/// The service of a principal of Kerberos: `cifs/` of `cifs/files.example.com@EXAMPLE.COM`.
fn is_principal(before: &[u8]) -> bool {
    before.split_last().is_some_and(|(last, service)| {
        *last == b'/' && !service.is_empty() && service.iter().all(u8::is_ascii_alphanumeric)
    })
}

/// A word with an `@`: an e-mail address, or a principal of Kerberos, which is neither that nor a person. An apostrophe before the word can belong to it (`o'neil@example.com`).
pub(super) fn email<'t>(text: &'t str, start: usize, end: usize, sink: &mut impl Sink<'t>) -> bool {
    let Some(at) = places::first(b'@', &text.as_bytes()[start..end]).map(|at| start + at) else { return false };
    let bytes = text.as_bytes();
    let local = |byte: u8| {
        let class = CLASSES[usize::from(byte)];
        class & NAME != 0 || class & OTHER != 0 && byte != b'$' && byte < 0x80
    };
    let mut from = at;
    while from > 0 && (local(bytes[from - 1]) || bytes[from - 1] == b'\'' && from >= 2 && local(bytes[from - 2])) {
        from -= 1;
    }
    let host = |byte: u8| CLASSES[usize::from(byte)] & NAME != 0 || byte == b'_';
    let length = bytes[at + 1..end].iter().take_while(|&&byte| host(byte)).count();
    let name = text[at + 1..at + 1 + length].trim_end_matches(['.', '-']);
    let top = name.rsplit_once('.').map_or("", |(_, top)| top);
    let letters = (2..=24).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    if from == at || !letters || !is_host_name(name) {
        return false;
    }
    if bytes.get(start..from).is_some_and(is_principal) {
        return true;
    }
    lower(ArtifactKind::EmailIds, &text[from..at + 1 + name.len()], sink);
    true
}
