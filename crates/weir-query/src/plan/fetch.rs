//! `fetch`.

use std::collections::BTreeSet;

use weir_event::{Fault, Value};
use weir_lang::ast::{Command, Expr};

use super::args::{bad, names, param_items};
use super::needs::{self, Needs};
use super::{Planner, Stream, Window, filters, keeps_words, needles};
use crate::Form;
use crate::columns::{Column, find};
use crate::expr::{compile, compile_native, folded, walk};
use crate::scan::{Bounds, Check, Demands, Pieces, Request, Test, scan, system_column, values_of};
use crate::tables::{Snapshot, TableColumn};

/// Bytes of one of the gigabytes of `scanLimitGBytes`.
const GIGABYTE: u64 = 1 << 30;
/// The limit of bytes read unless the query names one, in gigabytes.
const SCAN_GIGABYTES: i64 = 500;
/// Fields that have no column of their own and are shown although the query does not name them.
const RARE_FIELDS_MAX: usize = 2_048;

impl Planner {
    pub(super) fn fetch(&self, command: &Command, after: &[Command]) -> Result<Stream, Fault> {
        self.table(command, after, &[])
    }

    /// The records of a table as the commands `after` need them, with fields of the system that those name or `extra` does.
    pub(super) fn table(&self, command: &Command, after: &[Command], extra: &[&str]) -> Result<Stream, Fault> {
        let table = self.table_name(command)?;
        let window = self.fetch_window(command)?;
        let mut snapshot = match self.dry {
            true => Snapshot::default(),
            false => self.tables.snapshot(&self.tenant, &table, &window)?,
        };
        snapshot.keep_buckets(&names(command, &param_items(command, "bucket"))?);
        snapshot.keep_window(&window);
        with_words(&mut snapshot, after);
        let mut columns = self.wanted(&snapshot, &needs::before(after), after);
        let mut outputs: Vec<Column> = columns.iter().map(|column| Column::sparse(&column.name, column.form)).collect();
        let named = needs::named(after);
        let system = named.iter().map(String::as_str).chain(extra.iter().copied()).filter_map(system_column);
        for column in system.filter(|column| find(&outputs, &column.name).is_none()).collect::<Vec<_>>() {
            outputs.push(Column { hidden: true, ..Column::new(&column.name, column.form) });
            columns.push(column);
        }
        let mut checks: Vec<Check> =
            Check::of_window(&window).filter(|_| has_window_column(&snapshot, &window)).into_iter().collect();
        checks.extend(self.pushed(after, &snapshot)?);
        checks.extend(held(after, &snapshot));
        self.limit_scan(command)?;
        let sampling = self.sampling(command)?;
        let (footers, totals) = (self.footers.clone(), self.totals.clone());
        let request =
            Request { table, tenant: self.tenant.clone(), snapshot, columns, checks, sampling, footers, totals };
        Ok(Stream { plan: scan(request, self.cores), columns: outputs })
    }

    /// The columns to read: those of the table that are needed. Of whole records the rare fields are limited; that some are left out is
    /// said, because a sender that names each field anew would else make every record as wide as all of them.
    fn wanted(&self, snapshot: &Snapshot, needs: &Needs, after: &[Command]) -> Vec<TableColumn> {
        match needs {
            Needs::Only(names) => only(snapshot, names),
            Needs::All => {
                let named = needs::named(after);
                let mut rare = 0;
                let mut fits = |column: &&TableColumn| {
                    let is_rare = column.in_rest && named.binary_search(&column.name).is_err();
                    rare += usize::from(is_rare);
                    !is_rare || rare <= RARE_FIELDS_MAX
                };
                let columns: Vec<TableColumn> = snapshot.columns.iter().filter(&mut fits).cloned().collect();
                if columns.len() < snapshot.columns.len() || snapshot.open {
                    self.totals.cut("the records have too many different fields: rare ones are left out unless the query names them");
                }
                columns
            }
        }
    }

    fn fetch_window(&self, command: &Command) -> Result<Window, Fault> {
        let named = self.span_of(command)?;
        Ok(match (&self.window, named) {
            (Window::Arrived(span), _) => Window::Arrived(span.clone()),
            (_, Some(span)) => Window::Time(span),
            (window, None) => window.clone(),
        })
    }

