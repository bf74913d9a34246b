//! A stream of a manifest with the settings of one puller: what a pull works on.

use weir_event::{Fault, Timestamp, Value};

use crate::http::Request;
use crate::manifest::{Manifest, Redaction, RequestShape, Stream};
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
    /// Any text of the puller; a changed one starts the service over.
    pub reset: String,
    /// What the puller hides beside what the manifest hides.
    pub redact: Vec<Redaction>,
}

impl Service {
    /// A service that neither starts over nor hides anything by itself.
    pub fn new(manifest: std::sync::Arc<Manifest>, stream: usize, settings: Settings, name: String) -> Service {
        let mut manifest = manifest;
        if manifest.streams.get(stream).is_some_and(Stream::is_open) {
            // Only the one stream is ever looked at.
            std::sync::Arc::make_mut(&mut manifest).streams[stream].settle(&settings.values);
        }
        Service { manifest, stream, settings, name, reset: String::new(), redact: Vec::new() }
    }

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
        let reset = Some(("reset".to_owned(), Value::owned(self.reset.clone()))).filter(|_| !self.reset.is_empty());
        Value::Record(each.chain(reset).collect())
    }
}
