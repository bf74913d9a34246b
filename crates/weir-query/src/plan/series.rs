//! `makeTimeseries`.

use std::ops::Range;
use std::sync::Arc;

use weir_event::{Duration, Fault, Timestamp, Value};
use weir_lang::ast::{Command, Expr, Node, Unit};
use weir_lang::time;

use super::aggregates::Found;
use super::args::{Named, all_named, bad, param_items};
use super::shape::{as_is, project, put};
use super::summarize::Key;
use super::{Planner, Stream, Window};
use crate::Form;
use crate::columns::{Column, find, schema_of};
use crate::engine::DEFAULT_SPAN_NANOS;
use crate::expr::{compile, null_of};
use crate::steps::{Grid, Line, Series, SlotOf, Time, gathered, spread};

const MINUTE: i64 = 60_000_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Slots of one series.
const SLOTS_MAX: i64 = 1500;
/// Slots unless `bins:` or `interval:` says otherwise.
const BINS: i64 = 120;

impl Planner {
    pub(super) fn make_timeseries(&self, command: &Command, first: &Command, input: Stream) -> Result<Stream, Fault> {
        let by = all_named(command, &param_items(command, "by"))?;
        let positional = command.items().into_iter().chain(param_items(command, "aggregations"));
        let wanted = all_named(command, &positional.collect::<Vec<_>>())?;
        if wanted.is_empty() {
            return Err(bad(command, "`makeTimeseries` needs an aggregation"));
        }
        let grid = self.grid(command, first)?;
        let nonempty = self.param_flag(command, "nonempty")?;
        let all_scalar = self.param_flag(command, "scalar")?;
        let (lines, found) = self.lines(command, wanted, all_scalar)?;
        let totals = lines.iter().any(|line| line.scalar);
        if command.named("spread").is_some() && found.iter().any(|one| !one.aggregate.counts_records()) {
            return Err(bad(command, "`spread:` counts records: only count() and countIf() can be used with it"));
        }
        let input = self.slotted(command, grid, totals, input)?;
        let mut keys = self.keys(&by, &input)?;
        let slot = find(&input.columns, SLOT).map(|at| crate::expr::column_at(&input.columns, at));
        let forms: Vec<Form> = keys.iter().map(|key| key.ready.form.plain()).collect();
        keys.push(Key { name: SLOT.into(), ready: slot.unwrap_or(null_of(Form::Long)) });
        let grouped = self.grouped(command, keys, &found, input)?;
        let mut columns = vec![Column::new("timeframe", Form::Dynamic), Column::new("interval", Form::Duration)];
        columns.extend(by.iter().zip(&forms).map(|(named, &form)| Column::new(named.name.clone(), form)));
        columns.extend(lines.iter().map(|line| Column::new(line.name.clone(), Form::Dynamic)));
        let work = Series { grid, keys: by.len(), lines, nonempty, before: grouped.columns, after: columns.clone() };
        Ok(Stream { plan: gathered(Arc::new(work), grouped.plan, schema_of(&columns)), columns })
    }

    /// Each aggregation as a line of the chart.
    fn lines(&self, command: &Command, wanted: Vec<Named>, all_scalar: bool) -> Result<(Vec<Line>, Vec<Found>), Fault> {
        let (mut lines, mut found): (Vec<Line>, Vec<Found>) = (Vec::new(), Vec::new());
        for mut named in wanted {
            if let Some(end) = edge(&named.expr) {
                lines.push(Line {
                    name: named.name,
                    column: None,
                    end,
                    default: Value::Null,
                    scalar: false,
                    rate: None,
                });
                continue;
            }
            let at = found.len();
            self.take_aggregates(&mut named.expr, &mut found)?;
            if !matches!(&named.expr.node, Node::Field(name) if *name == format!("#{at}")) {
                return Err(bad(command, format!("`{}` is not an aggregation", named.name)));
            }
            let call = &found[at].call;
            let default = self.call_value(call, "default")?.unwrap_or_default();
            let scalar = all_scalar || self.call_value(call, "scalar")? == Some(Value::Bool(true));
            let rate = match self.call_value(call, "rate")? {
                Some(Value::Duration(rate)) => Some(rate.0),
                None => None,
                Some(_) => return Err(bad(command, "`rate:` is a duration")),
            };
            lines.push(Line { name: named.name, column: Some(at), end: false, default, scalar, rate });
        }
        match found.is_empty() {
            true => Err(bad(command, "`start()` and `end()` stand beside an aggregation")),
            false => Ok((lines, found)),
        }
    }

