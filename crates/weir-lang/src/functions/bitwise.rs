//! The bits of longs.

use weir_event::Value;

use super::{Args, Function, Param, Row, arg, flag};
use crate::types::LONG;

const TWO: &[Param] = &[arg("firstExpression", LONG), arg("secondExpression", LONG)];
const ONE: &[Param] = &[arg("expression", LONG)];

macro_rules! bits {
    ($name:literal, $takes:expr, $says:literal, $examples:expr, $row:expr) => {
        Function { name: $name, takes: $takes, gives: LONG, says: $says, examples: $examples, row: Row::Plain($row) }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    bits!("bitwiseAnd", TWO, "Bits that both have.", &[("bitwiseAnd(12, 10)", "8")], |args| two(args, |a, b| a & b)),
    bits!("bitwiseCountOnes", ONE, "How many bits are set.", &[("bitwiseCountOnes(-1)", "64")], |args| {
        Some(Value::Long(i64::from(args.long(0)?.count_ones())))
    }),
    bits!("bitwiseNot", ONE, "All bits turned round.", &[("bitwiseNot(0)", "-1")], |args| Some(Value::Long(
        !args.long(0)?
    ))),
    bits!("bitwiseOr", TWO, "Bits that one has.", &[("bitwiseOr(12, 10)", "14")], |args| two(args, |a, b| a | b)),
    bits!(
        "bitwiseShiftLeft",
        &[arg("expression", LONG), arg("numberOfBits", LONG)],
        "The bits moved up; null for fewer than 0 or more than 63 places.",
        &[("bitwiseShiftLeft(1, 4)", "16"), ("bitwiseShiftLeft(1, 64)", "null")],
        |args| Some(Value::Long(args.long(0)?.checked_shl(u32::try_from(args.long(1)?).ok()?)?))
    ),
    bits!(
        "bitwiseShiftRight",
        &[arg("expression", LONG), arg("numberOfBits", LONG), flag("ignoreSign", false)],
        "The bits moved down, the sign kept unless it is ignored.",
        &[("bitwiseShiftRight(-16, 2)", "-4"), ("bitwiseShiftRight(-1, 60, ignoreSign: true)", "15")],
        |args| {
            let (bits, count) = (args.long(0)?, u32::try_from(args.long(1)?).ok()?);
            Some(Value::Long(if args.is_on(2) {
                bits.cast_unsigned().checked_shr(count)?.cast_signed()
            } else {
                bits.checked_shr(count)?
            }))
        }
    ),
    bits!("bitwiseXor", TWO, "Bits that exactly one has.", &[("bitwiseXor(12, 10)", "6")], |args| two(args, |a, b| a
        ^ b)),
];

fn two<'r>(args: &Args<'_, 'r>, both: fn(i64, i64) -> i64) -> Option<Value<'r>> {
    Some(Value::Long(both(args.long(0)?, args.long(1)?)))
}
