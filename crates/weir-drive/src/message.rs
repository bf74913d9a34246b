//! What messages of all brokers have in common on their way into the log.

use weir_event::{Value, limits};

/// What becomes of what the brokers know of a message: its place, key, headers, time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metadata {
    /// They are fields of the event.
    Kept,
    /// Only the value is stored, as it is.
    Left,
}

/// As much of a value as an event may have, without half a letter at its end.
pub fn cut(value: &[u8]) -> &[u8] {
    let Some(head) = value.get(..limits::EVENT_BYTES_MAX) else { return value };
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() => &head[..error.valid_up_to()],
        _ => head,
    }
}

pub fn text_or_bytes(bytes: &[u8]) -> Value<'static> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::owned(text.to_owned()),
        Err(_) => Value::Binary(bytes.to_vec().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_between_letters() {
        let long = "ü".repeat(limits::EVENT_BYTES_MAX);
        assert_eq!(cut(&long.as_bytes()[1..]).len(), limits::EVENT_BYTES_MAX);
        assert_eq!(cut(&[b"x", long.as_bytes()].concat()).len(), limits::EVENT_BYTES_MAX - 1);
        assert_eq!(cut(b"short"), b"short");
    }
}
