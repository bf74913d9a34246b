//! From a reader's parts to named, typed fields and artifacts.

mod apply;
mod convert;
mod finds;
mod kept;
mod known;
mod lookup;
mod nulls;
mod way;

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::{ArtifactKind, Cell, FieldId};

pub(crate) use apply::{Writer, plain};
pub(crate) use convert::{Convert, DIGESTS, WORDS as CONVERT_WORDS, is_plausible};
pub(crate) use kept::Kept;
pub(crate) use known::{Kinds, Use, use_of};
pub(crate) use lookup::Lookup;
pub(crate) use nulls::Nulls;
pub(crate) use way::Ways;

/// What a pack makes of the parts of its records.
#[derive(Debug, Default)]
pub struct Mapping {
    pub rules: HashMap<Box<str>, Arc<Rule>, foldhash::fast::RandomState>,
    /// Fields whose value follows from several parts, their texts joined by commas.
    pub joined: Vec<(Vec<String>, ValueMap)>,
    /// Set in every row, after everything else, where nothing stands.
    pub set: Vec<(FieldId, Const)>,
}

/// What becomes of one part.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub targets: Vec<Target>,
    pub values: Vec<ValueMap>,
    /// The part is not kept.
    pub dropped: bool,
    /// The rule has only values: where the part goes is said elsewhere.
    pub passes: bool,
}

/// A field that a part goes to.
#[derive(Clone, Debug)]
pub struct Target {
    pub field: FieldId,
    pub convert: Convert,
    pub artifact: Use,
    /// Where an address part that holds a name goes instead: `source.domain` beside `source.ip`.
    pub name_field: Option<FieldId>,
    /// The port of `address:port`.
    pub port_field: Option<FieldId>,
    /// Where digests go, in the order of [`DIGESTS`]; what is none stays in `field`.
    pub digest_fields: Option<[FieldId; DIGESTS.len()]>,
    /// Of an array of records, the member to take from each, by its dotted path.
    pub pick: Option<Box<str>>,
}

/// A field whose value follows from a part by a table.
#[derive(Clone, Debug)]
pub struct ValueMap {
    pub field: FieldId,
    /// Of several tables that give the field, the one with the lowest counts, wherever its part stands in the record.
    pub rank: u32,
    pub table: Lookup,
    /// For what fits nothing.
    pub default: Option<Const>,
}

/// A value that a pack brings along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Const {
    /// Number of a text or list of [`crate::Packs`].
    Kept(u32),
    Cell(Cell),
}

impl Mapping {
    /// True when a part of that name is mapped, or looked up in a table.
    pub fn names(&self, part: &str) -> bool {
        self.rules.contains_key(part) || self.joined.iter().any(|(parts, _)| parts.iter().any(|have| have == part))
    }

    /// The fields that rules, tables and `set` give.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        let of_rules = self.rules.values().flat_map(|rule| {
            let of_targets = rule
                .targets
                .iter()
                .flat_map(|target| std::iter::once(target.field).chain(target.digest_fields.into_iter().flatten()));
            of_targets.chain(rule.values.iter().map(|map| map.field))
        });
        of_rules.chain(self.joined.iter().map(|(_, map)| map.field)).chain(self.set.iter().map(|(field, _)| *field))
    }
}

impl Target {
    /// Sends digests to the fields of their algorithms, which stand beside this one.
    pub fn by_digest(&mut self) {
        let name = self.field.name();
        let owner = name.rsplit_once('.').map_or(name, |(owner, _)| owner);
        self.digest_fields = Some(DIGESTS.map(|algorithm| FieldId::known(&format!("{owner}.{algorithm}"))));
    }

    /// The field of a text: a digest goes to that of its algorithm.
    pub fn field_of(&self, text: &str) -> FieldId {
        let number = convert::digest(text);
        self.digest_fields.zip(number).map_or(self.field, |(fields, number)| fields[number])
    }

    /// The target that a bare field name means: type and artifact by the dictionary.
    pub fn of(name: &str) -> Target {
        let convert = Convert::of(name);
        let name_field = match (convert, name.strip_suffix(".ip")) {
            (Convert::Ip, Some(owner)) => Some(FieldId::known(&format!("{owner}.domain"))),
            _ => None,
        };
        let artifact = use_of(name);
        Target { name_field, ..Target::plain(FieldId::known(name), convert, artifact) }
    }

    /// A field and nothing beside it.
    pub fn plain(field: FieldId, convert: Convert, artifact: Use) -> Target {
        Target { field, convert, artifact, name_field: None, port_field: None, digest_fields: None, pick: None }
    }
}

/// Kinds that a pack may give a field by hand.
pub(crate) fn use_by_name(word: &str) -> Option<Use> {
    match word {
        "none" => Some(Use::Nothing),
        "scan" => Some(Use::Scan),
        "account" => Some(Use::Account),
        word => ArtifactKind::from_name(word).map(Use::As),
    }
}

/// What [`use_by_name`] knows.
pub(crate) const ARTIFACT_WORDS: &[&str] = &[
    "none",
    "scan",
    "account",
    "ips",
    "urls",
    "machines",
    "users",
    "geolocation",
    "process",
    "files",
    "registry",
    "domains",
    "email_ids",
    "mac_addresses",
];
