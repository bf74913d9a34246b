//! Matchers with a name to elements.

use weir_event::Fault;

use super::super::class::CharSet;
use super::super::exports::{frame, is_flat, member_name, only_member};
use super::super::names::{COUNT_MAX, ELEMENTS_MAX, Id, PAIRS_DEFAULT};
use super::super::parse::body_exprs;
use super::super::program::{Greedy, JsonItems, JsonMember, JsonObject, NodeId, Op, Repeat, XmlShape};
use super::super::regex;
use super::super::timestamp::{self, TimeFormat};
use super::super::tree::{Body, Expr, Number};
use super::super::{Lint, names::Counts};
use super::{Around, Lowering, counts};

/// Bytes of one JSON or XML text unless `maxlen` says otherwise.
const TEXT_BYTES_MAX: usize = 128_000;

impl Lowering<'_> {
    pub(super) fn named(&mut self, expr: &Expr, id: Id, body: &Body, around: Around) -> Result<Op, Fault> {
        let (min, max) = counts(expr, (1, COUNT_MAX));
        let line_end = |text: &str| {
            let (min, max) = counts(expr, (1, 1));
            Op::Literal { text: text.into(), min, max, valued: false }
        };
        Ok(match id {
            Id::LineFeed => line_end("\n"),
            Id::CarriageReturn => line_end("\r"),
            Id::CarriageReturnLineFeed => line_end("\r\n"),
            Id::LineData => Op::Lazy { lines: false, min, max, stop: self.stop(around.follow) },
            Id::Data => Op::Lazy { lines: true, min, max, stop: self.stop(around.follow) },
            Id::SingleQuoted => Op::Quoted { quote: b'\'', doubled: false, min, max },
            Id::DoubleQuoted => Op::Quoted { quote: b'"', doubled: false, min, max },
            Id::CsvSingleQuoted => Op::Quoted { quote: b'\'', doubled: true, min, max },
            Id::CsvDoubleQuoted => Op::Quoted { quote: b'"', doubled: true, min, max },
            Id::Text => Op::Text { min, max, whole: false },
            Id::Posix(posix) => Op::Class { set: CharSet::posix(posix), min, max },
            Id::Boolean => Op::Bool,
            Id::Int | Id::HexInt => integer(expr, id == Id::HexInt, i64::from(i32::MIN), i64::from(i32::MAX)),
            Id::Long | Id::HexLong => integer(expr, id == Id::HexLong, i64::MIN, i64::MAX),
            Id::Double => double(expr, b'.'),
            Id::CommaDouble => double(expr, b','),
            Id::Timestamp | Id::Iso8601 | Id::JsonTimestamp | Id::HttpDate => Op::Time(Box::new(self.time(expr, id)?)),
            Id::Ip => Op::Ip { v4: true, v6: true },
            Id::Ipv4 => Op::Ip { v4: true, v6: false },
            Id::Ipv6 => Op::Ip { v4: false, v6: true },
            Id::Uuid => Op::Uuid,
            Id::CreditCard => Op::Card,
            Id::Smartscape => Op::Smartscape,
            Id::Bos => Op::Bos,
            Id::Eos => Op::Eos,
            Id::Mos => Op::Mos,
            Id::Enum => keys(expr, body),
            Id::Json => Op::Json(Box::new(self.json(expr, body, around, false)?)),
            Id::JsonArray => Op::JsonArray(Box::new(self.json_items(expr, body)?)),
            Id::JsonValue => Op::JsonValue(Box::new(self.json_items(expr, body)?)),
            Id::Pairs => Op::Pairs(Box::new(self.repeat(expr, body, around, (1, PAIRS_DEFAULT))?)),
            Id::Array => Op::Array(Box::new(self.repeat(expr, body, around, (1, 1))?)),
            Id::Structure => Op::Structure(self.frame(body_exprs(body), around.follow)?),
            Id::Extension(extension) => Op::Extension(extension),
            Id::Regex => Op::Regex(Box::new(regex::compile(body, self.source)?)),
            Id::Xml | Id::XmlPlain | Id::XmlVerbose => Op::Xml(Box::new(xml(expr, id))),
        })
    }

    fn time(&mut self, expr: &Expr, id: Id) -> Result<TimeFormat, Fault> {
        let default = match id {
            Id::Iso8601 => "yyyy-MM-ddTHH:mm:ssZ",
            Id::JsonTimestamp => "yyyy-MM-ddTHH:mm:ss.SSSZ",
            Id::HttpDate => "dd/MMM/yyyy:HH:mm:ss Z",
            _ => "yyyy-MM-dd HH:mm:ss",
        };
        let unnamed = expr.config.iter().find(|param| param.name.is_none());
        let unnamed = unnamed.and_then(|param| match &param.value {
            super::super::tree::ParamValue::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let format = unnamed.or_else(|| expr.text(&["format"])).unwrap_or(default);
        let zone = expr.text(&["timezone", "tz"]);
        let locale = expr.text(&["locale"]).unwrap_or("en");
        let wants = timestamp::Wants { format, zone, locale, now: self.options.now, default_zone: &self.options.zone };
        let (format, warnings) = timestamp::compile(&wants).map_err(|wrong| match wrong {
            timestamp::Wrong::Format(says) => self.source.time_format(says, expr.span.clone()),
            timestamp::Wrong::Zone(name) => self.source.time_zone(&name, expr.span.clone()),
        })?;
        let mut warn = |id, says: Option<String>| {
            self.lints.extend(says.map(|says| Lint::new(id, says, expr.span.clone())));
        };
        warn("day-in-year", warnings.day_in_year);
        warn("unknown-locale", warnings.locale);
        Ok(format)
    }

    fn json(&mut self, expr: &Expr, body: &Body, around: Around, only: bool) -> Result<JsonObject, Fault> {
        let flat = is_flat(expr);
        let slot = |name: &str| if flat && !only { around.slot(name) } else { None };
        let members = match body {
            Body::Matchers(members) if !members.is_empty() => {
                let members: Result<Vec<_>, Fault> = members
                    .iter()
                    .map(|member| {
                        let name = member_name(member);
                        Ok(JsonMember {
                            key: member.export.as_ref().map_or("", |name| &name.text).into(),
                            slot: name.and_then(slot),
                            name: name.map(Into::into),
                            node: self.member(member)?,
                            mandatory: member.quantifier.as_ref().is_some_and(|q| q.min > 0) && is_mandatory(member),
                            dimensions: member.dimensions,
                        })
                    })
                    .collect();
                Some(members?.into())
            }
            _ => None,
        };
        let greedy = expr.text(&["greedy"]).map(|name| Greedy { name: name.into(), slot: slot(name) });
        let (strict, bytes_max) = limits(expr);
        Ok(JsonObject { members, greedy, flat, only, strict, bytes_max })
    }

    /// The element of a member: it stands alone, over the member's whole text.
    fn member(&mut self, member: &Expr) -> Result<NodeId, Fault> {
        let alone = Around { names: &[], follow: None };
        let mut plain = member.clone();
        plain.export = None;
        plain.optional = false;
        let plain = &plain;
        let op = match (&plain.what, plain.id()) {
            (_, Some(Id::Text)) => {
                let most = if plain.quantifier.is_some() { counts(plain, (0, usize::MAX)).1 } else { usize::MAX };
                let most = if most == COUNT_MAX { usize::MAX } else { most };
                Op::Text { min: 0, max: most, whole: true }
            }
            (super::super::tree::What::Named { body, .. }, Some(Id::Json)) => {
                let only = only_member(plain).is_some();
                let mut object = self.json(plain, body, alone, only)?;
                object.flat = false;
                object.only = only;
                Op::Json(Box::new(object))
            }
            _ => return self.expr(plain, alone),
        };
        Ok(self.node(plain, op, alone))
    }

    fn json_items(&mut self, expr: &Expr, body: &Body) -> Result<JsonItems, Fault> {
        let element = body_exprs(body).first().map(|element| self.member(element)).transpose()?;
        let (strict, bytes_max) = limits(expr);
        Ok(JsonItems { element, strict, bytes_max })
    }

    fn repeat(&mut self, expr: &Expr, body: &Body, around: Around, default: (usize, usize)) -> Result<Repeat, Fault> {
        let exprs = body_exprs(body);
        let names = frame(exprs);
        let find = |test: &dyn Fn(&str) -> bool| names.iter().position(|export| test(&export.name));
        let key = find(&|name| name == "key").unwrap_or(0);
        let values = (0..names.len()).filter(|&at| names[at].name.starts_with("value")).collect();
        let (min, max) = match &expr.quantifier {
            None => default,
            Some(q) => (q.min, q.max.unwrap_or(ELEMENTS_MAX.min(COUNT_MAX.max(q.min)))),
        };
        Ok(Repeat { frame: self.repeated(exprs, around.follow)?, min, max, key, values })
    }
}

/// For numbers and their like `+` alone makes a member mandatory; text matchers have counts, and any that asks for something does.
fn is_mandatory(member: &Expr) -> bool {
    let counted =
        matches!(&member.what, super::super::tree::What::Named { info, .. } if matches!(info.counts, Counts::Any(..)));
    !counted || member.quantifier.as_ref().is_some_and(|q| q.form == super::super::tree::Form::Plus)
}

fn integer(expr: &Expr, hex: bool, least: i64, most: i64) -> Op {
    // The casts saturate.
    let above = |min: Number| min.whole.unwrap_or(min.value.ceil() as i64);
    let below = |max: Number| max.whole.unwrap_or(max.value.floor() as i64);
    let least = expr.number("min").map_or(least, |min| above(min).max(least));
    let most = expr.number("max").map_or(most, |max| below(max).min(most));
    Op::Int { hex, least, most }
}

fn double(expr: &Expr, point: u8) -> Op {
    let least = expr.number("min").map_or(f64::NEG_INFINITY, |min| min.value);
    let most = expr.number("max").map_or(f64::INFINITY, |max| max.value);
    Op::Double { point, least, most }
}

fn keys(expr: &Expr, body: &Body) -> Op {
    let Body::Keys(keys) = body else { return Op::Enum { keys: Box::default(), fold: false } };
    let mut keys: Vec<(Box<str>, i64)> = keys.iter().map(|(key, value)| (key.as_str().into(), *value)).collect();
    keys.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
    Op::Enum { keys: keys.into(), fold: expr.flag("cis", false) }
}

fn limits(expr: &Expr) -> (bool, usize) {
    let bytes_max = expr.number("maxlen").map_or(TEXT_BYTES_MAX, |bytes| bytes.value as usize);
    (expr.flag("strict", true), bytes_max)
}

fn xml(expr: &Expr, id: Id) -> XmlShape {
    XmlShape {
        root_tag: expr.text(&["rootTag"]).map(Into::into),
        exclude_root: expr.flag("excludeRoot", false),
        ignore_namespace: expr.flag("ignoreNamespace", false),
        attributes: id != Id::XmlPlain,
        verbose: id == Id::XmlVerbose,
        bytes_max: limits(expr).1,
    }
}
