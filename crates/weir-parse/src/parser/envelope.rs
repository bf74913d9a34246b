//! Records that hold another event.

use super::outline::Outline;
use super::parts::Parts;
use crate::json::object_of;
use crate::map::plain;
use crate::pack::Pack;
use crate::recognise::Format;
use crate::syslog;

/// An event inside a record.
pub struct Event<'p> {
    /// The member that held it.
    pub member: &'p str,
    /// As its sender wrote it.
    pub text: String,
    /// Who wrote it, where the record around it says so.
    program: Option<String>,
    pid: Option<String>,
}

/// The event inside a record: a text, or the object of an envelope. Its parts are taken out.
pub fn open<'p>(pack: &'p Pack, outline: &Outline<'_>, parts: &mut Parts<'_>) -> Option<Event<'p>> {
    let member = pack.reader.content.as_deref()?;
    let text = parts.take_content(member).or_else(|| take_object(pack, outline, parts, member))?;
    let part = |name: &Option<String>| parts.find(name.as_deref()?).map(|value| plain(value).into_owned());
    let inside = &pack.reader.inside;
    Some(Event { member, text, program: part(&inside.program), pid: part(&inside.pid) })
}

fn take_object(pack: &Pack, outline: &Outline<'_>, parts: &mut Parts<'_>, member: &str) -> Option<String> {
    let holds = !pack.generic && outline.format == Format::Json && parts.have_object(member);
    let object = holds.then(|| object_of(outline.syslog.msg.trim(), member))??;
    parts.remove_object(member);
    Some(object.to_owned())
}

impl Event<'_> {
    /// Puts the program into the header of a text that has none of its own.
    pub fn name_program<'t>(&'t self, outline: &mut Outline<'t>) {
        if outline.syslog.format == syslog::Format::Raw && outline.format == Format::Text && self.program.is_some() {
            outline.syslog.format = syslog::Format::Rfc3164;
            outline.syslog.app_name = self.program.as_deref();
            outline.syslog.procid = self.pid.as_deref();
        }
    }
}
