//! How a source is told who asks.

use weir_event::Fault;
use weir_yaml::{Map, Node};

use super::read::{self, Members};
use super::request::Step;
use crate::digest::Keyed;
use crate::fault;
use crate::slot::Slotted;

/// One kind of authentication, or several.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Headers(Vec<(String, Slotted)>),
    Query(Vec<(String, Slotted)>),
    Basic {
        user: Slotted,
        password: Slotted,
    },
    Grant(Box<Grant>),
    /// Steps whose captures are applied to every request.
    Login {
        steps: Vec<Step>,
        apply: Apply,
        life_s: i64,
        idle: bool,
        logout: Option<Box<Step>>,
    },
    Signature(Box<Signature>),
    SigV4 {
        service: Slotted,
        region: Slotted,
        key: Slotted,
        secret: Slotted,
        token: Option<Slotted>,
    },
    /// One of several, by the value of a setting.
    Choice {
        by: Slotted,
        of: Vec<(String, Auth)>,
    },
    /// All, in order.
    All(Vec<Auth>),
}

/// A token endpoint of OAuth 2.
#[derive(Clone, Debug)]
pub struct Grant {
    pub url: Slotted,
    /// Members of the form: grant type, scope, user ...
    pub form: Vec<(String, Slotted)>,
    /// Client and secret as basic authentication; in the form otherwise.
    pub basic: Option<(Slotted, Slotted)>,
    /// `Authorization: Bearer TOKEN` unless the manifest says otherwise.
    pub apply: Apply,
    /// Signed by this when the grant or the client is proved by a token of one's own.
    pub assertion: Option<Assertion>,
}

/// A JSON web token that the puller signs itself.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// `RS256`, `ES256` or `HS256`.
    pub algorithm: String,
    pub key: Slotted,
    pub header: Vec<(String, Slotted)>,
    pub claims: crate::slot::Shape,
}

/// What a log-in adds to requests.
#[derive(Clone, Debug, Default)]
pub struct Apply {
    pub headers: Vec<(String, Slotted)>,
    pub query: Vec<(String, Slotted)>,
    /// Cookies that the steps were given are sent back.
    pub cookies: bool,
}

/// A keyed hash over the request.
#[derive(Clone, Debug)]
pub struct Signature {
    pub algorithm: Keyed,
    pub key: Slotted,
    /// Computed once a request and named `auth.NAME`.
    pub values: Vec<(String, Slotted)>,
    pub message: Slotted,
    pub base64: bool,
    /// May name `auth.signature`.
    pub headers: Vec<(String, Slotted)>,
}

const KINDS: &[&str] = &["none", "headers", "query", "basic", "oauth2", "login", "signature", "sigv4", "choice", "all"];

impl Auth {
    pub fn read(node: &Node) -> Result<Auth, Fault> {
        let kind = node.any_map()?.iter().find(|(name, _)| name == "kind");
        let Some((_, kind)) = kind else {
            return Err(fault::inconsistent(&node.at, "`kind` is missing", "say which kind of authentication it is"));
        };
        match kind.text()?.as_str() {
            "none" => node.map(&["kind"]).map(|_| Auth::None),
            "headers" => Ok(Auth::Headers(read::pairs(node.map(&["kind", "headers"])?.get("headers"))?)),
            "query" => Ok(Auth::Query(read::pairs(node.map(&["kind", "query"])?.get("query"))?)),
            "basic" => {
                let map = node.map(&["kind", "user", "password"])?;
                let (user, password) = (read::slotted(map.need("user")?)?, read::slotted(map.need("password")?)?);
                Ok(Auth::Basic { user, password })
            }
            "oauth2" => Grant::read(node).map(|grant| Auth::Grant(Box::new(grant))),
            "login" => login(node),
            "signature" => Signature::read(node).map(|signature| Auth::Signature(Box::new(signature))),
            "sigv4" => sigv4(&node.map(&["kind", "service", "region", "key", "secret", "token"])?),
            "choice" => {
                let map = node.map(&["kind", "by", "of"])?;
                let of = read::named(map.get("of"), |name, node| Ok((name.to_owned(), Auth::read(node)?)))?;
                Ok(Auth::Choice { by: read::slotted(map.need("by")?)?, of })
            }
            "all" => Ok(Auth::All(read::list(node.map(&["kind", "of"])?.get("of"), Auth::read)?)),
            other => Err(fault::unknown_word(&kind.at, "kind of authentication", other, KINDS)),
        }
    }
}

/// Seconds that a log-in holds when the manifest does not say: a quarter of an hour.
const LIFE_SECONDS: i64 = 900;

