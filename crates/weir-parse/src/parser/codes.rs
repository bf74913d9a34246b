//! Parts whose letters are written as codes.

use weir_event::Value;
use weir_lang::functions::{from_base16, from_base64, from_url};

use super::parts::Parts;
use crate::pack::Code;

/// Gives the parts of these names the text that their codes stand for; a text that is no such code stays as it is. True when
/// one was changed.
pub fn decode(names: &[String], from: Code, parts: &mut Parts<'_>) -> bool {
    let mut done = false;
    for name in names {
        let Some(text) = parts.find(name).and_then(Value::as_str).and_then(|text| plain(text, from)) else { continue };
        parts.change(name, Value::owned(text));
        done = true;
    }
    done
}

/// The text behind the codes. Never longer than the codes; `None` when they are none, or stand for no text.
fn plain(text: &str, from: Code) -> Option<String> {
    let bytes = match from {
        Code::Percent => memchr::memchr(b'%', text.as_bytes()).map(|_| from_url(text)),
        Code::Base64 => from_base64(text.trim_ascii().as_bytes()),
        Code::Hex => from_base16(text.as_bytes()),
    };
    let text = String::from_utf8(bytes.filter(|bytes| !bytes.is_empty())?).ok()?;
    // Arguments of a process stand between zero bytes.
    let text = if text.contains('\0') { text.trim_end_matches('\0').replace('\0', " ") } else { text };
    let control = |letter: char| letter.is_control() && !letter.is_whitespace();
    (!text.is_empty() && !text.contains(control)).then_some(text)
}
