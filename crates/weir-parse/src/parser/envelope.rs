//! Records that hold another event.

use super::outline::Outline;
use super::parts::Parts;
use crate::json::object_of;
use crate::pack::Pack;
use crate::recognise::Format;

/// The event inside a record and the member that held it: a text, or the object of an envelope as its sender wrote it. Its parts are
/// taken out.
pub fn open<'p>(pack: &'p Pack, outline: &Outline<'_>, parts: &mut Parts<'_>) -> Option<(&'p str, String)> {
    let name = pack.reader.content.as_deref()?;
    if let Some(text) = parts.take_content(name) {
        return Some((name, text));
    }
    let holds = !pack.generic && outline.format == Format::Json && parts.have_object(name);
    let object = holds.then(|| object_of(outline.syslog.msg.trim(), name))??;
    parts.remove_object(name);
    Some((name, object.to_owned()))
}
