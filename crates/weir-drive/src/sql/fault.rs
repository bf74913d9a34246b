//! Errors of databases. Ids are for ever.

use std::fmt::Display;

use weir_event::{Fault, FaultKind};

use super::Settings;

fn new(settings: &Settings, id: &'static str, kind: FaultKind, says: impl Into<String>) -> Fault {
    Fault::new(id, kind, says).at(format!("{}, {}", settings.name, settings.database.place()))
}

pub fn not_connected(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-001", FaultKind::Peer, "the database cannot be reached")
        .because(why)
        .hint("check host, port, and what lies between; it is tried again")
}

pub fn login_refused(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-002", FaultKind::Auth, "the database refuses the login")
        .because(why)
        .hint("check `user` and `password`, and whether the user may log in from this host and with this kind of TLS")
}

pub fn refused(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-003", FaultKind::Config, "the database does not understand the query")
        .because(why)
        .hint("`query` must be one SELECT without a semicolon; run it by hand with the same user")
}

pub fn not_allowed(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-004", FaultKind::Auth, "the user may not read what the query asks for")
        .because(why)
        .hint("grant SELECT on the tables, or on a view made for this")
}

pub fn too_slow(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-005", FaultKind::Limit, "the query takes longer than `timeout`")
        .because(why)
        .hint("make an index on the rising columns in their order, lower `page_rows`, or raise `timeout`")
}

pub fn busy(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-006", FaultKind::Busy, "the database is busy or restarting")
        .because(why)
        .hint("it is tried again by itself")
}

pub fn lost(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-007", FaultKind::Peer, "the connection to the database broke")
        .because(why)
        .hint("it is tried again, from the last row that was stored")
}

pub fn not_trusted(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-008", FaultKind::Auth, "no trusted encrypted connection can be made")
        .because(why)
        .hint("name the authority's certificate with `tls: {ca_file: PATH}`; `tls: off` gives up encryption")
}

pub fn no_column(settings: &Settings, name: &str, known: &[&str]) -> Fault {
    let hint = match weir_event::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? columns of the query: {}", known.join(", ")),
        None => format!("columns of the query: {}", known.join(", ")),
    };
    new(settings, "SQL-009", FaultKind::Config, format!("the query gives no column `{name}`")).hint(hint)
}

pub fn column_twice(settings: &Settings, name: &str) -> Fault {
    new(settings, "SQL-010", FaultKind::Config, format!("the query gives the column `{name}` twice"))
        .hint("give each column a name of its own with AS")
}

pub fn cannot_rise(settings: &Settings, name: &str, kind: &str) -> Fault {
    new(settings, "SQL-011", FaultKind::Config, format!("`{name}` is of type {kind}, which has no order to follow"))
        .hint("rise by a whole number, a decimal, a time, or a text or UUID that grows")
}

pub fn too_many_equal(settings: &Settings, max: usize) -> Fault {
    new(settings, "SQL-012", FaultKind::Limit, format!("more than {max} rows have the same place in the order"))
        .because("rows at the last place are remembered one by one, so that none is stored twice")
        .hint("add a column that tells them apart at the end of `rising`, such as the primary key")
}

pub fn snapshot_too_large(settings: &Settings, max: usize) -> Fault {
    new(settings, "SQL-013", FaultKind::Limit, format!("the snapshot has more than {max} rows"))
        .because("each row is remembered, to tell what has changed")
        .hint("follow a large table by a rising column, or narrow the query")
}

pub fn no_lag(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-014", FaultKind::Config, "`lag` cannot be kept")
        .because(why)
        .hint("`lag` needs a first rising column that is a time of the database")
}

pub fn bad_state(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-015", FaultKind::Storage, "the stored position cannot be read")
        .because(why)
        .hint("under another `name` the source begins anew; rows stored before come again then")
}

pub fn key_twice(settings: &Settings, key: &str) -> Fault {
    new(settings, "SQL-016", FaultKind::Config, format!("the snapshot has two rows with the key {key}"))
        .hint("name columns in `key` that are different in every row")
}

pub fn start_mismatch(settings: &Settings, values: usize, columns: usize) -> Fault {
    new(settings, "SQL-017", FaultKind::Config, format!("`start` has {values} values for {columns} rising columns"))
        .hint("give one value for each column of `rising`, in the same order")
}

/// A type, function or setting of the database is used in a way this program does not expect.
pub fn unexpected(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SQL-018", FaultKind::Peer, "the database answers in a way that is not understood").because(why)
}
