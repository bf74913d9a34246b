//! Commands that bring records.

use weir_event::{Fault, Record, Value};
use weir_lang::ast::{Command, Node};

use super::args::{bad, items, name_of};
use super::{Planner, Stream};
use crate::columns::Column;
use crate::scan::{Request, scan};
use crate::tables::{Snapshot, TableColumn};
use crate::{fault, gather};

impl Planner {
    pub(super) fn source(&self, command: &Command, after: &[Command]) -> Result<Stream, Fault> {
        match command.kind.name() {
            "fetch" => self.fetch(command, after),
            "data" => self.data(command),
            "describe" => self.describe(command),
            "fieldsSnapshot" => self.fields_snapshot(command),
            "load" => self.load(command),
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
            snapshot: Snapshot { columns: wanted.clone(), open: false, memory, segments: Vec::new() },
            columns: wanted,
            checks: Vec::new(),
            tenant: self.tenant.clone(),
            sampling: 1,
            footers: self.footers.clone(),
            totals: self.totals.clone(),
        };
        Ok(Stream { plan: scan(request, 1), columns })
    }

    fn data(&self, command: &Command) -> Result<Stream, Fault> {
        let records = self.literal_records(command)?;
        let columns = gather::columns_of(&records);
        self.records(&records, columns)
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
        let columns = vec![Column::new("field", crate::Form::Text), Column::new("data_types", crate::Form::Dynamic)];
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
