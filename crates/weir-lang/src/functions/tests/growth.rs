//! Expressions that make their input larger, again and again: at the limit the result is null.

use weir_event::{Timestamp, Value};

use crate::program::bound::fits;
use crate::{CompileOptions, Program, Scratch, parse_expr};

/// More than the doublings of a byte that any machine can hold, and more than the levels a value may have.
const ROUNDS: usize = 80;

#[track_caller]
fn ends(text: &str, start: Value<'static>) {
    let options =
        CompileOptions { now: Timestamp(0), zone: "UTC", strict: false, slots: &|name| (name == "a").then_some(0) };
    let program = Program::compile(&parse_expr(text).expect(text), &options).expect(text);
    let mut value = start;
    for _ in 0..ROUNDS {
        let row = [value];
        value = program.eval(&row.as_slice(), &mut Scratch::default()).into_owned();
        assert!(fits(&value), "{text} grows beyond the limit");
        if value.is_null() {
            return;
        }
    }
}

#[test]
fn texts_end_at_the_limit() {
    for text in [
        "concat(a, a)",
        "concat(a, a, a, a, a, a)",
        "escape(a)",
        "encodeBase16(a)",
        "encodeUrl(encodeUrl(concat(a, \"%\")))",
        "replaceString(a, \"a\", \"aaa\")",
        "replacePattern(a, \"'a'\", \"aaa\")",
        "toString(array(a, a))",
        "toString(record(x = a, y = a))",
        "arrayToString(array(a, a), delimiter: a)",
        "arrayToString(iCollectArray(concat(a, array(1, 2, 3)[])))",
    ] {
        ends(text, Value::text("a\"\\%"));
    }
}

#[test]
fn arrays_and_records_end_at_the_limit() {
    for text in [
        "array(a)",
        "array(a, a)",
        "array(a, a, a, a, a, a, a)",
        "arrayConcat(a, a)",
        "arrayConcat(a, a, a, a, a, a)",
        "arrayFlatten(array(a, a))",
        "record(x = a)",
        "record(x = a, y = a)",
        "iCollectArray(record(x = a[], y = a))",
        "iCollectArray(array(a[], a[]))",
        "record(x = a[], y = a)",
    ] {
        ends(text, Value::Array(vec![Value::Long(1), Value::text("b")]));
    }
}

#[test]
fn loops_in_loops_end() {
    let long = Value::Array(vec![Value::Long(1); 100_000]);
    for text in ["a[] + arraySize(a)", "iAny(iAny(a[] == 2) and a[] == 1)", "iSum(a[] * iSum(a[]))"] {
        ends(text, long.clone());
    }
}
