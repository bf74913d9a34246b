//! Every path weir answers, in the order of the reference. The router and the OpenAPI document are made from this list.

use axum::routing::{MethodRouter, delete, get, post, put};

use super::ingest::{bulk, collector, otlp};
use super::{App, ingest, metrics, openapi, pullers, query, status, tokens};
use crate::auth::Scope;

/// One method of one path.
pub struct Entry {
    pub method: &'static str,
    /// As axum has it; `{*path}` takes slashes too.
    pub path: &'static str,
    /// What a token needs to have; `None`: no token is asked for.
    pub scope: Option<Scope>,
    pub says: &'static str,
    /// Parameters of the address behind `?`, and what they say.
    pub params: &'static [(&'static str, &'static str)],
    /// Schema of the request body, by name.
    pub takes: Option<&'static str>,
    /// Status, media type and schema of the usual answer.
    pub gives: (u16, &'static str, &'static str),
    /// Statuses of refusals.
    pub refuses: &'static [u16],
    pub handler: MethodRouter<App>,
}

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
const TEXT: &str = "text/plain";
const INTAKE: &[u16] = &[400, 401, 403, 404, 408, 413, 415, 429, 503];
const READ: &[u16] = &[401, 403];

pub fn entries() -> Vec<Entry> {
    let mut all = intakes();
    all.extend(known_intakes());
    all.extend(questions());
    all.extend(keys());
    all.extend(health());
    all
}

fn intakes() -> Vec<Entry> {
    let intake = |path, says, params, handler| Entry {
        method: "post",
        path,
        scope: Some(Scope::Ingest),
        says,
        params,
        takes: Some("Records"),
        gives: (202, JSON, "Taken"),
        refuses: INTAKE,
        handler,
    };
    vec![
        intake("/v1/ingest/{source}", "Stores records. Answers when they are on the disk.", &[], post(ingest::own)),
        intake(
            "/workflow/{*path}",
            "Compatible intake: `Authorization: KEY`, the tenant in the address.",
            &[("tenantId", "Number or id of the token's tenant; required. Other parameters become fields.")],
            post(ingest::workflow),
        ),
        intake(
            "/platform/ingest/custom/{scope}/{*path}",
            "Compatible intake: `Authorization: Api-Token TOKEN`. Parameters of the address become fields.",
            &[],
            post(ingest::custom),
        ),
    ]
}

/// Intakes whose protocols senders know from elsewhere; answers are in the words of these.
fn known_intakes() -> Vec<Entry> {
    const CHANNEL: &[(&str, &str)] = &[("channel", "Asks for acknowledgements, as the header of that name does.")];
    const RAW: &[(&str, &str)] = &[
        ("host", "The host of all lines."),
        ("source", "Their source."),
        ("sourcetype", "What they are."),
        ("index", "Their index."),
        ("channel", "Asks for acknowledgements, as the header of that name does."),
    ];
    let post = |path, says, takes, handler| Entry {
        method: "post",
        scope: Some(Scope::Ingest),
        takes: Some(takes),
        refuses: &[400, 401, 403, 408, 413, 415, 503],
        ..read(path, says, "Any", handler)
    };
    let events = "HTTP event collector: objects one after the other, each with the event in `event`.";
    let raw = "HTTP event collector: an event a line.";
    let acks = "HTTP event collector: whether events are on the disk that got these numbers.";
    let health = "HTTP event collector: whether it takes events.";
    let bulk = "Bulk requests as for a search engine: a line with `create` or `index`, a line with the document.";
    let mut all = Vec::new();
    for path in ["/services/collector", "/services/collector/event", "/services/collector/event/1.0"] {
        all.push(Entry {
            params: CHANNEL,
            ..post(path, events, "Records", axum::routing::post(collector::events).options(collector::health))
        });
    }
    for path in ["/services/collector/raw", "/services/collector/raw/1.0"] {
        all.push(Entry {
            params: RAW,
            ..post(path, raw, "Records", axum::routing::post(collector::raw).options(collector::health))
        });
    }
    all.push(Entry {
        params: &[("channel", "The channel of the events; required unless a header names it.")],
        ..post("/services/collector/ack", acks, "Any", axum::routing::post(collector::acks))
    });
    let of_cluster = "Whether bulk requests are taken.";
    for path in ["/_cluster/health", "/_cat/health"] {
        all.push(Entry { scope: None, refuses: &[503], ..read(path, of_cluster, "Any", get(bulk::health)) });
    }
    for path in ["/services/collector/health", "/services/collector/health/1.0"] {
        all.push(Entry { scope: None, refuses: &[503], ..read(path, health, "Any", get(collector::health)) });
    }
    for (path, handler) in
        [("/_bulk", put(bulk::any).post(bulk::any)), ("/{index}/_bulk", put(bulk::of_index).post(bulk::of_index))]
    {
        all.push(Entry {
            refuses: &[400, 401, 403, 404, 408, 413, 415, 429, 503],
            ..post(path, bulk, "Records", handler)
        });
    }
    let logs = "OTLP/HTTP: log records as protocol buffers or JSON.";
    let refuses = &[400, 401, 403, 404, 408, 413, 415, 429, 503];
    all.push(Entry { refuses, ..post("/v1/logs", logs, "Records", axum::routing::post(otlp::logs)) });
    let asked = "What shippers ask before they send bulk requests.";
    for (path, handler) in [("/", get(bulk::root)), ("/_license", get(bulk::license))] {
        all.push(Entry { scope: Some(Scope::Ingest), ..read(path, asked, "Any", handler) });
    }
    all
}

