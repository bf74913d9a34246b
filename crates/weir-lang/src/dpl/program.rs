//! A compiled pattern: its elements in one table, each with what it takes to match it.

use memchr::memmem::Finder;

use super::class::CharSet;
use super::names::Extension;
use super::timestamp::TimeFormat;
use super::tree::Span;
use crate::regex::Regex;

/// Index of a [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(pub u32);

/// Index of a [`Cont`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContId(pub u32);

/// One element.
#[derive(Debug)]
pub(crate) struct Node {
    pub op: Op,
    /// The element may be absent.
    pub optional: bool,
    /// It may match without taking anything, so what follows it belongs to a continuation too.
    pub skippable: bool,
    /// It looks without taking: positions and look-arounds.
    pub zero_width: bool,
    pub slot: Option<u16>,
    /// Bytes of the literal that stands behind in the sequence: where this lazy matcher ends it was found, so it is not tried again.
    pub eats: u32,
    /// Slots set by elements inside, to be emptied when this one fails.
    pub resets: Box<[u16]>,
    pub span: Span,
}

/// A link of a continuation: what follows a lazy matcher, up to the first element that must take something.
#[derive(Debug)]
pub(crate) struct Cont {
    pub what: Following,
    pub next: Option<ContId>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Following {
    Element(NodeId),
    /// The end of a repeated body whose first element this is. When an optional element before it took something, such as the
    /// separator, another repetition may follow as well as what stands behind the container.
    Again(NodeId),
}

#[derive(Debug)]
pub(crate) enum Op {
    Literal {
        text: Box<str>,
        min: usize,
        max: usize,
        valued: bool,
    },
    Class {
        set: CharSet,
        min: usize,
        max: usize,
    },
    Lazy {
        lines: bool,
        min: usize,
        max: usize,
        stop: Stop,
    },
    Quoted {
        quote: u8,
        doubled: bool,
        min: usize,
        max: usize,
    },
    /// Quoted either way, or up to a blank. `whole`: as a JSON member it takes all there is.
    Text {
        min: usize,
        max: usize,
        whole: bool,
    },
    Int {
        hex: bool,
        least: i64,
        most: i64,
    },
    Double {
        point: u8,
        least: f64,
        most: f64,
    },
    Bool,
    Time(Box<TimeFormat>),
    Ip {
        v4: bool,
        v6: bool,
    },
    Uuid,
    Card,
    Smartscape,
    Bos,
    Eos,
    Mos,
    /// Longest key first.
    Enum {
        keys: Box<[(Box<str>, i64)]>,
        fold: bool,
    },
    Look {
        /// `None`: it looks ahead.
        behind: Option<Box<Behind>>,
        negative: bool,
        inner: NodeId,
    },
    Group {
        items: Box<[NodeId]>,
    },
    Fields {
        items: Box<[NodeId]>,
        separator: NodeId,
    },
    Choice {
        branches: Box<[Box<[NodeId]>]>,
    },
    Json(Box<JsonObject>),
    JsonArray(Box<JsonItems>),
    JsonValue(Box<JsonItems>),
    Pairs(Box<Repeat>),
    Array(Box<Repeat>),
    Structure(Frame),
    Xml(Box<XmlShape>),
    Extension(Extension),
    Regex(Box<Regex>),
}

/// Where a lazy matcher ends.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nothing follows: the end of the line or of the text.
    Nothing,
    Byte(u8),
    /// A few bytes: the one at `rare` is looked for, then all are compared.
    Short {
        bytes: Box<[u8]>,
        rare: usize,
    },
    Literal(Box<Finder<'static>>),
    End,
    /// `required`: at least one element of the continuation must match.
    Probe {
        cont: ContId,
        first: Option<First>,
        required: bool,
        skip: Option<Skip>,
    },
}

/// The required element of a continuation starts with a lazy matcher that ends at `byte`. Wherever such a matcher starts, up to
/// that byte, it ends there and what follows fails the same way: the places between need no test.
#[derive(Debug)]
pub(crate) struct Skip {
    pub byte: u8,
    pub lines: bool,
    pub max: usize,
    /// Bytes with which the optional elements before it can start.
    pub optional: Option<First>,
}

/// What a text that a look-behind finds must be.
#[derive(Debug)]
pub(crate) struct Behind {
    /// Bytes.
    pub least: usize,
    pub most: usize,
    /// Bytes it can start with; `None`: any, or it may be empty.
    pub first: Option<Box<[bool; 256]>>,
    pub ends: Ends,
}

#[derive(Debug)]
pub(crate) enum Ends {
    Any,
    In(Box<[bool; 256]>),
    With(Box<[u8]>),
}

/// Bytes to look for: those a continuation can start with, or a run ends at.
#[derive(Clone, Debug)]
pub(crate) enum First {
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    Many(Box<[bool; 256]>),
}

/// Elements with slots of their own.
#[derive(Debug)]
pub(crate) struct Frame {
    pub items: Box<[NodeId]>,
    pub names: Box<[Box<str>]>,
}

#[derive(Debug)]
pub(crate) struct Repeat {
    pub frame: Frame,
    pub min: usize,
    pub max: usize,
    /// KVP: slot of the key.
    pub key: usize,
    /// KVP: slots of the values; the first that is set counts.
    pub values: Box<[usize]>,
}

#[derive(Debug)]
pub(crate) struct JsonObject {
    /// `None`: the whole object.
    pub members: Option<Box<[JsonMember]>>,
    pub greedy: Option<Greedy>,
    pub flat: bool,
    /// The object stands for the value of its only member.
    pub only: bool,
    pub strict: bool,
    pub bytes_max: usize,
}

#[derive(Debug)]
pub(crate) struct Greedy {
    pub name: Box<str>,
    pub slot: Option<u16>,
}

#[derive(Debug)]
pub(crate) struct JsonMember {
    pub key: Box<str>,
    /// `None`: read, but not given.
    pub name: Option<Box<str>>,
    pub slot: Option<u16>,
    pub node: NodeId,
    pub mandatory: bool,
    pub dimensions: u8,
}

#[derive(Debug)]
pub(crate) struct JsonItems {
    pub element: Option<NodeId>,
    pub strict: bool,
    pub bytes_max: usize,
}

#[derive(Debug)]
pub(crate) struct XmlShape {
    pub root_tag: Option<Box<str>>,
    pub exclude_root: bool,
    pub ignore_namespace: bool,
    pub attributes: bool,
    pub verbose: bool,
    pub bytes_max: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Program {
    pub nodes: Vec<Node>,
    pub conts: Vec<Cont>,
    pub root: Vec<NodeId>,
    /// Bytes a match can start with; `None`: any, or a match may be empty.
    pub first: Option<First>,
    /// Text every match starts with, when that is more than a byte.
    pub prefix: Option<Finder<'static>>,
    pub literals: Vec<String>,
    /// Steps for each byte of a text beside those of every pattern.
    pub steps_per_byte: u64,
}

impl Program {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn cont(&self, id: ContId) -> &Cont {
        &self.conts[id.0 as usize]
    }
}

impl First {
    pub(crate) fn new(set: &[bool; 256]) -> Option<First> {
        let bytes: Vec<u8> = (0..=255u8).filter(|&byte| set[byte as usize]).collect();
        match bytes[..] {
            [a] => Some(First::One(a)),
            [a, b] => Some(First::Two(a, b)),
            [a, b, c] => Some(First::Three(a, b, c)),
            _ if bytes.len() == 256 => None,
            _ => Some(First::Many(Box::new(*set))),
        }
    }

    /// Offset in `bytes` of the first byte of the set.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            First::One(a) => memchr::memchr(*a, bytes),
            First::Two(a, b) => memchr::memchr2(*a, *b, bytes),
            First::Three(a, b, c) => memchr::memchr3(*a, *b, *c, bytes),
            First::Many(set) => bytes.iter().position(|&byte| set[byte as usize]),
        }
    }
}
