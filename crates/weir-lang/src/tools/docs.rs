//! The reference, made from the tables: what hover shows, and the pages of functions.

use std::fmt::Write;

use weir_event::{Timestamp, Value};

use super::print::print_expr;
use crate::ast::{Arg, ArgValue, Expr, Node};
use crate::commands::{CommandSpec, Takes, Wants};
use crate::functions::{FAMILIES, Fallback, Family, Function, Param, ParamKind, Row, bind};
use crate::types::{ANY, Type};
use crate::{CompileOptions, Program, Scratch, parse_expr, text_form};

/// `name(required, many, ... [, optional: type])`.
pub(super) fn signature(function: &Function) -> String {
    let (mut out, mut first) = (format!("{}(", function.name), true);
    for param in function.takes {
        let comma = if first { "" } else { ", " };
        let _ = match param.kind {
            ParamKind::Required => write!(out, "{comma}{}", param.name),
            ParamKind::Many(0) => write!(out, "[{comma}{}, …]", param.name),
            ParamKind::Many(_) => write!(out, "{comma}{}, …", param.name),
            ParamKind::Optional(_) => write!(out, "[{comma}{}:]", param.name),
        };
        first = false;
    }
    out.push(')');
    out
}

/// A function in Markdown, for hover.
pub(super) fn function(function: &Function) -> String {
    let mut out = format!("```\n{}\n```\n{}\n", signature(function), function.says);
    if function.is_extension() {
        out.push_str("\nOne of weir's own; `--strict` refuses it.\n");
    }
    write_params(function, &mut out);
    for (text, result) in function.examples.iter().take(2) {
        let _ = write!(out, "\n`{text}` gives `{result}`\n");
    }
    out
}

/// A parameter of a function in Markdown.
pub(super) fn param(of: &Function, param: &Param) -> String {
    format!("`{}` of `{}`: {}{}\n", param.name, of.name, param.takes, fallback(param))
}

/// A command in Markdown, for hover.
pub(super) fn command(spec: &CommandSpec) -> String {
    let mut out = format!("```\n{}\n```\n{}\n", usage(spec), spec.says);
    if spec.kind.is_extension() {
        out.push_str("\nOne of weir's own; `--strict` refuses it.\n");
    }
    for param in spec.params {
        let _ = write!(out, "\n- `{}:` {}", param.name, param.wants);
    }
    out.push_str(if spec.params.is_empty() { "" } else { "\n" });
    out
}

/// How a command is written.
pub(super) fn usage(spec: &CommandSpec) -> String {
    let mut out = spec.name.to_owned();
    out.push_str(match spec.takes {
        Takes::Expressions => " expression, …",
        Takes::Named => " [name =] expression, …",
        Takes::Exactly(_) => "",
        Takes::Sorts => " expression [asc|desc], …",
        Takes::Renames => " new = old, …",
        Takes::Patterns => " field, …",
        Takes::Records => " record(…), …",
        Takes::Block => " [query]",
        Takes::NamedBlock => " name = [query]",
    });
    let places = spec.places().join(", ");
    out.push_str(if places.is_empty() { "" } else { " " });
    out.push_str(&places);
    for param in spec.params {
        let _ = match param.wants {
            Wants::Fields | Wants::Patterns | Wants::Sorts | Wants::Lists => write!(out, " [, {}: {{…}}]", param.name),
            _ => write!(out, " [, {}:]", param.name),
        };
    }
    out
}

fn fallback(param: &Param) -> String {
    match param.kind {
        ParamKind::Required => String::new(),
        ParamKind::Many(_) => ", any number".to_owned(),
        ParamKind::Optional(Fallback::Null) => ", by name".to_owned(),
        ParamKind::Optional(fallback) => match fallback.value() {
            Value::Text(text) => format!(", by name, else `\"{text}\"`"),
            value => format!(", by name, else `{}`", text_form(&value)),
        },
    }
}

fn write_params(function: &Function, out: &mut String) {
    for param in function.takes {
        let _ = write!(out, "\n- `{}`: {}{}", param.name, param.takes, fallback(param));
    }
    if !function.takes.is_empty() {
        out.push('\n');
    }
}

/// The pages of all functions that work on one record: file names and texts. A page is a family; its examples are run to write it.
pub fn function_pages() -> Vec<(String, String)> {
    let on_records = |family: &&Family| !family.functions.iter().all(|one| one.is_aggregate() || one.is_window());
    FAMILIES
        .iter()
        .filter(on_records)
        .map(|family| (format!("{}.md", family.name.replace(' ', "-")), page(family)))
        .collect()
}

