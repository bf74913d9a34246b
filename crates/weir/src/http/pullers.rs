//! `/v1/pullers`: how the sources that are asked stand, and starting over.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{App, Problem, allow};
use crate::auth::{Scope, Token};
use crate::pull::{self, Running};
use crate::readers::Standing;

/// The services of the caller's tenant, pullers first, then sources that are read where they are.
pub async fn list(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    let view = of(&app, &token).map(pull::view).chain(readers(&app, &token).map(Standing::view));
    Ok(Json(json!({"pullers": view.collect::<Vec<Value>>()})))
}

/// Lets `NAME` or `NAME/SERVICE`, or a source that is read, start over. It does so before its next pull, which begins at once.
pub async fn reset(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let token = allow(&app, &headers, Scope::Admin)?;
    let meant: Vec<_> = of(&app, &token).filter(|running| running.is_called(&name)).collect();
    let read: Vec<_> = readers(&app, &token).filter(|standing| standing.source() == name).collect();
    if meant.is_empty() && read.is_empty() {
        return Err(Problem::not_found(format!("puller `{}`", name.escape_default())));
    }
    if let Some(fault) = meant.iter().find_map(|running| running.held_elsewhere()) {
        return Err(Problem::new(StatusCode::CONFLICT, fault));
    }
    meant.iter().for_each(|running| running.reset());
    read.iter().for_each(|standing| standing.reset());
    let view: Vec<Value> = meant.into_iter().map(pull::view).chain(read.into_iter().map(Standing::view)).collect();
    Ok((StatusCode::ACCEPTED, Json(json!({"pullers": view}))))
}

fn of<'a>(app: &'a App, token: &'a Token) -> impl Iterator<Item = &'a Running> {
    let all = app.pulling.get().into_iter().flatten();
    all.filter(|running| running.job.tenant == token.tenant).map(|running| &**running)
}

fn readers<'a>(app: &'a App, token: &'a Token) -> impl Iterator<Item = &'a Standing> {
    let all = app.reading.get().into_iter().flatten();
    all.filter(|standing| *standing.tenant() == token.tenant).map(|standing| &**standing)
}