    fn limit_scan(&self, command: &Command) -> Result<(), Fault> {
        let gigabytes = self.param_long(command, "scanLimitGBytes")?.unwrap_or(SCAN_GIGABYTES);
        let most = u64::try_from(gigabytes).map_or(0, |gigabytes| gigabytes.max(1).saturating_mul(GIGABYTE));
        self.totals.bytes_max.store(most, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn sampling(&self, command: &Command) -> Result<u64, Fault> {
        match self.param_value(command, "samplingRatio")? {
            None => Ok(1),
            Some(Value::Long(ratio)) if ratio >= 1 => {
                if ratio > 1 {
                    self.totals.note(format!("read about one record in {ratio}"));
                }
                Ok(ratio as u64)
            }
            Some(_) => Err(bad(command, "`samplingRatio:` is a whole number from 1")),
        }
    }

    /// Conditions of the filters right behind that the scan can test before it reads the other columns.
    fn pushed(&self, after: &[Command], snapshot: &Snapshot) -> Result<Vec<Check>, Fault> {
        let mut checks = Vec::new();
        for command in after.iter().take_while(|command| command.kind.name() == "filter") {
            let condition = filters::condition(command)?;
            for part in walk::conjuncts(&condition) {
                let mut fields = Vec::new();
                walk::fields(part, &mut fields);
                let columns: Vec<TableColumn> =
                    snapshot.columns.iter().filter(|column| fields.contains(&column.name)).cloned().collect();
                if columns.is_empty() || columns.len() < fields.len() || columns.iter().any(|column| column.in_rest) {
                    continue;
                }
                let plain: Vec<Column> = columns.iter().map(|column| Column::new(&column.name, column.form)).collect();
                if let Some(check) = self.check(part, columns, &plain)? {
                    checks.push(check);
                }
            }
        }
        Ok(checks)
    }

    /// A condition over columns as a test of the scan; `None` when it is better left to its filter.
    fn check(&self, part: &Expr, columns: Vec<TableColumn>, plain: &[Column]) -> Result<Option<Check>, Fault> {
        let values = values_of(part, &self.moment);
        let ready = match compile_native(part, plain, &self.moment)? {
            None if values.is_some() => Some(compile(part, plain, &self.moment)?),
            ready => ready,
        };
        let Some(ready) = ready.filter(|ready| ready.form == Form::Bool) else { return Ok(None) };
        // An address is stored as a text, whose order is another than that of addresses.
        let bounds = Bounds::of(&*folded(part, &self.moment)?).filter(|_| columns[0].form.plain() != Form::Ip);
        Ok(Some(Check { columns, test: Test::Expr(ready.expr, Demands { bounds, values }) }))
    }
}

/// A window on a field that a file does not have keeps every row of the file.
fn has_window_column(snapshot: &Snapshot, window: &Window) -> bool {
    let name = if matches!(window, Window::Arrived(_)) { "weir.id" } else { "timestamp" };
    snapshot.columns.iter().any(|column| column.name == name)
}

/// Gives the columns that commands look at the form with a dictionary where one is stored. Columns that are only handed on are
/// read as they are: nothing is gained by looking at their dictionaries.
fn with_words(snapshot: &mut Snapshot, after: &[Command]) {
    let looking = after.iter().position(|command| !keeps_words(command)).unwrap_or(after.len());
    let named = needs::named(&after[..looking]);
    let stored = !snapshot.segments.is_empty();
    for column in snapshot.columns.iter_mut().filter(|column| stored && column.repeats && !column.in_rest) {
        if named.binary_search(&column.name).is_ok() {
            column.form = column.form.with_dictionary();
        }
    }
}

/// The columns of these names. What the table does not list may still be in the rest of an open one.
fn only(snapshot: &Snapshot, names: &BTreeSet<String>) -> Vec<TableColumn> {
    let mut columns: Vec<TableColumn> =
        snapshot.columns.iter().filter(|column| names.contains(&column.name)).cloned().collect();
    if snapshot.open {
        let unknown = names.iter().filter(|name| snapshot.columns.iter().all(|column| column.name != **name));
        let unknown = unknown.filter(|name| system_column(name).is_none());
        columns.extend(unknown.map(|name| TableColumn {
            name: name.clone(),
            form: Form::Dynamic,
            in_rest: true,
            repeats: false,
        }));
    }
    columns
}

/// Texts that the text fields of the table must hold to survive what follows.
fn held(after: &[Command], snapshot: &Snapshot) -> Vec<Check> {
    let mut checks = Vec::new();
    for column in snapshot.columns.iter().filter(|column| column.form.plain() == Form::Text && !column.in_rest) {
        let needles = needles::of(after, &column.name);
        for (pieces, unless_escaped) in [(needles.plain, false), (needles.escaped, true)] {
            if !pieces.is_empty() {
                checks.push(Check {
                    columns: vec![column.clone()],
                    test: Test::Holds(Pieces::of(pieces, unless_escaped)),
                });
            }
        }
    }
    checks
}
