//! Expressions compiled for rows.

pub(crate) mod bound;
mod compile;
mod fold;
mod run;

pub(crate) use run::{element, member};

use weir_event::{Fault, Timestamp, Value};

use crate::ast::{Binary, Expr, Unit};
use crate::dpl::{Matcher, Pattern};
use crate::functions::{Collect, Env, Function, PatternUse, RegexUse};
use crate::regex::{Memory, Regex};
use crate::text::{Phrase, Term};

/// What an expression depends on besides the row.
pub struct CompileOptions<'o> {
    /// The present, the same for the whole query.
    pub now: Timestamp,
    /// Zone of calendar work that names none: IANA name or offset.
    pub zone: &'o str,
    /// Refuses weir's own extensions of the languages.
    pub strict: bool,
    /// Where a row keeps a field; `None` for one it does not have, which reads as null.
    pub slots: &'o dyn Fn(&str) -> Option<usize>,
}

/// A row, its fields numbered by [`CompileOptions::slots`].
pub trait Slots<'r> {
    /// The value in a slot; null when the field is missing.
    fn slot(&self, index: usize) -> Value<'r>;

    /// True when the row has the field, even if it is null.
    fn has(&self, index: usize) -> bool {
        !self.slot(index).is_null()
    }
}

/// A slice of values is a row that has every field.
impl<'r, 'v: 'r> Slots<'r> for &'r [Value<'v>] {
    fn slot(&self, index: usize) -> Value<'r> {
        self.get(index).map(Value::borrowed).unwrap_or_default()
    }
}

/// A compiled expression. Shared between threads; each has its own [`Scratch`].
#[derive(Clone, Debug)]
pub struct Program {
    root: Op,
    env: Env,
    patterns: Vec<Pattern>,
    regexes: Vec<Regex>,
    slots: Vec<usize>,
}

/// What a run of one program may reuse for the next row. Belongs to one program and one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    matchers: Vec<Option<Matcher>>,
    searches: Vec<Option<Memory>>,
}

#[derive(Clone, Debug)]
enum Op {
    Const(Value<'static>),
    Slot(usize),
    Has(usize),
    HasMember(Box<Op>, String),
    HasElement(Box<Op>, i64),
    Not(Box<Op>),
    Minus(Box<Op>),
    And(Box<Op>, Box<Op>),
    Or(Box<Op>, Box<Op>),
    Binary(Binary, Box<Op>, Box<Op>),
    /// So many months later.
    Months(Box<Op>, i64),
    Align(Box<Op>, Unit),
    /// A term known beforehand.
    Term(Box<Op>, Option<Box<Term>>),
    /// `matchesPhrase` of a phrase known beforehand.
    Phrase(Box<Op>, Option<Box<Phrase>>),
    /// `contains` of a text known beforehand, case-sensitive.
    Contains(Box<Op>, Box<memchr::memmem::Finder<'static>>),
    Element(Box<Op>, i64),
    Member(Box<Op>, String),
    /// The element of source number so-and-so in the iteration around.
    Each(usize),
    /// The index of the iteration around.
    Index,
    Iterate {
        sources: Vec<Op>,
        body: Box<Op>,
        collect: Collect,
    },
    If(Box<Op>, Box<Op>, Box<Op>),
    Coalesce(Vec<Op>),
    Record(Vec<(String, Op)>),
    Array(Vec<Op>),
    In(Box<Op>, Vec<Op>),
    Pattern {
        does: PatternUse,
        index: usize,
        args: Vec<Op>,
    },
    Regex {
        does: RegexUse,
        index: usize,
        args: Vec<Op>,
    },
    Call(&'static Function, Vec<Op>),
}

impl Program {
    /// Compiles an expression. Constant parts are computed now.
    ///
    /// # Errors
    /// `DQL-020` for parts that only the query engine can answer (aggregations, sub-queries), `DQL-021` for an unknown zone, faults
    /// of patterns.
    pub fn compile(expr: &Expr, options: &CompileOptions) -> Result<Program, Fault> {
        compile::compile(expr, options)
    }

    /// The value of the expression for a row.
    pub fn eval<'r>(&'r self, row: &dyn Slots<'r>, scratch: &mut Scratch) -> Value<'r> {
        run::Run::new(self, row, scratch).eval(&self.root)
    }

    /// True when the expression is true; false for false, null and everything else.
    pub fn holds<'r>(&'r self, row: &dyn Slots<'r>, scratch: &mut Scratch) -> bool {
        matches!(self.eval(row, scratch), Value::Bool(true))
    }

    /// The value of an expression that reads no row.
    pub fn constant(&self) -> Option<&Value<'static>> {
        match &self.root {
            Op::Const(value) => Some(value),
            _ => None,
        }
    }

    /// The slots the program reads, each once.
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }
}
