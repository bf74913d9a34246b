//! `append`, `join`, `joinNested`, `lookup`.

use std::sync::Arc;

use datafusion_physical_plan::union::UnionExec;
use weir_event::Fault;
use weir_lang::ast::{Arg, Binary, Command, Expr, Node};

use super::args::{bad, block, name_of, param_items};
use super::shape::{chosen, project, put};
use super::{Planner, Stream};
use crate::columns::{Column, find, schema_of};
use crate::expr::{Ready, as_key, column_at, compile, in_form, null_of};
use crate::operator::gather;
use crate::steps::{Join, JoinKind, gathered, in_turn, spread};
use crate::{Form, fault};

/// Equal pairs of expressions: of the left record, of the right.
type Pairs = Vec<(Expr, Expr)>;

impl Planner {
    /// The records of both, one behind the other; columns by name.
    pub(super) async fn append(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let (query, _) = block(command)?;
        let other = Box::pin(self.query(query)).await?;
        let mut columns = input.columns.clone();
        for column in &other.columns {
            match columns.iter_mut().find(|have| have.name == column.name) {
                Some(have) => {
                    have.form = have.form.merged(column.form);
                    have.sparse |= column.sparse;
                }
                None => columns.push(Column { sparse: true, ..column.clone() }),
            }
        }
        for column in &mut columns {
            column.sparse |= find(&other.columns, &column.name).is_none();
        }
        let (first, second) = (aligned(input, &columns)?, aligned(other, &columns)?);
        let plan = UnionExec::try_new(vec![gather(first.plan), gather(second.plan)]).map_err(fault::storage)?;
        Ok(Stream { plan: in_turn(plan, schema_of(&columns)), columns })
    }

    pub(super) async fn join(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let (query, _) = block(command)?;
        self.check_words(command)?;
        let right = self.side(command, query).await?;
        let kind = match self.param_word(command, "kind")?.as_deref() {
            None | Some("inner") => JoinKind::Inner,
            Some("leftouter") => JoinKind::LeftOuter,
            Some("outer") => JoinKind::Outer,
            Some(_) => return Err(bad(command, "`kind:` is inner, leftOuter or outer")),
        };
        let pairs = pairs(command)?;
        let prefix = self.param_text(command, "prefix")?;
        let given = prefix.is_some();
        let chosen = chosen(command, &right, prefix.as_deref().unwrap_or("right."), given)?;
        self.joined(command, input, right, (kind, pairs), chosen).await
    }

    pub(super) async fn lookup(&self, command: &Command, mut input: Stream) -> Result<Stream, Fault> {
        let (query, _) = block(command)?;
        self.check_words(command)?;
        let right = self.side(command, query).await?;
        let field = |name: &str| command.named(name).and_then(Arg::expr).cloned();
        let there = field("lookupField").ok_or_else(|| bad(command, "`lookup` needs `lookupField:`"))?;
        let here = field("sourceField").unwrap_or_else(|| there.clone());
        let prefix = self.param_text(command, "prefix")?;
        let given = prefix.is_some();
        let prefix = prefix.unwrap_or_else(|| "lookup.".into());
        let chosen = chosen(command, &right, &prefix, given)?;
        let whole = param_items(command, "fields").is_empty();
        if whole {
            let mut kept = super::shape::as_is(&input.columns);
            kept.retain(|(column, _)| !column.name.starts_with(&prefix));
            input = project(input, kept)?;
        }
        self.joined(command, input, right, (JoinKind::First, vec![(here, there)]), chosen).await
    }

    pub(super) async fn join_nested(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let (query, alias) = block(command)?;
        let alias = alias.ok_or_else(|| bad(command, "`joinNested` is written `alias = [query]`"))?.to_owned();
        self.check_words(command)?;
        let right = self.side(command, query).await?;
        let chosen = chosen(command, &right, "", false)?;
        let members: Vec<Column> = chosen.iter().map(|(column, _)| column.clone()).collect();
        self.joined(command, input, right, (JoinKind::Nested { alias, members }, pairs(command)?), chosen).await
    }

