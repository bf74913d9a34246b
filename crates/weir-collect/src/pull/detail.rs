//! A request for each record that a page selects.

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use weir_event::{Fault, Record, Timestamp, Value};

use super::identity::keyed;
use super::pages::Pages;
use super::stored;
use crate::call::{self, Outcome};
use crate::digest;
use crate::manifest::{Action, Detail, short};
use crate::page::{self, Found};
use crate::path::plain;
use crate::peer::Peer;
use crate::slot::{Scope, Window};
use crate::state::Change;
use crate::world::{Told, World};

/// What was fetched for a record.
enum Fetched {
    Texts(Vec<String>),
    /// There is nothing behind it.
    Nothing,
    /// By the manifest it is left out, whatever the source answered.
    Skipped,
    /// It is not ready: the next pull asks again.
    Later,
}

/// What a request for a record is made of, apart from the pages that go on meanwhile.
struct Asker<'a, W> {
    peer: Peer<'a, W>,
    detail: &'a Detail,
    vars: Record<'static>,
    window: Option<Window>,
}

impl<W: World> Pages<'_, '_, W> {
    /// Fetches what belongs to the records, a few at once, and stores it in their order. What was fetched before is left out.
    pub(super) async fn details(&mut self, detail: &Detail, found: Vec<Found<'_>>) -> Result<(), Fault> {
        let peer = self.peer();
        let until = Timestamp(peer.world.now().0.saturating_add(peer.service.stream().dedup.keep));
        let mut wanted = Vec::new();
        let mut renewed = Change::default();
        for item in found {
            if !self.raise(&item.given) {
                self.count(|pulled| pulled.duplicates += 1);
                continue;
            }
            let id = self.item_id(detail, &item.given);
            let known = id.and_then(|id| self.known_until(id));
            match (id, known) {
                (Some(id), Some(known)) => {
                    self.count(|pulled| pulled.duplicates += 1);
                    if known.0.saturating_sub(peer.world.now().0) < peer.service.stream().dedup.keep / 2 {
                        renewed.seen.push((id, until));
                    }
                }
                _ => wanted.push((id, item)),
            }
        }
        self.commit(Vec::new(), renewed).await?;
        let asker = Asker { peer, detail, vars: self.vars.clone(), window: self.window() };
        let mut items = wanted.iter();
        let (mut running, mut skipped) = (FuturesOrdered::new(), Vec::new());
        loop {
            while running.len() < detail.concurrency
                && let Some((id, item)) = items.next()
            {
                running.push_back(asker.fetch(*id, item));
            }
            let Some(fetched) = running.next().await else { break };
            let (id, item, fetched) = fetched?;
            match fetched {
                Fetched::Texts(texts) => self.store_detail(detail, id, item, &texts, until).await?,
                Fetched::Nothing | Fetched::Skipped => {
                    if let Fetched::Skipped = fetched {
                        skipped.push(&item.given);
                    }
                    let seen = id.into_iter().map(|id| (id, until)).collect();
                    self.commit(Vec::new(), Change { seen, ..Change::default() }).await?;
                }
                Fetched::Later => self.hold(),
            }
        }
        if let Some(first) = skipped.first() {
            let first = keyed(&detail.key, first).unwrap_or_else(|| plain(first)).replace('\u{1f}', " ");
            let says = format!("records without more to fetch about them were left out: {}, the first", skipped.len());
            peer.world.tell(Told::Note(format!("{}: {says} is {}", peer.name(), short(&first))));
        }
        Ok(())
    }

    /// What a record is remembered by as one that was fetched.
    fn item_id(&self, detail: &Detail, given: &Value<'_>) -> Option<u128> {
        let key = keyed(&detail.key, given)?;
        Some(digest::identity(&[b"detail", self.partition().as_bytes(), key.as_bytes()]))
    }

    /// What tells a record of the list from the others.
    pub(super) fn listed_id(&self, detail: &Detail, given: &Value<'_>) -> u128 {
        self.item_id(detail, given).unwrap_or_else(|| digest::identity(&[plain(given).as_bytes()]))
    }

    /// The records of one answer; that it was fetched is written with the last of them.
    async fn store_detail(
        &mut self,
        detail: &Detail,
        id: Option<u128>,
        item: &Found<'_>,
        texts: &[String],
        until: Timestamp,
    ) -> Result<(), Fault> {
        let peer = self.peer();
        let body = page::decode(&detail.response, texts, peer.name())?;
        let found = if detail.response.select.is_empty() {
            let part = stored::detailed(&item.given, detail.into.as_deref(), body);
            let parts = page::parts(&detail.response, part);
            vec![Found { parts, ..item.clone() }]
        } else {
            let scope = Scope { record: &item.given.clone().into_owned(), vars: &self.vars.clone(), ..peer.scope() };
            page::records(&detail.response, &body, &scope).map_err(|slot| peer.unfilled(&slot))?.found
        };
        let ids: Vec<u128> = found.iter().map(|found| self.identity(found)).collect();
        let (records, mut change) = self.sort_out(found, &ids).await?;
        change.seen.extend(id.map(|id| (id, until)));
        self.commit(records, change).await
    }
}

impl<W: World> Asker<'_, W> {
    /// Asks until the answer can be read.
    async fn fetch<'i, 'b>(
        &self,
        id: Option<u128>,
        item: &'i Found<'b>,
    ) -> Result<(Option<u128>, &'i Found<'b>, Fetched), Fault> {
        let record = item.given.clone().into_owned();
        let scope = Scope { record: &record, vars: &self.vars, window: self.window, ..self.peer.scope() };
        let request = self.peer.request(&self.detail.request, &scope)?;
        let mut number = 0;
        loop {
            let reply = match call::call_by(&self.peer, request.clone(), &self.detail.errors).await? {
                Outcome::Data(reply) => reply,
                Outcome::Empty => return Ok((id, item, Fetched::Nothing)),
                Outcome::Turn(Action::Skip, _) => return Ok((id, item, Fetched::Skipped)),
                Outcome::Turn(Action::Wait, _) => return Ok((id, item, Fetched::Later)),
                Outcome::Turn(_, fault) => return Err(fault),
            };
            let bytes_max = self.peer.service.manifest.http.answer_bytes_max;
            let texts = page::unpack(&self.detail.response, &reply, bytes_max, self.peer.name());
            let read = texts.and_then(|texts| {
                let body = page::decode(&self.detail.response, &texts, self.peer.name())?;
                if self.detail.response.select.is_empty() {
                    page::whole(&body, self.peer.name())?;
                }
                Ok(texts)
            });
            match read {
                Ok(texts) => return Ok((id, item, Fetched::Texts(texts))),
                Err(fault) => {
                    number += 1;
                    if number >= self.peer.service.stream().limits.retry.tries {
                        return Err(fault);
                    }
                    call::back_off(&self.peer, fault, number).await;
                    self.peer.traffic.again();
                }
            }
        }
    }
}
