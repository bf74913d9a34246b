//! The texts that a condition demands: what an index of values can be asked for.

use weir_event::Value;
use weir_lang::ast::{Arg, Binary, Call, Expr, Node};

use crate::expr::{Moment, constant};

/// Texts one of which must stand in one of the fields of the condition, as that field or as an item of it, in every row for which
/// the condition is true. `None` when it can be true otherwise. An address stands as its canonical text.
pub fn values_of(condition: &Expr, moment: &Moment) -> Option<Vec<String>> {
    match &condition.node {
        Node::Binary(Binary::Or, left, right) => {
            let mut values = values_of(left, moment)?;
            values.extend(values_of(right, moment)?);
            Some(values)
        }
        Node::Binary(Binary::Equal, left, right) => match (left.as_field(), right.as_field()) {
            (Some(_), None) => texts_of(right, moment),
            (None, Some(_)) => texts_of(left, moment),
            _ => None,
        },
        Node::Call(call) if call.function.name == "in" => of_membership(call, moment),
        _ => None,
    }
}

/// `in(field, a, b)` and `in(a, field)`.
fn of_membership<'c>(call: &'c Call, moment: &Moment) -> Option<Vec<String>> {
    let plain = |arg: &'c Arg| arg.expr().filter(|_| arg.name.is_none());
    let args: Option<Vec<&Expr>> = call.args.iter().flat_map(Arg::items).map(plain).collect();
    match &args?[..] {
        [field, others @ ..] if field.as_field().is_some() && !others.is_empty() => {
            let texts: Option<Vec<_>> = others.iter().map(|other| texts_of(other, moment)).collect();
            Some(texts?.into_iter().flatten().collect())
        }
        [value, field] if field.as_field().is_some() => texts_of(value, moment),
        _ => None,
    }
}

/// The value of an expression without fields, or the items of the array that it is; `None` unless all are texts or addresses.
fn texts_of(expr: &Expr, moment: &Moment) -> Option<Vec<String>> {
    expr.fields().is_empty().then_some(())?;
    let mut texts = Vec::new();
    add(&constant(expr, moment).ok()?, &mut texts).then_some(texts)
}

fn add(value: &Value<'_>, texts: &mut Vec<String>) -> bool {
    match value {
        Value::Text(text) => texts.push(text.to_string()),
        Value::Ip(ip) => texts.push(ip.to_string()),
        Value::Array(items) => return items.iter().all(|item| add(item, texts)),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: &str, expect: Option<&[&str]>) {
        let moment = Moment { now: weir_event::Timestamp(0), zone: "UTC".to_owned(), strict: false };
        let found = values_of(&weir_lang::parse_expr(condition).expect("an expression"), &moment);
        let expect = expect.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expect, "{condition}");
    }

    #[test]
    fn only_what_must_be_there_is_looked_for() {
        check(r#"a == "x""#, Some(&["x"]));
        check(r#""x" == a or b == "y""#, Some(&["x", "y"]));
        check(r#"a == ip("2001:DB8::0:1")"#, Some(&["2001:db8::1"]));
        check(r#"in("x", a)"#, Some(&["x"]));
        check(r#"in(a, "x", array("y", "z"))"#, Some(&["x", "y", "z"]));
        check(r#"in(a, {"x", "y"})"#, Some(&["x", "y"]));
        check(r#"in(ip("192.0.2.1"), a)"#, Some(&["192.0.2.1"]));
        check(r#"a == b"#, None);
        check(r#"a != "x""#, None);
        check(r#"a == 5"#, None);
        check(r#"in(a, "x", 5)"#, None);
        check(r#"in("x", a, "x")"#, None);
        check(r#"a == "x" or b > 1"#, None);
        check(r#"not (a == "x")"#, None);
    }
}
