//! One answer to records: decode, capture, select, reshape.

mod decode;
mod join;
mod placed;
mod shape;
mod unpack;
mod xml;
mod zip;

#[cfg(test)]
mod tests;

use weir_event::{Fault, Record, Value};

use crate::fault;
use crate::http::Reply;
use crate::manifest::{Decode, Response, Select, Shaper, short};
use crate::path::{Path, plain};
use crate::slot::{Scope, Slotted, Unfilled};
use join::Joined;

pub(crate) use placed::{path_holds, whole};

/// A record as the source gave it, and the records that it gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found<'b> {
    /// Cursors, tokens and identities are read from this.
    pub given: Value<'b>,
    /// Empty when it gives itself.
    pub parts: Vec<Value<'b>>,
    /// Paths of its identity; empty when the stream's hold.
    pub key: Vec<Path>,
    /// Where it stood, when the manifest tells places apart.
    pub tag: String,
}

/// The records of an answer.
#[derive(Debug, Default)]
pub(crate) struct Selected<'b> {
    pub found: Vec<Found<'b>>,
    /// How many the source gave, before they were taken apart: what pages are counted by.
    pub count: usize,
}

/// What is wrong with an answer.
enum Why {
    /// It ends in the middle: asking again helps.
    Cut(String),
    /// The place of its records is not there: what it should hold and where, and what it is.
    Lacks(&'static str, String, String),
    /// It is something else: what was wanted, and what it is.
    Form(&'static str, String),
}

impl Why {
    fn fault(self, at: &str) -> Fault {
        match self {
            Why::Cut(why) => fault::cut_short(at, &why),
            Why::Lacks(form, place, found) => fault::answer_lacks(at, form, &place, &found),
            Why::Form(wanted, found) => fault::not_data(at, wanted, &found),
        }
    }
}

/// The texts of an answer's body, unpacked: one, or as many as an archive has files.
pub(crate) fn unpack(response: &Response, reply: &Reply, bytes_max: u64, at: &str) -> Result<Vec<String>, Fault> {
    unpack::texts(response, reply, bytes_max).map_err(|why| why.fault(at))
}

/// The answer as a value; what is wrong with it otherwise. What the files of an archive hold is one list.
pub(crate) fn decode<'b>(response: &Response, texts: &'b [String], at: &str) -> Result<Value<'b>, Fault> {
    let read = |text: &'b String| decode::text(response, text).map_err(|why| why.fault(at));
    let is_archive = response.decode.iter().any(|step| matches!(step, Decode::Zip(_)));
    let body = match texts {
        [text] if !is_archive => read(text)?,
        texts => {
            let mut all = Vec::new();
            for text in texts {
                match read(text)? {
                    Value::Array(items) => all.extend(items),
                    one @ Value::Record(_) => all.push(one),
                    other => return Err(Why::Form("a list or an object", short(&plain(&other))).fault(at)),
                }
            }
            Value::Array(all)
        }
    };
    placed::check(response, &body, at)?;
    Ok(body)
}

/// A body whose form nobody has named: JSON or XML; `None` when it is neither.
pub(crate) fn guessed(text: &str) -> Option<Value<'_>> {
    match text.trim_start().as_bytes().first()? {
        b'<' => xml::read(text, &[]).ok(),
        _ => weir_parse::json::to_value(text).ok(),
    }
}

/// The records of a value, in order. `scope` fills what the manifest adds to them.
pub(crate) fn records<'b>(response: &Response, body: &Value<'b>, scope: &Scope<'_>) -> Result<Selected<'b>, Unfilled> {
    let shaped = shape::whole(&response.shapers, body);
    let body = shaped.as_ref().unwrap_or(body);
    let mut selected = Selected::default();
    let joined = Joined::of(&response.joins, body, scope)?;
    for select in response.select.iter().filter(|select| placed::is_of_form(response, select, body)) {
        let changes = !select.tag.is_empty()
            || !select.add.is_empty()
            || !response.joins.is_empty()
            || response.shapers.iter().any(Shaper::changes_parts);
        let tags = filled(&select.tag, scope)?;
        let tag = tags.iter().map(|(_, value)| plain(value)).collect::<Vec<_>>().join("/");
        for value in select.path.all(body) {
            if value.is_null() {
                continue;
            }
            selected.count += 1;
            for given in shape::apart(&response.shapers, value.clone()) {
                if select.unless.iter().any(|(path, test)| test.holds(path, &given)) {
                    continue;
                }
                let parts = match changes {
                    true => {
                        let mut added = added(select, &tags, &given, scope)?;
                        joined.add(&given, &mut added);
                        parts(response, given.clone()).into_iter().map(|part| with(&added, part)).collect()
                    }
                    false => Vec::new(),
                };
                selected.found.push(Found { given, parts, key: select.key.clone(), tag: tag.clone() });
            }
        }
    }
    Ok(selected)
}

/// What is stored of one record.
pub(crate) fn parts<'b>(response: &Response, value: Value<'b>) -> Vec<Value<'b>> {
    shape::each(&response.shapers, value)
}

/// The members that a place adds to a record.
fn added(
    select: &Select,
    tags: &Record<'static>,
    given: &Value<'_>,
    scope: &Scope<'_>,
) -> Result<Record<'static>, Unfilled> {
    let mut added = tags.clone();
    if !select.add.is_empty() {
        let record = given.clone().into_owned();
        let members = filled(&select.add, &Scope { record: &record, ..*scope })?;
        members.into_iter().for_each(|(name, value)| added.set(name, value));
    }
    Ok(added)
}

/// Members with their slots filled.
fn filled(members: &[(String, Slotted)], scope: &Scope<'_>) -> Result<Record<'static>, Unfilled> {
    let mut out = Record::new();
    for (name, text) in members {
        if let Some(value) = text.value(scope)? {
            out.set(name.clone(), value);
        }
    }
    Ok(out)
}

/// A record with further members.
fn with<'b>(added: &Record<'static>, value: Value<'b>) -> Value<'b> {
    if added.is_empty() {
        return value;
    }
    let mut record = match value {
        Value::Record(record) => record,
        other => [("value", other)].into_iter().collect(),
    };
    for (name, value) in added.iter() {
        record.set(name.to_owned(), value.clone());
    }
    Value::Record(record)
}

impl Response {
    /// True when a page for people is never a right answer.
    pub(crate) fn wants_data(&self) -> bool {
        !self.decode.contains(&Decode::Lines)
    }
}
