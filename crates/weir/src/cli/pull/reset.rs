//! `weir pull reset`: start over. Shows first what would be forgotten.

use serde_json::Value as Json;
use weir_event::Fault;

use super::place::Local;
use super::state::{Wanted, row};
use super::{Exit, Meant, Which, failed};
use crate::cli::client::Request;
use crate::cli::run::runtime;
use crate::pull;
use crate::readers;
use crate::say;
use crate::server::Stop;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    wanted: Wanted,
    /// Forget it
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    if args.wanted.name.is_none() {
        let hint = "`weir pull reset NAME` for a puller, `weir pull reset NAME/SERVICE` for one service";
        return Err(crate::cli::usage_fault("nobody says what to start over", hint));
    }
    match &args.wanted.config {
        None => at_server(args),
        Some(config) => here(args, &args.wanted.which(config)),
    }
}

fn at_server(args: &Args) -> Result<Exit, Fault> {
    let rows = args.wanted.ask()?;
    rows.iter().for_each(|row| preview(row, args.yes));
    if args.yes {
        let name = args.wanted.name.as_deref().unwrap_or_default();
        let path = format!("/v1/pullers/reset/{}", name.replace(|c: char| !is_plain(c), ""));
        args.wanted.server.json(&Request { method: "POST", path: &path, body: None })?;
    }
    Ok(advise(args.yes))
}

/// What names of pullers and services are made of.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}

fn here(args: &Args, which: &Which) -> Result<Exit, Fault> {
    let Some(meant) = which.meant()? else { return Ok(Exit::Config) };
    let exit = failed(&meant.faults);
    runtime()?.block_on(async {
        let local = Local::open(meant.config.clone(), args.wanted.data.clone()).await?;
        let done = forget(&local, &meant, args.yes).await;
        local.close().await;
        done
    })?;
    Ok(if exit == Exit::Ok { advise(args.yes) } else { exit })
}

async fn forget(local: &Local, meant: &Meant, yes: bool) -> Result<(), Fault> {
    let app = &local.app;
    let (_stopper, stop) = Stop::new();
    let workshop = pull::Workshop::new(app, &stop)?;
    for job in &meant.jobs {
        let state = pull::state(&app.spine.store, job);
        // A state that cannot be read is a reason to start over.
        preview(&row(job, &state.unwrap_or_default()), yes);
        if yes {
            workshop.forget(job).await?;
        }
    }
    for source in &meant.readers {
        preview(&readers::stopped(source, readers::state(&app.spine.store, source)?), yes);
        if yes {
            pull::forget(&app.intake, &readers::feed(app, source)?).await?;
        }
    }
    Ok(())
}

fn preview(row: &Json, yes: bool) {
    let what = if yes { "forgotten" } else { "would be forgotten" };
    let cursors = row["cursors"].as_object().cloned().unwrap_or_default();
    say::data(format_args!(
        "{}: {what}: cursors {}, {} ids",
        row["source"].as_str().unwrap_or_default(),
        Json::from(cursors),
        row["ids"]
    ));
    let note = match row["kind"].as_str() {
        Some("kafka") => {
            "note: the brokers keep the offsets of the group as well; it goes on there, unless they are set back or `group` is another one"
        }
        Some("mqtt") => {
            "note: the broker keeps the session as well; it goes on with what waits there, and nothing older comes again"
        }
        _ => return,
    };
    say::words(note);
}

fn advise(yes: bool) -> Exit {
    say::words(match yes {
        true => {
            "the next pull begins at the start time of the settings, a source that is read at its beginning; what it brings again is stored again"
        }
        false => "nothing was changed; --yes does it. What is pulled again afterwards is stored again",
    });
    Exit::Ok
}