fn login(node: &Node) -> Result<Auth, Fault> {
    let map = node.map(&["kind", "steps", "apply", "life", "idle", "logout"])?;
    Ok(Auth::Login {
        steps: read::list(map.get("steps"), Step::read)?,
        apply: map.get("apply").map(Apply::read).transpose()?.unwrap_or_default(),
        life_s: map.length("life")?.map_or(LIFE_SECONDS, |life| life.0 / 1_000_000_000),
        idle: map.flag("idle")?,
        logout: map.get("logout").map(Step::read).transpose()?.map(Box::new),
    })
}

fn sigv4(map: &Map<'_>) -> Result<Auth, Fault> {
    Ok(Auth::SigV4 {
        service: read::slotted(map.need("service")?)?,
        region: read::slotted(map.need("region")?)?,
        key: read::slotted(map.need("key")?)?,
        secret: read::slotted(map.need("secret")?)?,
        token: map.slotted("token")?,
    })
}

impl Apply {
    fn read(node: &Node) -> Result<Apply, Fault> {
        let map = node.map(&["headers", "query", "cookies"])?;
        Ok(Apply {
            headers: read::pairs(map.get("headers"))?,
            query: read::pairs(map.get("query"))?,
            cookies: map.flag("cookies")?,
        })
    }

    fn bearer() -> Apply {
        let text = Slotted::parse("Bearer {{auth.token}}");
        Apply { headers: text.into_iter().map(|text| ("Authorization".to_owned(), text)).collect(), ..Apply::default() }
    }
}

impl Grant {
    fn read(node: &Node) -> Result<Grant, Fault> {
        let map = node.map(&[
            "kind",
            "token_url",
            "grant",
            "client_id",
            "client_secret",
            "client_auth",
            "scope",
            "extra",
            "assertion",
            "apply",
        ])?;
        let mut form = vec![(
            "grant_type".to_owned(),
            Slotted::fixed_text(&map.text("grant")?.unwrap_or_else(|| "client_credentials".into())),
        )];
        if let Some(scope) = map.slotted("scope")? {
            form.push(("scope".to_owned(), scope));
        }
        let client = map.slotted("client_id")?.zip(map.slotted("client_secret")?);
        let by = map.text("client_auth")?.unwrap_or_else(|| "body".to_owned());
        let basic = match (by.as_str(), client) {
            ("basic", client) => client,
            ("body", Some((id, secret))) => {
                form.extend([("client_id".to_owned(), id), ("client_secret".to_owned(), secret)]);
                None
            }
            ("body" | "none", _) => {
                form.extend(map.slotted("client_id")?.map(|id| ("client_id".to_owned(), id)));
                None
            }
            (other, _) => {
                return Err(fault::unknown_word(&node.at, "`client_auth`", other, &["body", "basic", "none"]));
            }
        };
        form.extend(read::pairs(map.get("extra"))?);
        Ok(Grant {
            url: read::slotted(map.need("token_url")?)?,
            form,
            basic,
            apply: map.get("apply").map(Apply::read).transpose()?.unwrap_or_else(Apply::bearer),
            assertion: map.get("assertion").map(Assertion::read).transpose()?,
        })
    }
}

impl Assertion {
    fn read(node: &Node) -> Result<Assertion, Fault> {
        let map = node.map(&["algorithm", "key", "header", "claims"])?;
        let algorithm = map.need("algorithm")?;
        let known = ["RS256", "ES256", "HS256"];
        if !known.contains(&algorithm.text()?.as_str()) {
            return Err(fault::unknown_word(&algorithm.at, "algorithm", &algorithm.text()?, &known));
        }
        Ok(Assertion {
            algorithm: algorithm.text()?,
            key: read::slotted(map.need("key")?)?,
            header: read::pairs(map.get("header"))?,
            claims: crate::slot::Shape::read(map.need("claims")?)?,
        })
    }
}

impl Signature {
    fn read(node: &Node) -> Result<Signature, Fault> {
        let map = node.map(&["kind", "algorithm", "key", "values", "message", "encoding", "headers"])?;
        let algorithm = map.need("algorithm")?;
        let name = algorithm.text()?;
        let encoding = map.text("encoding")?.unwrap_or_else(|| "hex".to_owned());
        if !["hex", "base64"].contains(&encoding.as_str()) {
            return Err(fault::unknown_word(&node.at, "encoding", &encoding, &["hex", "base64"]));
        }
        Ok(Signature {
            algorithm: Keyed::named(&name)
                .ok_or_else(|| fault::unknown_word(&algorithm.at, "algorithm", &name, Keyed::NAMES))?,
            key: read::slotted(map.need("key")?)?,
            values: read::pairs(map.get("values"))?,
            message: read::slotted(map.need("message")?)?,
            base64: encoding == "base64",
            headers: read::pairs(map.get("headers"))?,
        })
    }
}
