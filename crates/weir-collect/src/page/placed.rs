//! Is an answer the one that was asked for? One that lacks the places of its records, or has something else there, is another one and
//! not an answer without records: a cursor that moved on it would pass over what the source did not give.

use weir_event::{Fault, Value};

use crate::fault;
use crate::manifest::{Decode, Response, Rows, Select, Shaper, short};
use crate::path::{Path, Place, Wanted, plain};

/// What a manifest lets stand in the place of records.
#[derive(Clone, Copy, Default)]
struct Spare {
    /// Null.
    null: bool,
    /// Nothing at all, or null.
    missing: bool,
    /// A text, as elements of XML are that hold no others.
    text: bool,
}

impl Spare {
    fn of(path: &Path) -> Spare {
        Spare { null: path.optional, missing: path.optional, text: false }
    }
}

/// The records' places of an answer are there and have the form that the manifest names.
pub fn check(response: &Response, body: &Value<'_>, at: &str) -> Result<(), Fault> {
    outermost(response, body, at)?;
    for shaper in &response.shapers {
        if let Shaper::Zip { columns, rows } = shaper {
            return table(columns, rows, body, at);
        }
    }
    let text = response.decode.iter().any(|step| matches!(step, Decode::Xml(_) | Decode::Lines));
    for select in &response.select {
        if !is_of_form(response, select, body) {
            continue;
        }
        let spare = Spare { null: select.nullable || select.optional, missing: select.optional, text };
        holds(&select.path, body, spare, at)?;
    }
    one_of_several(&response.select, body, at)?;
    response.shapers.iter().try_for_each(|shaper| match shaper {
        Shaper::Rows(rows) => maps(rows, &response.select, body, at),
        _ => Ok(()),
    })
}

/// False for a place of another form of answer: where there are several, an answer of one has nothing to do with the places of the others.
pub fn is_of_form(response: &Response, select: &Select, body: &Value<'_>) -> bool {
    response.select.len() == 1 || !select.optional || select.path.begins_in(body)
}

/// The place of a path that no `select` stands around.
pub fn path_holds(path: &Path, body: &Value<'_>, at: &str) -> Result<(), Fault> {
    holds(path, body, Spare::of(path), at)
}

/// An answer that is a record as it is: an object, or a list of what belongs to one.
pub fn whole(body: &Value<'_>, at: &str) -> Result<(), Fault> {
    match body {
        Value::Record(_) | Value::Array(_) => Ok(()),
        _ => Err(lacks(at, "object", "$", body)),
    }
}

/// What stands at the place of a path has the form that it names, or is spared.
fn holds(path: &Path, body: &Value<'_>, spare: Spare, at: &str) -> Result<(), Fault> {
    let wanted = path.wanted();
    let is_right = match (path.place(body), wanted) {
        (Place::Missing, _) => spare.missing,
        (Place::Closed, _) => false,
        (Place::At(Value::Null), _) => spare.null,
        (Place::At(Value::Array(_)), Wanted::List | Wanted::Values) => true,
        (Place::At(Value::Record(_)), Wanted::Values | Wanted::One) => true,
        // An element without content where elements would be.
        (Place::At(Value::Text(text)), Wanted::List) => spare.missing && spare.text && text.is_empty(),
        (Place::At(_), Wanted::One) => spare.text,
        (Place::At(_), _) => false,
    };
    let form = match wanted {
        Wanted::One if spare.text => "value",
        Wanted::One => "object",
        Wanted::List => "list",
        Wanted::Values => "object or list",
    };
    if is_right { Ok(()) } else { Err(lacks(at, form, path.text(), body)) }
}

/// Of several places that may each be missing, an answer has one.
fn one_of_several(selects: &[Select], body: &Value<'_>, at: &str) -> Result<(), Fault> {
    let is_at = |path: &Path| path.begins_in(body) && matches!(path.place(body), Place::At(_));
    let is_there = |select: &Select| !select.optional || is_at(&select.path);
    match selects {
        [first, _, ..] if !selects.iter().any(is_there) => Err(lacks(at, "list", first.path.text(), body)),
        _ => Ok(()),
    }
}

/// A table has names of columns, also without rows.
fn table(columns: &Path, rows: &Path, body: &Value<'_>, at: &str) -> Result<(), Fault> {
    [columns, rows].into_iter().try_for_each(|path| path_holds(path, body, at))?;
    match columns.first(body) {
        None if !columns.optional => Err(lacks(at, "column", columns.text(), body)),
        _ => Ok(()),
    }
}

/// A map that becomes records is one.
fn maps(rows: &Rows, selects: &[Select], body: &Value<'_>, at: &str) -> Result<(), Fault> {
    let mut alone = selects.iter().filter(|select| select.path.wanted() == Wanted::One && !select.optional);
    alone.try_for_each(|select| match select.path.first(body) {
        Some(record) => holds(&rows.path, record, Spare::of(&rows.path), at),
        None => Ok(()),
    })
}

/// The outermost element of XML says what the answer is: it is there also when nothing stands in it that is wanted.
fn outermost(response: &Response, body: &Value<'_>, at: &str) -> Result<(), Fault> {
    let is_xml = response.decode.iter().any(|step| matches!(step, Decode::Xml(_)));
    match response.select.first() {
        Some(first) if is_xml && !response.select.iter().any(|select| select.path.enters(body)) => {
            Err(lacks(at, "element", first.path.text(), body))
        }
        _ => Ok(()),
    }
}

fn lacks(at: &str, form: &str, path: &str, body: &Value<'_>) -> Fault {
    fault::answer_lacks(at, form, path, &short(&plain(body)))
}