    /// Joins over the right side held in memory; its chosen columns go behind those of the left.
    pub(super) async fn joined(
        &self,
        command: &Command,
        input: Stream,
        right: Stream,
        (kind, pairs): (JoinKind, Pairs),
        chosen: Vec<(Column, Ready)>,
    ) -> Result<Stream, Fault> {
        let (mut left_keys, mut right_keys) = (Vec::new(), Vec::new());
        for (left, right_key) in &pairs {
            left_keys.push(key(compile(left, &input.columns, &self.moment)?));
            right_keys.push((
                Column::new(format!("#key{}", right_keys.len()), Form::Dynamic),
                key(compile(right_key, &right.columns, &self.moment)?),
            ));
        }
        let keys = right_keys.len();
        let given: Vec<Column> = chosen.iter().map(|(column, _)| column.clone()).collect();
        let side = project(right, right_keys.into_iter().chain(chosen).collect())?;
        let side_columns = side.columns.clone();
        let batches = self.collect(command.kind.name(), side).await?;
        let mut outputs: Vec<(Column, Ready)> = super::shape::as_is(&input.columns);
        let joined = match &kind {
            JoinKind::Nested { alias, .. } | JoinKind::FirstRecord { alias, .. } => {
                vec![Column::new(alias.clone(), Form::Dynamic)]
            }
            _ => given,
        };
        // A joined column replaces one of the left that has its name.
        let mut columns = input.columns.clone();
        columns.extend(joined.iter().enumerate().map(|(at, column)| Column::new(format!("#right{at}"), column.form)));
        let work = Join { kind, left_keys, right: batches, right_columns: side_columns, keys, after: columns.clone() };
        let schema = schema_of(&columns);
        let plan = match work.kind {
            JoinKind::Outer => gathered(Arc::new(work), input.plan, schema),
            _ => spread(Arc::new(work), input.plan, schema),
        };
        for (at, column) in joined.into_iter().enumerate() {
            let ready = column_at(&columns, input.columns.len() + at);
            put(&mut outputs, column, ready);
        }
        project(Stream { plan, columns }, outputs)
    }

    /// Refuses words that no such parameter has. Which side is held in memory, and how it is handed to the cores, is weir's own
    /// choice; the result is the same.
    fn check_words(&self, command: &Command) -> Result<(), Fault> {
        let known: [(&str, &[&str]); 2] =
            [("executionOrder", &["auto", "leftfirst", "rightfirst"]), ("broadcast", &["enabled", "disabled"])];
        for (name, words) in known {
            let word = self.param_word(command, name)?;
            if word.as_deref().is_some_and(|word| !words.contains(&word)) {
                return Err(bad(command, format!("`{name}:` is one of {}", words.join(", "))));
            }
        }
        Ok(())
    }

    /// A named argument that is a plain word or a text, in lower case.
    pub(super) fn param_word(&self, command: &Command, name: &str) -> Result<Option<String>, Fault> {
        Ok(command.named(name).and_then(name_of).map(|word| word.to_ascii_lowercase()))
    }
}

/// Keys are compared as bytes whatever the forms of the two sides.
fn key(ready: Ready) -> Ready {
    match ready.form {
        Form::Dynamic | Form::Double | Form::Texts | Form::Ips => as_key(ready),
        _ => in_form(ready, Form::Dynamic),
    }
}

fn pairs(command: &Command) -> Result<Pairs, Fault> {
    let wrong = || bad(command, "`on:` lists fields, or equalities such as `left[a] == right[b]`");
    let mut pairs = Vec::new();
    for arg in param_items(command, "on") {
        let expr = arg.expr().ok_or_else(wrong)?;
        for part in crate::expr::walk::conjuncts(expr) {
            match &part.node {
                Node::Field(_) => pairs.push((part.clone(), part.clone())),
                Node::Binary(Binary::Equal, a, b) => pairs.push(equality(a, b).ok_or_else(wrong)?),
                _ => return Err(wrong()),
            }
        }
    }
    if pairs.is_empty() { Err(wrong()) } else { Ok(pairs) }
}

fn equality(a: &Expr, b: &Expr) -> Option<(Expr, Expr)> {
    match (side(a)?, side(b)?) {
        ((true, left), (false, right)) | ((false, right), (true, left)) => Some((left, right)),
        _ => None,
    }
}

/// `left[x]` is true and x, `right[x]` false and x.
fn side(expr: &Expr) -> Option<(bool, Expr)> {
    let Node::Member(of, name) = &expr.node else { return None };
    let is_left = match &of.node {
        Node::Field(side) if side == "left" => true,
        Node::Field(side) if side == "right" => false,
        _ => return None,
    };
    Some((is_left, Expr::new(Node::Field(name.clone()), expr.span)))
}

/// A stream with exactly these columns, in their forms; missing ones null.
fn aligned(input: Stream, columns: &[Column]) -> Result<Stream, Fault> {
    let output = |column: &Column| {
        let ready = find(&input.columns, &column.name).map_or(null_of(column.form), |at| column_at(&input.columns, at));
        (column.clone(), in_form(ready, column.form))
    };
    let outputs = columns.iter().map(output).collect();
    project(input, outputs)
}
