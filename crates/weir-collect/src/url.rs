//! Addresses: percent-encoding, and where an address leads.

/// Characters that RFC 3986 never encodes.
fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn encode(text: &str, keep: fn(u8) -> bool, out: &mut String) {
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            let digit = |bits: u8| char::from(b"0123456789ABCDEF"[usize::from(bits)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// Everything but unreserved characters encoded: the one spelling of signatures.
pub fn encode_all(text: &str) -> String {
    let mut out = String::new();
    encode(text, unreserved, &mut out);
    out
}

/// One segment of a path: slashes are encoded, characters that a segment may hold (RFC 3986, `pchar`) are not.
pub fn encode_segment(text: &str) -> String {
    let mut out = String::new();
    encode(text, |byte| unreserved(byte) || b"!$&'()*+,;=:@".contains(&byte), &mut out);
    out
}

/// A name or a value of a query. Besides the unreserved characters those stay that a query may hold as they are and that sources
/// expect to see: `: / , @ $ *`.
pub fn encode_query(text: &str) -> String {
    let mut out = String::new();
    encode(text, |byte| unreserved(byte) || matches!(byte, b':' | b'/' | b',' | b'@' | b'$' | b'*'), &mut out);
    out
}

/// A name or a value of a form: like a query, blanks as `+`.
pub fn encode_form(text: &str) -> String {
    encode_all(text).replace("%20", "+")
}

/// `name=value` pairs joined by `&`.
pub fn pairs(pairs: &[(String, String)], encode: fn(&str) -> String) -> String {
    let each = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    each.collect::<Vec<_>>().join("&")
}

/// Scheme, host and port of an address, in lower case, the scheme's port written out: what "the same host" means.
pub fn origin(url: &str) -> Option<String> {
    let (scheme, host) = scheme_and_host(url)?;
    let port_known =
        host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    Some(if port_known { format!("{scheme}://{host}") } else { format!("{scheme}://{host}{port}") })
}

/// Scheme, and host with its port, in lower case. Whoever connects reads a backslash as a slash and leaves out tabs and ends of lines, so an
/// address with one of them before its path could lead elsewhere than it seems to: it has no host.
fn scheme_and_host(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_plain = !authority.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control());
    (is_plain && !host.is_empty()).then(|| (scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
}

/// True when an address leads to this machine itself, and says so without being looked up: 127.0.0.0/8, `[::1]`, or `localhost`.
pub fn is_loopback(url: &str) -> bool {
    let Some((_, host)) = scheme_and_host(url) else { return false };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ip, port)) if port.is_empty() || port.starts_with(':') => ip,
        Some(_) => return false,
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// What stands behind scheme, host and port: at least `/`.
pub fn target(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    match rest.find(['/', '?']) {
        Some(at) => &rest[at..],
        None => "/",
    }
}

/// An address seen from another: absolute ones stay, `/path` keeps scheme and host, `?query` the path, anything else replaces the last
/// segment.
pub fn join(base: &str, link: &str) -> String {
    if link.contains("://") {
        return link.to_owned();
    }
    let at = base.find("://").map_or(0, |at| at + 3);
    let root = base[at..].find(['/', '?', '#']).map_or(base.len(), |end| at + end);
    let path_end = base[root..].find(['?', '#']).map_or(base.len(), |end| root + end);
    if let Some(rest) = link.strip_prefix("//") {
        return format!("{}{rest}", &base[..at]);
    }
    if link.starts_with('/') {
        return format!("{}{link}", &base[..root]);
    }
    if link.starts_with('?') {
        return format!("{}{link}", &base[..path_end]);
    }
    let folder = base[root..path_end].rfind('/').map_or(root, |slash| root + slash + 1);
    let slash = if folder == root { "/" } else { "" };
    format!("{}{slash}{link}", &base[..folder])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_by_scheme_host_and_port() {
        assert_eq!(origin("https://API.example.com/v1?x=1").as_deref(), Some("https://api.example.com:443"));
        assert_eq!(origin("https://api.example.com:443"), origin("https://user@api.example.com/"));
        assert_ne!(origin("http://api.example.com"), origin("https://api.example.com"));
        assert_eq!(origin("ftp://api.example.com"), None);
        assert_eq!(origin("https:///x"), None);
    }

    #[test]
    fn an_address_that_hides_its_host_has_no_origin() {
        for url in [
            "https://evil.example\\@h.example/",
            "https://h.example\t.evil.example/",
            "https://h.example\n/",
            "https:///x",
            "https://u@/x",
        ] {
            assert_eq!(origin(url), None, "{url:?}");
        }
    }

    #[test]
    fn this_machine_is_told_by_its_address_alone() {
        let loopback = |url: &str| is_loopback(url);
        for url in [
            "http://127.0.0.1",
            "http://127.8.9.1:8080/x",
            "http://LOCALHOST:1/",
            "http://[::1]:9/x",
            "http://[::1]",
            "http://u:p@127.0.0.1/",
        ] {
            assert!(loopback(url), "{url}");
        }
        for url in [
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com/",
            "http://example.com/127.0.0.1",
            "http://example.com\\@127.0.0.1/",
            "http://[::1].example.com/",
            "http://128.0.0.1/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::]/",
            "127.0.0.1",
            "",
        ] {
            assert!(!loopback(url), "{url}");
        }
    }

    #[test]
    fn links_are_joined() {
        let base = "https://h.example/a/b?x=1";
        assert_eq!(join(base, "https://o.example/"), "https://o.example/");
        assert_eq!(join(base, "/c?d"), "https://h.example/c?d");
        assert_eq!(join(base, "?y=2"), "https://h.example/a/b?y=2");
        assert_eq!(join(base, "c"), "https://h.example/a/c");
        assert_eq!(join("https://h.example", "c"), "https://h.example/c");
        assert_eq!(join(base, "//o.example/x"), "https://o.example/x");
    }

    #[test]
    fn targets_begin_with_a_slash() {
        assert_eq!(target("https://h.example"), "/");
        assert_eq!(target("https://h.example/a?b#c"), "/a?b");
    }

    #[test]
    fn encoding() {
        assert_eq!(encode_segment("a b/ü*"), "a%20b%2F%C3%BC*");
        assert_eq!(encode_query("2026-01-01T00:00:00+01:00&x"), "2026-01-01T00:00:00%2B01:00%26x");
        assert_eq!(encode_form("a b+c"), "a+b%2Bc");
    }
}
