//! Trees of patterns back to text, for tests of the parser: what is read from it is the same tree.

use std::fmt::Write;

use weir_event::Fault;

use super::Macros;
use super::names::{self, Braces};
use super::parse::{self, Parsed};
use super::tree::{Body, Expr, Form, Param, ParamValue, Quantifier, Rename, What};

/// A pattern as weir writes it: one blank between matchers, names in capitals, single quotes, macros on lines of their own. Comments
/// are left out. Reading the result gives the same pattern, and printing that the same text.
///
/// # Errors
/// What is wrong with a text that is no pattern.
pub fn normal_form(text: &str) -> Result<String, Fault> {
    Ok(written(&parse::parse(text, &Macros::default(), false)?))
}

fn written(parsed: &Parsed) -> String {
    let mut out = String::new();
    for one in &parsed.macros {
        let _ = write!(out, "${} = ", one.name.text);
        sequence(&one.body, " ", &mut out);
        out.push_str(";\n");
    }
    sequence(&parsed.exprs, " ", &mut out);
    out
}

fn sequence(exprs: &[Expr], between: &str, out: &mut String) {
    for (index, one) in exprs.iter().enumerate() {
        out.push_str(if index > 0 { between } else { "" });
        expr(one, out);
    }
}

/// The parts of an expression stand in a fixed order.
fn expr(expr: &Expr, out: &mut String) {
    what(&expr.what, out);
    (0..expr.dimensions).for_each(|_| out.push_str("[]"));
    if !expr.config.is_empty() {
        out.push('(');
        for (index, one) in expr.config.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            param(one, out);
        }
        out.push(')');
    }
    if let Some(quantifier) = &expr.quantifier {
        counts(quantifier, out);
    }
    out.push_str(if expr.optional { "?" } else { "" });
    if let Some(export) = &expr.export {
        name(&export.text, out);
    }
    match &expr.rename {
        Some(Rename::To(other)) => name(other, out),
        Some(Rename::Dropped) => out.push_str(":null"),
        None => {}
    }
}

fn what(what: &What, out: &mut String) {
    match what {
        What::Look { behind, negative, inner } => {
            out.push_str(if *negative { "!" } else { "" });
            out.push_str(if *behind { "<<" } else { ">>" });
            expr(inner, out);
        }
        What::Literal(text) => quoted(text, out),
        What::Class(_, text) => out.push_str(text),
        What::Sequence(exprs) => {
            out.push('(');
            sequence(exprs, " ", out);
            out.push(')');
        }
        What::Choice(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                out.push_str(if index > 0 { " | " } else { "(" });
                sequence(branch, " ", out);
            }
            out.push(')');
        }
        What::Macro(used) => {
            let _ = write!(out, "${}", used.name.text);
        }
        What::Named { info, body } => {
            out.push_str(names::print(info));
            members(body, if info.braces == Braces::Members { ", " } else { " " }, out);
        }
    }
}

fn members(body: &Body, between: &str, out: &mut String) {
    match body {
        Body::None => return,
        Body::Matchers(exprs) => {
            out.push('{');
            sequence(exprs, between, out);
        }
        Body::Keys(keys) => {
            for (index, (key, value)) in keys.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "{" });
                quoted(key, out);
                let _ = write!(out, "={value}");
            }
        }
        Body::Text(text) => {
            out.push('{');
            quoted(&text.text, out);
        }
    }
    out.push('}');
}

fn param(param: &Param, out: &mut String) {
    if let Some(name) = &param.name {
        let _ = write!(out, "{}=", name.text);
    }
    match &param.value {
        ParamValue::Text(text) => quoted(text, out),
        ParamValue::Number(number) => {
            let _ = write!(out, "{number}");
        }
        ParamValue::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        ParamValue::Null => out.push_str("null"),
        ParamValue::Matchers(exprs) => {
            out.push('{');
            sequence(exprs, " ", out);
            out.push('}');
        }
    }
}

fn counts(quantifier: &Quantifier, out: &mut String) {
    let _ = match (quantifier.form, quantifier.min, quantifier.max) {
        (Form::Star, ..) => write!(out, "*"),
        (Form::Plus, ..) => write!(out, "+"),
        (Form::Braces, min, Some(max)) if min == max => write!(out, "{{{min}}}"),
        (Form::Braces, 0, Some(max)) => write!(out, "{{,{max}}}"),
        (Form::Braces, min, Some(max)) => write!(out, "{{{min},{max}}}"),
        (Form::Braces, min, None) => write!(out, "{{{min},}}"),
    };
}

/// A colon and a name, in quotes unless letters, digits, `_` and dots make it up; so is one that would mean to drop a member.
fn name(text: &str, out: &mut String) {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    out.push(':');
    match text.split('.').all(plain) && !text.eq_ignore_ascii_case("null") {
        true => out.push_str(text),
        false => quoted(text, out),
    }
}

/// Text in single quotes. A backslash is doubled, so that what follows it keeps its meaning.
fn quoted(text: &str, out: &mut String) {
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('\'');
}
