//! `search`: a term anywhere in a record.

use weir_event::{Fault, Value};
use weir_lang::ast::{Binary, Command, Expr, Node, Span, Unary};
use weir_lang::parse_expr;

use super::args::bad;
use super::filters::{condition, filtered};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::Column;
use crate::expr::{as_truth, compile, constant};

/// Where a term is looked for, and how.
struct Where<'c> {
    columns: &'c [Column],
    names: bool,
    values: bool,
    exact_case: bool,
}

impl Planner {
    /// A text alone is looked for in every field; everything else is as in `filter`.
    pub(super) fn search(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let (names, values) = match self.param_word(command, "scope")?.as_deref() {
            None | Some("values") => (false, true),
            Some("names") => (true, false),
            Some("all") => (true, true),
            Some(_) => return Err(bad(command, "`scope:` is all, names or values")),
        };
        let exact_case = self.param_flag(command, "caseSensitive")?;
        let place = Where { columns: &input.columns, names, values, exact_case };
        let wanted = self.everywhere(&condition(command)?, &place)?;
        let ready = as_truth(compile(&wanted, &input.columns, &self.moment)?);
        filtered(input, ready)
    }

    /// Replaces texts that stand for a condition by a look into all fields that can match.
    fn everywhere(&self, expr: &Expr, place: &Where) -> Result<Expr, Fault> {
        let inner = |inner: &Expr| self.everywhere(inner, place).map(Box::new);
        Ok(match &expr.node {
            Node::Binary(op @ (Binary::And | Binary::Or | Binary::Xor), left, right) => {
                Expr::new(Node::Binary(*op, inner(left)?, inner(right)?), expr.span)
            }
            Node::Unary(Unary::Not, condition) => Expr::new(Node::Unary(Unary::Not, inner(condition)?), expr.span),
            Node::Literal(term @ (Value::Text(_) | Value::Long(_) | Value::Double(_))) => self.in_any(term, place)?,
            _ => expr.clone(),
        })
    }

    fn in_any(&self, term: &Value<'static>, place: &Where) -> Result<Expr, Fault> {
        let text = match term {
            Value::Text(text) => text.to_string(),
            number => {
                let mut text = String::new();
                weir_event::write_json(number, &mut text);
                text
            }
        };
        let mut tests = Vec::new();
        for column in place.columns.iter().filter(|column| !column.hidden) {
            if place.names && self.is_in_name(&column.name, &text)? {
                tests.push(filled("isNotNull(field)", &column.name, &text)?);
            }
            if place.values && !matches!(column.form, Form::Bool | Form::Timestamp | Form::Duration) {
                tests.push(filled(template(column.form, place.exact_case), &column.name, &text)?);
            }
        }
        Ok(balanced(tests))
    }

    /// Whether the name of a field matches a term as a text would.
    fn is_in_name(&self, name: &str, term: &str) -> Result<bool, Fault> {
        let (name, term) = (Expr::literal(Value::owned(name.to_owned())), Expr::literal(Value::owned(term.to_owned())));
        let test = Node::Binary(Binary::Search, Box::new(name), Box::new(term));
        Ok(constant(&Expr::new(test, Span::default()), &self.moment)? == Value::Bool(true))
    }
}

/// How a field of a form is searched. `~` ignores case, so where case counts texts are looked at once more.
fn template(form: Form, exact_case: bool) -> &'static str {
    match form {
        _ if !exact_case => "field ~ \"term\"",
        Form::Text | Form::Texts => "field ~ \"term\" and matchesPhrase(field, \"term\", caseSensitive: true)",
        Form::Dynamic => {
            "field ~ \"term\" and (matchesPhrase(field, \"term\", caseSensitive: true) \
             or not in(type(field), \"string\", \"array\"))"
        }
        _ => "field ~ \"term\"",
    }
}

/// A template with the name of a field and a term put in.
fn filled(template: &str, name: &str, term: &str) -> Result<Expr, Fault> {
    let mut expr = parse_expr(template)?;
    expr.replace(&mut |part| match &part.node {
        Node::Field(field) if field == "field" => Some(Expr::field(name)),
        Node::Literal(Value::Text(text)) if text == "term" => Some(Expr::literal(Value::owned(term.to_owned()))),
        _ => None,
    });
    Ok(expr)
}

/// A balanced tree of `or`, so that a table of hundreds of fields does not nest as deep.
fn balanced(mut tests: Vec<Expr>) -> Expr {
    match tests.len() {
        0 => Expr::literal(Value::Bool(false)),
        1 => tests.swap_remove(0),
        many => {
            let right = tests.split_off(many / 2);
            let (left, right) = (Box::new(balanced(tests)), Box::new(balanced(right)));
            Expr::new(Node::Binary(Binary::Or, left, right), Span::default())
        }
    }
}
