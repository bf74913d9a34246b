//! From page to page: where the next one is, and what ends the way.

use std::collections::HashSet;

use weir_event::{Fault, Value};

use crate::http::{Reply, Request};
use crate::manifest::{LinkFrom, Origin, PagePlace, Paging, PagingKind, RequestShape, TokenFrom, Total};
use crate::path::plain;
use crate::slot::{Page, Scope};
use crate::{build, digest, fault, steps, url};

/// The pages of one list.
pub(super) struct Walk<'m> {
    rule: &'m Paging,
    pub page: Page,
    /// The whole address of the next page, when the source names one.
    link: Option<String>,
    asked: HashSet<u128>,
    /// Pages and records so far.
    pages: u64,
    given: i64,
    /// Records that come again are known, so that the walk may go back.
    may_go_back: bool,
    /// The fewest records that the source said there are.
    least: Option<i64>,
}

/// One page, as far as it tells of the next.
pub(super) struct Answer<'a, 'b> {
    pub reply: &'a Reply,
    pub texts: &'a [String],
    pub body: &'a Value<'b>,
    /// Records in it.
    pub count: usize,
    pub last: Option<&'a Value<'b>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Page,
    /// There are fewer records than before: what follows has moved up, so the next page begins as far back.
    Back,
    End,
    /// The same answer came before: there is no way on.
    Again,
}

impl<'m> Walk<'m> {
    /// `size_max` bounds the size that the manifest names.
    pub fn new(rule: &'m Paging, scope: &Scope<'_>, size_max: i64) -> Self {
        let named = rule.size.as_ref().and_then(|size| size.value(scope).ok().flatten());
        let size = named.as_ref().and_then(number).map_or(0, |size| size.min(size_max));
        let number = match rule.kind {
            PagingKind::Number { first, .. } => first,
            _ => 0,
        };
        let page = Page { size, number, ..Page::default() };
        Walk { rule, page, link: None, asked: HashSet::new(), pages: 0, given: 0, may_go_back: false, least: None }
    }

    /// For records that are known when they come again.
    pub fn of_keyed(self) -> Self {
        Walk { may_go_back: true, ..self }
    }

    /// The request of the page.
    pub fn shape<'r>(&'r self, first: &'r RequestShape) -> &'r RequestShape {
        match &self.rule.kind {
            PagingKind::Scroll { next, .. } if !self.page.token.is_null() => next,
            _ => first,
        }
    }

    /// Begins at an address instead of the request's own.
    pub fn start_at(&mut self, address: String) {
        self.link = Some(address);
    }

    /// Puts the place of the page into the address of the request.
    pub fn address(&self, request: &mut Request) {
        if let Some(link) = &self.link {
            request.url = url::join(&request.url, link);
            return;
        }
        let (place, value) = match &self.rule.kind {
            PagingKind::Token { place, .. } if !self.page.token.is_null() => (place, plain(&self.page.token)),
            PagingKind::Offset { place, .. } => (place, self.page.offset.to_string()),
            PagingKind::Number { place, .. } => (place, self.page.number.to_string()),
            _ => return,
        };
        if let PagePlace::Query(name) = place {
            build::add_query(&mut request.url, &[(name.clone(), value)]);
        }
    }

    /// The same request twice would go on for ever. A scroll asks the same each time; its answers must differ.
    pub fn refuse_loops(&mut self, at: &str, request: &Request) -> Result<(), Fault> {
        if self.is_given_once() {
            return Ok(());
        }
        let headers: Vec<u8> = request.headers.iter().flat_map(|(_, value)| value.bytes()).collect();
        if self.asked.insert(digest::identity(&[request.url.as_bytes(), &request.body, &headers])) {
            return Ok(());
        }
        Err(fault::paging_loops(at, &format!("the same page was asked for before: {}", request.target())))
    }

    /// True when the page is given out only once.
    pub fn is_given_once(&self) -> bool {
        matches!(self.rule.kind, PagingKind::Scroll { .. }) && !self.page.token.is_null()
    }

    /// True after as many pages as a pull takes.
    pub fn is_full(&self) -> bool {
        self.pages >= self.rule.max_pages
    }

