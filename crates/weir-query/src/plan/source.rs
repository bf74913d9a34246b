//! Commands that bring records.

use weir_event::{Fault, Record, Value};
use weir_lang::ast::{Command, Node};
use weir_store::InMemory;

use super::args::{bad, items, name_of, param_items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::Column;
use crate::expr::{is_asked, witness};
use crate::scan::{Request, scan};
use crate::tables::{Snapshot, TableColumn};
use crate::{fault, gather};

impl Planner {
    pub(super) fn source(&self, command: &Command, after: &[Command]) -> Result<Stream, Fault> {
        match command.kind.name() {
            "fetch" => self.fetch(command, after),
            "data" => self.data(command, after),
            "describe" => self.describe(command),
            "fieldsSnapshot" => self.fields_snapshot(command),
            "load" => self.load(command),
            "timeseries" | "metrics" | "smartscapeNodes" | "smartscapeEdges" => self.nothing_kept(command),
            other => Err(fault::not_supported(other)),
        }
    }

    /// Records as a source of one partition, in their order.
    pub(super) fn records(&self, records: &[Record<'_>], columns: Vec<Column>) -> Result<Stream, Fault> {
        let batch = gather::batch_of(records, &columns).map_err(fault::storage)?;
        self.batches(vec![batch], columns)
    }

    /// Batches as a source of one partition, in their order.
    pub(super) fn batches(
        &self,
        memory: Vec<arrow::array::RecordBatch>,
        columns: Vec<Column>,
    ) -> Result<Stream, Fault> {
        let wanted: Vec<TableColumn> = columns
            .iter()
            .map(|column| TableColumn { name: column.name.clone(), form: column.form, in_rest: false, repeats: false })
            .collect();
        let request = Request {
            table: "records".into(),
            snapshot: Snapshot {
                columns: wanted.clone(),
                open: false,
                memory: memory.into_iter().map(InMemory::from).collect(),
                segments: Vec::new(),
            },
            columns: wanted,
            checks: Vec::new(),
            tenant: self.tenant.clone(),
            sampling: 1,
            footers: self.footers.clone(),
            totals: self.totals.clone(),
        };
        Ok(Stream { plan: scan(request, 1), columns })
    }

    /// The records of `data`, with a hidden column beside each field that is asked whether it exists.
    fn data(&self, command: &Command, after: &[Command]) -> Result<Stream, Fault> {
        let mut records = self.literal_records(command)?;
        let mut columns = gather::columns_of(&records);
        let names = columns.iter().map(|column| &column.name);
        let asked: Vec<String> = names.filter(|name| is_asked(name, after)).cloned().collect();
        for name in asked {
            let witness = witness(&name);
            for record in records.iter_mut().filter(|record| record.get(&name).is_some()) {
                record.push_new(witness.clone(), Value::Bool(true));
            }
            columns.push(Column { hidden: true, ..Column::sparse(witness, Form::Bool) });
        }
        self.records(&records, columns)
    }

    /// What a query about metrics or a topology gives: no records, and a note that weir keeps none.
    fn nothing_kept(&self, command: &Command) -> Result<Stream, Fault> {
        let name = command.kind.name();
        self.totals.note(format!("`{name}` gives no records: weir keeps events, and neither metrics nor a topology"));
        let mut columns = Vec::new();
        if name == "timeseries" {
            columns.extend([Column::new("timeframe", Form::Dynamic), Column::new("interval", Form::Duration)]);
            let series = param_items(command, "by").into_iter().chain(items(command));
            columns.extend(series.map(|arg| Column::new(arg.result_name(), Form::Dynamic)));
        }
        self.records(&[], columns)
    }

    /// The fields of a table and the types of their values.
    fn describe(&self, command: &Command) -> Result<Stream, Fault> {
        let table = items(command).first().and_then(|arg| name_of(arg));
        let table = table.ok_or_else(|| bad(command, "`describe` needs a table"))?;
        let snapshot = self.tables.snapshot(&self.tenant, &table, &self.window)?;
        let records: Vec<Record> = snapshot
            .columns
            .iter()
            .map(|column| {
                let types = Value::Array(vec![Value::text(column.form.type_name())]);
                [("field", Value::text(&column.name)), ("data_types", types)].into_iter().collect()
            })
            .collect();
        let columns = vec![Column::new("field", Form::Text), Column::new("data_types", Form::Dynamic)];
        self.records(&records, columns)
    }

    /// The table that `fetch` names: a field-like name, or text.
    pub(super) fn table_name(&self, command: &Command) -> Result<String, Fault> {
        let arg = items(command).into_iter().next().ok_or_else(|| bad(command, "`fetch` needs a table"))?;
        match arg.expr().map(|expr| &expr.node) {
            Some(Node::Field(name)) => Ok(name.clone()),
            Some(Node::Literal(Value::Text(name))) => Ok(name.to_string()),
            _ => Err(bad(command, "a table is a plain name such as `logs`")),
        }
    }
}
