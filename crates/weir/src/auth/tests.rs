use super::*;

fn token(scopes: &str) -> (Token, Secret) {
    let scopes = Scopes::read(scopes).unwrap();
    make(&TokenOrder { name: "test", tenant: "acme", scopes, now: Timestamp(1) }).unwrap()
}

#[test]
fn a_token_is_found_by_all_of_its_text_and_by_nothing_else() {
    let tokens = Tokens::default();
    let (token, secret) = token("ingest,query");
    tokens.put(token.clone());
    assert_eq!(*tokens.find(secret.reveal()).unwrap(), token);
    let mut wrong = secret.reveal().to_owned();
    wrong.pop();
    for presented in [wrong.as_str(), "", "weir_", "weir_ä", &secret.reveal().to_uppercase()] {
        assert_eq!(tokens.find(presented).unwrap_err().id(), "AUTH-002", "{presented}");
    }
    assert_eq!(format!("{secret:?}"), "***");
}

#[test]
fn a_revoked_token_is_refused() {
    let tokens = Tokens::default();
    let (token, secret) = token("admin");
    tokens.put(token.clone());
    assert_eq!(tokens.revoke(&token.id, Timestamp(2), |_| false).unwrap_err().id(), "AUTH-004");
    assert!(tokens.find(secret.reveal()).is_ok(), "who may not has changed nothing");
    tokens.revoke(&token.id, Timestamp(2), |_| true).unwrap();
    assert_eq!(tokens.find(secret.reveal()).unwrap_err().id(), "AUTH-002");
    assert_eq!(tokens.revoke("nobody", Timestamp(2), |_| true).unwrap_err().id(), "AUTH-004");
}

#[test]
fn a_missing_scope_is_named() {
    let (token, _) = token("ingest");
    assert!(token.need(Scope::Ingest).is_ok());
    assert_eq!(token.need(Scope::Query).unwrap_err().says(), "the token lacks the scope `query`");
    assert_eq!(Scopes::read("qurey").unwrap_err().fix(), "did you mean `query`?");
    for (scopes, id) in [("", "AUTH-008"), (" , ", "AUTH-008"), ("ingest,x", "AUTH-007")] {
        assert_eq!(Scopes::wanted(scopes).unwrap_err().id(), id, "{scopes}");
    }
}
