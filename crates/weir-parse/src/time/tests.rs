use weir_event::Timestamp;

use super::{DateOrder, TimeContext, read_time};
use crate::zone::Zone;

#[track_caller]
fn check(text: &str, zone: &str, expect: Option<&str>) {
    let now = Timestamp::parse_rfc3339("2026-01-10T12:00:00Z").unwrap();
    let context = TimeContext { now, zone: Zone::parse(zone).unwrap(), order: DateOrder::Usual };
    assert_eq!(read_time(text, &context).map(|at| at.to_string()).as_deref(), expect, "{text}");
}

#[test]
fn epochs_of_every_width() {
    check("1714557600", "UTC", Some("2024-05-01T10:00:00Z"));
    check("1714557600.214", "UTC", Some("2024-05-01T10:00:00.214Z"));
    check("1714557600421", "UTC", Some("2024-05-01T10:00:00.421Z"));
    check("1791957731120503311", "UTC", Some("2026-10-14T06:02:11.120503311Z"));
    check("1.714557600421E9", "UTC", Some("2024-05-01T10:00:00.421Z"));
    check("134363304000000000", "UTC", Some("2026-10-13T02:00:00Z"));
    check("12345", "UTC", None);
    check("99999999999999999999", "UTC", None);
}

#[test]
fn forms_of_vendors() {
    for text in [
        "2026-01-09T06:02:11Z",
        "2026-01-09 06:02:11",
        "2026/01/09 06:02:11",
        "Jan 09 2026 06:02:11",
        "Jan  9 06:02:11 2026",
        "jan 9 06:02:11",
        "2026-01-09T08:02:11+02:00",
        "2026-01-09T08:02:11.000+0200",
        "Jan 09 2026 06:02:11 UTC",
        "Jan 9 06:02:11 UTC 2026",
        "Jan 9 01:02:11 EST",
        "09/Jan/2026:06:02:11 +0000",
        "Jan 9, 2026 6:02:11 AM",
        "Fri Jan  9 06:02:11 2026",
        "*Jan  9 06:02:11.000",
        "2026-01-09T06:02:11.000000000Z",
        "20260109T06:02:11Z",
        "20260109060211",
        "20260109060211.0Z",
        "2026 Jan  9 06:02:11 UTC",
        "2026:01:09-06:02:11",
        "Fri, 09 Jan 2026 08:02:11 +0200",
        "Fri Jan 09 07:02:11 CET 2026",
        "2026-01-09 07:02:11 Europe/Berlin",
        "2026-01-09 08:02:11 UTC+2",
        "2026-01-09 07:02:11 (CET)",
        "9 janv. 2026 06:02:11",
        "01/09/2026 06:02:11",
        "01/09/26 6:02:11 AM",
        "09.01.2026 06:02:11",
        "01/09-06:02:11.000",
        "01/09/26-06:02:11",
        "1/9/2026, 6:02:11.000 AM",
    ] {
        check(text, "UTC", Some("2026-01-09T06:02:11Z"));
    }
}

#[test]
fn a_year_is_the_latest_that_is_not_ahead() {
    check("Jan 11 11:00:00", "UTC", Some("2026-01-11T11:00:00Z"));
    check("Jan 11 13:00:00", "UTC", Some("2025-01-11T13:00:00Z"));
    check("Dec 31 23:59:59", "UTC", Some("2025-12-31T23:59:59Z"));
    check("Feb 29 01:00:00", "UTC", Some("2024-02-29T01:00:00Z"));
}

#[test]
fn zones_from_outside() {
    check("2025-07-01 12:00:00", "Europe/Berlin", Some("2025-07-01T10:00:00Z"));
    check("2025-07-01 12:00:00", "-05:00", Some("2025-07-01T17:00:00Z"));
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        "N/A",
        "Feb 30 2025 10:00:00",
        "2025-13-01 00:00:00",
        "25:00:00",
        "2025-01-01",
        "Jan 9 06:02:11 and more",
        "-",
        "é",
    ] {
        check(text, "UTC", None);
    }
}

#[test]
fn the_order_of_day_and_month_is_as_told() {
    let now = Timestamp::parse_rfc3339("2026-06-01T00:00:00Z").unwrap();
    for (order, expect) in [
        (DateOrder::Usual, "2026-04-05T06:00:00Z"),
        (DateOrder::MonthFirst, "2026-04-05T06:00:00Z"),
        (DateOrder::DayFirst, "2026-05-04T06:00:00Z"),
    ] {
        let context = TimeContext { now, zone: Zone::UTC, order };
        assert_eq!(read_time("04/05/2026 06:00:00", &context).unwrap().to_string(), expect);
        assert_eq!(read_time("13/05/2026 06:00:00", &context).unwrap().to_string(), "2026-05-13T06:00:00Z");
    }
}
