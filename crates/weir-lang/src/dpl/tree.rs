//! The tree of a pattern as it was written, with the place of every part.

use std::sync::Arc;

use super::class::CharSet;
use super::names::MatcherInfo;

/// Bytes of the pattern's text.
pub(crate) type Span = std::ops::Range<usize>;

/// One matcher expression with its modifiers.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub span: Span,
    pub what: What,
    pub config: Vec<Param>,
    pub quantifier: Option<Quantifier>,
    pub optional: bool,
    /// Number of `[]` behind a member of a JSON object.
    pub dimensions: u8,
    pub export: Option<Name>,
    /// Second name of a member of a JSON object.
    pub rename: Option<Rename>,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Look {
        behind: bool,
        negative: bool,
        inner: Box<Expr>,
    },
    Literal(String),
    /// With the text in brackets that it was written as.
    Class(CharSet, String),
    Named {
        info: &'static MatcherInfo,
        body: Body,
    },
    Sequence(Vec<Expr>),
    Choice(Vec<Vec<Expr>>),
    Macro(Arc<Macro>),
}

/// What `$name` stands for.
#[derive(Debug)]
pub(crate) struct Macro {
    pub name: Name,
    pub body: Vec<Expr>,
}

/// What stands in the braces of a matcher that takes members.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Matchers(Vec<Expr>),
    Keys(Vec<(String, i64)>),
    Text(Name),
}

#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub name: Option<Name>,
    pub value: ParamValue,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ParamValue {
    Text(String),
    Number(Number),
    Bool(bool),
    Null,
    Matchers(Vec<Expr>),
}

/// A number as it is compared with decimals, and with whole numbers, of which a decimal cannot tell all apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    pub value: f64,
    /// `None`: it has decimals, or more than 64 bits.
    pub whole: Option<i64>,
}

impl Number {
    pub(crate) fn decimal(value: f64) -> Number {
        let whole = (value.fract() == 0.0 && value.abs() < 9.0e18).then_some(value as i64);
        Number { value, whole }
    }

    pub(crate) fn whole(value: i128) -> Number {
        Number { value: value as f64, whole: i64::try_from(value).ok() }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.whole {
            Some(whole) => whole.fmt(f),
            None => self.value.fmt(f),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Rename {
    To(String),
    Dropped,
}

#[derive(Clone, Debug)]
pub(crate) struct Quantifier {
    pub form: Form,
    pub min: usize,
    /// `None`: open, the family's limit.
    pub max: Option<usize>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Star,
    Plus,
    Braces,
}

impl Expr {
    pub(crate) fn param(&self, names: &[&str]) -> Option<&Param> {
        self.config.iter().find(|param| {
            param.name.as_ref().is_some_and(|have| names.iter().any(|name| name.eq_ignore_ascii_case(&have.text)))
        })
    }

    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        match self.param(&[name]).map(|param| &param.value) {
            Some(ParamValue::Bool(value)) => *value,
            Some(ParamValue::Text(text)) => text.eq_ignore_ascii_case("true"),
            _ => default,
        }
    }

    pub(crate) fn text(&self, names: &[&str]) -> Option<&str> {
        match &self.param(names)?.value {
            ParamValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<Number> {
        match self.param(&[name])?.value {
            ParamValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The matcher's identity, for those that have a name.
    pub(crate) fn id(&self) -> Option<super::names::Id> {
        match &self.what {
            What::Named { info, .. } => Some(info.id),
            _ => None,
        }
    }
}
