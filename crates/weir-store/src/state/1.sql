CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL, bucket TEXT NOT NULL, tbl TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, hour INTEGER,
    first_position INTEGER NOT NULL, last_position INTEGER NOT NULL,
    rest_open INTEGER NOT NULL, columns BLOB NOT NULL
);
CREATE TABLE cursors (
    tenant TEXT NOT NULL, source TEXT NOT NULL, cursor BLOB NOT NULL,
    PRIMARY KEY (tenant, source)
) WITHOUT ROWID;
CREATE TABLE ledger (
    tenant TEXT NOT NULL, source TEXT NOT NULL, minute INTEGER NOT NULL,
    received INTEGER NOT NULL, stored INTEGER NOT NULL, filtered INTEGER NOT NULL,
    forwarded INTEGER NOT NULL, dead_lettered INTEGER NOT NULL,
    PRIMARY KEY (minute, tenant, source)
) WITHOUT ROWID;
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, tenant TEXT NOT NULL, scopes TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER, last_used INTEGER, revoked INTEGER
) WITHOUT ROWID;
CREATE TABLE marks (
    tenant TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) WITHOUT ROWID;
CREATE TABLE tenants (name TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    tenant TEXT NOT NULL, source TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    PRIMARY KEY (tenant, source)
) WITHOUT ROWID;
