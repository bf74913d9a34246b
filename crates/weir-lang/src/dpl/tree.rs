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
    Number(f64),
    Bool(bool),
    Null,
    Matchers(Vec<Expr>),
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

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
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
