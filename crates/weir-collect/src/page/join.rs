//! Elements of other lists by their keys.

use std::collections::HashMap;

use weir_event::{Record, Value};

use crate::manifest::{Join, JoinList};
use crate::path::plain;
use crate::slot::{Scope, Unfilled};

/// The lists that records of one answer are joined with.
#[derive(Default)]
pub struct Joined<'m> {
    lists: Vec<(&'m Join, HashMap<String, Value<'static>>)>,
}

impl<'m> Joined<'m> {
    /// Of two elements with one key the first counts.
    pub fn of(joins: &'m [Join], body: &Value<'_>, scope: &Scope<'_>) -> Result<Joined<'m>, Unfilled> {
        let mut lists = Vec::with_capacity(joins.len());
        for join in joins {
            let mut elements = HashMap::new();
            let mut add = |element: &Value<'_>| {
                if let Some(key) = join.key.first(element).filter(|key| !key.is_null()) {
                    elements.entry(plain(key)).or_insert_with(|| element.clone().into_owned());
                }
            };
            match &join.list {
                JoinList::Answer(path) => path.all(body).into_iter().for_each(&mut add),
                JoinList::Slot(text) => {
                    if let Some(Value::Array(items)) = text.value(scope)? {
                        items.iter().for_each(&mut add);
                    }
                }
            }
            lists.push((join, elements));
        }
        Ok(Joined { lists })
    }

    /// Gives the elements of a record to what is added to it.
    pub fn add(&self, given: &Value<'_>, added: &mut Record<'static>) {
        for (join, elements) in &self.lists {
            let found = join.by.first(given).filter(|key| !key.is_null()).and_then(|key| elements.get(&plain(key)));
            if let Some(element) = found {
                added.set(join.into.clone(), element.clone());
            }
        }
    }
}
