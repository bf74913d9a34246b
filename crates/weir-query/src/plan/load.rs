//! `load`: the records of a lookup table.

use std::path::{Path, PathBuf};

use weir_event::{Fault, Value};
use weir_lang::ast::Command;

use super::args::{bad, items};
use super::order::skipping;
use super::{Planner, Stream};
use crate::columns::Column;
use crate::files::{EXTENSIONS, snapshot_of};
use crate::scan::{Request, scan};
use crate::tables::Snapshot;

impl Planner {
    /// The records of the lookup table that the command names, without the first `offset:` of them.
    pub(super) fn load(&self, command: &Command) -> Result<Stream, Fault> {
        let name = match items(command).first().and_then(|arg| arg.expr()).and_then(|expr| expr.as_literal()) {
            Some(Value::Text(name)) => name.to_string(),
            _ => return Err(bad(command, "`load` takes the name of a lookup table in quotes")),
        };
        let offset = match self.param_long(command, "offset")? {
            None => 0,
            Some(offset @ 0..) => offset as usize,
            Some(_) => return Err(bad(command, "`offset:` is a whole number from 0")),
        };
        let snapshot = if self.dry { Snapshot::default() } else { self.lookup_table(command, &name)? };
        let columns: Vec<Column> =
            snapshot.columns.iter().map(|column| Column::sparse(&column.name, column.form)).collect();
        let request = Request {
            table: name,
            columns: snapshot.columns.clone(),
            snapshot,
            checks: Vec::new(),
            tenant: self.tenant.clone(),
            sampling: 1,
            footers: self.footers.clone(),
            totals: self.totals.clone(),
        };
        Ok(skipping(Stream { plan: scan(request, 1), columns }, offset))
    }

    /// A file of the folder of lookup tables, else what the tables themselves know under the name.
    fn lookup_table(&self, command: &Command, name: &str) -> Result<Snapshot, Fault> {
        let place = place(name).ok_or_else(|| {
            bad(command, "the name of a lookup table is letters, digits and `-_./`").hint("such as \"/lookups/hosts\"")
        })?;
        let folder = self.lookups.as_ref().map(|folder| folder.join(&self.tenant));
        match folder.and_then(|folder| file(&folder.join(&place))) {
            Some(file) => snapshot_of(&file),
            None => self.tables.lookup(&self.tenant, &place.to_string_lossy()),
        }
    }
}

/// The path below the folder of lookup tables; `None` for a name that could lead out of it.
fn place(name: &str) -> Option<PathBuf> {
    let inner = name.strip_prefix("/lookups/").unwrap_or(name);
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    (inner.chars().all(fits) && inner.split('/').all(plain)).then(|| PathBuf::from(inner))
}

/// The file of a table, whatever its format.
fn file(place: &Path) -> Option<PathBuf> {
    let with = |extension: &&str| PathBuf::from(format!("{}.{extension}", place.display()));
    EXTENSIONS.iter().map(with).chain([place.to_owned()]).find(|path| path.is_file())
}
