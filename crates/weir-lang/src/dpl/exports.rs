//! Which names a pattern gives, in the order they are written, and of which type.

use std::collections::HashMap;

use super::names::{Extension, Id};
use super::parse::body_exprs;
use super::regex;
use super::tree::{Body, Expr, ParamValue, Rename, What};

/// A value a pattern gives under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub name: String,
    pub kind: ValueKind,
}

/// The type of an exported value. A value may always be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    Long,
    Double,
    Bool,
    Timestamp,
    Ip,
    Record,
    Array,
    /// Line ends and positions: matched, but without a value.
    None,
    /// Differs from event to event.
    Any,
}

/// The names a sequence exports at its own level; a name that occurs twice is listed once.
pub(crate) fn frame(exprs: &[Expr]) -> Vec<Export> {
    let mut names = Names::default();
    collect(exprs, &mut names);
    names.list
}

/// Names in order, and where each stands.
#[derive(Default)]
struct Names<'e> {
    list: Vec<Export>,
    places: HashMap<&'e str, usize>,
}

impl<'e> Names<'e> {
    fn add(&mut self, name: &'e str, kind: ValueKind) {
        match self.places.get(name) {
            Some(&at) if self.list[at].kind != kind => self.list[at].kind = ValueKind::Any,
            Some(_) => {}
            None => {
                self.places.insert(name, self.list.len());
                self.list.push(Export { name: name.to_owned(), kind });
            }
        }
    }
}

fn collect<'e>(exprs: &'e [Expr], names: &mut Names<'e>) {
    for expr in exprs {
        inner(expr, names);
        match &expr.export {
            Some(name) if !is_flat(expr) => names.add(&name.text, kind(expr)),
            _ => {}
        }
    }
}

fn inner<'e>(expr: &'e Expr, names: &mut Names<'e>) {
    match &expr.what {
        What::Look { inner, .. } => collect(std::slice::from_ref(inner), names),
        What::Sequence(exprs) => collect(exprs, names),
        What::Choice(branches) => branches.iter().for_each(|branch| collect(branch, names)),
        What::Macro(used) if expr.export.is_none() => collect(&used.body, names),
        What::Named { body: Body::Matchers(members), .. } if is_flat(expr) => {
            for member in members {
                if let Some(name) = member_name(member) {
                    names.add(name, member_kind(member));
                }
            }
            if let Some(name) = expr.text(&["greedy"]) {
                names.add(name, ValueKind::Record);
            }
        }
        _ => {}
    }
}

/// JSON whose members are exported at the level of the JSON itself.
pub(crate) fn is_flat(expr: &Expr) -> bool {
    expr.id() == Some(Id::Json) && expr.flag("flat", false)
}

/// The name under which a member of a JSON object is given; `None` when it is dropped.
pub(crate) fn member_name(member: &Expr) -> Option<&str> {
    match (&member.rename, &member.export) {
        (Some(Rename::Dropped), _) => None,
        (Some(Rename::To(name)), _) => Some(name),
        (None, name) => name.as_ref().map(|name| name.text.as_str()),
    }
}

/// A flat object inside an object that lists one member stands for that member's value.
pub(crate) fn only_member(member: &Expr) -> Option<&Expr> {
    match &member.what {
        What::Named { body: Body::Matchers(members), .. } if is_flat(member) && members.len() == 1 => members.first(),
        _ => None,
    }
}

fn member_kind(member: &Expr) -> ValueKind {
    match (member.dimensions, only_member(member)) {
        (0, Some(only)) => member_kind(only),
        (0, None) => kind(member),
        _ => ValueKind::Array,
    }
}

fn kind(expr: &Expr) -> ValueKind {
    match &expr.what {
        What::Macro(used) if !frame(&used.body).is_empty() => ValueKind::Record,
        What::Named { info, body } => match info.id {
            Id::LineFeed | Id::CarriageReturn | Id::CarriageReturnLineFeed | Id::Bos | Id::Eos | Id::Mos => {
                ValueKind::None
            }
            Id::Int | Id::Long | Id::HexInt | Id::HexLong | Id::CreditCard | Id::Enum => ValueKind::Long,
            Id::Double | Id::CommaDouble => ValueKind::Double,
            Id::Boolean => ValueKind::Bool,
            Id::Timestamp | Id::Iso8601 | Id::JsonTimestamp | Id::HttpDate => ValueKind::Timestamp,
            Id::Ip | Id::Ipv4 | Id::Ipv6 => ValueKind::Ip,
            Id::Json | Id::Pairs | Id::Structure | Id::Xml | Id::XmlPlain | Id::XmlVerbose => ValueKind::Record,
            Id::Extension(Extension::Cef | Extension::Leef | Extension::Syslog) => ValueKind::Record,
            Id::Regex => regex::kind(body),
            Id::JsonArray | Id::Array => ValueKind::Array,
            Id::JsonValue => body_exprs(body).first().map_or(ValueKind::Any, kind),
            _ => ValueKind::Text,
        },
        _ => ValueKind::Text,
    }
}

/// Every expression below, for walks that do not care where it stands. Macros are walked at each use.
pub(crate) fn children(expr: &Expr) -> Vec<&[Expr]> {
    let mut below: Vec<&[Expr]> = match &expr.what {
        What::Look { inner, .. } => vec![std::slice::from_ref(inner)],
        What::Sequence(exprs) => vec![exprs],
        What::Choice(branches) => branches.iter().map(Vec::as_slice).collect(),
        What::Macro(used) => vec![&used.body],
        What::Named { body, .. } => vec![body_exprs(body)],
        What::Literal(_) | What::Class(..) => vec![],
    };
    below.extend(expr.config.iter().filter_map(|param| match &param.value {
        ParamValue::Matchers(exprs) => Some(exprs.as_slice()),
        _ => None,
    }));
    below
}
