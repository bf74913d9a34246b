//! The records of one answer, from what it holds to what is committed.

use std::collections::HashSet;

use weir_event::{Fault, Timestamp, Value, limits};

use super::keep::Kept;
use super::{AtEnd, Ended, Page, Pages};
use crate::http::Reply;
use crate::manifest::{CursorKind, LookupRule, PagingKind};
use crate::page::{self, Found};
use crate::pull::back::Reached;
use crate::pull::repeats::Repeats;
use crate::pull::stored;
use crate::pull::walk::{self, Answer, Next};
use crate::state::Change;
use crate::world::{Told, World};
use crate::{fault, steps, when};

impl<W: World> Pages<'_, '_, W> {
    /// Takes the records of an answer and commits them.
    pub(super) async fn take(&mut self, reply: &Reply, texts: &[String], body: &Value<'_>) -> Result<Page, Fault> {
        let peer = self.peer();
        let stream = peer.service.stream();
        let mut vars = std::mem::take(&mut self.vars);
        let captured = steps::capture(peer.name(), &stream.response.capture, reply, &mut vars);
        self.vars = vars;
        captured?;
        if reply.is_lossy() {
            let says = "bytes of the answer are no text of the character set that it names; they were replaced";
            peer.world.tell(Told::Note(format!("{}: {says}", peer.name())));
        }
        if !self.my_turn().await {
            return Ok(Page::Ended(Ended::Abandoned));
        }
        self.remember(reply, body);
        let selected = page::records(&stream.response, body, &self.scope()).map_err(|slot| peer.unfilled(&slot))?;
        let count = selected.count;
        self.on.book.count(|pulled| pulled.received += count as u64);
        let ids = self.identities_of(&selected.found);
        if stream.detail.is_some() && matches!(stream.paging.kind, PagingKind::Keyset) {
            // The list goes on behind records that are known as well: for those no details are fetched.
            self.keys = self.keys_of(&selected.found, &ids);
        }
        let repeats = self.repeats.is_again(&ids);
        let last = selected.found.last().map(|found| found.given.clone());
        let answer = Answer { reply, texts, body, count, last: last.as_ref() };
        let vars = self.vars.clone();
        let scope = crate::slot::Scope { vars: &vars, ..peer.scope() };
        let next = self.walk.advance(&answer, &scope);
        if next == Next::Back {
            self.repeats = Repeats::default();
        }
        let (records, change) = match &stream.detail {
            Some(detail) => {
                self.details(detail, selected.found).await?;
                (Vec::new(), Change::default())
            }
            None => self.sort_out(selected.found, &ids).await?,
        };
        let next = self.lead_on(next, body);
        if repeats && next != Next::Back || next == Next::Again {
            self.commit(records, change).await?;
            return Err(fault::paging_loops(peer.name(), "a page holds the records of a page before it"));
        }
        if matches!(next, Next::End) && self.is_cut(count).is_none() {
            self.end(records, change).await?;
        } else {
            self.commit_page(records, change).await?;
        }
        Ok(Page::Taken { next, count })
    }

