//! JSON text to a tree of values.

use std::borrow::Cow;

use hashbrown::HashMap;
use weir_event::{Record, Value, limits};

use super::JsonError;
use super::scan::Scanner;

/// Any value; `depth` containers are open around it.
pub(super) fn value<'t>(scanner: &mut Scanner<'t>, depth: usize) -> Result<Value<'t>, JsonError> {
    match scanner.peek() {
        b'{' => record(scanner, depth).map(Value::Record),
        b'[' => array(scanner, depth).map(Value::Array),
        _ => scanner.scalar(),
    }
}

/// Steps into a container, unless too many are open already.
pub(super) fn enter(scanner: &mut Scanner, depth: usize) -> Result<(), JsonError> {
    if depth >= limits::NESTING_MAX {
        return scanner.fail("objects and arrays are nested too deeply");
    }
    scanner.at += 1;
    Ok(())
}

fn array<'t>(scanner: &mut Scanner<'t>, depth: usize) -> Result<Vec<Value<'t>>, JsonError> {
    enter(scanner, depth)?;
    let mut items = Vec::new();
    if scanner.take(b']') {
        return Ok(items);
    }
    loop {
        items.push(value(scanner, depth + 1)?);
        if !scanner.more(b']')? {
            return Ok(items);
        }
    }
}

fn record<'t>(scanner: &mut Scanner<'t>, depth: usize) -> Result<Record<'t>, JsonError> {
    enter(scanner, depth)?;
    let mut members = Vec::new();
    if scanner.take(b'}') {
        return Ok(Record::new());
    }
    loop {
        let name = scanner.name()?;
        members.push((name, value(scanner, depth + 1)?));
        if !scanner.more(b'}')? {
            return Ok(unique(members));
        }
    }
}

/// Up to so many members are compared one by one.
const COMPARED_MAX: usize = 24;

/// A record of the members; the last value of a name counts, at the place of the first.
fn unique<'t>(members: Vec<(Cow<'t, str>, Value<'t>)>) -> Record<'t> {
    if members.len() <= COMPARED_MAX {
        return Record::of_few(members);
    }
    let mut places: HashMap<Cow<'t, str>, usize, foldhash::fast::RandomState> = HashMap::default();
    let mut kept: Vec<(Cow<'t, str>, Value<'t>)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        match places.get(&name) {
            Some(&place) => kept[place].1 = value,
            None => {
                places.insert(name.clone(), kept.len());
                kept.push((name, value));
            }
        }
    }
    let mut record = Record::new();
    for (name, value) in kept {
        record.push_new(name, value);
    }
    record
}
