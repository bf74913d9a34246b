//! Where the next page is.

use weir_event::Value;

use super::{Next, Pages};
use crate::http::Reply;
use crate::manifest::{PagingKind, TokenFrom};
use crate::path::plain;
use crate::world::World;
use crate::{page, url};

impl<W: World> Pages<'_, W> {
    /// Where the next page is; the end when the answer says so.
    pub(super) fn advance(&mut self, reply: &Reply, body: &Value<'_>, records: usize) -> Next {
        let paging = &self.on.service.stream().paging;
        let short = paging.stop_short && self.page.size > 0 && (records as i64) < self.page.size;
        if (records == 0 && paging.stop_empty) || short {
            return Next::End;
        }
        if let Some((path, text)) = &paging.stop_when
            && path.first(body).is_some_and(|value| plain(value) == *text)
        {
            return Next::End;
        }
        let found = match &paging.kind {
            PagingKind::None => None,
            PagingKind::LinkHeader { rel, stop_attr } => link(reply, rel, stop_attr.as_ref()),
            PagingKind::NextUrl(path) => {
                path.first(body).and_then(|value| value.as_str()).filter(|text| !text.is_empty()).map(str::to_owned)
            }
            PagingKind::Token { from, .. } => return self.next_token(from, reply, body),
            PagingKind::Offset { total, .. } => {
                self.page.offset += records as i64;
                let total = total.as_ref().and_then(|total| number(total.first(body)?));
                return if total.is_some_and(|total| self.page.offset >= total) { Next::End } else { Next::Page };
            }
            PagingKind::Number { first, pages, .. } => {
                self.page.number += 1;
                let pages = pages.as_ref().and_then(|pages| number(pages.first(body)?));
                return if pages.is_some_and(|pages| self.page.number - first >= pages) {
                    Next::End
                } else {
                    Next::Page
                };
            }
        };
        let base = self.request().map(|request| request.url).unwrap_or_default();
        self.link = found.map(|link| url::join(&base, &link));
        if self.link.is_some() { Next::Page } else { Next::End }
    }

    fn next_token(&mut self, from: &TokenFrom, reply: &Reply, body: &Value<'_>) -> Next {
        let token = match from {
            TokenFrom::Body(path) => path.first(body).map(|value| value.clone().into_owned()),
            TokenFrom::Header(name) => reply.header(name).map(|text| Value::owned(text.to_owned())),
            TokenFrom::LastRecord(path) => {
                let records = page::records(&self.on.service.stream().response, body.clone());
                records.last().and_then(|last| path.first(&last.given).map(|value| value.clone().into_owned()))
            }
        };
        match token.filter(|token| !token.as_str().is_some_and(str::is_empty)) {
            Some(token) => {
                self.page.token = token;
                Next::Page
            }
            None => Next::End,
        }
    }
}

fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Long(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The address with a relation in the `Link` header, unless an attribute of it says that nothing follows.
fn link(reply: &Reply, rel: &str, stop: Option<&(String, String)>) -> Option<String> {
    let headers = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    for entry in headers.flat_map(|(_, value)| value.split(',')) {
        let Some((address, attributes)) = entry.split_once(';') else { continue };
        let pairs = attributes.split(';').filter_map(|pair| pair.trim().split_once('='));
        let attributes: Vec<(&str, &str)> =
            pairs.map(|(name, value)| (name.trim(), value.trim().trim_matches('"'))).collect();
        let has = |name: &str, wanted: &str| attributes.iter().any(|(have, value)| *have == name && *value == wanted);
        if has("rel", rel) && !stop.is_some_and(|(name, value)| has(name, value)) {
            return Some(address.trim().trim_start_matches('<').trim_end_matches('>').to_owned());
        }
    }
    None
}
