//! What single commands ask of their arguments beyond the table.

use weir_event::{Fault, Value};

use super::CommandKind;
use crate::ast::{Arg, Binary, Command, Expr, Node, Unary};
use crate::fault::Source;
use crate::json;
use crate::static_type::static_type;
use crate::types::Type;

/// Steps of one sequence.
const STEPS_MAX: usize = 16;

pub(super) fn check(command: &Command, source: Source) -> Result<(), Fault> {
    let checks = Checks { command, source };
    match command.kind {
        CommandKind::Fetch | CommandKind::Timeseries | CommandKind::Metrics => {
            checks.exclude("timeframe", "from")?;
            checks.exclude("timeframe", "to")
        }
        CommandKind::Data => checks.data(),
        CommandKind::Load => checks.file(),
        CommandKind::Filter | CommandKind::FilterOut | CommandKind::FailIf => checks.condition(),
        CommandKind::Search => match command.items().first() {
            Some(arg) => arg.expr().map_or(Ok(()), |expr| checks.search(expr)),
            None => Ok(()),
        },
        CommandKind::Summarize | CommandKind::MakeTimeseries => checks.aggregating(),
        CommandKind::FieldsFlatten => checks.exclude("prefix", "fields"),
        CommandKind::FieldsMove => checks.need("include"),
        CommandKind::Lookup => checks.need("lookupField"),
        CommandKind::Join | CommandKind::JoinNested => checks.keys(),
        CommandKind::Limit => checks.limit(),
        CommandKind::Parse if source.strict => match command.named("status") {
            Some(arg) => {
                Err(source.extension("`status:`", "look at a field of the pattern: `isNull(field)`", arg.span))
            }
            None => Ok(()),
        },
        CommandKind::Sequence => checks.sequence(),
        _ => Ok(()),
    }
}

struct Checks<'c, 't> {
    command: &'c Command,
    source: Source<'t>,
}

impl Checks<'_, '_> {
    fn exclude(&self, one: &str, other: &str) -> Result<(), Fault> {
        match (self.command.named(one), self.command.named(other)) {
            (Some(_), Some(arg)) => Err(self.source.excluded(one, other, arg.span)),
            _ => Ok(()),
        }
    }

    fn need(&self, name: &str) -> Result<(), Fault> {
        match self.command.named(name) {
            None => {
                Err(self.source.missing_parameter(&format!("`{name}:`"), self.command.kind.name(), self.command.span))
            }
            Some(_) => Ok(()),
        }
    }

    fn wrong<T>(&self, name: &str, wants: &str, arg: &Arg) -> Result<T, Fault> {
        Err(self.source.wrong_argument(self.command.kind.name(), name, wants, arg.span))
    }

    fn data(&self) -> Result<(), Fault> {
        let Some(arg) = self.command.named("json") else {
            return if self.command.items().is_empty() { self.need("json") } else { Ok(()) };
        };
        if let Some(record) = self.command.items().first() {
            return Err(self.source.excluded("json", "record", record.span));
        }
        let Some(text) = arg.expr().and_then(Expr::as_literal).and_then(|value| value.as_str()) else { return Ok(()) };
        match json::read(text) {
            Some(Value::Record(_)) => Ok(()),
            Some(Value::Array(items)) if items.iter().all(|item| matches!(item, Value::Record(_))) => Ok(()),
            _ => Err(self.source.bad_json(arg.span)),
        }
    }

    /// The first argument holds or does not, as far as its type can be told.
    fn condition(&self) -> Result<(), Fault> {
        let arg = self.command.items()[0];
        if arg.alias.is_some() {
            return Ok(());
        }
        match arg.expr().filter(|expr| !expr.is_iterative()).and_then(|expr| static_type(expr, &|_| None)) {
            None | Some(Type::Bool) => Ok(()),
            Some(other) => self.wrong("condition", &format!("a condition, not {}", other.name()), arg),
        }
    }

    fn file(&self) -> Result<(), Fault> {
        let arg = self.command.items()[0];
        let expr = arg.expr();
        match expr.map(|expr| &expr.node) {
            Some(Node::Literal(Value::Text(_)) | Node::Field(_) | Node::Variable(_)) => Ok(()),
            _ => self.wrong("argument", "the path of a lookup table in quotes", arg),
        }
    }

    /// A search is made of texts, `field ~ "text"` and comparisons, with `and`, `or` and `not` between them.
    fn search(&self, expr: &Expr) -> Result<(), Fault> {
        match &expr.node {
            Node::Binary(Binary::And | Binary::Or | Binary::Xor, left, right) => {
                self.search(left)?;
                self.search(right)
            }
            Node::Unary(Unary::Not, operand) => self.search(operand),
            Node::Binary(op, ..) if *op == Binary::Search || op.compares() => Ok(()),
            Node::Literal(Value::Text(_) | Value::Long(_) | Value::Double(_)) | Node::Variable(_) => Ok(()),
            _ => Err(self.source.wrong_place(
                "a search is made of texts and comparisons",
                "write `search \"text\"`, `search field ~ \"text\"` or `search field == value`; other conditions go into `filter`",
                expr.span,
            )),
        }
    }

    fn aggregating(&self) -> Result<(), Fault> {
        let any = !self.command.items().is_empty() || !self.command.list("aggregations").is_empty();
        let name = self.command.kind.name();
        match self.command.kind {
            CommandKind::Summarize if !any && self.command.list("by").is_empty() => {
                Err(self.source.missing_parameter("an aggregation or `by:`", name, self.command.span))
            }
            CommandKind::MakeTimeseries if !any => {
                Err(self.source.missing_parameter("an aggregation", name, self.command.span))
            }
            CommandKind::MakeTimeseries => {
                self.exclude("bins", "interval")?;
                self.exclude("time", "spread")?;
                self.exclude("timeframe", "from")?;
                self.exclude("timeframe", "to")
            }
            _ => Ok(()),
        }
    }

    /// `on:` lists fields, or equalities of a field of the left and one of the right.
    fn keys(&self) -> Result<(), Fault> {
        self.need("on")?;
        for arg in self.command.list("on") {
            let fits = |part: &Expr| match &part.node {
                Node::Field(_) => true,
                Node::Binary(Binary::Equal, a, b) => matches!((side(a), side(b)), (Some(a), Some(b)) if a != b),
                _ => false,
            };
            if !arg.expr().is_some_and(|expr| expr.conjuncts().into_iter().all(fits)) {
                return self.wrong("on", "fields, or equalities such as `left[a] == right[b]`", arg);
            }
        }
        Ok(())
    }

    fn limit(&self) -> Result<(), Fault> {
        let arg = self.command.items()[0];
        match arg.expr().map(|expr| &expr.node) {
            Some(Node::Literal(Value::Long(0..)) | Node::Variable(_)) => Ok(()),
            _ => self.wrong("argument", "a whole number, 0 or more", arg),
        }
    }

    fn sequence(&self) -> Result<(), Fault> {
        let steps = self.command.items();
        if let Some(arg) = steps.iter().find(|arg| arg.alias.is_none()) {
            return self.wrong("argument", "`name = condition` for each step", arg);
        }
        if steps.len() > STEPS_MAX {
            return self.wrong("argument", &format!("at most {STEPS_MAX} steps"), steps[STEPS_MAX]);
        }
        self.need("within")
    }
}

/// `left` or `right` of `left[x]`, `right[x]`.
fn side(expr: &Expr) -> Option<&str> {
    let Node::Member(of, _) = &expr.node else { return None };
    of.as_field().filter(|side| matches!(*side, "left" | "right"))
}
