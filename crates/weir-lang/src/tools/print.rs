//! Trees back to text: what is read from it is the same tree.

use std::fmt::Write;

use weir_event::{Uid, Value};

use crate::ast::{Arg, ArgValue, Binary, Calendar, Command, Expr, Node, Order, Query, Unary, Unit};
use crate::parse::expr::{RESERVED, level};
use crate::units::{DAY, HOUR, MINUTE, SECOND};

/// A query as text, one command a line. Reading it gives the same tree; printing that gives the same text.
pub fn print(query: &Query) -> String {
    let mut out = String::new();
    write_query(query, "\n", &mut out);
    out
}

/// An expression as text.
pub fn print_expr(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(expr, 0, &mut out);
    out
}

fn write_query(query: &Query, between: &str, out: &mut String) {
    for (index, command) in query.commands.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
            out.push_str("| ");
        }
        write_command(command, out);
    }
}

fn write_command(command: &Command, out: &mut String) {
    out.push_str(command.kind.name());
    out.push_str(if command.args.is_empty() { "" } else { " " });
    write_args(&command.args, out);
}

fn write_args(args: &[Arg], out: &mut String) {
    for (index, arg) in args.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write_arg(arg, out);
    }
}

fn write_arg(arg: &Arg, out: &mut String) {
    if let Some(name) = &arg.name {
        out.push_str(name);
        out.push_str(": ");
    }
    if let Some(alias) = &arg.alias {
        write_name(alias, out);
        out.push_str(" = ");
    }
    match &arg.value {
        ArgValue::Expr(expr) => write_expr(expr, 0, out),
        ArgValue::Group(args) => {
            out.push('{');
            write_args(args, out);
            out.push('}');
        }
        ArgValue::Block(query) => write_block(query, out),
    }
    match arg.order {
        Some(Order::Ascending) => out.push_str(" asc"),
        Some(Order::Descending) => out.push_str(" desc"),
        None => {}
    }
}

fn write_block(query: &Query, out: &mut String) {
    out.push('[');
    write_query(query, " ", out);
    out.push(']');
}

/// A name bare where that is allowed, else in backticks.
fn write_name(name: &str, out: &mut String) {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        && !RESERVED.iter().chain(&["case", "in", "asc", "desc"]).any(|word| word.eq_ignore_ascii_case(name));
    if plain {
        out.push_str(name);
        return;
    }
    out.push('`');
    for c in name.chars() {
        out.extend(matches!(c, '`' | '\\').then_some('\\'));
        out.push(c);
    }
    out.push('`');
}

/// How tightly an expression holds together.
fn strength(expr: &Expr) -> u8 {
    match &expr.node {
        Node::Binary(op, ..) => of_operator(*op),
        Node::InQuery(..) => level::IN,
        Node::Unary(Unary::Not, _) => level::NOT,
        Node::Unary(Unary::Minus, _) => level::MINUS,
        Node::Align(..) => level::ALIGN,
        Node::Calendar(Calendar { months }) if *months < 0 => level::MINUS,
        Node::Literal(Value::Long(..0)) => level::MINUS,
        Node::Literal(Value::Double(number)) if number.is_sign_negative() => level::MINUS,
        Node::Literal(Value::Duration(length)) if length.0 < 0 => level::MINUS,
        _ => u8::MAX,
    }
}

fn of_operator(op: Binary) -> u8 {
    match op {
        Binary::Or => level::OR,
        Binary::Xor => level::XOR,
        Binary::And => level::AND,
        Binary::Search => level::SEARCH,
        Binary::Add | Binary::Subtract => level::ADD,
        Binary::Multiply | Binary::Divide | Binary::Remainder => level::MULTIPLY,
        _ => level::COMPARE,
    }
}

/// Writes `expr` in parentheses when it holds together less than `least`.
fn write_expr(expr: &Expr, least: u8, out: &mut String) {
    let open = strength(expr) < least;
    out.push_str(if open { "(" } else { "" });
    write_node(expr, out);
    out.push_str(if open { ")" } else { "" });
}

fn write_node(expr: &Expr, out: &mut String) {
    match &expr.node {
        Node::Literal(value) => write_value(value, out),
        Node::Calendar(calendar) => write_calendar(*calendar, out),
        Node::Field(name) => write_name(name, out),
        Node::Variable(name) => {
            out.push('$');
            out.push_str(name);
        }
        Node::Unary(Unary::Not, operand) => {
            out.push_str("not ");
            write_negated(operand, out);
        }
        Node::Unary(Unary::Minus, operand) => {
            out.push_str("-(");
            write_expr(operand, 0, out);
            out.push(')');
        }
        Node::Binary(op, left, right) => {
            let level = of_operator(*op);
            write_left(*op, left, level, out);
            let _ = write!(out, " {} ", op.sign());
            write_right(left, right, level, out);
        }
        Node::InQuery(needle, query) => {
            write_expr(needle, level::IN + 1, out);
            out.push_str(" in ");
            write_block(query, out);
        }
        Node::Align(operand, unit) => {
            if let Some(operand) = operand {
                write_expr(operand, u8::MAX, out);
            }
            write_unit(*unit, out);
        }
        Node::Element(of, index) => {
            write_expr(of, u8::MAX, out);
            let _ = write!(out, "[{index}]");
        }
        Node::Member(of, name) => {
            write_expr(of, u8::MAX, out);
            out.push('[');
            write_name(name, out);
            out.push(']');
        }
        Node::Each(of) => {
            write_expr(of, u8::MAX, out);
            out.push_str("[]");
        }
        Node::Call(call) => {
            out.push_str(call.function.name);
            out.push('(');
            write_args(&call.args, out);
            out.push(')');
        }
    }
}

