//! Names and settings that may be there once, in whichever files they are.

use std::collections::HashMap;

use weir_event::{Fault, FaultKind};

/// What may not be there twice, and what helps.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Once {
    what: &'static str,
    hint: &'static str,
}

const fn named(what: &'static str) -> Once {
    Once { what, hint: "give each its own name" }
}

pub const SETTING: Once = Once { what: "setting", hint: "keep one of the two" };
pub const SOURCE: Once = named("source");
pub const OUTPUT: Once = named("output");
pub const BUCKET: Once = named("bucket");
pub const TENANT: Once = named("tenant");
pub const NUMBER: Once = Once { what: "tenant number", hint: "give each tenant its own number" };
pub const RULE: Once = Once { what: "rule", hint: "give each its own id; only built-in rules are replaced by theirs" };

/// Where each was first.
#[derive(Default)]
pub struct Firsts(HashMap<(Once, String), String>);

impl Firsts {
    /// Notes that `name` is at `at`; gives what is wrong when it was somewhere before.
    pub fn note(&mut self, once: Once, name: impl Into<String>, at: impl ToString) -> Option<Fault> {
        let name = name.into();
        let at = at.to_string();
        match self.0.get(&(once, name.clone())) {
            Some(first) => Some(twice(once, &name, &at, first)),
            None => {
                self.0.insert((once, name), at);
                None
            }
        }
    }
}

fn twice(once: Once, name: &str, at: &str, first: &str) -> Fault {
    Fault::new("CONFIG-013", FaultKind::Config, format!("the {} `{name}` is there twice", once.what))
        .at(at)
        .because(format!("the first is at {first}"))
        .hint(once.hint)
}