fn page(family: &Family) -> String {
    let mut title = family.name.to_owned();
    title[..1].make_ascii_uppercase();
    let mut out = format!(
        "# {title} functions\n\nMade from the table of functions by `cargo xtask docs`. Where nothing else is said, null gives null, and so does a value of another type.\n"
    );
    for function in family.functions {
        let _ = write!(
            out,
            "\n## {}\n\n`{}` gives {}. {}\n",
            function.name,
            signature(function),
            function.gives,
            function.says
        );
        if function.is_extension() {
            out.push_str("One of weir's own; `--strict` refuses it.\n");
        }
        write_params(function, &mut out);
        let examples = examples(function);
        if !examples.is_empty() {
            out.push_str("\n| expression | gives |\n|---|---|\n");
        }
        for (text, result) in examples {
            let _ = writeln!(out, "| {} | {} |", code(&text), code(&result));
        }
    }
    out
}

/// Text in a cell of a table.
fn code(text: &str) -> String {
    if text.is_empty() {
        return "an empty string".to_owned();
    }
    let shown: String = text.chars().map(|c| if c.is_control() { '␣' } else { c }).collect();
    let fence = if shown.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", shown.replace('|', "\\|"))
}

/// The examples of the table, and what comes of nothing and of a hostile value in the place of the first argument.
fn examples(function: &Function) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> =
        function.examples.iter().map(|(text, result)| ((*text).to_owned(), (*result).to_owned())).collect();
    if matches!(function.row, Row::Elsewhere) || function.name == "random" {
        return out;
    }
    let first = function.examples.iter().find_map(|(text, _)| parse_expr(text).ok());
    for value in [Some(Expr::literal(Value::Null)), hostile(function)].into_iter().flatten() {
        let Some(mut call) = first.clone() else { continue };
        if !replace_first(&mut call, function, &value) {
            continue;
        }
        let text = print_expr(&call);
        if value.as_literal().is_some_and(Value::is_null)
            && out.iter().any(|(have, _)| have.contains(&format!("{}(null", function.name)))
        {
            continue;
        }
        if let Some(result) = evaluate(&text)
            && !out.iter().any(|(have, _)| *have == text)
        {
            out.push((text, result));
        }
    }
    out
}

/// Puts `value` into the place of the first argument of a call of the function, wherever that is in the expression.
fn replace_first(expr: &mut Expr, function: &Function, value: &Expr) -> bool {
    let mut done = false;
    expr.replace(&mut |part| {
        let Node::Call(call) = &part.node else { return None };
        if done || call.function != function {
            return None;
        }
        let bound = bind(call.function, &call.args)?;
        let name = function.takes.first()?.name;
        let target = *bound.list(name).first()?;
        let mut call = call.clone();
        let arg = call.args.iter_mut().flat_map(open).find(|arg| arg.span == target.span)?;
        arg.value = ArgValue::Expr(value.clone());
        done = true;
        Some(Expr::new(Node::Call(call), part.span))
    });
    done
}

/// An argument, or what its braces hold.
fn open(arg: &mut Arg) -> Vec<&mut Arg> {
    match &arg.value {
        ArgValue::Group(_) => match &mut arg.value {
            ArgValue::Group(args) => args.iter_mut().collect(),
            _ => Vec::new(),
        },
        _ => vec![arg],
    }
}

/// A value that is as odd as the first parameter takes.
fn hostile(function: &Function) -> Option<Expr> {
    let takes = function.takes.first()?.takes;
    let text = if takes == ANY {
        "\"\\\\\\\"%_*[💥\""
    } else if takes.has(Type::Array) {
        "array(array(), null, \"💥\", -9223372036854775808)"
    } else if takes.has(Type::Text) {
        "\"\\\\\\\"%_*[💥\""
    } else if takes.has(Type::Long) {
        "-9223372036854775808"
    } else if takes.has(Type::Timestamp) {
        "timestampFromUnixNanos(-9223372036854775808)"
    } else if takes.has(Type::Double) {
        "1e308"
    } else {
        "coalesce(\"of another type\")"
    };
    parse_expr(text).ok()
}

fn evaluate(text: &str) -> Option<String> {
    let options = CompileOptions { now: Timestamp(0), zone: "UTC", strict: false, slots: &|_| None };
    let program = Program::compile(&parse_expr(text).ok()?, &options).ok()?;
    let none: &[Value] = &[];
    Some(match program.eval(&none, &mut Scratch::default()) {
        Value::Null => "null".to_owned(),
        value => text_form(&value),
    })
}