    /// What tells the records of a page from all others, in their order.
    fn identities_of(&mut self, found: &[Found<'_>]) -> Vec<u128> {
        match &self.peer().service.stream().detail {
            Some(detail) => found.iter().map(|found| self.listed_id(detail, &found.given)).collect(),
            None => found.iter().map(|found| self.identity(found)).collect(),
        }
    }

    /// What the records and the cursor say about a next page.
    fn lead_on(&mut self, next: Next, body: &Value<'_>) -> Next {
        if self.reached {
            return Next::End;
        }
        match &self.peer().service.stream().paging.kind {
            PagingKind::Keyset => {
                let keys = std::mem::take(&mut self.keys);
                let moved = self.keyset.advance(&mut self.walk.page, &self.mark, &keys);
                if next == Next::End { Next::End } else { moved }
            }
            PagingKind::Checkpoint(path) if next == Next::Page => match path.first(body) {
                Some(value) if *value != self.cursor => {
                    self.cursor = value.clone().into_owned();
                    Next::Page
                }
                _ => Next::End,
            },
            _ => next,
        }
    }

    /// What the answer says about where the next pull begins.
    fn remember(&mut self, reply: &Reply, body: &Value<'_>) {
        let said = match &self.peer().service.stream().cursor.kind {
            CursorKind::Window(ranges) => ranges.next.as_ref().and_then(|path| path.first(body)).cloned(),
            CursorKind::Opaque { from, .. } => walk::said(from, reply, body),
            _ => None,
        };
        if let Some(value) = said {
            self.mark = value.into_owned();
        }
    }

    /// Known records out, identities and marks of new ones noted. Commits on the way when there is more than one commit takes. `ids` are
    /// the identities of `found`.
    pub(in crate::pull) async fn sort_out(
        &mut self,
        found: Vec<Found<'_>>,
        ids: &[u128],
    ) -> Result<(Vec<String>, Change), Fault> {
        let stream = self.peer().service.stream();
        let until = Timestamp(self.peer().world.now().0.saturating_add(stream.dedup.keep));
        let walks = matches!(stream.cursor.kind, CursorKind::WalkBack);
        let behind = if walks { self.back.page(ids) } else { Reached::default() };
        self.reached |= behind.anchor;
        let mut here = HashSet::with_capacity(ids.len());
        let (mut records, mut change, mut bytes) = (Vec::new(), Change::default(), 0);
        for (at, (found, id)) in found.into_iter().zip(ids).enumerate() {
            if !self.raise(&found.given) || behind.behind.contains(&at) && self.known_until(*id).is_none() {
                self.on.book.count(|pulled| pulled.duplicates += 1);
                continue;
            }
            let kept = self.judge(&found, *id, &mut here);
            if let (Some(rule), false) = (&stream.output.lookup, matches!(kept, Kept::Known { .. })) {
                self.add_rows(rule, &found)?;
            }
            let word = match kept {
                Kept::Known { id, renew } => {
                    self.on.book.count(|pulled| pulled.duplicates += 1);
                    change.seen.extend(renew.then_some((id, until)));
                    continue;
                }
                Kept::Same => continue,
                Kept::New(id) => {
                    change.seen.push((id, until));
                    None
                }
                Kept::Changed { key, known, word } => {
                    change.known.push((key, Some(known)));
                    match word {
                        Some(word) => Some(word),
                        None => continue,
                    }
                }
            };
            for text in stored::texts(&self.peer(), &found, word)? {
                bytes += text.len();
                records.push(text);
            }
            if bytes >= limits::CHUNK_BYTES_MAX || records.len() >= limits::CHUNK_EVENTS_MAX {
                let (full, so_far) = (std::mem::take(&mut records), std::mem::take(&mut change));
                self.commit(full, so_far).await?;
                bytes = 0;
            }
        }
        Ok((records, change))
    }

    /// A page that is not the last.
    async fn commit_page(&mut self, records: Vec<String>, mut change: Change) -> Result<(), Fault> {
        if self.is_ordered() && !self.held && self.is_ahead() {
            change.cursor = Some(self.position());
        }
        self.commit(records, change).await
    }

    /// The last page.
    pub(super) async fn end(&mut self, records: Vec<String>, mut change: Change) -> Result<(), Fault> {
        match std::mem::take(&mut self.at_end) {
            AtEnd::Finish => self.finish(records, change).await,
            AtEnd::Part(job) => {
                change.job = Some(job);
                self.commit(records, change).await
            }
        }
    }

    /// The last commit of a span: its records, and the cursor after them.
    pub(super) async fn finish(&mut self, mut records: Vec<String>, mut change: Change) -> Result<(), Fault> {
        let peer = self.peer();
        let now = peer.world.now();
        if self.on.book.read(|state| state.jobs.contains_key(&self.on.name)) {
            change.job = Some(Value::Null);
        }
        match &peer.service.stream().cursor.kind {
            _ if self.held => {}
            CursorKind::None => {}
            CursorKind::Window(_) => {
                let next = when::read(&self.mark, when::Unit::Guess).or(self.span.window.map(|window| window.end));
                change.cursor = next.map(Value::Timestamp);
            }
            CursorKind::HighWater { .. } | CursorKind::Keyset { .. } => {
                change.cursor = self.is_ahead().then(|| self.mark.clone());
            }
            CursorKind::WalkBack => {
                change.cursor = Some(self.back.cursor()).filter(|newest| !newest.is_null());
            }
            CursorKind::Opaque { .. } => change.cursor = (!self.mark.is_null()).then(|| self.position()),
            CursorKind::Once { .. } => change.cursor = Some(Value::Timestamp(now)),
            CursorKind::Snapshot(_) => self.gone(&mut records, &mut change)?,
        }
        self.commit(records, change).await?;
        match &peer.service.stream().output.lookup {
            // It is made of every whole list anew, so one that a crash has kept from being written comes with the next.
            Some(rule) if !self.held => peer.world.lookup(self.table.named(&rule.name)).await,
            _ => Ok(()),
        }
    }

    /// The rows of a record in the lookup table.
    fn add_rows(&mut self, rule: &LookupRule, found: &Found<'_>) -> Result<(), Fault> {
        let peer = self.peer();
        for row in stored::texts(&peer, found, None)? {
            self.table.add(rule, &row, &peer.scope()).map_err(|slot| peer.unfilled(&slot))?;
        }
        self.table.check(peer.name())
    }

    /// What a snapshot held and holds no more.
    fn gone(&mut self, records: &mut Vec<String>, change: &mut Change) -> Result<(), Fault> {
        let CursorKind::Snapshot(rule) = &self.peer().service.stream().cursor.kind else { return Ok(()) };
        let name = &self.on.name;
        let (gone, held, based) = self.on.book.read(|state| {
            let known = state.known.get(name);
            let gone = known.into_iter().flatten().filter(|(key, _)| !self.present.contains(key));
            let gone: Vec<(u128, String)> = gone.map(|(key, (_, text))| (*key, text.clone())).collect();
            (gone, known.map_or(0, std::collections::HashMap::len), state.based.contains(name))
        });
        if based && (self.present.len() as u64) * 100 < rule.least_percent * held as u64 {
            let fault = fault::snapshot_shrank(self.peer().name(), self.present.len(), held, rule.least_percent);
            let hint = if rule.hint.is_empty() { String::new() } else { format!("{}; ", rule.hint) };
            return Err(fault.clone().hint(format!("{hint}{}", fault.fix())));
        }
        if self.present.len() < rule.few {
            let (name, have) = (self.peer().name(), self.present.len());
            self.peer().world.tell(Told::Note(format!("{name}: the list has {have} entries; {}", rule.hint)));
        }
        if rule.emit.removed && based {
            records.extend(gone.iter().map(|(_, key)| stored::removed(key)));
        }
        change.known.extend(gone.into_iter().map(|(key, _)| (key, None)));
        change.based = !based;
        Ok(())
    }

    pub(in crate::pull) async fn commit(&self, records: Vec<String>, change: Change) -> Result<(), Fault> {
        self.on.book.commit(records, Change { partition: self.on.name.clone(), ..change }).await
    }
}
