//! Extension pairs whose meaning stands in a second pair: `cs1=x cs1Label=Rule Name`.

use std::borrow::Cow;

use weir_event::Value;

use super::parts::Parts;
use crate::cef::{KeyRole, Pair, Pairs};
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
    let label = |pair: Pair<'t>| Some((pair.key.strip_suffix("Label")?, pair.raw.trim()));
    let labels = pairs.iter(extension).filter(|pair| pair.role.is_label()).filter_map(label);
    let mut labels: Vec<(&str, &str)> = labels.filter(|(_, label)| !label.is_empty()).collect();
    labels.sort_by_key(|(key, _)| *key);
    let label_of = |key: &str| {
        let (have, label) = labels.get(labels.partition_point(|(have, _)| *have < key))?;
        (*have == key).then_some(*label)
    };
    for pair in pairs.iter(extension) {
        let label = match pair.role {
            KeyRole::CustomLabel => continue,
            KeyRole::Custom if !mapping.rules.contains_key(pair.key) => label_of(pair.key),
            _ => None,
        };
        match label {
            Some(label) => parts.push(label.trim_matches('"'), value(&pair)),
            None => parts.push(stripped(pair.key, strip), value(&pair)),
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
