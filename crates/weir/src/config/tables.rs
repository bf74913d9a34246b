//! Tables of events by what is in them: a field, its values, a table for each.

use std::sync::Arc;

use weir_event::{Fault, FieldId, Row, Value};
use weir_pipe::{Filter, Route, RouteTo};
use weir_yaml::{Data, Node};

use super::puller::keep;
use super::spot::{self, Spot};

/// Values of fields, and where events with them go. Values are compared without blanks, punctuation and case: `SQL Injection Attack` is
/// `sqlinjectionattack`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// Fields of the parsed event; the first whose value has a table decides.
    pub by: Vec<String>,
    /// Value, as it is compared, and table.
    pub of: Vec<(String, Arc<str>)>,
}

/// Values with a table of their own.
const VALUES_MAX: usize = 256;

impl Tables {
    /// `{ by: field, of: { value: table } }`.
    pub fn read(node: &Node, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Tables> {
        let map = keep(spot, node.map(&["by", "of"]), faults)?;
        let need = |key: &str, faults: &mut Vec<Fault>| {
            let found = map.get(key).filter(|node| !spot::is_missing(node));
            if found.is_none() {
                faults.push(spot.lacking(key).missing(""));
            }
            found.map(|node| (node, spot.below(key, node)))
        };
        let (by, of) = (need("by", faults), need("of", faults));
        let (by, of) = (by?, of?);
        let fields: Result<Vec<String>, Fault> = by.0.list().iter().map(Node::text).collect();
        Some(Tables { by: keep(&by.1, fields, faults)?, of: values(of.0, &of.1, faults)? })
    }

    /// The routes of a source's events.
    pub fn routes<'t>(&'t self, source: &'t Arc<str>) -> impl Iterator<Item = Route> + 't {
        self.by.iter().flat_map(move |field| {
            let field = FieldId::known(field);
            self.of.iter().map(move |(value, table)| Route {
                name: source.clone(),
                source: Some(source.clone()),
                filter: Some(has(field, value.clone())),
                to: RouteTo::Table { table: table.clone(), bucket: None },
            })
        })
    }
}

/// A map of values to tables.
pub fn values(node: &Node, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Vec<(String, Arc<str>)>> {
    let Data::Map(members) = &node.data else {
        faults.push(spot.wrong("a map of values and tables", node));
        return None;
    };
    if members.len() > VALUES_MAX {
        faults.push(spot.range(format!("{} values", members.len()), "1", &VALUES_MAX.to_string()));
        return None;
    }
    let each = members.iter().filter_map(|(value, node)| {
        let table = table(node, &spot.below(value, node), faults)?;
        Some((compared(value), table))
    });
    Some(each.collect())
}

/// The name of a table, written as text.
pub fn table(node: &Node, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Arc<str>> {
    match &node.data {
        Data::Text(_) => keep(spot, super::load::name(node), faults),
        _ => {
            faults.push(spot.wrong("text", node));
            None
        }
    }
}

fn has(field: FieldId, wanted: String) -> Box<Filter> {
    let number = wanted.parse();
    Box::new(move |row: &Row<'_>| match row.get(field) {
        Value::Text(text) => letters(&text).eq(wanted.chars()),
        Value::Long(value) => number == Ok(value),
        _ => false,
    })
}

fn compared(text: &str) -> String {
    letters(text).collect()
}

/// Letters and digits in lower case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
