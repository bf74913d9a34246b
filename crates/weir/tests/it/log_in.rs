//! A source that gives each refresh token once: a puller goes on after a kill with the last one, not with the configured one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use serde_json::json;
use weir_testkit::{Answer, Asked, HttpDouble};

use super::numbers;
use super::process::{Home, Weir};
use super::until::until;

const SETTINGS: &str = "  refresh_token: {type: secret, required: true}";
const AUTH: &str = r#"{kind: oauth2, token_url: /token, grant: refresh_token, client_id: weir, client_auth: none,
  extra: {refresh_token: "{{auth.refresh_token | default(config.refresh_token)}}"}}"#;

/// Tokens are numbers; only the last one given is good.
#[derive(Default)]
struct Source {
    given: AtomicU64,
    refused: AtomicU64,
    last: AtomicU64,
}

impl Source {
    fn answer(&self, asked: &Asked) -> Answer {
        let given = self.given.load(SeqCst);
        if asked.path() == "/token" {
            let right = format!("refresh_token=r{given}");
            if !String::from_utf8_lossy(&asked.body).split('&').any(|part| part == right) {
                self.refused.fetch_add(1, SeqCst);
                return Answer::new(400, &[], r#"{"error":"invalid_grant"}"#);
            }
            let now = self.given.fetch_add(1, SeqCst) + 1;
            let tokens =
                json!({"access_token": format!("a{now}"), "refresh_token": format!("r{now}"), "expires_in": 3600});
            return Answer::json(tokens.to_string());
        }
        if asked.header("authorization") != Some(&format!("Bearer a{given}")) {
            return Answer::new(401, &[], "");
        }
        numbers::answer(asked, self.last.load(SeqCst))
    }
}

fn stored(weir: &mut Weir, count: usize) {
    until(&format!("{count} numbers"), || (weir.query("fetch logs | fields n").len() == count).then_some(()));
}

#[test]
fn a_token_that_is_given_once_outlives_a_kill() {
    let source = Arc::new(Source::default());
    let double = {
        let source = source.clone();
        HttpDouble::start(move |asked| source.answer(asked)).unwrap()
    };
    let home = Home::new();
    home.write("packs/acme/double/puller.yaml", &numbers::manifest(SETTINGS, AUTH));
    let pullers = |token: &str| {
        let settings = format!("{{ base_url: '{}', refresh_token: {token} }}", double.url());
        home.write("pullers.yaml", &format!("pullers:\n  - {{ name: hq, pack: acme/double, settings: {settings} }}\n"));
    };
    pullers("r0");
    source.last.store(1, SeqCst);
    let mut weir = home.start();
    stored(&mut weir, 1);
    weir.kill();
    // The token to ask with still holds: there is no log-in at all.
    source.last.store(2, SeqCst);
    let mut weir = home.start();
    stored(&mut weir, 2);
    assert_eq!((source.given.load(SeqCst), source.refused.load(SeqCst)), (1, 0));
    weir.kill();
    let sealed = std::fs::read(home.data().join("log-ins/default/hq.sealed")).unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("r1"), "it is not readable");
    // Other settings are another log-in.
    pullers("r1");
    source.last.store(3, SeqCst);
    let mut weir = home.start();
    stored(&mut weir, 3);
    assert_eq!((source.given.load(SeqCst), source.refused.load(SeqCst)), (2, 0));
    assert!(weir.stop().success());
    home.assert_well();
}
