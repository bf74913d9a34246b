//! What a token may do.

use std::fmt;

use weir_event::{Fault, FaultKind, nearest};

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scope {
    /// Send events.
    Ingest = 1,
    /// Ask questions; see sources, the ledger and findings.
    Query = 2,
    /// See and run rules.
    Rules = 4,
    /// Make, list and revoke tokens, let pullers start over; see metrics. The first tenant's reach all tenants.
    Admin = 8,
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scope {
    pub const ALL: [Scope; 4] = [Scope::Ingest, Scope::Query, Scope::Rules, Scope::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Scope::Ingest => "ingest",
            Scope::Query => "query",
            Scope::Rules => "rules",
            Scope::Admin => "admin",
        }
    }
}

impl Scopes {
    pub fn all() -> Scopes {
        Scope::ALL.into_iter().collect()
    }

    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope as u8 != 0
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope)).map(Scope::name)
    }

    /// Those of a token that is to be made, which may do something.
    pub fn wanted(text: &str) -> Result<Scopes, Fault> {
        let scopes = Scopes::read(text)?;
        if scopes == Scopes::default() {
            return Err(Fault::new("AUTH-008", FaultKind::Usage, "a token needs at least one scope").hint(known()));
        }
        Ok(scopes)
    }

    /// Reads `ingest,query`.
    pub fn read(text: &str) -> Result<Scopes, Fault> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(read_scope).collect()
    }
}

fn known() -> String {
    format!("scopes: {}", Scope::ALL.map(Scope::name).join(", "))
}

fn read_scope(word: &str) -> Result<Scope, Fault> {
    Scope::ALL.into_iter().find(|scope| scope.name() == word).ok_or_else(|| {
        let near = nearest(word, Scope::ALL.into_iter().map(Scope::name));
        let hint = near.map_or_else(known, |near| format!("did you mean `{near}`?"));
        Fault::new("AUTH-007", FaultKind::Usage, format!("unknown scope `{word}`")).hint(hint)
    })
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Scopes(scopes.into_iter().fold(0, |set, scope| set | scope as u8))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(","))
    }
}
