//! Whether a query needs any table.

use weir_lang::ast::{Arg, ArgValue, Expr, Node, Query};
use weir_lang::parse_query;

/// True when the query or one of its sub-queries begins with anything but `data`. A text that is no query reads nothing.
pub fn reads_tables(text: &str) -> bool {
    parse_query(text).is_ok_and(|query| of_query(&query))
}

fn of_query(query: &Query) -> bool {
    let source = query.commands.first().map(|command| command.kind.name());
    source != Some("data") || query.commands.iter().flat_map(|command| &command.args).any(of_arg)
}

fn of_arg(arg: &Arg) -> bool {
    match &arg.value {
        ArgValue::Expr(expr) => of_expr(expr),
        ArgValue::Group(items) => items.iter().any(of_arg),
        ArgValue::Block(query) => of_query(query),
    }
}

fn of_expr(expr: &Expr) -> bool {
    let mut reads = false;
    expr.walk(&mut |part| {
        reads |= match &part.node {
            Node::InQuery(_, query) => of_query(query),
            Node::Call(call) => call.args.iter().any(|arg| arg.block().is_some_and(of_query)),
            _ => false,
        };
    });
    reads
}

#[cfg(test)]
mod tests {
    use super::reads_tables;

    #[test]
    fn only_literal_records_need_no_table() {
        for (query, expected) in [
            ("data record(a = 1) | filter a > 0", false),
            ("data record(a = 1) | append [data record(b = 1)]", false),
            ("data record(a = 1) | append [fetch logs]", true),
            ("data record(a = 1) | filter a in [fetch logs | fields a]", true),
            ("data record(a = 1) | fieldsAdd lookup([load \"/lookups/a\"], lookupField: a)", true),
            ("fetch logs", true),
            ("no query", false),
        ] {
            assert_eq!(reads_tables(query), expected, "{query}");
        }
    }
}
