//! Charts of text: lines over time for time series, bars for everything else.

use std::io::{self, Write};

use weir_event::{Record, Value};

use super::text::{fit, harmless, plain, width};

const BARS_COLUMNS: usize = 60;
const LABEL_COLUMNS_MAX: usize = 40;
const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Rows of a line chart; each has eight levels.
const HEIGHT: usize = 8;
/// Points of one line; more are averaged.
const POINTS_MAX: usize = 100;

pub fn write(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    if records.is_empty() {
        return writeln!(out, "no rows");
    }
    if records.iter().any(|record| series(record).next().is_some()) {
        return records.iter().try_for_each(|record| lines(record, out));
    }
    bars(records, out)
}

/// Members that are arrays of numbers.
fn series<'r>(record: &'r Record<'_>) -> impl Iterator<Item = (&'r str, Vec<Option<f64>>)> {
    record.iter().filter_map(|(name, value)| {
        let Value::Array(items) = value else { return None };
        let points: Vec<Option<f64>> = items.iter().map(number).collect();
        points.iter().any(Option::is_some).then_some((name, points))
    })
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Long(number) => Some(*number as f64),
        Value::Double(number) if number.is_finite() => Some(*number),
        Value::Duration(length) => Some(length.0 as f64),
        _ => None,
    }
}

/// What tells a record from the others: its text members.
fn label(record: &Record<'_>) -> String {
    let parts = record.iter().filter(|(_, value)| matches!(value, Value::Text(_) | Value::Ip(_) | Value::Bool(_)));
    let text: Vec<String> = parts.map(|(_, value)| plain(value).into_owned()).collect();
    fit(&harmless(&text.join(", ")), LABEL_COLUMNS_MAX).into_owned()
}

fn lines(record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
    let frame = match record.get("timeframe") {
        Some(Value::Timeframe(frame)) => format!("{} to {}", frame.start, frame.end),
        _ => String::new(),
    };
    for (name, points) in series(record) {
        let points = thinned(&points);
        let most = points.iter().flatten().copied().fold(0.0, f64::max);
        let least = points.iter().flatten().copied().fold(0.0, f64::min);
        let span = if most > least { most - least } else { 1.0 };
        writeln!(out, "{} {}", harmless(name), label(record))?;
        let (top, bottom) = (short(most), short(least));
        let margin = top.len().max(bottom.len());
        for row in (0..HEIGHT).rev() {
            let scale = match row {
                r if r == HEIGHT - 1 => &top,
                0 => &bottom,
                _ => "",
            };
            let level = |point: &Option<f64>| {
                let eighths = point.map_or(0.0, |point| (point - least) / span * (HEIGHT * 8) as f64);
                LEVELS[(eighths.round() as i64 - row as i64 * 8).clamp(0, 8) as usize]
            };
            writeln!(out, "{scale:>margin$} │{}", points.iter().map(level).collect::<String>().trim_end())?;
        }
        writeln!(out, "{:>margin$} └{}", "", "─".repeat(points.len()))?;
        writeln!(out, "{:>margin$}  {frame}\n", "")?;
    }
    Ok(())
}

fn thinned(points: &[Option<f64>]) -> Vec<Option<f64>> {
    let step = points.len().div_ceil(POINTS_MAX).max(1);
    let mean = |part: &[Option<f64>]| {
        let known: Vec<f64> = part.iter().flatten().copied().collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    points.chunks(step).map(mean).collect()
}

fn bars(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let value_of = |record: &Record<'_>| record.iter().filter_map(|(_, value)| number(value)).next();
    let rows: Vec<(String, f64)> =
        records.iter().filter_map(|record| Some((label(record), value_of(record)?))).collect();
    if rows.is_empty() {
        return writeln!(out, "nothing to draw: no column holds numbers");
    }
    let most = rows.iter().map(|row| row.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let margin = rows.iter().map(|row| width(&row.0)).max().unwrap_or(0);
    for (name, value) in rows {
        let eighths = (value.abs() / most * (BARS_COLUMNS * 8) as f64).round() as usize;
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
        let blank = " ".repeat(margin.saturating_sub(width(&name)));
        writeln!(out, "{name}{blank} │{}{rest} {}", "█".repeat(eighths / 8), short(value))?;
    }
    Ok(())
}

/// At most about five digits: `12`, `3.5`, `12.3k`, `4.1M`.
fn short(value: f64) -> String {
    let units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")];
    let (value, unit) = match units.iter().find(|(size, _)| value.abs() >= *size) {
        Some((size, unit)) => (value / if *size == 1e4 { 1e3 } else { *size }, *unit),
        None => (value, ""),
    };
    if value.fract() == 0.0 { format!("{value:.0}{unit}") } else { format!("{value:.1}{unit}") }
}