    /// `input` with the number of the slot of each row; rows outside of the grid are gone.
    fn slotted(&self, command: &Command, grid: Grid, totals: bool, input: Stream) -> Result<Stream, Fault> {
        let time = match param_items(command, "spread").first().and_then(|arg| arg.expr()) {
            Some(spread) => Time::Span(compile(spread, &input.columns, &self.moment)?),
            None => Time::Point(match param_items(command, "time").first().and_then(|arg| arg.expr()) {
                Some(time) => compile(time, &input.columns, &self.moment)?,
                None => ["timestamp", "start_time"]
                    .iter()
                    .find_map(|name| crate::expr::column(&input.columns, name))
                    .unwrap_or(null_of(Form::Timestamp)),
            }),
        };
        let mut outputs = as_is(&input.columns);
        put(&mut outputs, Column::new(SLOT, Form::Long), null_of(Form::Long));
        let input = project(input, outputs)?;
        let slot = input.columns.len() - 1;
        let work = SlotOf { grid, time, slot, totals };
        let schema = schema_of(&input.columns);
        Ok(Stream { plan: spread(Arc::new(work), input.plan, schema), columns: input.columns })
    }

    /// The slots: from and to, widened to whole slots counted back from the midnight after the end.
    fn grid(&self, command: &Command, first: &Command) -> Result<Grid, Fault> {
        let of_fetch = if first.kind.name() == "fetch" { self.span_of(first)? } else { None };
        let named = self.span_of(command)?.or(of_fetch);
        let ends_now = named.is_none();
        let span = match (named, &self.window) {
            (Some(span), _) => span,
            (None, Window::Time(span)) => span.clone(),
            (None, _) => Timestamp(self.moment.now.0.saturating_sub(DEFAULT_SPAN_NANOS))..self.moment.now,
        };
        if span.start >= span.end {
            return Err(bad(command, "the end of the series is not after its start"));
        }
        let (interval, bins) = (self.param_value(command, "interval")?, self.param_long(command, "bins")?);
        let length = span.end.0.saturating_sub(span.start.0);
        let interval = match (interval, bins) {
            (Some(_), Some(_)) => return Err(bad(command, "`bins:` and `interval:` exclude each other")),
            (Some(Value::Duration(Duration(nanos))), None) if nanos > 0 => nanos,
            (Some(_), None) => return Err(bad(command, "`interval:` is a duration above zero")),
            (None, bins) => length / bins.unwrap_or(BINS).clamp(1, SLOTS_MAX),
        };
        let mut grid = align(&span, well_known(interval, length), self.midnight(span.end));
        if ends_now {
            // What happens at this very moment counts, if the last slot has room for it.
            grid.to = grid.to.saturating_add(1).min(grid.start + grid.interval * grid.slots as i64);
        }
        Ok(grid)
    }

    /// The first midnight at or after a point, in the zone of the query.
    fn midnight(&self, at: Timestamp) -> i64 {
        let zone = time::zone(&self.moment.zone).or_else(|| time::zone("UTC"));
        let day = |at: i64| time::align(Timestamp(at), Unit::Day, zone.as_ref()?).map(|day| day.0);
        match day(at.0) {
            Some(start) if start == at.0 => start,
            // A day has 23 to 25 hours.
            Some(start) => day(start.saturating_add(DAY + DAY / 2)).unwrap_or(at.0),
            None => at.0,
        }
    }
}

/// The column that holds the number of a row's slot.
const SLOT: &str = "#slot";

/// `start()` is false, `end()` true.
fn edge(expr: &Expr) -> Option<bool> {
    match &expr.node {
        Node::Call(call) if call.args.is_empty() && call.function.name.eq_ignore_ascii_case("start") => Some(false),
        Node::Call(call) if call.args.is_empty() && call.function.name.eq_ignore_ascii_case("end") => Some(true),
        _ => None,
    }
}

/// The next length of a slot that people know, long enough for at most [`SLOTS_MAX`] slots.
fn well_known(wanted: i64, length: i64) -> i64 {
    let least = wanted.max(length / SLOTS_MAX + i64::from(length % SLOTS_MAX != 0));
    let minutes = [1, 2, 3, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720].map(|minutes| minutes * MINUTE);
    let known = minutes.into_iter().find(|&known| known >= least);
    known.unwrap_or_else(|| least.saturating_add(DAY - 1) / DAY * DAY)
}

/// Whole slots around a span, counted back from the midnight after its end.
fn align(span: &Range<Timestamp>, interval: i64, midnight: i64) -> Grid {
    let end = midnight - (midnight - span.end.0) / interval * interval;
    let slots = (end.saturating_sub(span.start.0)).saturating_add(interval - 1) / interval;
    Grid { start: end - slots * interval, interval, slots: slots as usize, from: span.start.0, to: span.end.0 }
}
