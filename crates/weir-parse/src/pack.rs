//! Packs: what is known of a product's events, as data.
//!
//! A pack says how its records are recognised, which reader takes them apart, and which names and types the parts get. The packs of the
//! repository are built in ([`Packs::builtin`]); others are loaded beside them or replace them by name.

mod builtin;
mod clause;
mod fault;
mod fields;
mod load;
mod reader;
mod samples;
mod source;
mod table;
mod times;
mod tree;
mod tree_bytes;
mod when;
mod yaml;

use std::sync::Arc;

use weir_event::{Fault, Value};

use crate::map::{Mapping, Use};
use crate::recognise::Recogniser;

pub use builtin::BUILTIN;
pub use samples::{SAMPLES_NOW, misread_samples, sample_results};
pub(crate) use source::Reader;
pub(crate) use source::{Act, Case, Code, Form, Header, KvDialect, Patterns, Shape, Step, TimeRule};
pub(crate) use table::{Separator, Table};

/// All packs of one configuration, ready to recognise and read.
#[derive(Debug)]
pub struct Packs {
    pub(crate) packs: Vec<Pack>,
    pub(crate) recogniser: Recogniser,
    /// Texts and lists that packs set, by number; see [`crate::map::Const`].
    pub(crate) constants: Vec<Value<'static>>,
}

/// One product's knowledge.
#[derive(Debug)]
pub struct Pack {
    /// `vendor/product`.
    pub name: Arc<str>,
    pub title: String,
    /// Stands in when no pack of a product recognises a record.
    pub generic: bool,
    /// The table its records go to unless a route says otherwise.
    pub table: Option<Arc<str>>,
    pub bucket: Option<Arc<str>>,
    pub(crate) name_constant: u32,
    pub(crate) reader: Reader,
    pub(crate) times: Vec<TimeRule>,
    pub(crate) mapping: Mapping,
    pub(crate) cases: Vec<Case>,
    /// The parts of the syslog header that are mapped, by their place in [`crate::parser::HEADER`].
    pub(crate) header_parts: Vec<usize>,
    /// What parts without a rule or a telling name give to the artifacts.
    pub(crate) unlisted: Use,
}

/// The JSON Schema of pack.yaml, for editors that complete and check.
pub const PACK_SCHEMA: &str = include_str!("../data/pack.schema.json");

impl Pack {
    /// Names of the fields that the pack maps parts to or sets, sorted.
    pub fn field_names(&self) -> Vec<&'static str> {
        let mappings = self.cases.iter().map(|case| &case.mapping).chain([&self.mapping]);
        let mut names: Vec<&'static str> = mappings.flat_map(Mapping::fields).map(|field| field.name()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Packs {
    /// The packs that ship with weir.
    pub fn builtin() -> Result<Packs, Vec<Fault>> {
        Self::load(BUILTIN.iter().copied())
    }

    /// Reads pack files, given as path (for messages) and text. All faults of all files are told at once. A later file replaces an
    /// earlier one of the same path.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Packs, Vec<Fault>> {
        load::load(files)
    }

    /// In order of preference: an earlier one wins when several recognise a record.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    pub fn find(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| &*pack.name == name)
    }
}

#[cfg(test)]
mod tests;
