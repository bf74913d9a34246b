//! Who is asked: a service of a puller in its world, at one element of its `foreach`.

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
    /// The element of the `foreach`; null outside of one.
    pub parent: &'p Value<'static>,
}

impl<W> Clone for Peer<'_, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W> Copy for Peer<'_, W> {}

static NOBODY: Value<'static> = Value::Null;

impl<'p, W: World> Peer<'p, W> {
    pub fn new(world: &'p W, service: &'p Service, session: &'p Session) -> Self {
        Peer { world, service, session, parent: &NOBODY }
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
