//! URLs, also with the scheme defanged.

use memchr::memmem;
use weir_event::ArtifactKind;

use super::classes::{CLASSES, URL};
use super::{Sink, hosts};

/// The URL around `://` at `mark`, in the word that begins at `start`: what it spans, its host added as well.
pub fn find<'t>(text: &'t str, start: usize, mark: usize, sink: &mut impl Sink<'t>) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let mut from = mark - bytes[start..mark].iter().rev().take_while(|byte| scheme(byte)).count();
    while from < mark && !bytes[from].is_ascii_alphabetic() {
        from += 1;
    }
    if names_a_schema(&text[..from]) {
        return Some((
            from,
            from + bytes[from..].iter().take_while(|&&byte| CLASSES[usize::from(byte)] & URL != 0).count(),
        ));
    }
    let length = bytes[mark + 3..].iter().take_while(|&&byte| CLASSES[usize::from(byte)] & URL != 0).count();
    let whole = trim(&text[from..mark + 3 + length]);
    let to = from + whole.len();
    if !(2..=20).contains(&(mark - from)) || to <= mark + 3 {
        return None;
    }
    if whole[..2].eq_ignore_ascii_case("hx")
        || whole[..2].eq_ignore_ascii_case("ht") && whole[2..4].eq_ignore_ascii_case("xx")
    {
        sink.made(ArtifactKind::Urls, &refanged(whole));
    } else {
        sink.part(ArtifactKind::Urls, whole);
    }
    host(&text[mark + 3..to], sink);
    Some((from, to))
}

/// True behind `xmlns="` and `xmlns:name="`: such a URL is a name that nobody visits.
fn names_a_schema(before: &str) -> bool {
    const PREFIX_BYTES_MAX: usize = 24;
    let Some(head) = before.strip_suffix(['"', '\'']).and_then(|head| head.strip_suffix('=')) else { return false };
    let tail = &head.as_bytes()[head.len().saturating_sub(PREFIX_BYTES_MAX)..];
    memmem::find(tail, b"xmlns").is_some_and(|at| !tail[at..].contains(&b' '))
}

/// `hxxps://...` as `https://...`.
fn refanged(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
    let scheme = if scheme.len() == 5 { "https" } else { "http" };
    format!("{scheme}://{rest}")
}

/// Without the punctuation of the sentence around it, and up to where another URL begins.
fn trim(url: &str) -> &str {
    let mut url = url.find(",http").map_or(url, |next| &url[..next]);
    loop {
        let shorter = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*']);
        let shorter = unpaired(shorter, '(', ')');
        let shorter = unpaired(shorter, '[', ']');
        if shorter.len() == url.len() {
            return url;
        }
        url = shorter;
    }
}

/// Without a closing bracket at the end that nothing opens.
fn unpaired(url: &str, open: char, shut: char) -> &str {
    match url.strip_suffix(shut) {
        Some(shorter) if url.matches(shut).count() > url.matches(open).count() => shorter,
        _ => url,
    }
}

/// Adds the host of a URL, given what follows `://`.
pub fn host<'t>(rest: &'t str, sink: &mut impl Sink<'t>) {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((inner, _)) => inner,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    };
    if let Some(found) = hosts::canonical_ip(name) {
        hosts::address(name, found, sink);
    } else if hosts::is_host_name(name) {
        hosts::lower(ArtifactKind::Domains, name.trim_end_matches('.'), sink);
    }
}
