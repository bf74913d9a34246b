//! Small facts by name: high-water marks, tenants, sources seen.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};
use weir_event::{Fault, Timestamp};

use super::State;

impl State {
    /// The number kept under `name` for a tenant: how far a rule has looked, for example.
    pub fn mark(&self, tenant: &str, name: &str) -> Result<Option<i64>, Fault> {
        self.with(|connection| {
            let sql = "SELECT value FROM marks WHERE tenant = ?1 AND name = ?2";
            connection.query_row(sql, [tenant, name], |row| row.get(0)).optional()
        })
    }

    /// Tenant, name and number of all marks, sorted.
    pub fn marks(&self) -> Result<Vec<(String, String, i64)>, Fault> {
        self.with(|connection| {
            let sql = "SELECT tenant, name, value FROM marks ORDER BY tenant, name";
            let mut statement = connection.prepare_cached(sql)?;
            let marks = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            marks.collect()
        })
    }

    pub fn set_mark(&self, tenant: &str, name: &str, value: i64) -> Result<(), Fault> {
        self.with(|connection| {
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?1, ?2, ?3)", params![tenant, name, value])?;
            Ok(())
        })
    }

    pub fn remove_mark(&self, tenant: &str, name: &str) -> Result<(), Fault> {
        self.with(|connection| {
            connection.execute("DELETE FROM marks WHERE tenant = ?1 AND name = ?2", [tenant, name])?;
            Ok(())
        })
    }

    /// Names of the tenants, sorted.
    pub fn tenants(&self) -> Result<Vec<String>, Fault> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT name FROM tenants ORDER BY name")?;
            let names = statement.query_map([], |row| row.get(0))?;
            names.collect()
        })
    }

    /// Adds a tenant; nothing happens when it exists.
    pub fn put_tenant(&self, name: &str, created: Timestamp) -> Result<(), Fault> {
        self.with(|connection| {
            connection.execute("INSERT OR IGNORE INTO tenants VALUES (?1, ?2)", params![name, created.0])?;
            Ok(())
        })
    }

    /// Tenants of all sources there ever were, as of the last seal.
    pub fn owners(&self) -> Result<Vec<Arc<str>>, Fault> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT tenant FROM sources")?;
            let names = statement.query_map([], |row| Ok(row.get::<_, String>(0)?.into()))?;
            names.collect()
        })
    }

    /// Sources of a tenant with the minutes (since the epoch) of their first and last events, as of the last seal.
    pub fn sources(&self, tenant: &str) -> Result<Vec<(String, i64, i64)>, Fault> {
        self.with(|connection| {
            let sql = "SELECT source, first_seen, last_seen FROM sources WHERE tenant = ?1 ORDER BY source";
            let mut statement = connection.prepare_cached(sql)?;
            let sources = statement.query_map([tenant], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            sources.collect()
        })
    }
}
