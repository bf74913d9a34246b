//! The artifacts of values, by what their field means.

use weir_event::{ArtifactKind, Batch, Value};

use super::{Kinds, Use, Writer};
use crate::artifacts::{self, Sink};
use crate::blank::trimmed;
use crate::places;

/// Kinds that no scan finds: what is one of them is so as a whole.
const WHOLE: [ArtifactKind; 4] =
    [ArtifactKind::Machines, ArtifactKind::Users, ArtifactKind::Geolocation, ArtifactKind::Process];

/// Takes only some kinds of what a scan finds.
struct Among<'b> {
    kinds: Kinds,
    batch: &'b mut Batch,
}

impl<'t> Sink<'t> for Among<'_> {
    fn part(&mut self, kind: ArtifactKind, part: &'t str) {
        if self.kinds.has(kind) {
            self.batch.part(kind, part);
        }
    }

    fn made(&mut self, kind: ArtifactKind, made: &str) {
        if self.kinds.has(kind) {
            self.batch.made(kind, made);
        }
    }
}

impl Writer<'_> {
    /// Free text anywhere in a value.
    pub fn scan_value(&mut self, value: &Value<'_>) {
        self.artifact_of(Use::Scan, value);
    }

    pub(super) fn artifact_of(&mut self, kind: Use, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.artifact(kind, text),
            Value::Ip(address) => self.made_address(*address),
            Value::Array(items) => items.iter().for_each(|item| self.artifact_of(kind, item)),
            Value::Record(record) => record.iter().for_each(|(name, item)| {
                let inner = match kind {
                    Use::Nothing | Use::Among(_) => kind,
                    Use::Scan | Use::As(_) | Use::Account => self.names.use_of(name),
                };
                self.artifact_of(inner, item);
            }),
            _ => {}
        }
    }

    /// The artifacts of a text, given what its field means.
    pub fn artifact(&mut self, kind: Use, text: &str) {
        match kind {
            Use::Nothing => {}
            Use::Scan => artifacts::scan(text, self.batch),
            Use::Among(kinds) => {
                if kinds.has_account() {
                    self.artifact(Use::Account, text);
                }
                for kind in WHOLE.into_iter().filter(|kind| kinds.has(*kind)) {
                    self.whole(kind, trimmed(text));
                }
                artifacts::scan(text, &mut Among { kinds, batch: self.batch });
            }
            Use::As(kind) => self.whole(kind, trimmed(text)),
            Use::Account if !is_nothing(trimmed(text)) => self.batch.part(ArtifactKind::Users, trimmed(text)),
            Use::Account => {}
        }
    }

    /// A user by the name alone: the domain of `DOMAIN\name` and `name@domain` is taken off.
    fn user(&mut self, text: &str) {
        let domain = memchr::memrchr2(b'\\', b'/', text.as_bytes());
        let name = domain.map_or(text, |at| &text[at + 1..]);
        let name = match name.split_once('@') {
            Some((local, domain)) if domain.contains('.') => {
                if artifacts::is_plain_email(local, domain) {
                    let span = self.lower(name);
                    self.batch.add_artifact(ArtifactKind::EmailIds, span);
                } else {
                    self.whole(ArtifactKind::EmailIds, name);
                }
                if artifacts::is_domain(domain) {
                    let span = self.lower(domain.strip_suffix('.').unwrap_or(domain));
                    self.batch.add_artifact(ArtifactKind::Domains, span);
                }
                local
            }
            _ => name,
        };
        if is_device(name) {
            self.whole(ArtifactKind::MacAddresses, name);
        } else if !is_nothing(name) && is_word(name) {
            self.batch.part(ArtifactKind::Users, name);
        }
    }

    /// A machine or a domain by its name. A full name is worth pivoting on among machines and among domains.
    fn host(&mut self, kind: ArtifactKind, text: &str) {
        // Behind a blank stands what a cut-off line has left of the next key.
        let first = places::first(b' ', text.as_bytes()).map_or(text, |blank| &text[..blank]);
        if let Some(address) = artifacts::canonical_ip(first) {
            return self.made_address(address);
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        if artifacts::canonical_mac(name).is_some()
            || !is_word(name)
            || name.bytes().any(|byte| b"/=\"<>#".contains(&byte))
        {
            return;
        }
        if places::first(b',', name.as_bytes()).is_some()
            && name.split(',').all(|one| artifacts::canonical_ip(one).is_some())
        {
            return name.split(',').for_each(|address| self.host(kind, address));
        }
        let is_domain = artifacts::is_domain(name);
        let span = self.lower(name);
        if kind == ArtifactKind::Machines || !is_domain {
            self.batch.add_artifact(ArtifactKind::Machines, span);
        }
        if is_domain {
            self.batch.add_artifact(ArtifactKind::Domains, span);
        }
    }

    fn whole(&mut self, kind: ArtifactKind, text: &str) {
        use ArtifactKind::{
            Domains, EmailIds, Files, Geolocation, Ips, MacAddresses, Machines, Process, Registry, Urls, Users,
        };
        if is_nothing(text) {
            return;
        }
        match kind {
            Users => self.user(text),
            Machines if places::first(b':', text.as_bytes()).is_some() => artifacts::scan(text, self.batch),
            Geolocation if !text.bytes().any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80) => {}
            Machines | Domains => self.host(kind, text),
            Process | Files | Registry | Geolocation => self.batch.part(kind, text),
            MacAddresses => {
                let mut good = false;
                let span = self.batch.keep_with(|out| good = artifacts::write_mac(text, out));
                if good {
                    self.batch.add_artifact(MacAddresses, span);
                }
            }
            Ips | Urls | EmailIds => artifacts::scan(text, self.batch),
        }
    }
}

/// Something can be read in it.
fn is_word(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80)
}

/// Devices log in by their MAC addresses. Twelve digits without a letter are rather somebody's number.
fn is_device(name: &str) -> bool {
    matches!(name.len(), 12 | 14 | 17)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b':')
        && artifacts::canonical_mac(name).is_some()
}

/// Words that stand for no value.
fn is_nothing(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "yes",
        "no",
        "true",
        "false",
        "-",
        "--",
        "n/a",
        "na",
        "none",
        "null",
        "(none)",
        "(null)",
        "<null>",
        "unknown",
        "undefined",
        "nil",
        "*",
        "0",
        "reserved",
        "(empty)",
        "any",
        "not found",
    ];
    let Some(first) = text.bytes().next() else { return true };
    text.len() <= 9
        && matches!(first | 0x20, b'-' | b'n' | b'(' | b'<' | b'u' | b'*' | b'0' | b'r' | b'a' | b'y' | b't' | b'f')
        && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
