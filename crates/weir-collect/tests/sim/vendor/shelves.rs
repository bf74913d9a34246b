//! The source's further addresses: those that keep something open between requests, and those that list before they tell.

use weir_collect::{Reply, Request};

use super::{Event, Vendor, find, in_body, items, path, reply};

/// What is open at the source.
#[derive(Default)]
pub struct Shelves {
    /// Ids still to be given out.
    scrolls: Vec<Vec<i64>>,
    /// When each was told, and what of.
    jobs: Vec<(i64, i64, i64)>,
}

const PAGE: usize = 20;
const SMALL_PAGE: usize = 5;
const HOUR_MS: i64 = 3_600_000;
/// A coarse clock: many events have one time.
const COARSE_MS: i64 = 600_000;

impl Vendor {
    pub(super) fn shelf(&self, request: &Request, path: &str, query: &str, now: i64) -> Option<Reply> {
        let number = |name: &str| find(query, name).and_then(|text| text.parse::<i64>().ok());
        let zero = |name: &str| number(name).unwrap_or(0);
        Some(match path {
            "/coarse" => self.coarse(zero("from"), zero("skip") as usize, now),
            "/after" => self.after((zero("seen"), number("id").unwrap_or(i64::MIN)), now),
            "/newest" => self.newest(zero("page") as usize, now),
            "/checkpoint" => self.checkpoint(zero("from") as usize, now),
            "/scroll" => self.open_scroll(zero("start"), zero("end"), now),
            "/scroll/next" => self.next_of_scroll(zero("id") as usize),
            "/job" if request.method == "POST" => self.open_job(zero("start"), zero("end"), now),
            "/job" => self.job(zero("id") as usize, now),
            "/job/part" => self.part(zero("id") as usize, zero("part")),
            "/names" => self.names(zero("page") as usize, now),
            "/thing" => self.thing(zero("id")),
            "/half" => self.half(zero("start"), zero("end"), zero("odd"), now),
            "/members" => self.members(zero("page") as usize, now),
            "/archive" => self.archive(zero("start"), zero("end"), now),
            "/graphql" | "/xml" => self.told_in_the_body(request, now),
            "/files" => self.files(now),
            "/file" => self.file(zero("hour")),
            _ => return None,
        })
    }

    /// By a coarse time, everything from one on.
    fn coarse(&self, from: i64, skip: usize, now: i64) -> Reply {
        let coarse = |event: &Event| event.seen - event.seen.rem_euclid(COARSE_MS);
        let found = self.events.iter().filter(|event| event.seen <= now && coarse(event) >= from);
        let one = |event: &Event| format!("{{\"id\":{},\"coarse\":{}}}", event.id, coarse(event));
        let page: Vec<String> = found.skip(skip).take(SMALL_PAGE).map(one).collect();
        reply(200, format!("{{\"items\":[{}]}}", page.join(",")))
    }

    /// By time and id, everything behind a pair.
    fn after(&self, after: (i64, i64), now: i64) -> Reply {
        let found = self.events.iter().filter(|event| event.seen <= now && (event.seen, event.id) > after);
        reply(200, format!("{{\"items\":{}}}", items(&found.take(PAGE).collect::<Vec<_>>())))
    }

    /// Pages that move on while they are read.
    fn newest(&self, page: usize, now: i64) -> Reply {
        let found = self.events.iter().filter(|event| event.seen <= now).rev();
        let page: Vec<&Event> = found.skip(page * SMALL_PAGE).take(SMALL_PAGE).collect();
        reply(200, format!("{{\"items\":{}}}", items(&page)))
    }

    fn checkpoint(&self, from: usize, now: i64) -> Reply {
        let visible = self.events.iter().take_while(|event| event.seen <= now).count();
        let page: Vec<&Event> = self.events[from.min(visible)..visible].iter().take(PAGE).collect();
        let next = from + page.len();
        let left = visible.saturating_sub(next);
        reply(200, format!("{{\"items\":{},\"next_checkpoint\":{next},\"remaining\":{left}}}", items(&page)))
    }

    fn open_scroll(&self, start: i64, end: i64, now: i64) -> Reply {
        let ids = self.within(start, end, now).into_iter().map(|event| event.id).collect();
        let at = {
            let mut inner = self.lock();
            inner.shelves.scrolls.push(ids);
            inner.shelves.scrolls.len()
        };
        self.next_of_scroll(at)
    }

    /// What was given out once is not given out again, whether the answer arrived or not.
    fn next_of_scroll(&self, id: usize) -> Reply {
        let page = {
            let mut inner = self.lock();
            let Some(left) = id.checked_sub(1).and_then(|at| inner.shelves.scrolls.get_mut(at)) else {
                return reply(404, "no such scroll".to_owned());
            };
            let rest = left.split_off(left.len().min(PAGE));
            std::mem::replace(left, rest)
        };
        reply(200, format!("{{\"items\":{},\"scroll\":\"{id}\"}}", items(&self.of_ids(&page))))
    }

