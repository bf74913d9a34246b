//! Rows of measurements: what is missing in them, and how they go on.

use super::{Fallback, Function, Row, arg, opt, series};
use crate::types::{ARRAY, LONG};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "forecast",
        takes: &[arg("expression", ARRAY), opt("horizon", LONG, Fallback::Long(10))],
        gives: ARRAY,
        says: "So many elements more, 1 to 600, on the line that fits the numbers best; null for fewer than two numbers.",
        examples: &[
            ("forecast(array(1, 2, 3), horizon: 2)", "[4.0, 5.0]"),
            ("forecast(array())", "null"),
            ("forecast(array(1, \"x\"))", "null"),
        ],
        row: Row::Plain(|args| series::forecast(args.array(0)?, args.long(1)?)),
    },
    Function {
        name: "impute",
        takes: &[arg("expression", ARRAY)],
        gives: ARRAY,
        says: "The numbers, each null among them replaced in proportion between its neighbours, at an end by the nearest number.",
        examples: &[
            ("impute(array(1, null, 3, null))", "[1.0, 2.0, 3.0, 3.0]"),
            ("impute(array(null))", "[null]"),
            ("impute(array(1, \"x\"))", "null"),
        ],
        row: Row::Plain(|args| series::impute(args.array(0)?)),
    },
];
