//! The part `time` of a pack file.

use weir_event::Fault;

use super::fault;
use super::source::TimeRule;
use super::yaml::Node;
use crate::time::DateOrder;

/// `time: { field: name }` or a list of such maps, the best first.
pub fn read(node: &Node) -> Result<Vec<TimeRule>, Fault> {
    let rule = |item: &Node| {
        item.only(&["field", "fields", "zone", "precise", "after", "near", "order"])?;
        let names = item.get("field").or_else(|| item.get("fields"));
        let after = item.get("after").map(|node| {
            match crate::time::read_time(node.text()?, &crate::time::TimeContext::utc()) {
                Some(at) => Ok(at.0),
                None => Err(fault::wrong_shape(&node.place, "a time such as 2015-01-01T00:00:00Z")),
            }
        });
        Ok(TimeRule {
            fields: names.ok_or_else(|| fault::missing(&item.place, "field"))?.texts()?,
            zone: item.get("zone").map(|node| node.text().map(str::to_owned)).transpose()?,
            precise: item.get("precise").map(|node| node.text().map(str::to_owned)).transpose()?,
            after: after.transpose()?,
            near_header: item.get("near").map_or(Ok(false), near)?,
            order: item.get("order").map_or(Ok(DateOrder::default()), order)?,
        })
    };
    node.items().iter().map(rule).collect()
}

/// What a time must not be far from.
fn near(node: &Node) -> Result<bool, Fault> {
    match node.text()? {
        "header" => Ok(true),
        other => Err(fault::unknown_word(&node.place, "neighbour of a time", other, &["header"])),
    }
}

fn order(node: &Node) -> Result<DateOrder, Fault> {
    match node.text()? {
        "day-first" => Ok(DateOrder::DayFirst),
        "month-first" => Ok(DateOrder::MonthFirst),
        other => Err(fault::unknown_word(&node.place, "order of dates", other, &["day-first", "month-first"])),
    }
}
