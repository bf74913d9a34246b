//! Text that is not stored as it came.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::Value;

use crate::digest::{Keyed, hex};
use crate::manifest::{Hide, Redaction};
use crate::path::plain;
use crate::slot::{Scope, Unfilled};

/// Digits of a hash that are kept.
const HASH_DIGITS: usize = 32;

/// Hides what the paths lead to, everything below it included.
pub(crate) fn redact<'b, 'r>(
    redactions: impl IntoIterator<Item = &'r Redaction>,
    mut value: Value<'b>,
    scope: &Scope<'_>,
) -> Result<Value<'b>, Unfilled> {
    for redaction in redactions {
        let key = match &redaction.hide {
            Hide::Hash(key) => key.text(scope)?.unwrap_or_default(),
            _ => String::new(),
        };
        value = redaction.path.change(value, &|found| hidden(&redaction.hide, key.as_bytes(), found));
    }
    Ok(value)
}

/// Lists and records are hidden leaf by leaf.
fn hidden<'b>(hide: &Hide, key: &[u8], value: Value<'b>) -> Value<'b> {
    match value {
        Value::Null => Value::Null,
        _ if matches!(hide, Hide::Drop) => Value::Null,
        Value::Array(items) => Value::Array(items.into_iter().map(|item| hidden(hide, key, item)).collect()),
        Value::Record(record) => {
            Value::Record(record.into_iter().map(|(name, value)| (name, hidden(hide, key, value))).collect())
        }
        leaf => Value::owned(text(hide, key, &plain(&leaf))),
    }
}

fn text(hide: &Hide, key: &[u8], text: &str) -> String {
    match hide {
        Hide::Drop => String::new(),
        Hide::Replace(with) => with.clone(),
        Hide::Hash(_) => {
            let mut digits = hex(&Keyed::Sha256.sign(key, text.as_bytes()));
            digits.truncate(HASH_DIGITS);
            digits
        }
        Hide::Mask { keep_last } => {
            let hidden = text.chars().count().saturating_sub(*keep_last);
            text.chars().enumerate().map(|(at, letter)| if at < hidden { '*' } else { letter }).collect()
        }
        Hide::Ip { keep_bits } => match text.trim().parse() {
            Ok(IpAddr::V4(ip)) => {
                let kept = u32::MAX.checked_shl(32 - u32::from((*keep_bits).min(32))).unwrap_or(0);
                Ipv4Addr::from_bits(ip.to_bits() & kept).to_string()
            }
            Ok(IpAddr::V6(ip)) => {
                let kept = u128::MAX.checked_shl(128 - u32::from((*keep_bits).min(128))).unwrap_or(0);
                Ipv6Addr::from_bits(ip.to_bits() & kept).to_string()
            }
            // What is no address is not shown either.
            Err(_) => "***".to_owned(),
        },
    }
}
