ALTER TABLE cursors RENAME TO single_cursors;
CREATE TABLE cursors (
    tenant TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    kind INTEGER NOT NULL, part BLOB NOT NULL,
    PRIMARY KEY (tenant, source, name, position)
) WITHOUT ROWID;
INSERT INTO cursors SELECT tenant, source, '', 0, 1, cursor FROM single_cursors;
DROP TABLE single_cursors;
