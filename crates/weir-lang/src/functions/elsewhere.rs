//! Functions over a topology that weir does not keep: known by name, so that queries with them are read.

use super::{Fallback, Function, Param, Row, arg, opt};
use crate::types::{ANY, ARRAY, LONG, TEXT, Types};

const fn elsewhere(name: &'static str, takes: &'static [Param], gives: Types) -> Function {
    Function { name, takes, gives, says: "Not supported; only read.", examples: &[], row: Row::Elsewhere }
}

pub(super) const ENTITIES: &[Function] = &[
    elsewhere("classicEntitySelector", &[arg("entitySelector", TEXT)], ARRAY),
    elsewhere("entityAttr", &[arg("expression", ANY), arg("name", TEXT), opt("type", ANY, Fallback::Null)], ANY),
    elsewhere("entityName", &[arg("expression", ANY), opt("type", ANY, Fallback::Null)], TEXT),
];

pub(super) const SMARTSCAPE: &[Function] = &[
    elsewhere("getNodeField", &[arg("expression", TEXT), arg("name", TEXT)], ANY),
    elsewhere("getNodeName", &[arg("expression", TEXT)], TEXT),
];

pub(super) const ANALYSIS: &[Function] = &[
    elsewhere("forecast", &[arg("expression", ARRAY), opt("horizon", LONG, Fallback::Long(10))], ARRAY),
    elsewhere("impute", &[arg("expression", ARRAY)], ARRAY),
];
