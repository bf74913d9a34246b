//! Functions over a topology, which weir does not keep: their value is null, and the linter says so.

use super::{Fallback, Function, Param, Row, arg, opt};
use crate::types::{ANY, ARRAY, TEXT, Types};

const fn nowhere(
    name: &'static str,
    takes: &'static [Param],
    gives: Types,
    examples: &'static [(&'static str, &'static str)],
) -> Function {
    Function {
        name,
        takes,
        gives,
        says: "Null: there is no topology here to look into.",
        examples,
        row: Row::Plain(|_| None),
    }
}

pub(super) const ENTITIES: &[Function] = &[
    nowhere(
        "classicEntitySelector",
        &[arg("entitySelector", TEXT)],
        ARRAY,
        &[("in(\"HOST-1\", classicEntitySelector(\"type(host)\"))", "false")],
    ),
    nowhere(
        "entityAttr",
        &[arg("expression", ANY), arg("name", TEXT), opt("type", ANY, Fallback::Null)],
        ANY,
        &[("entityAttr(\"HOST-1\", \"tags\")", "null")],
    ),
    nowhere(
        "entityName",
        &[arg("expression", ANY), opt("type", ANY, Fallback::Null)],
        TEXT,
        &[("entityName(\"HOST-1\", type: \"dt.entity.host\")", "null")],
    ),
];

pub(super) const SMARTSCAPE: &[Function] = &[
    nowhere(
        "getNodeField",
        &[arg("expression", TEXT), arg("name", TEXT)],
        ANY,
        &[("getNodeField(\"HOST-1\", \"name\")", "null")],
    ),
    nowhere("getNodeName", &[arg("expression", TEXT)], TEXT, &[("getNodeName(\"HOST-1\")", "null")]),
];
