//! The elements of a `foreach`.

use std::collections::HashSet;

use weir_event::{Fault, Record, Timestamp, Value};

use super::book::Book;
use super::repeats::Repeats;
use super::walk::{Answer, Next, Walk};
use crate::call;
use crate::digest;
use crate::manifest::{CursorKind, Foreach, ForeachFrom, Paging, Response, Step};
use crate::path::{Path, plain};
use crate::slot::Scope;
use crate::state::Change;
use crate::world::World;
use crate::{page, steps};

/// Elements of one pull at most; more are left to none, as their cursors would not fit.
const ELEMENTS_MAX: usize = 100_000;

/// What to ask for, one by one, and under which name each is remembered; one nothing when the stream has no `foreach`.
pub(super) async fn list<W: World>(book: &Book<'_, W>) -> Result<Vec<(Value<'static>, String)>, Fault> {
    let Some(foreach) = &book.peer.service.stream().foreach else { return Ok(vec![(Value::Null, String::new())]) };
    let elements = match &foreach.from {
        ForeachFrom::Setting(text) => {
            let list = text.value(&book.peer.scope()).map_err(|slot| book.peer.unfilled(&slot))?;
            match list {
                Some(Value::Array(items)) => items,
                Some(one) => vec![one],
                None => Vec::new(),
            }
        }
        ForeachFrom::Step { step, path, response, paging } => asked(book, step, path, response, paging).await?,
    };
    let mut met = HashSet::new();
    let named = elements.into_iter().take(ELEMENTS_MAX).map(|element| {
        let name = name_of(foreach, &element);
        (element, name)
    });
    let mut elements: Vec<_> = named.filter(|(_, name)| met.insert(name.clone())).collect();
    if let CursorKind::Once { keep } = book.peer.service.stream().cursor.kind {
        forget(book, &met, keep).await?;
        elements.retain(|(_, name)| book.cursor(name).is_null());
    }
    Ok(elements)
}

/// All pages of the list.
async fn asked<W: World>(
    book: &Book<'_, W>,
    step: &Step,
    path: &Path,
    response: &Response,
    paging: &Paging,
) -> Result<Vec<Value<'static>>, Fault> {
    let peer = &book.peer;
    let mut vars = Record::new();
    let mut walk = Walk::new(paging, &peer.scope(), i64::MAX);
    let (mut elements, mut repeats) = (Vec::new(), Repeats::default());
    loop {
        let scope = Scope { page: &walk.page, vars: &vars, ..peer.scope() };
        let mut request = peer.request(walk.shape(&step.request), &scope)?;
        walk.address(&mut request);
        walk.refuse_loops(peer.name(), &request)?;
        let reply = call::step(peer, request, step).await?;
        if reply.status == 204 {
            return Ok(elements);
        }
        steps::capture(peer.name(), &step.capture, &reply, &mut vars)?;
        let bytes_max = peer.service.manifest.http.answer_bytes_max;
        let texts = page::unpack(response, &reply, bytes_max, peer.name())?;
        let body = page::decode(response, &texts, peer.name())?;
        page::path_holds(path, &body, peer.name())?;
        let found = path.all(&body);
        let ids: Vec<u128> = found.iter().map(|value| digest::identity(&[plain(value).as_bytes()])).collect();
        let is_again = repeats.is_again(&ids);
        let answer =
            Answer { reply: &reply, texts: &texts, body: &body, count: found.len(), last: found.last().copied() };
        elements.extend(found.iter().filter(|value| !value.is_null()).map(|value| (*value).clone().into_owned()));
        let scope = Scope { vars: &vars, ..peer.scope() };
        let next = walk.advance(&answer, &scope);
        if is_again || next == Next::Again {
            return Err(crate::fault::paging_loops(peer.name(), "a page holds the elements of a page before it"));
        }
        if next == Next::End {
            return Ok(elements);
        }
        if walk.is_full() || elements.len() > ELEMENTS_MAX {
            return Err(crate::fault::paging_loops(peer.name(), "the list of elements does not end"));
        }
    }
}

fn name_of(foreach: &Foreach, element: &Value<'_>) -> String {
    if let Some(found) = foreach.key.as_ref().and_then(|key| key.first(element)) {
        return plain(found);
    }
    match element {
        Value::Record(record) => record.get("id").map_or_else(|| plain(element), plain),
        other => plain(other),
    }
}

/// Renews what is still listed, and forgets what has not been for `keep`.
async fn forget<W: World>(book: &Book<'_, W>, listed: &HashSet<String>, keep: i64) -> Result<(), Fault> {
    let now = book.peer.world.now();
    let age = |cursor: &Value<'_>| match cursor {
        Value::Timestamp(since) => now.0.saturating_sub(since.0),
        _ => 0,
    };
    let old: Vec<(String, bool)> = book.read(|state| {
        let aged = state.cursors.iter().filter(|(_, cursor)| age(cursor) > keep / 2);
        let mut old = Vec::new();
        for (name, cursor) in aged {
            let is_listed = listed.contains(name);
            if is_listed || age(cursor) > keep {
                old.push((name.clone(), is_listed));
            }
        }
        old
    });
    for (partition, is_listed) in old {
        let cursor = if is_listed { Value::Timestamp(Timestamp(now.0)) } else { Value::Null };
        book.commit(Vec::new(), Change { partition, cursor: Some(cursor), ..Change::default() }).await?;
    }
    Ok(())
}
