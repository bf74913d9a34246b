//! `weir token`: made, listed and revoked at a running weir.

use serde_json::{Value as Json, json};
use weir_event::Fault;

use super::client::{Request, Server};
use super::{Exit, output};
use crate::auth::Scopes;
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Makes a token and shows it, once
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// Comma-separated: ingest, query, rules, admin
        #[arg(long, default_value = "ingest")]
        scope: String,
        /// Whose data it reaches; the caller's when not given
        #[arg(long)]
        tenant: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// Lists tokens without their secrets
    List {
        #[command(flatten)]
        server: Server,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Makes a token useless
    Revoke {
        /// The token's public part, as the list shows it
        id: String,
        #[command(flatten)]
        server: Server,
    },
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    match args.what {
        What::Create { name, scope, tenant, server } => {
            let scopes = Scopes::wanted(&scope)?;
            let body = json!({"name": name, "tenant": tenant, "scopes": scopes.names().collect::<Vec<_>>()});
            let made = server.json(&Request { method: "POST", path: "/v1/tokens", body: Some(body.to_string()) })?;
            say::words(format_args!("token {} for {}, shown once:", made["id"], made["tenant"]));
            say::data(made["token"].as_str().unwrap_or_default());
        }
        What::List { server, json } => {
            let list = server.json(&Request { method: "GET", path: "/v1/tokens", body: None })?;
            show(list["tokens"].as_array().map_or(&[], Vec::as_slice), json)?;
        }
        What::Revoke { id, server } => {
            let path = format!("/v1/tokens/{}", id.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
            server.json(&Request { method: "DELETE", path: &path, body: None })?;
            say::words(format_args!("revoked {id}"));
        }
    }
    Ok(Exit::Ok)
}

/// JSON objects as a table, or one a line.
pub fn show(rows: &[Json], as_json: bool) -> Result<(), Fault> {
    let records: Vec<_> = rows
        .iter()
        .filter_map(|row| match weir_parse::json::to_value(&row.to_string()) {
            Ok(weir_event::Value::Record(record)) => Some(record.into_owned()),
            _ => None,
        })
        .collect();
    let format = if as_json { output::Format::Ndjson } else { output::Format::Table };
    output::write(format, &records, &mut std::io::stdout().lock()).map_err(|error| super::io_fault("stdout", &error))
}
