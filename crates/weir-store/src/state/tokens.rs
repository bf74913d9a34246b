//! What may call the API. Only hashes are kept.

use rusqlite::params;
use weir_event::{Fault, Timestamp};

use super::State;

#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    /// The public part, by which people and logs name the token.
    pub id: String,
    pub hash: [u8; 32],
    pub name: String,
    pub tenant: String,
    /// Separated by blanks.
    pub scopes: String,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}

impl State {
    /// Adds a token, or replaces the one of the same id.
    pub fn put_token(&self, token: &TokenRow) -> Result<(), Fault> {
        let time = |at: Option<Timestamp>| at.map(|at| at.0);
        self.with(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    token.id,
                    token.hash,
                    token.name,
                    token.tenant,
                    token.scopes,
                    token.created.0,
                    time(token.expires),
                    time(token.last_used),
                    time(token.revoked),
                ],
            )?;
            Ok(())
        })
    }

    /// All tokens in order of creation, revoked ones too.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, Fault> {
        self.with(|connection| {
            let sql = "SELECT id, hash, name, tenant, scopes, created, expires, last_used, revoked FROM tokens \
                       ORDER BY created, id";
            let mut statement = connection.prepare_cached(sql)?;
            let tokens = statement.query_map([], |row| {
                let time = |index| row.get::<_, Option<i64>>(index).map(|at| at.map(Timestamp));
                Ok(TokenRow {
                    id: row.get(0)?,
                    hash: row.get(1)?,
                    name: row.get(2)?,
                    tenant: row.get(3)?,
                    scopes: row.get(4)?,
                    created: Timestamp(row.get(5)?),
                    expires: time(6)?,
                    last_used: time(7)?,
                    revoked: time(8)?,
                })
            })?;
            tokens.collect()
        })
    }

    /// False when there is no such token, or it is revoked already.
    pub fn revoke_token(&self, id: &str, at: Timestamp) -> Result<bool, Fault> {
        self.with(|connection| {
            let sql = "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
            Ok(connection.execute(sql, params![id, at.0])? > 0)
        })
    }

    /// Remembers when a token was last used; the caller does not call this per request.
    pub fn token_used(&self, id: &str, at: Timestamp) -> Result<(), Fault> {
        self.with(|connection| {
            connection.execute("UPDATE tokens SET last_used = ?2 WHERE id = ?1", params![id, at.0])?;
            Ok(())
        })
    }
}
