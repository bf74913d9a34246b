//! `exists(field)` over columns: whether the record has the field, even as a null.
//!
//! A column knows that of its rows as a whole, unless it is sparse: then a null is a record without the field. Where literal records
//! have a field in both ways, a hidden column beside it tells the two apart.

use std::borrow::Cow;

use weir_event::Value;
use weir_lang::ast::{Arg, Binary, Call, Command, Expr, Node, Span};
use weir_lang::functions;

use super::walk;
use crate::columns::{Column, find};

/// What the name of a column begins with that is not null where the record has the field; the name of the field follows.
const PRESENT: &str = "#present ";

/// `expr` with every question whether a field exists answered by the columns.
pub(super) fn resolved<'e>(expr: &'e Expr, columns: &[Column]) -> Cow<'e, Expr> {
    if !walk::any(expr, &|part| asked(part).is_some()) {
        return Cow::Borrowed(expr);
    }
    let mut resolved = expr.clone();
    walk::each_mut(&mut resolved, &mut |part| {
        if let Some(answer) = asked(part).map(|name| answer(name, columns)) {
            *part = Expr::new(answer.node, part.span);
        }
    });
    Cow::Owned(resolved)
}

/// Whether one of the commands asks if the field exists.
pub fn is_asked(name: &str, commands: &[Command]) -> bool {
    let exprs = commands.iter().flat_map(|command| &command.args).flat_map(Arg::items).filter_map(Arg::expr);
    exprs.into_iter().any(|expr| walk::any(expr, &|part| asked(part) == Some(name)))
}

/// The name of the column that tells records with a null from records without the field.
pub fn witness(name: &str) -> String {
    format!("{PRESENT}{name}")
}

/// The field that `exists` is asked about.
fn asked(expr: &Expr) -> Option<&str> {
    match &expr.node {
        Node::Call(call) if call.function.name == "exists" => call.args.first()?.expr()?.as_field(),
        _ => None,
    }
}

fn answer(name: &str, columns: &[Column]) -> Expr {
    let Some(at) = find(columns, name) else { return Expr::literal(Value::Bool(false)) };
    if !columns[at].sparse {
        return Expr::literal(Value::Bool(true));
    }
    let witness = witness(name);
    match find(columns, &witness) {
        None => is_not_null(name),
        Some(_) => {
            let both = Node::Binary(Binary::Or, Box::new(is_not_null(name)), Box::new(is_not_null(&witness)));
            Expr::new(both, Span::default())
        }
    }
}

fn is_not_null(name: &str) -> Expr {
    let field = Expr::field(name);
    match functions::find("isNotNull") {
        Some(function) => Expr::new(Node::Call(Call { function, args: vec![Arg::of(field)] }), Span::default()),
        None => field,
    }
}