/// What `not` stands before begins with a letter, a quote, a digit or a parenthesis.
fn write_negated(operand: &Expr, out: &mut String) {
    let bare = matches!(
        operand.node,
        Node::Field(_) | Node::Call(_) | Node::Variable(_) | Node::Member(..) | Node::Element(..)
    );
    out.push_str(if bare { "" } else { "(" });
    write_expr(operand, 0, out);
    out.push_str(if bare { "" } else { ")" });
}

/// Chains of `and` and `or` are read as balanced trees and written flat; comparisons do not chain.
fn write_left(op: Binary, left: &Expr, level: u8, out: &mut String) {
    write_expr(left, if op.compares() { level + 1 } else { level }, out);
}

/// `a - 2h@h` is read as `(a - 2h)@h`, so an aligned operand on the right stands in parentheses.
fn write_right(left: &Expr, right: &Expr, level: u8, out: &mut String) {
    let chain = matches!((&left.node, &right.node), (_, Node::Binary(op @ (Binary::And | Binary::Or), ..)) if of_operator(*op) == level);
    let least = match right.node {
        Node::Align(Some(_), _) => u8::MAX,
        _ if chain => level,
        _ => level + 1,
    };
    write_expr(right, least, out);
}

fn write_calendar(Calendar { months }: Calendar, out: &mut String) {
    let (count, unit) = match months {
        months if months % 12 == 0 => (months / 12, "y"),
        months if months % 3 == 0 => (months / 3, "q"),
        months => (months, "M"),
    };
    let _ = write!(out, "{count}{unit}");
}

fn write_unit(unit: Unit, out: &mut String) {
    let _ = match unit {
        Unit::Fixed(nanos) => {
            let units = [(HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
            let (size, name) = units.into_iter().find(|(size, _)| nanos % size == 0).unwrap_or((1, "ns"));
            if nanos == size { write!(out, "@{name}") } else { write!(out, "@{}{name}", nanos / size) }
        }
        Unit::Day => write!(out, "@d"),
        Unit::Week(1) => write!(out, "@w"),
        Unit::Week(day) => write!(out, "@w{day}"),
        Unit::Month => write!(out, "@M"),
        Unit::Quarter => write!(out, "@q"),
        Unit::Year => write!(out, "@y"),
    };
}

/// A value as an expression that makes it. Values of parameters may have any type.
fn write_value(value: &Value, out: &mut String) {
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Long(number) => write!(out, "{number}"),
        Value::Double(number) if number.is_finite() => write!(out, "{number:?}"),
        Value::Double(_) => write!(out, "null"),
        Value::Text(text) => write_text(text, out),
        Value::Duration(length) => write_duration(length.0, out),
        Value::Timestamp(at) => write!(out, "timestampFromUnixNanos({})", at.0),
        Value::Timeframe(frame) => write!(
            out,
            "timeframe(from: timestampFromUnixNanos({}), to: timestampFromUnixNanos({}))",
            frame.start.0, frame.end.0
        ),
        Value::Ip(ip) => write!(out, "ip(\"{ip}\")"),
        Value::Uid(Uid::Uid64(bits)) => write!(out, "uid64({})", bits.cast_signed()),
        Value::Uid(Uid::Uid128(bits)) => write!(out, "uid128({}, {})", (bits >> 64) as i64, *bits as i64),
        Value::Uid(Uid::Uuid(bits)) => write!(out, "uuid({}, {})", (bits >> 64) as i64, *bits as i64),
        Value::Binary(bytes) => {
            out.push_str("decodeBase16ToBinary(\"");
            bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")).and_then(|()| write!(out, "\")"))
        }
        Value::Array(items) => {
            out.push_str("array(");
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_value(item, out);
            }
            write!(out, ")")
        }
        Value::Record(record) => {
            out.push_str("record(");
            for (index, (name, value)) in record.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_name(name, out);
                out.push_str(" = ");
                write_value(value, out);
            }
            write!(out, ")")
        }
    };
}

fn write_text(text: &str, out: &mut String) -> std::fmt::Result {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(())
}

fn write_duration(nanos: i64, out: &mut String) -> std::fmt::Result {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let (size, name) = units.into_iter().find(|(size, _)| nanos % size == 0).unwrap_or((1, "ns"));
    write!(out, "{}{name}", nanos / size)
}
