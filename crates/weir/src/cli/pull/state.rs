//! `weir pull state`: where pullers stand.

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use weir_collect::State;
use weir_event::Fault;

use super::place::Local;
use super::{Exit, Meant, Which, failed};
use crate::cli::client::{Request, Server};
use crate::cli::run::runtime;
use crate::cli::token::show;
use crate::pull::{self, Job};
use crate::readers;
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    wanted: Wanted,
    /// One JSON object a line, with everything that is known
    #[arg(long)]
    json: bool,
}

/// Pullers of a running weir, or of a data directory that nobody holds.
#[derive(clap::Args)]
pub struct Wanted {
    /// NAME of a puller, NAME/SERVICE, or name of a source of kind sql, ssh, kafka or mqtt; all of them when missing
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Directory of configuration files, when no weir runs; else --server is asked
    #[arg(long, value_name = "DIR")]
    pub config: Option<PathBuf>,
    /// Data directory, when it is not the configuration's
    #[arg(long, value_name = "DIR", requires = "config")]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub server: Server,
}

impl Wanted {
    pub fn which(&self, config: &std::path::Path) -> Which {
        Which { name: self.name.clone(), config: config.to_owned() }
    }

    /// What a running weir says about the pullers that are meant.
    pub fn ask(&self) -> Result<Vec<Json>, Fault> {
        let answer = self.server.json(&Request { method: "GET", path: "/v1/pullers", body: None })?;
        let mut rows = answer["pullers"].as_array().cloned().unwrap_or_default();
        if let Some(name) = &self.name {
            rows.retain(|row| row["name"] == **name || row["source"] == **name);
        }
        if rows.is_empty() {
            let says = format!("no service of `{}` runs there", self.name.as_deref().unwrap_or("any puller"));
            let hint =
                "`weir pull state` without a name lists those that run; `weir pull check` tells why one does not";
            return Err(crate::cli::usage_fault(says, hint));
        }
        Ok(rows)
    }
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let (rows, exit) = match &args.wanted.config {
        None => (args.wanted.ask()?, Exit::Ok),
        Some(config) => {
            let Some(meant) = args.wanted.which(config).meant()? else { return Ok(Exit::Config) };
            let exit = failed(&meant.faults);
            let rows = runtime()?.block_on(async {
                let local = Local::open(meant.config.clone(), args.wanted.data.clone()).await?;
                let rows = stored(&local, &meant);
                local.close().await;
                rows
            })?;
            (rows, exit)
        }
    };
    match args.json {
        true => rows.iter().for_each(say::data),
        false => show(&rows.iter().map(short).collect::<Vec<_>>(), false)?,
    }
    Ok(exit)
}

/// What a data directory knows of those that are meant.
fn stored(local: &Local, meant: &Meant) -> Result<Vec<Json>, Fault> {
    let store = &local.app.spine.store;
    let jobs = meant.jobs.iter().map(|job| Ok(row(job, &pull::state(store, job)?)));
    let readers = meant.readers.iter().map(|source| Ok(readers::stopped(source, readers::state(store, source)?)));
    jobs.chain(readers).collect()
}

/// A service that does not run.
pub fn row(job: &Job, state: &State) -> Json {
    let cursors: serde_json::Map<String, Json> =
        state.cursor_texts().into_iter().map(|(name, cursor)| (name, cursor.into())).collect();
    json!({
        "name": *job.puller,
        "service": *job.service,
        "source": *job.source,
        "doing": "stopped",
        "cursors": cursors,
        "ids": state.seen.len(),
    })
}

/// What a person wants to see first.
fn short(row: &Json) -> Json {
    let cursors = row["cursors"].as_object().cloned().unwrap_or_default();
    let cursor: Vec<String> = cursors
        .iter()
        .map(|(name, cursor)| {
            let cursor = cursor.as_str().unwrap_or_default();
            if name.is_empty() { cursor.to_owned() } else { format!("{name}={cursor}") }
        })
        .collect();
    json!({
        "source": row["source"],
        "doing": row["doing"],
        "cursor": cursor.join(" "),
        "ids": row["ids"],
        "events": row["events"],
        "next_at": row["next_at"],
        "error": row["error"]["what"],
    })
}