/// A path that is read.
fn read(path: &'static str, says: &'static str, gives: &'static str, handler: MethodRouter<App>) -> Entry {
    Entry {
        method: "get",
        path,
        scope: Some(Scope::Query),
        says,
        params: &[],
        takes: None,
        gives: (200, JSON, gives),
        refuses: READ,
        handler,
    }
}

fn questions() -> Vec<Entry> {
    vec![
        Entry {
            method: "post",
            takes: Some("Question"),
            gives: (200, NDJSON, "Rows"),
            refuses: &[400, 401, 403, 408, 413],
            ..read(
                "/v1/query",
                "Runs a DQL query. One row a line; the last line says what it cost.",
                "",
                post(query::query),
            )
        },
        read(
            "/v1/sources",
            "The sources of the caller's tenant, with rates and losses.",
            "Sources",
            get(status::sources),
        ),
        Entry {
            params: &[("from", "Begin: RFC 3339 or relative such as `-2h`; a day ago when missing.")],
            refuses: &[400, 401, 403],
            ..read(
                "/v1/ledger",
                "What became of all that was received, by source and minute.",
                "Ledger",
                get(status::ledger),
            )
        },
        Entry {
            scope: Some(Scope::Rules),
            ..read("/v1/rules", "The rules of the caller's tenant and their last runs.", "Rules", get(status::rules))
        },
        read(
            "/v1/pullers",
            "The services that pull for the caller's tenant: state, cursors, counts.",
            "Pullers",
            get(pullers::list),
        ),
        Entry {
            method: "post",
            scope: Some(Scope::Admin),
            gives: (202, JSON, "Pullers"),
            refuses: &[401, 403, 404, 409],
            ..read(
                "/v1/pullers/reset/{*name}",
                "Lets a puller, or one service of it, forget where it stands and start over.",
                "Pullers",
                post(pullers::reset),
            )
        },
        read("/v1/findings", "The latest findings of seven days, newest first.", "Findings", get(query::findings)),
    ]
}

fn keys() -> Vec<Entry> {
    let key =
        |method, path, says, handler| Entry { method, scope: Some(Scope::Admin), ..read(path, says, "Token", handler) };
    vec![
        Entry {
            gives: (200, JSON, "Tokens"),
            ..key(
                "get",
                "/v1/tokens",
                "The tokens of the caller's tenant without their secrets; the first tenant sees those of all.",
                get(tokens::list),
            )
        },
        Entry {
            takes: Some("NewToken"),
            gives: (201, JSON, "Token"),
            refuses: &[400, 401, 403, 404, 408, 413],
            ..key(
                "post",
                "/v1/tokens",
                "Makes a token. Only this answer holds it. The first tenant makes them for all tenants, the others for themselves.",
                post(tokens::create),
            )
        },
        Entry {
            refuses: &[401, 403, 404],
            ..key("delete", "/v1/tokens/{id}", "Makes a token useless.", delete(tokens::revoke))
        },
    ]
}

fn health() -> Vec<Entry> {
    let open = |path, says, kind, handler| Entry {
        scope: None,
        gives: (200, kind, "Text"),
        refuses: &[],
        ..read(path, says, "", handler)
    };
    vec![
        Entry {
            scope: Some(Scope::Query),
            gives: (200, TEXT, "Text"),
            ..read(
                "/metrics",
                "Counters in the text format of Prometheus. From the same machine no token is needed.",
                "",
                get(metrics::metrics),
            )
        },
        open("/healthz", "The process answers.", TEXT, get(status::healthz)),
        Entry {
            refuses: &[503],
            ..open("/readyz", "Listeners are up and the disk takes events.", TEXT, get(status::readyz))
        },
        Entry { gives: (200, JSON, "Any"), ..open("/v1/openapi.json", "This document.", JSON, get(openapi::document)) },
    ]
}
