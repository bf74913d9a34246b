//! Lines of JSON that each bring a text and perhaps a zone and a time for it.

use std::ops::Range;

use weir_event::write_json_string;
use weir_parse::{LineContext, Lines, Parser};

use crate::cli::order::{Context, Order};

/// So many zones and times are looked through for the one of a line; with more of them alternating, lines are parsed in smaller groups.
const LOOKED_AT: usize = 16;

/// Texts that are parsed together, since they have the same zone and time; each with the number of its line.
struct Group<'o> {
    context: LineContext,
    texts: Vec<&'o str>,
    lines: Vec<usize>,
}

/// Answers every line, in order, into `out`.
pub fn answer(parser: &mut Parser, context: &mut Context, lines: &[&str], out: &mut Vec<u8>) {
    let orders: Vec<Result<Order<'_>, String>> = lines.iter().map(|line| Order::read(line)).collect();
    let mut parsed = Vec::new();
    let mut places = vec![0..0; lines.len()];
    for group in groups(&orders, context) {
        let start = parsed.len();
        parser.write_lines(&Lines::of(&group.texts), &group.context, &mut parsed);
        place(&parsed, start, &group.lines, &mut places);
    }
    for (order, place) in orders.iter().zip(places) {
        write(order, &parsed[place], out);
    }
}

fn groups<'o>(orders: &'o [Result<Order<'_>, String>], context: &mut Context) -> Vec<Group<'o>> {
    let mut groups: Vec<Group<'o>> = Vec::new();
    for (line, order) in orders.iter().enumerate() {
        let Ok(order) = order else { continue };
        let Some(text) = order.text("raw") else { continue };
        let (zone, now) = context.of(order);
        let is_same = |group: &&mut Group<'_>| group.context.now == now && group.context.zone.as_ref() == Some(&zone);
        match groups.iter_mut().rev().take(LOOKED_AT).find(is_same) {
            Some(group) => {
                group.texts.push(text);
                group.lines.push(line);
            }
            None => groups.push(Group {
                context: LineContext { zone: Some(zone), now },
                texts: vec![text],
                lines: vec![line],
            }),
        }
    }
    groups
}

/// Notes where the answers of a group are, which stand one a line from `start` on.
fn place(parsed: &[u8], start: usize, lines: &[usize], places: &mut [Range<usize>]) {
    let mut from = start;
    let ends = memchr::memchr_iter(b'\n', &parsed[start..]).map(|at| start + at + 1);
    for (line, end) in lines.iter().zip(ends) {
        places[*line] = from..end;
        from = end;
    }
}

/// An answer begins with the line's own `id`; there is one to every line.
fn write(order: &Result<Order<'_>, String>, parsed: &[u8], out: &mut Vec<u8>) {
    let order = match order {
        Ok(order) => order,
        Err(cause) => return refuse("{\"id\":null".to_owned(), cause, out),
    };
    let mut begin = String::new();
    order.begin_answer(&mut begin);
    match parsed.split_first() {
        Some((_, rest)) => {
            out.extend_from_slice(begin.as_bytes());
            out.push(b',');
            out.extend_from_slice(rest);
        }
        None => refuse(begin, "`raw` is missing or not text", out),
    }
}

/// Ends an answer to a line that is no order.
fn refuse(begin: String, cause: &str, out: &mut Vec<u8>) {
    let mut answer = begin;
    answer.push_str(
        ",\"parsed\":false,\"parser\":null,\"timestamp\":null,\"fields\":{},\"artifacts\":{},\"notes\":[\"bad_line\"],\"because\":",
    );
    write_json_string(cause, &mut answer);
    answer.push_str("}\n");
    out.extend_from_slice(answer.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use weir_event::Timestamp;
    use weir_parse::{Packs, ParserOptions, Zone};

    use super::*;

    fn answers(parser: &mut Parser, lines: &[&str]) -> String {
        let mut out = Vec::new();
        answer(parser, &mut Context::new(Zone::default(), Timestamp(0)), lines, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn lines_are_answered_together_as_each_alone() {
        let zones = ["UTC", "+02:00", "Europe/Berlin", "nowhere"];
        let line = |number: usize| match number % 7 {
            3 => "{\"id\":".to_owned(),
            5 => format!("{{\"id\":{number},\"raw\":7}}"),
            _ => format!(
                r#"{{"id":"{number}","raw":"<13>Feb  {} 01:02:03 host app: a{number}\nb","context":{{"tz":"{}","now":"20{}-03-04T00:00:00Z"}}}}"#,
                number % 9 + 1,
                zones[number % zones.len()],
                number % 40 + 10
            ),
        };
        let lines: Vec<String> = (0..200).map(line).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let Ok(packs) = Packs::builtin() else { panic!("the packs cannot be read") };
        let mut parser = Parser::new(Arc::new(packs), ParserOptions::default());
        let together = answers(&mut parser, &lines);
        let alone: String = lines.iter().map(|line| answers(&mut parser, &[line])).collect();
        assert_eq!(together, alone);
        assert_eq!(together.lines().count(), lines.len());
        let first = together.lines().next().unwrap_or_default();
        assert!(first.starts_with(r#"{"id":"0","parsed":true"#) && first.contains("2010-02-01T01:02:03"), "{first}");
    }
}
