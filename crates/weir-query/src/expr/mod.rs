//! Expressions of the language as expressions of DataFusion.

mod bin;
mod convert;
mod fold;
mod kind;
mod leaf;
mod native;
mod present;
mod row;
pub mod walk;
mod words;

use std::sync::Arc;

use datafusion_physical_expr::PhysicalExpr;
use datafusion_physical_expr::expressions::Column as ColumnExpr;
use weir_event::{Fault, Timestamp, Value};
use weir_lang::ast::{Expr, Node};

use crate::Form;
use crate::columns::{Column, find};

pub use convert::{as_group, as_key, as_sortable, as_truth, in_form, null_of};
pub use fold::folded;
pub use leaf::{Leaf, physical};
pub use present::{is_asked, witness};
pub use row::RowProgram;

/// What every expression of a query depends on besides its row.
#[derive(Clone, Debug)]
pub struct Moment {
    pub now: Timestamp,
    /// IANA name.
    pub zone: String,
    pub strict: bool,
}

/// An expression ready to run over batches of given columns.
#[derive(Clone, Debug)]
pub struct Ready {
    pub expr: Arc<dyn PhysicalExpr>,
    pub form: Form,
}

/// Compiles `expr` over `columns`; a field that no column has is null.
pub fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> Result<Ready, Fault> {
    let expr = &*present::resolved(expr, columns);
    let expr = &*fold::folded(expr, moment)?;
    if let Some(ready) = words::compile(expr, columns, moment)? {
        return Ok(ready);
    }
    if let Some(ready) = native::compile(expr, columns, moment)? {
        return Ok(ready);
    }
    row::compile(expr, columns, moment)
}

/// Compiles `expr` only if it runs without decoding values one by one.
pub fn compile_native(expr: &Expr, columns: &[Column], moment: &Moment) -> Result<Option<Ready>, Fault> {
    let expr = &*present::resolved(expr, columns);
    let expr = &*fold::folded(expr, moment)?;
    if let Some(ready) = words::compile(expr, columns, moment)? {
        return Ok(Some(ready));
    }
    let is_native = walk::all(expr, &|part| native::is_native(part, columns));
    if is_native { native::compile(expr, columns, moment) } else { Ok(None) }
}

/// The value of an expression that looks at no field.
pub fn constant(expr: &Expr, moment: &Moment) -> Result<Value<'static>, Fault> {
    match &expr.node {
        Node::Literal(value) => Ok(value.clone()),
        _ => Ok(RowProgram::compile(expr, &[], moment)?.once()),
    }
}

/// A column by name.
pub fn column(columns: &[Column], name: &str) -> Option<Ready> {
    let index = find(columns, name)?;
    Some(Ready { expr: Arc::new(ColumnExpr::new(name, index)), form: columns[index].form })
}

/// A column by place.
pub fn column_at(columns: &[Column], index: usize) -> Ready {
    let column = &columns[index];
    Ready { expr: Arc::new(ColumnExpr::new(&column.name, index)), form: column.form }
}