    fn of_ids(&self, ids: &[i64]) -> Vec<&Event> {
        ids.iter().filter_map(|id| self.events.iter().find(|event| event.id == *id)).collect()
    }

    fn open_job(&self, start: i64, end: i64, now: i64) -> Reply {
        let mut inner = self.lock();
        inner.shelves.jobs.push((now, start, end));
        reply(200, format!("{{\"id\":{}}}", inner.shelves.jobs.len()))
    }

    /// Two parts, the first early. An old job is forgotten.
    fn job(&self, id: usize, now: i64) -> Reply {
        let told = id.checked_sub(1).and_then(|at| self.lock().shelves.jobs.get(at).copied());
        match told.map(|(at, ..)| now - at) {
            Some(age) if age < 5_000 => reply(200, "{\"state\":\"WAITING\",\"parts\":[]}".to_owned()),
            Some(age) if age < 20_000 => reply(200, "{\"state\":\"RUNNING\",\"parts\":[0]}".to_owned()),
            Some(age) if age < 20 * 60_000 => reply(200, "{\"state\":\"DONE\",\"parts\":[0,1]}".to_owned()),
            _ => reply(404, "no such job".to_owned()),
        }
    }

    fn part(&self, id: usize, part: i64) -> Reply {
        let told = id.checked_sub(1).and_then(|at| self.lock().shelves.jobs.get(at).copied());
        let Some((at, start, end)) = told else { return reply(404, "no such job".to_owned()) };
        let found: Vec<&Event> = self.within(start, end, at).into_iter().filter(|event| event.id % 2 == part).collect();
        reply(200, items(&found))
    }

    fn names(&self, page: usize, now: i64) -> Reply {
        let found = self.events.iter().filter(|event| event.seen <= now);
        let names: Vec<String> =
            found.skip(page * PAGE).take(PAGE).map(|event| format!("{{\"name\":{}}}", event.id)).collect();
        reply(200, format!("[{}]", names.join(",")))
    }

    fn thing(&self, id: i64) -> Reply {
        reply(200, items(&self.of_ids(&[id])))
    }

    fn half(&self, start: i64, end: i64, odd: i64, now: i64) -> Reply {
        let found: Vec<&Event> = self.within(start, end, now).into_iter().filter(|event| event.id % 2 == odd).collect();
        reply(200, items(&found))
    }

    /// Everything that there is, in pages.
    fn members(&self, page: usize, now: i64) -> Reply {
        let found = self.events.iter().filter(|event| event.seen <= now);
        reply(200, items(&found.skip(page * PAGE).take(PAGE).collect::<Vec<_>>()))
    }

    fn archive(&self, start: i64, end: i64, now: i64) -> Reply {
        reply(200, items(&self.within(start, end, now)))
    }

    /// What is asked for stands in the body of the request, as variables of GraphQL or as elements of XML.
    fn told_in_the_body(&self, request: &Request, now: i64) -> Reply {
        let number = |name: &str| in_body(request, name).and_then(|text| text.parse::<i64>().ok());
        let (Some(start), Some(end)) = (number("start"), number("end")) else { return reply(400, "what?".to_owned()) };
        let from = number("after").unwrap_or(0) as usize;
        let found = self.within(start, end, now);
        let total = found.len();
        let page = items(&found.into_iter().skip(from).take(PAGE).collect::<Vec<_>>());
        if path(request) == "/xml" {
            return reply(200, format!("{{\"items\":{page},\"total\":{total}}}"));
        }
        let next = if from + PAGE < total { format!("\"{}\"", from + PAGE) } else { "null".to_owned() };
        reply(200, format!("{{\"data\":{{\"items\":{page},\"next\":{next}}}}}"))
    }

    /// Hours that are over, and whose events have all been seen.
    fn files(&self, now: i64) -> Reply {
        let first = crate::START.0 / 1_000_000 / HOUR_MS;
        let hours = (first..first + 4).filter(|hour| (hour + 2) * HOUR_MS + 60_000 <= now);
        let files: Vec<String> = hours.map(|hour| format!("{{\"file\":\"{hour}\"}}")).collect();
        reply(200, format!("[{}]", files.join(",")))
    }

    fn file(&self, hour: i64) -> Reply {
        let found: Vec<&Event> = self.events.iter().filter(|event| event.time / HOUR_MS == hour).collect();
        let lines: Vec<String> = found.iter().map(|event| format!("{},{}", event.id, event.time)).collect();
        reply(200, format!("id,time\n{}\n", lines.join("\n")))
    }
}
