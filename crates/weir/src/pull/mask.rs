//! Secrets out of what is shown: the texts of the configuration, and everything that looks like a credential by its name.

use std::borrow::Cow;

/// What replaces a secret.
const STARS: &str = "***";
/// A shorter text occurs in other words; it is only hidden where a name gives it away.
const SECRET_CHARS_MIN: usize = 4;
/// Names of headers, parameters and members that hold credentials have one of these in them.
const TELLING: &[&str] =
    &["authorization", "cookie", "token", "key", "secret", "signature", "password", "passwd", "credential", "session"];

pub struct Mask {
    /// Longest first, as they are and as they stand in addresses and in JSON.
    secrets: Vec<String>,
}

impl Mask {
    pub fn new(secrets: &[String]) -> Mask {
        let long = secrets.iter().filter(|secret| secret.chars().count() >= SECRET_CHARS_MIN);
        let mut secrets: Vec<String> =
            long.flat_map(|secret| [secret.clone(), encoded(secret), escaped(secret)]).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Mask { secrets }
    }

    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        for secret in self.secrets.iter().filter(|secret| text.contains(secret.as_str())) {
            out = Cow::Owned(out.replace(secret.as_str(), STARS));
        }
        out
    }

    /// The value of a header; the scheme of an authorization stays.
    pub fn header(&self, name: &str, value: &str) -> String {
        if !tells(name) {
            return self.text(value).into_owned();
        }
        match value.split_once(' ') {
            Some((scheme, _)) if name.eq_ignore_ascii_case("authorization") => format!("{scheme} {STARS}"),
            _ => STARS.to_owned(),
        }
    }

    /// An address, parameters with telling names hidden.
    pub fn url(&self, url: &str) -> String {
        let url = self.text(url);
        let Some((path, query)) = url.split_once('?') else { return url.into_owned() };
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if tells(name) => format!("{name}={STARS}"),
            _ => pair.to_owned(),
        };
        format!("{path}?{}", query.split('&').map(pair).collect::<Vec<_>>().join("&"))
    }
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

fn escaped(text: &str) -> String {
    serde_json::Value::from(text).to_string().trim_matches('"').to_owned()
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let mask = Mask::new(&["s3cr/et+".to_owned(), "p".to_owned()]);
        assert_eq!(mask.text("a s3cr/et+ b and a p"), "a *** b and a p");
        assert_eq!(mask.header("X-Api-Key", "p"), "***");
        assert_eq!(mask.header("Authorization", "Basic cDpz"), "Basic ***");
        assert_eq!(mask.header("Accept", "text/plain"), "text/plain");
        assert_eq!(mask.url("https://h/s3cr%2Fet%2B/x?a=1&access_token=zz"), "https://h/***/x?a=1&access_token=***");
    }
}
