//! Values of SQL Server as JSON and as keys.

use std::fmt::Write;

use tiberius::numeric::Numeric;
use tiberius::time::{Date, DateTime2, Time};
use tiberius::{ColumnData, ColumnType};

use super::super::cell;
use super::super::key::Key;

/// Days from the first day of year 1 to that of 1900, from which older types count, and to the epoch.
const DAYS_TO_1900: i64 = 693_595;
const DAYS_TO_EPOCH: i64 = 719_162;

/// Types as statements tell them apart; empty for those that are only shown.
pub fn kind(column: ColumnType) -> &'static str {
    match column {
        ColumnType::Int1 | ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8 | ColumnType::Intn => "int",
        ColumnType::Decimaln | ColumnType::Numericn => "decimal",
        ColumnType::Float8 | ColumnType::Floatn => "float",
        ColumnType::Money | ColumnType::Money4 => "money",
        ColumnType::Datetime | ColumnType::Datetime4 | ColumnType::Datetimen => "datetime",
        ColumnType::Datetime2 => "datetime2",
        ColumnType::DatetimeOffsetn => "datetimeoffset",
        ColumnType::Daten => "date",
        ColumnType::Guid => "uniqueidentifier",
        ColumnType::NVarchar | ColumnType::NChar => "nvarchar",
        ColumnType::BigVarChar | ColumnType::BigChar => "varchar",
        ColumnType::BigVarBin | ColumnType::BigBinary => "varbinary",
        _ => "",
    }
}

/// Appends a value of a column of the type `kind`.
pub fn write(kind: &str, data: &ColumnData<'_>, out: &mut String) {
    match data {
        ColumnData::Bit(Some(bit)) => out.push_str(if *bit { "true" } else { "false" }),
        ColumnData::F32(Some(number)) => cell::single(*number, out),
        ColumnData::F64(Some(number)) if kind != "money" => cell::double(*number, out),
        ColumnData::Binary(Some(bytes)) => cell::bytes(bytes, out),
        ColumnData::DateTimeOffset(Some(_)) => match text(kind, data) {
            Some(text) => cell::text(&format!("{text}Z"), out),
            None => out.push_str("null"),
        },
        ColumnData::U8(_)
        | ColumnData::I16(_)
        | ColumnData::I32(_)
        | ColumnData::I64(_)
        | ColumnData::Numeric(_)
        | ColumnData::F64(_) => match text(kind, data) {
            Some(digits) => cell::decimal(&digits, out),
            None => out.push_str("null"),
        },
        _ => match text(kind, data) {
            Some(text) => cell::text(&text, out),
            None => out.push_str("null"),
        },
    }
}

/// The value as statements get it back.
pub fn key(kind: &str, data: &ColumnData<'_>) -> Key {
    match data {
        ColumnData::Binary(Some(bytes)) => Key::Bytes(bytes.to_vec()),
        ColumnData::F64(Some(number)) if kind != "money" => Key::Double(*number),
        ColumnData::F32(Some(number)) => Key::Double(f64::from(*number)),
        _ => text(kind, data).map_or(Key::Null, Key::Text),
    }
}

/// A value as the server writes and reads it, times in ISO 8601; `None` for null.
fn text(kind: &str, data: &ColumnData<'_>) -> Option<String> {
    match data {
        ColumnData::U8(number) => Some((*number)?.to_string()),
        ColumnData::I16(number) => Some((*number)?.to_string()),
        ColumnData::I32(number) => Some((*number)?.to_string()),
        ColumnData::I64(number) => Some((*number)?.to_string()),
        ColumnData::F64(number) if kind == "money" => Some(format!("{:.4}", (*number)?)),
        ColumnData::Numeric(number) => Some(digits((*number)?)),
        ColumnData::String(text) => Some(text.as_ref()?.to_string()),
        ColumnData::Xml(text) => Some(text.as_ref()?.to_string()),
        ColumnData::Guid(guid) => Some((*guid)?.to_string()),
        ColumnData::Date(day) => Some(date(of_date((*day)?))),
        ColumnData::Time(time) => Some(clock((*time)?)),
        ColumnData::DateTime2(time) => Some(date_and_clock((*time)?)),
        // The protocol carries it in UTC.
        ColumnData::DateTimeOffset(time) => Some(date_and_clock((*time)?.datetime2())),
        ColumnData::DateTime(time) => {
            let time = (*time)?;
            // Counted in 300ths of a second, shown to the millisecond.
            let millis = (u64::from(time.seconds_fragments()) * 1_000 + 150) / 300;
            let day = date(DAYS_TO_1900 + i64::from(time.days()));
            Some(format!("{day}T{}", clock(Time::new(millis, 3))))
        }
        ColumnData::SmallDateTime(time) => {
            let time = (*time)?;
            // Counted in minutes, whatever the library calls them.
            let minutes = u64::from(time.seconds_fragments());
            let day = date(DAYS_TO_1900 + i64::from(time.days()));
            Some(format!("{day}T{}", clock(Time::new(minutes * 60, 0))))
        }
        _ => None,
    }
}

