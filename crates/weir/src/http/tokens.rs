//! `/v1/tokens`: made, listed, revoked. The text of a token is in the answer that makes it, and nowhere else.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use weir_event::{Clock, Fault, FaultKind};

use super::{App, Problem, allow};
use crate::auth::{Scope, Scopes, Token, TokenOrder};
use crate::server::SystemClock;

pub async fn list(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    allow(&app, &headers, Scope::Admin)?;
    let tokens: Vec<Value> = app.tokens.list().iter().map(|token| view(token)).collect();
    Ok(Json(json!({"tokens": tokens})))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    name: String,
    tenant: Option<String>,
    scopes: Vec<String>,
}

pub async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let caller = allow(&app, &headers, Scope::Admin)?;
    let wanted: Wanted = super::read_json(&body)?;
    let tenant = wanted.tenant.as_deref().unwrap_or(&caller.tenant);
    if app.config.tenant(tenant).is_none() {
        return Err(Problem::not_found(format!("tenant `{}`", tenant.escape_default())));
    }
    if wanted.name.is_empty() || wanted.name.len() > 128 {
        let fault = Fault::new("HTTP-009", FaultKind::Usage, "a token needs a name of 1 to 128 bytes").at("name");
        return Err(fault.into());
    }
    let scopes = Scopes::read(&wanted.scopes.join(","))?;
    let order = TokenOrder { name: &wanted.name, tenant, scopes, now: SystemClock.now() };
    let (token, secret) = app.make_token(&order)?;
    let mut answer = view(&token);
    answer["token"] = secret.reveal().into();
    Ok((StatusCode::CREATED, Json(answer)))
}

pub async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    allow(&app, &headers, Scope::Admin)?;
    let token = app.revoke_token(&id)?;
    Ok(Json(view(&token)))
}

fn view(token: &Token) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "tenant": *token.tenant,
        "scopes": token.scopes.names().collect::<Vec<_>>(),
        "created_at": token.created_at.to_string(),
        "revoked_at": token.revoked_at.map(|at| at.to_string()),
    })
}
