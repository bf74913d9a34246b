//! A request for each record: lists that only name what there is.

use weir_event::Fault;
use weir_yaml::Node;

use super::errors::ErrorRule;
use super::read;
use super::request::RequestShape;
use super::response::Response;
use crate::path::Path;

/// What is asked for each record that a page selects.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Names the record as `record`.
    pub request: RequestShape,
    /// With `select`, the records are those of this answer; without it, the answer stands for the record.
    pub response: Response,
    /// The member of the record that gets the answer, instead of taking its place.
    pub into: Option<String>,
    /// What is fetched once is not fetched again.
    pub key: Vec<Path>,
    /// Requests at once.
    pub concurrency: usize,
    /// Come before those of the stream.
    pub errors: Vec<ErrorRule>,
}

impl Detail {
    pub fn read(node: &Node) -> Result<Detail, Fault> {
        let map = node.map(&["request", "response", "into", "key", "concurrency", "errors"])?;
        let response = map.get("response").map(Response::read).transpose()?;
        Ok(Detail {
            request: RequestShape::read(map.need("request")?)?,
            response: response.unwrap_or_else(Response::json),
            into: map.text("into")?,
            key: read::list(map.get("key"), read::path)?,
            concurrency: map.get("concurrency").map_or(Ok(1), read::count)?.min(16),
            errors: read::list(map.get("errors"), ErrorRule::read)?,
        })
    }
}
