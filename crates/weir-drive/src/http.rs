//! Requests over HTTP/1.1 and TLS.

mod broken;
mod client;
mod guard;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use tokio::time::{Instant, timeout, timeout_at};
use weir_collect::{Broken, Reply, Request, Wire};

/// Without a byte of an answer whose head has come.
const SILENCE: Duration = Duration::from_secs(30);
/// Sets of certificates that are kept; beyond them the sets are read anew.
const CLIENTS_MAX: usize = 64;

/// Sends requests. One for the whole process: connections and certificates are shared by all pullers that ask for the same ones.
#[derive(Debug, Default)]
pub struct Http {
    clients: Mutex<HashMap<Trust, Client>>,
}

/// Which certificates are believed, and who is asked on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Trust {
    ca_file: Option<String>,
    insecure: bool,
    /// Not by way of the environment's proxy, to which this machine's own address is another machine.
    direct: bool,
}

impl Http {
    /// Sends a request and reads its whole answer, decompressed, at most as many bytes and as long as `wire` says. Redirects are answers
    /// like others.
    pub async fn send(&self, request: Request, wire: &Wire) -> Result<Reply, Broken> {
        let address = address(&request)?;
        let client = self.client(wire, weir_collect::is_loopback(address.as_str()))?;
        let until = Instant::now() + Duration::from_nanos(wire.timeout.unsigned_abs());
        let request = prepare(&client, address, request)?;
        let answer = match timeout_at(until, client.execute(request)).await {
            Ok(answer) => answer.map_err(|error| broken::before(&error))?,
            Err(_) => return Err(Broken::Slow("no answer in time".to_owned())),
        };
        let status = answer.status().as_u16();
        let headers = answer.headers().iter().map(header).collect();
        match timeout_at(until, body(answer, wire.answer_bytes_max)).await {
            Ok(body) => Ok(Reply { status, headers, body: body? }),
            Err(_) => Err(Broken::Slow("the answer did not end in time".to_owned())),
        }
    }

    fn client(&self, wire: &Wire, direct: bool) -> Result<Client, Broken> {
        let trust = Trust { ca_file: wire.ca_file.clone(), insecure: wire.insecure, direct };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&trust) {
            return Ok(client.clone());
        }
        let client = client::build(&trust).map_err(Broken::Untrusted)?;
        if clients.len() >= CLIENTS_MAX {
            clients.clear();
        }
        clients.insert(trust, client.clone());
        Ok(client)
    }
}

/// Where a request goes, unless nothing may go there.
fn address(request: &Request) -> Result<Url, Broken> {
    let address = Url::parse(&request.url).map_err(|error| Broken::Forbidden(format!("{}: {error}", request.url)))?;
    match guard::forbidden_literal(&address) {
        Some(ip) => Err(Broken::Forbidden(format!("{ip} is {}", guard::FORBIDDEN))),
        None => Ok(address),
    }
}

/// The request as the client wants it. What cannot be sent is refused before anything is.
fn prepare(client: &Client, address: Url, request: Request) -> Result<reqwest::Request, Broken> {
    let method = request.method.parse().map_err(|_| Broken::Forbidden(format!("`{}` is no method", request.method)))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        // The value may be a secret, so it is not shown.
        let bad = |_| Broken::Forbidden(format!("the header `{}` holds what no header may", name.escape_default()));
        let key = HeaderName::try_from(name.as_str()).map_err(|error| bad(error.to_string()))?;
        headers.append(key, HeaderValue::try_from(value.as_str()).map_err(|error| bad(error.to_string()))?);
    }
    let built = client.request(method, address).headers(headers).body(request.body).build();
    built.map_err(|error| broken::before(&error))
}

fn header((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
}

async fn body(mut answer: reqwest::Response, bytes_max: u64) -> Result<Vec<u8>, Broken> {
    let mut body = Vec::new();
    loop {
        let Ok(part) = timeout(SILENCE, answer.chunk()).await else {
            return Err(Broken::CutShort(format!("nothing came for {} s", SILENCE.as_secs())));
        };
        let Some(part) = part.map_err(|error| broken::within(&error))? else { return Ok(body) };
        if (body.len() + part.len()) as u64 > bytes_max {
            return Err(Broken::TooLarge(bytes_max));
        }
        body.extend_from_slice(&part);
    }
}
