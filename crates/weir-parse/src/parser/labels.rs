//! Extension pairs whose meaning stands in a second pair: `cs1=x cs1Label=Rule Name`.

use std::borrow::Cow;

use weir_event::Value;

use super::parts::Parts;
use crate::cef::{Pair, Pairs};
use crate::map::Mapping;

/// Pushes the pairs of an extension. A labelled key that the pack does not map itself takes its label as name; the label is not kept
/// then, nor when there is no value for it.
pub fn push<'t>(pairs: &Pairs, extension: &'t str, mapping: &Mapping, strip: &[String], parts: &mut Parts<'t>) {
    if !pairs.has_labels() {
        for pair in pairs.iter(extension) {
            parts.push(stripped(pair.key, strip), value(&pair));
        }
        return;
    }
    let label = |pair: Pair<'t>| Some((pair.key.strip_suffix("Label")?, pair.raw));
    let labels: Vec<(&str, &str)> = pairs.iter(extension).filter_map(label).collect();
    for pair in pairs.iter(extension) {
        let owner = pair.key.strip_suffix("Label").filter(|owner| is_custom(owner));
        if owner.is_some() {
            continue;
        }
        let label = labels.iter().find(|(key, label)| *key == pair.key && !label.trim().is_empty());
        match label {
            Some((key, label)) if is_custom(key) && !mapping.rules.contains_key(*key) => {
                parts.push(label.trim().trim_matches('"'), value(&pair));
            }
            _ => parts.push(stripped(pair.key, strip), value(&pair)),
        }
    }
}

/// The value of a pair. Some senders put quotes around values, which CEF does not know: a pair of them goes.
fn value<'t>(pair: &Pair<'t>) -> Value<'t> {
    Value::Text(match pair.value() {
        Cow::Borrowed(text) => Cow::Borrowed(unquoted(text)),
        owned => owned,
    })
}

/// Text without the pair of quotes around it, when there are no others in it.
pub fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}

/// A key without the beginning that the sender puts before its own keys.
pub fn stripped<'k>(key: &'k str, strip: &[String]) -> &'k str {
    strip.iter().find_map(|head| key.strip_prefix(head.as_str())).filter(|rest| !rest.is_empty()).unwrap_or(key)
}

/// Keys that have a meaning only together with a label.
fn is_custom(key: &str) -> bool {
    const STEMS: [&str; 8] = ["cs", "cn", "cfp", "c6a", "flexString", "flexNumber", "flexDate", "deviceCustomDate"];
    let stem = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
    stem.len() < key.len() && STEMS.contains(&stem)
}
