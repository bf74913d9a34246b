//! The named view of an extension: full names, labels, types, and the names of a dialect.

use std::borrow::Cow;

use hashbrown::HashMap;
use weir_event::{Record, Value};

use super::dialect::{Dialect, Name, Order};
use super::value;
use crate::cef::{Cef, KeyKind, Pair, Pairs, dictionary};
use crate::syslog::SyslogContext;
use crate::zone::Zone;

type Fast = foldhash::fast::RandomState;

/// Every pair under its full name, typed where its text fits. A name that occurs more than once becomes an array.
pub(super) fn view<'a>(cef: &Cef<'a>, pairs: &Pairs, dialect: Option<&Dialect>, context: &SyslogContext) -> Record<'a> {
    let mut list: Vec<Pair<'a>> = pairs.iter(cef.extension).collect();
    if let Some(order) = dialect.and_then(|dialect| order(dialect, cef)) {
        anchor(&mut list, cef.extension, order);
    }
    let zone = list.iter().find(|pair| pair.key == "dtz").and_then(|pair| Zone::parse(&pair.value()).ok());
    let context = SyslogContext { now: context.now, zone: zone.unwrap_or_else(|| context.zone.clone()) };
    let labels = labels(&list);
    let mut view = View::default();
    for pair in &list {
        match dialect.map(|dialect| names(dialect, cef, pair.key)).filter(|names| !names.is_empty()) {
            Some(names) => {
                for name in names {
                    if let Some(value) = value::of_word(pair.value(), &name.kind, &context) {
                        view.add(Cow::Owned(name.name.clone()), value);
                    }
                }
            }
            None => standard(pair, dialect, &labels, &context, &mut view),
        }
    }
    view.finish()
}

/// The names a dialect has for a key: those of this event, else the general ones.
fn names<'d>(dialect: &'d Dialect, cef: &Cef, key: &str) -> Vec<&'d Name> {
    let of_key = || dialect.names.iter().filter(|name| name.key == key);
    let is_event = |name: &&Name| name.event.as_ref().is_some_and(|event| event.is(&cef.class_id, &cef.name));
    let own: Vec<&Name> = of_key().filter(is_event).collect();
    if own.is_empty() { of_key().filter(|name| name.event.is_none()).collect() } else { own }
}

/// Labels by the key they name. A label whose value is missing is left out of the view.
fn labels<'a>(list: &[Pair<'a>]) -> HashMap<&'a str, Cow<'a, str>, Fast> {
    let base = |pair: &Pair<'a>| pair.key.strip_suffix("Label").map(|key| (key, pair.value()));
    list.iter().filter_map(base).filter(|(_, label)| !label.is_empty()).collect()
}

fn standard<'a>(
    pair: &Pair<'a>,
    dialect: Option<&Dialect>,
    labels: &HashMap<&'a str, Cow<'a, str>, Fast>,
    context: &SyslogContext,
    view: &mut View<'a>,
) {
    if pair.key.strip_suffix("Label").is_some_and(|base| !base.is_empty() && labels.contains_key(base)) {
        return;
    }
    if let Some((name, number)) = numbered(pair.key, dialect) {
        return view.add_numbered(name, number, Value::Text(pair.value()));
    }
    let entry = dictionary(pair.key);
    let kind = entry.map_or(KeyKind::Text, |entry| entry.kind);
    let full = Cow::Borrowed(entry.map_or(pair.key, |entry| entry.name));
    let name = labels.get(pair.key).cloned().unwrap_or(full);
    view.add(name, value::of_kind(pair.value(), kind, context));
}

/// `groups.12` of an array `groups`.
fn numbered<'a>(key: &'a str, dialect: Option<&Dialect>) -> Option<(&'a str, u64)> {
    let (name, number) = key.rsplit_once('.')?;
    let known = dialect?.arrays.iter().any(|array| array == name);
    number.parse().ok().filter(|_| known).map(|number| (name, number))
}

fn order<'d>(dialect: &'d Dialect, cef: &Cef) -> Option<&'d Order> {
    dialect.orders.iter().find(|order| order.event.is(&cef.class_id, &cef.name))
}

/// Where strangers choose a value, they can write keys into it. When a documented key repeats, the keys documented before that
/// value count where they occur first, those after it where they occur last, and the value is all that lies between.
fn anchor<'a>(list: &mut Vec<Pair<'a>>, extension: &'a str, order: &Order) {
    let count = |key: &String| list.iter().filter(|pair| pair.key == key).count();
    if !order.keys.iter().any(|key| count(key) > 1) {
        return;
    }
    let place = |text: &str| text.as_ptr() as usize - extension.as_ptr() as usize;
    let last = |key: &String| list.iter().rfind(|pair| pair.key == key).copied();
    let (before, after) = order.keys.split_at(order.stranger);
    let mut kept: Vec<Pair<'a>> =
        before.iter().filter_map(|key| list.iter().find(|pair| pair.key == key).copied()).collect();
    if let Some(mut stranger) = list.iter().find(|pair| pair.key == after[0]).copied() {
        let start = place(stranger.raw);
        let next = after[1..].iter().find_map(&last).map(|pair| place(pair.key).saturating_sub(1));
        let end = next.filter(|end| *end >= start).unwrap_or(extension.len());
        stranger.raw = &extension[start..end];
        stranger.coding = crate::cef::coding_of(stranger.raw);
        kept.push(stranger);
    }
    kept.extend(after[1..].iter().filter_map(&last));
    *list = kept;
}

/// The values of one name, each with its number; an array even when it is only one.
struct Values<'a> {
    name: Cow<'a, str>,
    values: Vec<(u64, Value<'a>)>,
    array: bool,
}

#[derive(Default)]
struct View<'a> {
    values: Vec<Values<'a>>,
    places: HashMap<Cow<'a, str>, usize, Fast>,
}

impl<'a> View<'a> {
    fn add(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.slot(name, false).push((0, value));
    }

    fn add_numbered(&mut self, name: &'a str, number: u64, value: Value<'a>) {
        self.slot(Cow::Borrowed(name), true).push((number, value));
    }

    fn slot(&mut self, name: Cow<'a, str>, array: bool) -> &mut Vec<(u64, Value<'a>)> {
        let place = *self.places.entry(name.clone()).or_insert_with(|| {
            self.values.push(Values { name, values: Vec::new(), array });
            self.values.len() - 1
        });
        &mut self.values[place].values
    }

    fn finish(self) -> Record<'a> {
        let mut record = Record::new();
        for Values { name, mut values, array } in self.values {
            values.sort_by_key(|(number, _)| *number);
            let mut values: Vec<Value> = values.into_iter().map(|(_, value)| value).collect();
            let value = if values.len() == 1 && !array { values.swap_remove(0) } else { Value::Array(values) };
            record.push_new(name, value);
        }
        record
    }
}
