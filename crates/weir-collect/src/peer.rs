//! Who is asked: a service of a puller in its world, at one element of its `foreach`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use weir_event::{Fault, Value};

use crate::http::Request;
use crate::manifest::RequestShape;
use crate::service::Service;
use crate::session::Session;
use crate::slot::{Scope, Unfilled};
use crate::world::World;

/// Everything that a request is asked with besides itself.
pub(crate) struct Peer<'p, W> {
    pub world: &'p W,
    pub service: &'p Service,
    pub session: &'p Session,
    pub traffic: &'p Traffic,
    /// The element of the `foreach`; null outside of one.
    pub parent: &'p Value<'static>,
}

/// What one pull sent, log-ins and everything that was sent again included.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    requests: AtomicU64,
    retries: AtomicU64,
}

impl Traffic {
    pub fn sent(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// The next request that is sent was sent before.
    pub fn again(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    /// Requests, and how many of them repeated another one.
    pub fn counts(&self) -> (u64, u64) {
        (self.requests.load(Relaxed), self.retries.load(Relaxed))
    }
}

impl<W> Clone for Peer<'_, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W> Copy for Peer<'_, W> {}

static NOBODY: Value<'static> = Value::Null;

impl<'p, W: World> Peer<'p, W> {
    pub fn new(world: &'p W, service: &'p Service, session: &'p Session, traffic: &'p Traffic) -> Self {
        Peer { world, service, session, traffic, parent: &NOBODY }
    }

    /// The same, at one element of a `foreach`.
    pub fn at(self, parent: &'p Value<'static>) -> Self {
        Peer { parent, ..self }
    }

    /// Settings, time and the element.
    pub fn scope(&self) -> Scope<'p> {
        Scope { parent: self.parent, ..self.service.scope(self.world.now()) }
    }

    pub fn request(&self, shape: &RequestShape, scope: &Scope<'_>) -> Result<Request, Fault> {
        self.service.request(shape, scope)
    }

    pub fn unfilled(&self, slot: &Unfilled) -> Fault {
        self.service.unfilled(slot)
    }

    /// `puller/service`, for messages.
    pub fn name(&self) -> &'p str {
        &self.service.name
    }
}
