//! What is in a request.

use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Value;
use crate::Asked;

/// Decoded names and values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Asked {
    /// The parameters of the address.
    pub fn query(&self) -> Parameters {
        Parameters::read(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// The parameters of a form in the body.
    pub fn form(&self) -> Parameters {
        Parameters::read(&String::from_utf8_lossy(&self.body))
    }

    /// The body, null when it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Decoded parts of the path, to match on: `["api", "v1", id]`.
    pub fn segments(&self) -> Vec<String> {
        self.path().split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect()
    }

    /// Name and password of the Basic scheme.
    pub fn basic(&self) -> Option<(String, String)> {
        let text = STANDARD.decode(self.header("authorization")?.strip_prefix("Basic ")?).ok()?;
        let (name, password) = std::str::from_utf8(&text).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    pub fn is_basic(&self, name: &str, password: &str) -> bool {
        self.basic().is_some_and(|(have, with)| have == name && with == password)
    }

    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.headers.iter().filter(|(have, _)| have == "cookie").flat_map(|(_, value)| value.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(have, _)| *have == name).map(|(_, value)| value)
    }
}

impl Parameters {
    pub fn read(text: &str) -> Parameters {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name, true), decoded(value, true))
        };
        Parameters(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name that is repeated.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(have, _)| have == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The error says what is wrong, for the double to put into its vendor's words.
    pub fn number(&self, name: &str) -> Result<Option<i64>, String> {
        self.get(name).map(|text| text.parse().map_err(|_| format!("{name}: `{text}` is no number"))).transpose()
    }

    pub fn needed(&self, name: &str) -> Result<i64, String> {
        self.number(name)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// A number within limits, or what it is when not given.
    pub fn within(&self, name: &str, limits: RangeInclusive<i64>, default: i64) -> Result<i64, String> {
        let number = self.number(name)?.unwrap_or(default);
        limits.contains(&number).then_some(number).ok_or_else(|| format!("{name}: {number} is not within {limits:?}"))
    }

    /// Refuses names that the documents do not have.
    pub fn only(&self, known: &[&str]) -> Result<(), String> {
        let unknown = self.0.iter().find(|(name, _)| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |(name, _)| Err(format!("unknown parameter {name}")))
    }
}

/// Percent escapes, and `+` for a blank in parameters.
fn decoded(text: &str, is_query: bool) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(if byte == b'+' && is_query { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
