//! `/v1/tokens`: made, listed, revoked. The text of a token is in the answer that makes it, and nowhere else.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use weir_event::{Clock, Fault, FaultKind};

use super::{App, Problem, Small, allow};
use crate::auth::{self, Scope, Scopes, Token, TokenOrder};
use crate::server::SystemClock;

pub async fn list(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let caller = allow(&app, &headers, Scope::Admin)?;
    let seen = app.tokens.list().into_iter().filter(|token| governs(&app, &caller, &token.tenant));
    let tokens: Vec<Value> = seen.map(|token| view(&token)).collect();
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
    Small(body): Small,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let caller = allow(&app, &headers, Scope::Admin)?;
    let wanted: Wanted = super::read_json(&body)?;
    let tenant = wanted.tenant.as_deref().unwrap_or(&caller.tenant);
    if !governs(&app, &caller, tenant) {
        // Whether there is such a tenant is none of the caller's business.
        return Err(auth::wrong_tenant(tenant).into());
    }
    if app.config.tenant(tenant).is_none() {
        return Err(Problem::not_found(format!("tenant `{}`", tenant.escape_default())));
    }
    if wanted.name.is_empty() || wanted.name.len() > 128 {
        let fault = Fault::new("HTTP-009", FaultKind::Usage, "a token needs a name of 1 to 128 bytes").at("name");
        return Err(fault.into());
    }
    let scopes = Scopes::wanted(&wanted.scopes.join(","))?;
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
    let caller = allow(&app, &headers, Scope::Admin)?;
    let token = app.revoke_token(&id, |token| governs(&app, &caller, &token.tenant))?;
    Ok(Json(view(&token)))
}

/// True when tokens of `tenant` are the caller's to see, make and revoke: those of its own tenant, and the first tenant's callers look after
/// all.
fn governs(app: &App, caller: &Token, tenant: &str) -> bool {
    *caller.tenant == *tenant || *caller.tenant == *app.config.first_tenant()
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
