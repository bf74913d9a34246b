//! A stream of a manifest with the settings of one puller: what a pull works on.

use weir_event::{Fault, Timestamp, Value};

use crate::http::Request;
use crate::manifest::{Manifest, RequestShape, Stream};
use crate::settings::Settings;
use crate::slot::{Scope, Unfilled};
use crate::{build, fault};

/// One service of a puller.
#[derive(Clone, Debug)]
pub struct Service {
    pub manifest: std::sync::Arc<Manifest>,
    /// Index of the stream in the manifest.
    pub stream: usize,
    /// Checked and complete.
    pub settings: Settings,
    /// `puller/service`, for messages.
    pub name: String,
}

impl Service {
    pub fn stream(&self) -> &Stream {
        &self.manifest.streams[self.stream]
    }

    /// A scope with the settings.
    pub fn scope(&self, now: Timestamp) -> Scope<'_> {
        Scope::new(&self.settings.values, now)
    }

    pub fn request(&self, shape: &RequestShape, scope: &Scope<'_>) -> Result<Request, Fault> {
        build::request(&self.manifest.http, shape, scope).map_err(|slot| self.unfilled(&slot))
    }

    pub fn unfilled(&self, slot: &Unfilled) -> Fault {
        fault::unfilled(slot).at(&self.name)
    }

    /// The settings whose change starts the service over.
    pub fn resetting(&self) -> Value<'static> {
        let resets = self.manifest.settings.iter().filter(|setting| setting.resets);
        let each = resets
            .map(|setting| (setting.name.clone(), self.settings.given.get(&setting.name).cloned().unwrap_or_default()));
        Value::Record(each.collect())
    }
}
