//! Arrays as a whole.

use weir_event::{Value, limits};

use super::series::{self, Window};
use super::{Args, Fallback, Function, Param, Row, arg, many, opt};
use crate::compare;
use crate::text_form::text_form;
use crate::types::{ANY, ARRAY, BOOL, DOUBLE, DURATION, LONG, NUMBER, TEXT, TIMESTAMP, Types};

const ARRAY_ARG: &[Param] = &[arg("array", ARRAY)];
const FIND: &[Param] = &[arg("array", ARRAY), arg("value", ANY)];
const MOVING: &[Param] = &[arg("array", ARRAY), arg("windowSize", LONG)];
const VECTORS: &[Param] = &[arg("firstExpression", ARRAY), arg("secondExpression", ARRAY)];
const SAMPLED: Types = NUMBER.or(BOOL).or(DURATION).or(TIMESTAMP);

macro_rules! array {
    ($name:literal, $takes:expr, $gives:expr, $says:literal, $examples:expr, $row:expr) => {
        Function { name: $name, takes: $takes, gives: $gives, says: $says, examples: $examples, row: Row::Plain($row) }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    array!(
        "arrayAvg",
        ARRAY_ARG,
        DOUBLE,
        "The mean of the numbers; 0 without any.",
        &[("arrayAvg(array(2, 3, \"x\"))", "2.5"), ("arrayAvg(array())", "0.0")],
        |args| {
            let (sum, count) = total(args.array(0)?);
            Some(Value::Double(if count == 0 { 0.0 } else { sum / count as f64 }))
        }
    ),
    array!(
        "arrayConcat",
        &[many("array", ANY)],
        ARRAY,
        "The elements of all arrays; what is no array is skipped.",
        &[("arrayConcat(array(1), null, array(2))", "[1, 2]"), ("arrayConcat(null)", "null")],
        |args| {
            let arrays = args.values.iter_mut().filter(|value| matches!(value, Value::Array(_)));
            let mut out: Option<Vec<Value>> = None;
            for array in arrays {
                if let Value::Array(items) = std::mem::take(array) {
                    out.get_or_insert_default().extend(items);
                }
            }
            out.map(Value::Array)
        }
    ),
    array!(
        "arrayCumulativeSum",
        ARRAY_ARG,
        ARRAY,
        "The sum up to each element; null if one is no number.",
        &[("arrayCumulativeSum(array(2, null, 7))", "[2.0, 2.0, 9.0]")],
        |args| series::cumulative(args.array(0)?)
    ),
    array!(
        "arrayDelta",
        ARRAY_ARG,
        ARRAY,
        "How much each element is above the one before, 0 when below; nulls are dropped.",
        &[("arrayDelta(array(2, 3, 1))", "[null, 1, 0]")],
        |args| Some(series::delta(args.array(0)?))
    ),
    array!(
        "arrayDiff",
        ARRAY_ARG,
        ARRAY,
        "The difference of each element to the one before.",
        &[("arrayDiff(array(2, 3, 1))", "[null, 1, -2]")],
        |args| Some(series::difference(args.array(0)?))
    ),
    array!(
        "arrayDistinct",
        ARRAY_ARG,
        ARRAY,
        "Each value once, in order.",
        &[("arrayDistinct(array(2, 1, 2))", "[1, 2]")],
        |args| {
            let mut items = args.take_array(0)?;
            items.sort_by(compare::order);
            items.dedup_by(|a, b| compare::equal(a, b));
            Some(Value::Array(items))
        }
    ),
    array!(
        "arrayFirst",
        ARRAY_ARG,
        ANY,
        "The first element that is not null.",
        &[("arrayFirst(array(null, 2))", "2"), ("arrayFirst(array())", "null")],
        |args| { args.take_array(0)?.into_iter().find(|item| !item.is_null()) }
    ),
    array!(
        "arrayFlatten",
        ARRAY_ARG,
        ARRAY,
        "The elements, arrays among them replaced by theirs.",
        &[("arrayFlatten(array(array(1, 2), 3))", "[1, 2, 3]")],
        |args| {
            let mut out = Vec::new();
            for item in args.take_array(0)? {
                match item {
                    Value::Array(items) => out.extend(items),
                    other => out.push(other),
                }
            }
            Some(Value::Array(out))
        }
    ),
    array!(
        "arrayIndexOf",
        FIND,
        LONG,
        "The index of the first equal element; -1 when there is none.",
        &[("arrayIndexOf(array(2, 7, 7), 7)", "1"), ("arrayIndexOf(array(2), 3)", "-1")],
        |args| {
            let found = args.array(0)?.iter().position(|item| compare::equal(item, args.value(1)));
            Some(Value::Long(found.map_or(-1, |index| index as i64)))
        }
    ),
    array!(
        "arrayLast",
        ARRAY_ARG,
        ANY,
        "The last element that is not null.",
        &[("arrayLast(array(1, null))", "1")],
        |args| { args.take_array(0)?.into_iter().rev().find(|item| !item.is_null()) }
    ),
    array!(
        "arrayLastIndexOf",
        FIND,
        LONG,
        "The index of the last equal element; -1 when there is none.",
        &[("arrayLastIndexOf(array(2, 7, 7), 7)", "2")],
        |args| {
            let found = args.array(0)?.iter().rposition(|item| compare::equal(item, args.value(1)));
            Some(Value::Long(found.map_or(-1, |index| index as i64)))
        }
    ),
    array!(
        "arrayMax",
        ARRAY_ARG,
        ANY,
        "The largest element.",
        &[("arrayMax(array(1, 3, 2))", "3"), ("arrayMax(array())", "null")],
        |args| { args.take_array(0)?.into_iter().filter(|item| !item.is_null()).max_by(compare::order) }
    ),
    array!(
        "arrayMedian",
        &[arg("expression", ARRAY)],
        SAMPLED,
        "The middle of the elements in order; null for several types.",
        &[("arrayMedian(array(1, 3, 2))", "2.0"), ("arrayMedian(array(1, 2))", "1.5")],
        |args| series::percentile(args.take_array(0)?, 50.0)
    ),
    array!("arrayMin", ARRAY_ARG, ANY, "The smallest element.", &[("arrayMin(array(1, 3, 2))", "1")], |args| {
        args.take_array(0)?.into_iter().filter(|item| !item.is_null()).min_by(compare::order)
    }),
    array!(
        "arrayMovingAvg",
        MOVING,
        ARRAY,
        "For each element the mean of it and those before, so many in all, at most 60.",
        &[("arrayMovingAvg(array(2, 3, 7), 2)", "[2.0, 2.5, 5.0]")],
        |args| moving(args, Window::Average)
    ),
    array!(
        "arrayMovingMax",
        MOVING,
        ARRAY,
        "For each element the largest of it and those before.",
        &[("arrayMovingMax(array(2, 7, 3), 2)", "[2.0, 7.0, 7.0]")],
        |args| moving(args, Window::Greatest)
    ),
    array!(
        "arrayMovingMin",
        MOVING,
        ARRAY,
        "For each element the smallest of it and those before.",
        &[("arrayMovingMin(array(2, 7, 3), 2)", "[2.0, 2.0, 3.0]")],
        |args| moving(args, Window::Least)
    ),
    array!(
        "arrayMovingSum",
        MOVING,
        ARRAY,
        "For each element the sum of it and those before.",
        &[("arrayMovingSum(array(2, 7, 3), 2)", "[2.0, 9.0, 10.0]")],
        |args| moving(args, Window::Sum)
    ),
    array!(
        "arrayPercentile",
        &[arg("expression", ARRAY), arg("percentile", NUMBER)],
        SAMPLED,
        "The value below which that many percent of the elements are.",
        &[("arrayPercentile(array(1, 2, 3), 100)", "3.0")],
        |args| {
            let percent = args.number(1)?;
            series::percentile(args.take_array(0)?, percent)
        }
    ),
    array!(
        "arrayRemoveNulls",
        ARRAY_ARG,
        ARRAY,
        "The elements that are not null.",
        &[("arrayRemoveNulls(array(1, null))", "[1]")],
        |args| {
            let mut items = args.take_array(0)?;
            items.retain(|item| !item.is_null());
            Some(Value::Array(items))
        }
    ),
    array!(
        "arrayReverse",
        ARRAY_ARG,
        ARRAY,
        "The elements from the last to the first.",
        &[("arrayReverse(array(1, 2))", "[2, 1]")],
        |args| {
            let mut items = args.take_array(0)?;
            items.reverse();
            Some(Value::Array(items))
        }
    ),
    array!(
        "arraySize",
        ARRAY_ARG,
        LONG,
        "How many elements there are.",
        &[("arraySize(array(1, null))", "2"), ("arraySize(null)", "null")],
        |args| { Some(Value::Long(args.array(0)?.len() as i64)) }
    ),
    array!(
        "arraySlice",
        &[arg("array", ARRAY), opt("from", LONG, Fallback::Long(0)), opt("to", LONG, Fallback::Null)],
        ARRAY,
        "The elements from an index up to but without another; negative ones count from the end.",
        &[("arraySlice(array(1, 2, 3), from: 1)", "[2, 3]"), ("arraySlice(array(1, 2, 3), to: -1)", "[1, 2]")],
        |args| {
            let mut items = args.take_array(0)?;
            let count = items.len() as i64;
            let place = |at: i64| (if at < 0 { at.saturating_add(count) } else { at }).clamp(0, count) as usize;
            let (from, to) = (place(args.long(1)?), args.long(2).map_or(items.len(), place));
            items.truncate(to);
            Some(Value::Array(items.drain(from.min(to)..).collect()))
        }
    ),
    array!(
        "arraySort",
        &[arg("array", ARRAY), opt("direction", TEXT, Fallback::Text("ascending"))],
        ARRAY,
        "The elements in order, by `direction: \"descending\"` the other way round.",
        &[
            ("arraySort(array(2, \"a\", 1))", "[1, 2, a]"),
            ("arraySort(array(1, 2), direction: \"descending\")", "[2, 1]")
        ],
        |args| {
            let mut items = args.take_array(0)?;
            if args.text(1)?.eq_ignore_ascii_case("descending") {
                items.sort_by(compare::order_descending);
            } else {
                items.sort_by(compare::order);
            }
            Some(Value::Array(items))
        }
    ),
    array!(
        "arraySum",
        ARRAY_ARG,
        DOUBLE,
        "The sum of the numbers; 0 without any.",
        &[("arraySum(array(1, 2, \"x\"))", "3.0")],
        |args| Some(Value::Double(total(args.array(0)?).0))
    ),
    array!(
        "arrayToString",
        &[arg("array", ARRAY), opt("delimiter", TEXT, Fallback::Text(""))],
        TEXT,
        "The text forms of the elements, the delimiter between them.",
        &[("arrayToString(array(1, 2), delimiter: \", \")", "1, 2")],
        |args| {
            let delimiter = args.text(1)?;
            let mut out = String::new();
            for (index, item) in args.array(0)?.iter().enumerate() {
                out.push_str(if index > 0 { delimiter } else { "" });
                out.push_str(&text_form(item));
                if out.len() > limits::VALUE_BYTES_MAX {
                    return None;
                }
            }
            Some(Value::owned(out))
        }
    ),
    array!(
        "vectorCosineDistance",
        VECTORS,
        DOUBLE,
        "1 minus the cosine of the angle between two vectors.",
        &[("vectorCosineDistance(array(1, 0), array(0, 1))", "1.0")],
        |args| {
            let (mut dot, mut a_square, mut b_square) = (0.0, 0.0, 0.0);
            for (a, b) in vectors(args)? {
                dot += a * b;
                a_square += a * a;
                b_square += b * b;
            }
            let length = f64::sqrt(a_square) * f64::sqrt(b_square);
            (length > 0.0).then(|| Value::Double(1.0 - dot / length))
        }
    ),
    array!(
        "vectorInnerProductDistance",
        VECTORS,
        DOUBLE,
        "The inner product of two vectors, negated.",
        &[
            ("vectorInnerProductDistance(array(1, 2), array(3, 4))", "-11.0"),
            ("vectorInnerProductDistance(array(1, 0), array(0, 1))", "0.0"),
        ],
        |args| Some(Value::Double(0.0 - over(&vectors(args)?, |a, b| a * b)))
    ),
    array!(
        "vectorL1Distance",
        VECTORS,
        DOUBLE,
        "The sum of the differences of two vectors.",
        &[("vectorL1Distance(array(1, 2), array(3, 5))", "5.0")],
        |args| Some(Value::Double(over(&vectors(args)?, |a, b| (a - b).abs())))
    ),
    array!(
        "vectorL2Distance",
        VECTORS,
        DOUBLE,
        "The distance of two vectors.",
        &[("vectorL2Distance(array(0, 0), array(3, 4))", "5.0"), ("vectorL2Distance(array(), array())", "0.0")],
        |args| Some(Value::Double(over(&vectors(args)?, |a, b| (a - b) * (a - b)).sqrt()))
    ),
];

fn total(items: &[Value]) -> (f64, usize) {
    items.iter().filter_map(super::number).fold((0.0, 0), |(sum, count), number| (sum + number, count + 1))
}

fn moving<'r>(args: &mut Args<'_, 'r>, window: Window) -> Option<Value<'r>> {
    series::moving(args.array(0)?, args.long(1)?, window)
}

/// The sum over all pairs. The library's own sum of nothing is a negative zero.
fn over(pairs: &[(f64, f64)], each: fn(f64, f64) -> f64) -> f64 {
    pairs.iter().fold(0.0, |sum, &(a, b)| sum + each(a, b))
}

/// Pairs of the numbers of two vectors of equal length.
fn vectors(args: &Args) -> Option<Vec<(f64, f64)>> {
    let (a, b) = (args.array(0)?, args.array(1)?);
    if a.len() != b.len() {
        return None;
    }
    a.iter().zip(b).map(|(a, b)| Some((super::number(a)?, super::number(b)?))).collect()
}
