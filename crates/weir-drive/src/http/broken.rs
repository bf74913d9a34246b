//! Why there is no answer, out of what the client says.

use std::error::Error;
use std::io;

use weir_collect::Broken;

use super::guard::Refused;

/// Before the head of an answer came.
pub fn before(error: &reqwest::Error) -> Broken {
    let text = causes(error);
    if any(error, |cause| matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))) {
        return Broken::Untrusted(text);
    }
    if any(error, |cause| cause.is::<Refused>()) {
        return Broken::Forbidden(text);
    }
    Broken::Unreachable(text)
}

/// Inside an answer.
pub fn within(error: &reqwest::Error) -> Broken {
    Broken::CutShort(causes(error))
}

/// An error and what caused it; the first alone rarely says. The address is left out, it may hold a secret.
pub fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    each(error, &mut |cause| {
        let text = cause.to_string();
        let text = text.split(" for url (").next().unwrap_or_default().to_owned();
        if texts.last().is_none_or(|last| !last.ends_with(&text)) {
            texts.push(text);
        }
    });
    texts.join(": ")
}

fn any(error: &reqwest::Error, is: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let mut found = false;
    each(error, &mut |cause| found |= is(cause));
    found
}

/// The error and its causes; an I/O error hides what it was made of from `source`.
fn each(error: &reqwest::Error, say: &mut dyn FnMut(&(dyn Error + 'static))) {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        say(cause);
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
}
