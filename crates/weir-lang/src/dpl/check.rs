//! What the grammar allows but the matchers do not: quantifiers, parameters and their values.

use weir_event::{Fault, nearest};

use super::charset;
use super::fault::Source;
use super::names::{self, COUNT_MAX, Counts, ELEMENTS_MAX, Id};
use super::tree::{Expr, Form, Param, ParamValue, What};

/// Checks one expression by itself; its parts have been checked before.
pub(crate) fn check(expr: &Expr, source: Source, in_json: bool) -> Result<(), Fault> {
    quantifier(expr, source, in_json)?;
    parameters(expr, source)
}

/// Checks what containers hold, macros included: to be called once it is known that these write out to little.
pub(crate) fn containers(exprs: &[Expr], source: Source) -> Result<(), Fault> {
    for expr in exprs {
        for below in super::exports::children(expr) {
            containers(below, source)?;
        }
        pairs(expr, source)?;
    }
    Ok(())
}

fn quantifier(expr: &Expr, source: Source, in_json: bool) -> Result<(), Fault> {
    let (name, counts) = match &expr.what {
        What::Named { info, .. } => (names::print(info), info.counts),
        What::Literal(_) | What::Class(..) => return limits(expr, "the quantifier", COUNT_MAX.max(32_768), source),
        What::Sequence(_) => ("a group", Counts::Never),
        What::Choice(_) => ("a group of alternatives", Counts::Never),
        What::Macro(_) => ("a macro", Counts::Never),
        What::Look { .. } => ("a look-around", Counts::Never),
    };
    let Some(quantifier) = &expr.quantifier else {
        return match counts {
            Counts::Required => {
                Err(source.quantifier(format!("{name} requires a quantifier expression"), expr.span.clone()))
            }
            _ => Ok(()),
        };
    };
    let refuse = |says: String| Err(source.quantifier(says, quantifier.span.clone()));
    match counts {
        Counts::Any(..) => limits(expr, name, ELEMENTS_MAX, source),
        Counts::Required | Counts::Pairs => limits(expr, name, ELEMENTS_MAX, source),
        Counts::Nullable if quantifier.form == Form::Braces => {
            refuse(format!("{name} only supports '*' (nullable) and '+' (not nullable) quantifiers"))
        }
        Counts::Nullable => Ok(()),
        Counts::Mandatory if in_json && quantifier.form != Form::Braces => Ok(()),
        Counts::Mandatory if in_json => refuse(format!("{name} only supports '+' (mandatory) as a JSON member")),
        Counts::Mandatory => refuse(format!("{name} takes no quantifier outside of JSON members")),
        Counts::Never => refuse(format!("{name} takes no quantifier")),
    }
}

fn limits(expr: &Expr, name: &str, most: usize, source: Source) -> Result<(), Fault> {
    match &expr.quantifier {
        Some(q) if q.min > most || q.max.is_some_and(|max| max > most) => {
            Err(source.quantifier(format!("{name} repeats at most {most} times"), q.span.clone()))
        }
        _ => Ok(()),
    }
}

fn parameters(expr: &Expr, source: Source) -> Result<(), Fault> {
    let allowed: &[&str] = match &expr.what {
        What::Named { info, .. } => info.params,
        What::Sequence(_) => names::GROUP,
        What::Literal(_) | What::Class(..) | What::Choice(_) => &["charset", "locale"],
        What::Macro(_) | What::Look { .. } => &[],
    };
    let mut seen: Vec<&str> = Vec::new();
    for param in &expr.config {
        let name = name_of(param, expr, allowed, source)?;
        if seen.contains(&name) {
            let says = format!("the parameter {name} is given twice");
            return Err(source.parameter(says, param.span.clone(), "keep one of the two"));
        }
        seen.push(name);
        value(param, name, source)?;
    }
    Ok(())
}

/// The parameter's name with aliases resolved.
fn name_of<'s>(param: &Param, expr: &Expr, allowed: &[&'s str], source: Source) -> Result<&'s str, Fault> {
    let Some(name) = &param.name else {
        return match allowed.contains(&"format") && expr.id() == Some(Id::Timestamp) {
            true => Ok("format"),
            false => Err(source.parameter("a parameter has no name", param.span.clone(), "write name=value")),
        };
    };
    match allowed.iter().find(|allowed| name.text.eq_ignore_ascii_case(allowed)) {
        Some(&"tz") => Ok("timezone"),
        Some(found) => Ok(found),
        None => {
            let hint = match (nearest(&name.text, allowed.iter().copied()), allowed.is_empty()) {
                (Some(near), _) => format!("did you mean {near}?"),
                (None, true) => "this matcher has no parameters".to_owned(),
                (None, false) => format!("the parameters are {}", allowed.join(", ")),
            };
            Err(source.parameter(format!("there is no parameter {}", name.text), name.span.clone(), &hint))
        }
    }
}

fn value(param: &Param, name: &str, source: Source) -> Result<(), Fault> {
    let refuse = |wants: &str| {
        let says = format!("the parameter {name} takes {wants}");
        Err(source.parameter(says, param.span.clone(), "see the value's form in the reference"))
    };
    let is_flag = match &param.value {
        ParamValue::Bool(_) => true,
        ParamValue::Text(text) => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        _ => false,
    };
    match name {
        "cis" | "strict" | "flat" | "typed" | "excludeRoot" | "ignoreNamespace" if !is_flag => refuse("true or false"),
        "min" | "max" if !matches!(param.value, ParamValue::Number(_)) => refuse("a number"),
        "maxlen" if !matches!(param.value, ParamValue::Number(number) if number.value >= 1.0) => {
            refuse("a number of bytes, at least 1")
        }
        "fs" if matches!(&param.value, ParamValue::Text(text) if !text.is_empty()) => Ok(()),
        "fs" if matches!(&param.value, ParamValue::Matchers(exprs) if !exprs.is_empty()) => Ok(()),
        "fs" => refuse("a quoted text or { matchers }"),
        "format" | "timezone" | "locale" | "charset" | "greedy" | "rootTag" if !matches!(&param.value, ParamValue::Text(text) if !text.is_empty()) => {
            refuse("a quoted text")
        }
        "charset" if matches!(&param.value, ParamValue::Text(text) if charset::find(text).is_none()) => {
            let hint = "for example UTF-8, ISO-8859-1 or windows-1252; text is decoded before a pattern sees it";
            Err(source.parameter("the parameter charset takes the name of a character set", param.span.clone(), hint))
        }
        _ => Ok(()),
    }
}

/// KVP needs a key and a value; ARRAY needs a value.
fn pairs(expr: &Expr, source: Source) -> Result<(), Fault> {
    let What::Named { info, body } = &expr.what else { return Ok(()) };
    if !matches!(info.id, Id::Pairs | Id::Array) {
        return Ok(());
    }
    let exports = super::exports::frame(super::parse::body_exprs(body));
    let has = |test: fn(&str) -> bool| exports.iter().any(|export| test(&export.name));
    match info.id {
        Id::Pairs if !(has(|name| name == "key") && has(|name| name.starts_with("value"))) => Err(source.members(
            "KVP needs matchers with the names key and value",
            expr.span.clone(),
            "for example KVP{LD:key '=' LD:value ' '?}",
        )),
        Id::Array if exports.is_empty() => Err(source.members(
            "ARRAY needs a matcher with a name",
            expr.span.clone(),
            "for example ARRAY{INT:v ','?}{1,10}",
        )),
        _ => Ok(()),
    }
}
