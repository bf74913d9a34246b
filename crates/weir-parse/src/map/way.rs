//! What becomes of the parts of one name, found out once for all records that have it at the same place.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{Mapping, Rule, Target, Use, Writer};
use crate::course::{Course, Place};
use crate::parser::names::Names;

/// The fields and tables that a part goes to.
#[derive(Debug)]
pub struct Way {
    /// Rules that only have tables; where the part goes is said elsewhere.
    pub passing: Vec<Arc<Rule>>,
    pub to: To,
}

#[derive(Debug)]
pub enum To {
    Rule(Arc<Rule>),
    /// No rule names the part, so that it keeps its name; or its rule only says a field. The way then leads there without a look at the
    /// rule, which lies elsewhere in memory.
    Field(Target),
    /// The part is not kept, and nothing follows from it.
    Dropped,
    /// There are too many names for another one.
    Nowhere,
}

impl To {
    fn by(rule: &Arc<Rule>) -> To {
        match rule.targets.as_slice() {
            _ if !rule.values.is_empty() => To::Rule(rule.clone()),
            _ if rule.dropped => To::Dropped,
            [one] => To::Field(one.clone()),
            _ => To::Rule(rule.clone()),
        }
    }
}

impl Way {
    /// The first of the mappings that says where the part goes counts. `unlisted` is what a part gives to the artifacts that has neither a rule
    /// nor a telling name.
    pub fn of(name: &str, mappings: &[&Mapping], unlisted: Use, names: &mut Names) -> Way {
        let mut passing = Vec::new();
        for rule in mappings.iter().filter_map(|mapping| mapping.rules.get(name)) {
            if !rule.passes {
                return Way { passing, to: To::by(rule) };
            }
            passing.push(rule.clone());
        }
        let Some((field, convert, artifact)) = names.find(name) else { return Way { passing, to: To::Nowhere } };
        let artifact = if artifact == Use::Scan { unlisted } else { artifact };
        Way { passing, to: To::Field(Target::plain(field, convert, artifact)) }
    }
}

/// The ways of parts in the order in which records have them, by pack and by the cases of the pack that hold.
#[derive(Debug, Default)]
pub struct Ways {
    course: Course<Option<Box<Way>>>,
    roots: HashMap<(u32, u64), Place, foldhash::fast::RandomState>,
}

impl Ways {
    /// Where a record begins whose pack has this number; `cases` are those that hold, as bits, or `None` when there are too many to tell.
    pub fn begin(&mut self, pack: u32, cases: Option<u64>) -> Place {
        let Some(cases) = cases else { return Place::OFF };
        if self.course.is_full() {
            self.course.clear();
            self.roots.clear();
        }
        self.course.begin();
        *self.roots.entry((pack, cases)).or_insert_with(|| self.course.root())
    }

    /// The place behind a part.
    #[inline]
    pub fn step(&mut self, at: Place, name: &str) -> Place {
        self.course.step(at, name)
    }

    /// Does something with the way of the part at a place, which is made when it is needed first; off the course it is made each time.
    #[inline]
    pub fn with<'w>(
        &mut self,
        at: Place,
        name: &str,
        mappings: &[&Mapping],
        writer: &mut Writer<'w>,
        act: impl FnOnce(&Way, &mut Writer<'w>),
    ) {
        match self.course.made(at) {
            Some(Some(way)) => act(way, writer),
            Some(unmade) => act(unmade.insert(Box::new(writer.way(name, mappings))), writer),
            None => act(&writer.way(name, mappings), writer),
        }
    }
}