/// `-12.50`: all digits that the type has behind the point.
fn digits(number: Numeric) -> String {
    let sign = if number.value() < 0 { "-" } else { "" };
    let scale = usize::from(number.scale());
    let digits = format!("{:0>width$}", number.value().unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn of_date(date: Date) -> i64 {
    i64::from(date.days())
}

fn date_and_clock(time: DateTime2) -> String {
    format!("{}T{}", date(of_date(time.date())), clock(time.time()))
}

/// A day, counted from the first of year 1. Hinnant's algorithm, for years that times of the pipeline do not reach.
fn date(days: i64) -> String {
    let z = days - DAYS_TO_EPOCH + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let (year, day) = (year_of_era + era * 400 + i64::from(month <= 2), day_of_year - (153 * shifted + 2) / 5 + 1);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `08:02:11.5`: the fraction without zeros at its end.
fn clock(time: Time) -> String {
    let scale = u32::from(time.scale().min(9));
    let unit = 10u64.pow(scale);
    let (seconds, fraction) = (time.increments() / unit, time.increments() % unit);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        let _ = write!(text, ".{fraction:0>width$}", width = scale as usize);
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

#[cfg(test)]
mod tests {
    use tiberius::time::{DateTime, DateTimeOffset, SmallDateTime};

    use super::*;

    #[track_caller]
    fn check(kind: &str, data: &ColumnData<'_>, json: &str) {
        let mut out = String::new();
        write(kind, data, &mut out);
        assert_eq!(out, json);
    }

    #[test]
    fn values_become_json_without_loss() {
        let noon = DateTime2::new(Date::new(739_537), Time::new(432_001_234_560, 7));
        check("datetime2", &ColumnData::DateTime2(Some(noon)), "\"2025-10-14T12:00:00.123456\"");
        let offset = DateTimeOffset::new(noon, 120);
        check("datetimeoffset", &ColumnData::DateTimeOffset(Some(offset)), "\"2025-10-14T12:00:00.123456Z\"");
        check("date", &ColumnData::Date(Some(Date::new(0))), "\"0001-01-01\"");
        check("date", &ColumnData::Date(Some(Date::new(3_652_058))), "\"9999-12-31\"");
        check("datetime", &ColumnData::DateTime(Some(DateTime::new(0, 1))), "\"1900-01-01T00:00:00.003\"");
        check("datetime", &ColumnData::DateTime(Some(DateTime::new(-53_690, 2))), "\"1753-01-01T00:00:00.007\"");
        check("datetime", &ColumnData::SmallDateTime(Some(SmallDateTime::new(1, 61))), "\"1900-01-02T01:01:00\"");
        check("", &ColumnData::Time(Some(Time::new(5, 1))), "\"00:00:00.5\"");
        check("decimal", &ColumnData::Numeric(Some(Numeric::new_with_scale(-5, 2))), "-0.05");
        check("decimal", &ColumnData::Numeric(Some(Numeric::new_with_scale(1_050, 2))), "10.50");
        let long = Numeric::new_with_scale(12_345_678_901_234_567_890, 10);
        check("decimal", &ColumnData::Numeric(Some(long)), "\"1234567890.1234567890\"");
        check("money", &ColumnData::F64(Some(12.5)), "12.5000");
        check("float", &ColumnData::F64(Some(0.1)), "0.1");
        check("varbinary", &ColumnData::Binary(Some(vec![0, 255, 16].into())), "\"AP8Q\"");
        check("nvarchar", &ColumnData::String(Some("ü\"".into())), "\"ü\\\"\"");
        check("", &ColumnData::Bit(Some(true)), "true");
        for data in [ColumnData::Bit(None), ColumnData::I64(None), ColumnData::F64(None), ColumnData::Guid(None)] {
            check("", &data, "null");
        }
    }
}
