//! Values of every type, as JSON without loss.

use super::{Bench, by, each, mariadb_bench, postgres_bench, pull, sqlserver_bench};
use crate::sink::Memory;

/// A type, a value as SQL writes it, and the JSON that comes of it.
type Case = (&'static str, &'static str, &'static str);

fn check(bench: &Bench, cases: &[Case]) {
    let columns: Vec<String> = cases.iter().enumerate().map(|(at, case)| format!("c{at} {}", case.0)).collect();
    let values: Vec<&str> = cases.iter().map(|case| case.1).collect();
    bench.sql(&format!("CREATE TABLE TABLE_NAME (id INTEGER, {})", columns.join(", ")));
    bench.sql(&format!("INSERT INTO TABLE_NAME VALUES (1, {})", values.join(", ")));
    let sink = Memory::default();
    pull(&bench.settings(by(&["id"])), &sink).expect("pulls");
    let record = sink.take().pop().expect("a record");
    let mut rest = record.strip_prefix("{\"id\":1").unwrap_or(&record);
    for (at, (kind, value, json)) in cases.iter().enumerate() {
        let expected = format!(",\"c{at}\":{json}");
        rest = rest.strip_prefix(expected.as_str()).unwrap_or_else(|| panic!("{kind} {value}: {expected} in {rest}"));
    }
    assert_eq!(rest, "}");
}

#[test]
fn types_of_postgres() {
    let bench = postgres_bench();
    bench.sql("CREATE TYPE mood AS ENUM ('calm', 'so, so')");
    bench.sql("CREATE TYPE pair AS (a int, b text)");
    bench.sql("CREATE DOMAIN port AS int");
    check(
        &bench,
        &[
            ("boolean", "true", "true"),
            ("smallint", "-32768", "-32768"),
            ("bigint", "9223372036854775807", "9223372036854775807"),
            ("numeric", "0.1", "0.1"),
            ("numeric", "12345678901234567890.123456789", "\"12345678901234567890.123456789\""),
            ("numeric", "9223372036854775808", "\"9223372036854775808\""),
            ("numeric(10,2)", "10.50", "10.50"),
            ("numeric", "'NaN'", "\"NaN\""),
            ("real", "0.1", "0.1"),
            ("double precision", "0.1::float8 + 0.2::float8", "0.30000000000000004"),
            ("double precision", "'-Infinity'", "\"-Infinity\""),
            ("text", "E'a\\nb\"c'", "\"a\\nb\\\"c\""),
            ("char(3)", "'x'", "\"x  \""),
            ("bytea", "'\\x00ff10'", "\"AP8Q\""),
            ("timestamptz", "'2026-10-14 08:02:11.120431+02'", "\"2026-10-14T06:02:11.120431Z\""),
            ("timestamptz", "'infinity'", "\"infinity\""),
            ("timestamp", "'2026-10-14 08:02:11'", "\"2026-10-14T08:02:11\""),
            ("date", "'2026-10-14'", "\"2026-10-14\""),
            ("time", "'08:02:11.5'", "\"08:02:11.5\""),
            ("interval", "'1 day 2 hours'", "\"P1DT2H\""),
            ("json", "'{\"a\": [1, 2]}'", "{\"a\": [1, 2]}"),
            ("jsonb", "'{\"b\":1.10}'", "{\"b\": 1.10}"),
            ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
            ("inet", "'192.0.2.7'", "\"192.0.2.7\""),
            ("cidr", "'2001:db8::/32'", "\"2001:db8::/32\""),
            ("macaddr", "'02:00:00:00:00:01'", "\"02:00:00:00:00:01\""),
            ("int[]", "'{1,NULL,3}'", "[1,null,3]"),
            ("int[]", "'[2:3]={4,5}'", "[4,5]"),
            ("text[]", "ARRAY['a,b', 'c\"d', 'NULL', '']", "[\"a,b\",\"c\\\"d\",\"NULL\",\"\"]"),
            ("timestamptz[]", "ARRAY['2026-10-14 00:00+00'::timestamptz]", "[\"2026-10-14T00:00:00Z\"]"),
            ("int[][]", "'{{1,2},{3,4}}'", "[[1,2],[3,4]]"),
            ("text[]", "'{}'", "[]"),
            ("mood", "'so, so'", "\"so, so\""),
            ("mood[]", "ARRAY['calm','so, so']::mood[]", "[\"calm\",\"so, so\"]"),
            ("pair", "ROW(1,'x')", "\"(1,x)\""),
            ("port", "443", "443"),
            ("int4range", "'[1,5)'", "\"[1,5)\""),
            ("bit(4)", "B'1010'", "\"1010\""),
            ("money", "12.5", "\"$12.50\""),
            ("text", "NULL", "null"),
        ],
    );
}

#[test]
fn types_of_mariadb() {
    check(
        &mariadb_bench(),
        &[
            ("TINYINT(1)", "1", "true"),
            ("TINYINT", "-128", "-128"),
            ("SMALLINT UNSIGNED", "65535", "65535"),
            ("MEDIUMINT", "-8388608", "-8388608"),
            ("BIGINT", "-9223372036854775808", "-9223372036854775808"),
            ("BIGINT UNSIGNED", "18446744073709551615", "\"18446744073709551615\""),
            ("DECIMAL(20,2)", "10.50", "10.50"),
            ("DECIMAL(30,10)", "12345678901234567890.0123456789", "\"12345678901234567890.0123456789\""),
            ("FLOAT", "0.1", "0.1"),
            ("DOUBLE", "0.1", "0.1"),
            ("BIT(12)", "b'101010101010'", "2730"),
            ("YEAR", "2026", "2026"),
            ("DATE", "'2026-10-14'", "\"2026-10-14\""),
            ("DATETIME(6)", "'2026-10-14 06:02:11.120431'", "\"2026-10-14T06:02:11.120431\""),
            ("DATETIME", "'2026-10-14 00:00:00'", "\"2026-10-14T00:00:00\""),
            ("TIMESTAMP NULL", "FROM_UNIXTIME(1791957731)", "\"2026-10-14T06:02:11Z\""),
            ("TIME(3)", "'-838:59:58.125'", "\"-838:59:58.125000\""),
            ("TIME", "'00:00:00'", "\"00:00:00\""),
            ("CHAR(4)", "'ab'", "\"ab\""),
            ("VARCHAR(20)", "'ü\"\\\\'", "\"ü\\\"\\\\\""),
            ("TEXT", "'line\\nline'", "\"line\\nline\""),
            ("VARBINARY(8)", "x'00ff10'", "\"AP8Q\""),
            ("BLOB", "x'ff'", "\"/w==\""),
            ("ENUM('a','b')", "'b'", "\"b\""),
            ("SET('a','b')", "'a,b'", "\"a,b\""),
            ("INET6", "'2001:db8::1'", "\"2001:db8::1\""),
            ("UUID", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
            ("INT NULL", "NULL", "null"),
        ],
    );
}

#[test]
fn types_of_sqlserver() {
    check(
        &sqlserver_bench(),
        &[
            ("BIGINT", "-9223372036854775808", "-9223372036854775808"),
            ("BIT", "1", "true"),
            ("FLOAT", "0.1", "0.1"),
            ("DECIMAL(20,2)", "10.5", "10.50"),
            ("MONEY", "-12.5", "-12.5000"),
            ("DATE", "'2026-10-14'", "\"2026-10-14\""),
            ("DATETIME", "'2026-10-14 06:02:11.003'", "\"2026-10-14T06:02:11.003\""),
            ("DATETIME2(7)", "'2026-10-14 06:02:11.1204310'", "\"2026-10-14T06:02:11.120431\""),
            ("DATETIMEOFFSET(7)", "'2026-10-14 06:02:11.5'", "\"2026-10-14T06:02:11.5Z\""),
            ("UNIQUEIDENTIFIER", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
            ("VARBINARY(8)", "x'00ff10'", "\"AP8Q\""),
            ("NVARCHAR(20)", "'ü\"\\'", "\"ü\\\"\\\\\""),
            ("VARCHAR(20)", "'plain'", "\"plain\""),
            ("NVARCHAR(20)", "NULL", "null"),
            ("DATETIME2(7)", "NULL", "null"),
        ],
    );
}

#[test]
fn types_of_sqlite() {
    each(|bench| {
        let super::Kind::Sqlite(_) = &bench.kind else { return };
        check(
            bench,
            &[
                ("INTEGER", "-9223372036854775808", "-9223372036854775808"),
                ("REAL", "0.5", "0.5"),
                ("REAL", "9e999", "\"Infinity\""),
                ("TEXT", "'a\"b'", "\"a\\\"b\""),
                ("BLOB", "x'00ff10'", "\"AP8Q\""),
                ("", "'typeless'", "\"typeless\""),
                ("", "12", "12"),
                ("TEXT", "CAST(x'ff41' AS TEXT)", "\"\u{fffd}A\""),
                ("", "NULL", "null"),
            ],
        );
    });
}
