//! Which form the values of an expression have, as far as it is known before it runs.

use weir_lang::{Expr, Type, static_type};

use crate::Form;
use crate::columns::{Column, find};

/// The form of what is always of one type or null; dynamic for the rest.
pub(super) fn form_of(expr: &Expr, columns: &[Column]) -> Form {
    let field = |name: &str| find(columns, name).and_then(|at| type_of(columns[at].form));
    match static_type(expr, &field) {
        Some(Type::Bool) => Form::Bool,
        Some(Type::Long) => Form::Long,
        Some(Type::Double) => Form::Double,
        Some(Type::Text) => Form::Text,
        Some(Type::Timestamp) => Form::Timestamp,
        Some(Type::Duration) => Form::Duration,
        Some(Type::Ip) => Form::Ip,
        _ => Form::Dynamic,
    }
}

fn type_of(form: Form) -> Option<Type> {
    Some(match form.plain() {
        Form::Bool => Type::Bool,
        Form::Long => Type::Long,
        Form::Double => Type::Double,
        Form::Text => Type::Text,
        Form::Timestamp => Type::Timestamp,
        Form::Duration => Type::Duration,
        Form::Ip => Type::Ip,
        Form::Texts | Form::Ips => Type::Array,
        Form::Dynamic | Form::Word | Form::IpWord => return None,
    })
}