    /// Where the next page is; the end when the answer says so.
    pub fn advance(&mut self, answer: &Answer<'_, '_>, scope: &Scope<'_>) -> Next {
        self.pages += 1;
        let total = self.total(answer, scope);
        if self.has_gone_back(total) {
            return Next::Back;
        }
        // A source that gives more than it was asked for has not moved on by more: nothing is passed over.
        let count = answer.count as i64;
        let moved = if self.page.size > 0 { count.min(self.page.size) } else { count };
        self.given += moved;
        self.page.offset += moved;
        self.page.number += 1;
        self.link = None;
        if self.is_last(answer) {
            return Next::End;
        }
        match &self.rule.kind {
            PagingKind::None => Next::End,
            PagingKind::LinkHeader { rel, stop_attr } => self.follow(link(answer.reply, rel, stop_attr.as_ref())),
            PagingKind::NextUrl(LinkFrom::Body(path)) => {
                let found = path.first(answer.body).and_then(|value| value.as_str()).map(str::to_owned);
                self.follow(found)
            }
            PagingKind::NextUrl(LinkFrom::Regex(regex)) => {
                let found = answer.texts.iter().find_map(|text| steps::group(regex, text)).map(str::to_owned);
                self.follow(found)
            }
            PagingKind::Token { from, .. } => {
                let token = match from {
                    TokenFrom::Body(path) => path.first(answer.body).map(|value| value.clone().into_owned()),
                    TokenFrom::Header(name) => answer.reply.header(name).map(|text| Value::owned(text.to_owned())),
                    TokenFrom::LastRecord(path) => {
                        answer.last.and_then(|last| path.first(last).map(|value| value.clone().into_owned()))
                    }
                };
                self.with_token(token)
            }
            PagingKind::Scroll { from, .. } => {
                let seen = digest::identity(&[&answer.reply.body]);
                if !self.asked.insert(seen) {
                    return Next::Again;
                }
                let token = from.first(answer.body).map(|value| value.clone().into_owned());
                self.with_token(token.or_else(|| Some(self.page.token.clone())))
            }
            PagingKind::Offset { .. } => self.until(total),
            PagingKind::Number { first, pages, .. } => {
                let pages = pages.as_ref().and_then(|pages| number(pages.first(answer.body)?));
                if pages.is_some_and(|pages| self.page.number - first >= pages) {
                    return Next::End;
                }
                self.until(total)
            }
            // The records and the cursor say more; see there.
            PagingKind::Keyset | PagingKind::Checkpoint(_) => Next::Page,
        }
    }

    fn is_last(&self, answer: &Answer<'_, '_>) -> bool {
        let short = self.rule.stop_short && self.page.size > 0 && (answer.count as i64) < self.page.size;
        let said = self.rule.stop_when.as_ref();
        (answer.count == 0 && self.rule.stop_empty)
            || short
            || said.is_some_and(|(path, text)| path.first(answer.body).is_some_and(|value| plain(value) == *text))
    }

    fn follow(&mut self, link: Option<String>) -> Next {
        self.link = link.filter(|link| !link.is_empty());
        if self.link.is_some() { Next::Page } else { Next::End }
    }

    fn with_token(&mut self, token: Option<Value<'static>>) -> Next {
        match token.filter(|token| !token.is_null() && !token.as_str().is_some_and(str::is_empty)) {
            Some(token) => {
                self.page.token = token;
                Next::Page
            }
            None => Next::End,
        }
    }

    /// How many records the source says there are.
    fn total(&self, answer: &Answer<'_, '_>, scope: &Scope<'_>) -> Option<i64> {
        let (PagingKind::Offset { total, .. } | PagingKind::Number { total, .. }) = &self.rule.kind else {
            return None;
        };
        match total.as_ref()? {
            Total::Body(path) => number(path.first(answer.body)?),
            Total::Slot(text) => number(&text.value(scope).ok()??),
        }
    }

    /// The end when as many records were given as there are.
    fn until(&self, total: Option<i64>) -> Next {
        if total.is_some_and(|total| self.given >= total) { Next::End } else { Next::Page }
    }

    /// Goes back by as many records as have gone out of the list since the page before, if any have: all of them may have stood on pages
    /// that were read. The total only falls, so this comes to an end.
    fn has_gone_back(&mut self, total: Option<i64>) -> bool {
        let Some(total) = total.filter(|_| self.may_go_back) else { return false };
        let before = self.least.replace(self.least.map_or(total, |least| least.min(total)));
        let gone = before.map_or(0, |before| before.saturating_sub(total));
        if gone <= 0 || self.given == 0 {
            return false;
        }
        match (&self.rule.kind, self.page.size) {
            (PagingKind::Number { .. }, 0) => return false,
            (PagingKind::Number { first, .. }, size) => {
                let pages = (gone - 1) / size + 1;
                self.page.number = (self.page.number - pages).max(*first);
                self.given = (self.page.number - first) * size;
            }
            _ => {
                self.page.offset = (self.page.offset - gone).max(0);
                self.given = self.page.offset;
            }
        }
        self.asked.clear();
        true
    }
}

fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Long(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What an answer says of where to go on.
pub(super) fn said(from: &Origin, reply: &Reply, body: &Value<'_>) -> Option<Value<'static>> {
    match from {
        Origin::Body(path) => path.first(body).map(|value| value.clone().into_owned()),
        Origin::Header(name) => reply.header(name).map(|text| Value::owned(text.to_owned())),
        Origin::Link(rel) => link(reply, rel, None).map(Value::owned),
    }
}

/// The address with a relation in the `Link` header, unless an attribute of it says that nothing follows. Commas inside `<>` are the
/// address's own.
fn link(reply: &Reply, rel: &str, stop: Option<&(String, String)>) -> Option<String> {
    let headers = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    for (_, header) in headers {
        let mut rest = header.as_str();
        while let Some((address, after)) = rest.split_once('<').and_then(|(_, inner)| inner.split_once('>')) {
            let end = after.find('<').unwrap_or(after.len());
            let pairs = after[..end].trim_end().trim_end_matches(',').split(';');
            let pairs: Vec<(&str, &str)> = pairs
                .filter_map(|pair| pair.trim().split_once('='))
                .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
                .collect();
            let has = |name: &str, wanted: &str| pairs.iter().any(|(have, value)| *have == name && *value == wanted);
            if has("rel", rel) {
                let stops = stop.is_some_and(|(name, value)| has(name, value));
                return (!stops).then(|| address.trim().to_owned());
            }
            rest = &after[end..];
        }
    }
    None
}
