//! Errors of collectors. Ids are for ever. `COLLECT-0nn` configuration, `1nn` credentials, `2nn` the source, `3nn` data, `4nn` the log,
//! `5nn` state, `6nn` lookups, `9nn` manifests.

#[cfg(test)]
mod tests;

use std::fmt::Display;

use weir_event::{Fault, FaultKind};
use weir_yaml::{Ids, Place};

/// Complaints about the file of a puller.
pub static CONFIG: Ids = Ids {
    not_yaml: "COLLECT-001",
    too_large: "COLLECT-001",
    unknown_key: "COLLECT-002",
    wrong_type: "COLLECT-004",
    missing: "COLLECT-003",
    too_deep: "COLLECT-001",
};

/// Complaints about a manifest: the mistake of its author, never of the one who configures a puller.
pub static MANIFEST: Ids = Ids {
    not_yaml: "COLLECT-901",
    too_large: "COLLECT-901",
    unknown_key: "COLLECT-902",
    wrong_type: "COLLECT-903",
    missing: "COLLECT-904",
    too_deep: "COLLECT-901",
};

/// The class under which other collectors know such a fault: configuration, log-in, the pull itself, the source's answers.
pub fn class_of(id: &str) -> Option<&'static str> {
    let class = match id.strip_prefix("COLLECT-")? {
        "204" => "SetupError",
        "208" | "213" | "214" => "PullError",
        id => match id.as_bytes().first() {
            Some(b'0' | b'9') => "InitVariablesError",
            Some(b'1') => "SetupError",
            Some(b'2') => "ApiError",
            _ => "PullError",
        },
    };
    Some(class)
}

pub fn bad_slot(at: &Place, says: &str) -> Fault {
    Fault::new("COLLECT-905", FaultKind::Config, says)
        .at(at)
        .hint("slots are `{{scope.name | filter}}`; scopes and filters are listed in the reference of manifests")
}

pub fn bad_path(at: &Place, path: &str, error: &crate::path::PathError) -> Fault {
    Fault::new("COLLECT-906", FaultKind::Config, format!("`{path}` is not a path"))
        .at(at)
        .because(format!("{} (at byte {})", error.says, error.at))
        .hint("paths are JSONPath: `$.items[*].id`")
}

pub fn unknown_word(at: &Place, what: &str, word: &str, known: &[&str]) -> Fault {
    let near = weir_event::nearest(word, known.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    Fault::new("COLLECT-907", FaultKind::Config, format!("unknown {what} `{word}`"))
        .at(at)
        .hint(format!("{near}known: {}", known.join(", ")))
}

pub fn inconsistent(at: &Place, says: impl Into<String>, hint: &str) -> Fault {
    Fault::new("COLLECT-908", FaultKind::Config, says).at(at).hint(hint)
}

pub fn setting_missing(at: &str, help: &str) -> Fault {
    let hint = if help.is_empty() { format!("add `{at}`") } else { format!("add `{at}`: {help}") };
    Fault::new("COLLECT-003", FaultKind::Config, format!("`{at}` is missing or empty"))
        .at(at)
        .because("the source cannot be asked without it")
        .hint(hint)
}

pub fn setting_unknown(at: &str, name: &str, known: &[&str]) -> Fault {
    let hint = match weir_event::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known settings: {}", known.join(", ")),
    };
    Fault::new("COLLECT-002", FaultKind::Config, format!("unknown setting `{name}`")).at(at).hint(hint)
}

pub fn setting_type(at: &str, wanted: &str, found: &str) -> Fault {
    Fault::new("COLLECT-004", FaultKind::Config, format!("`{at}` must be {wanted}, it is {found}"))
        .at(at)
        .hint("write a value of that type; what stands in quotes is text")
}

pub fn setting_range(at: &str, value: &str, low: &str, high: &str) -> Fault {
    Fault::new("COLLECT-005", FaultKind::Config, format!("`{at}` = {value} is outside {low} to {high}")).at(at)
}

pub fn setting_form(at: &str, wanted: &str, example: &str) -> Fault {
    let fault = Fault::new("COLLECT-006", FaultKind::Config, format!("`{at}` is not {wanted}")).at(at);
    if example.is_empty() { fault } else { fault.hint(format!("for example {example}")) }
}

pub fn start_in_future(at: &str, now: impl Display) -> Fault {
    Fault::new("COLLECT-007", FaultKind::Config, format!("`{at}` is in the future"))
        .at(at)
        .because(format!("it is {now}"))
        .hint("name a time that has passed, or one such as now-24h")
}

pub fn start_too_old(at: &str, oldest: impl Display) -> Fault {
    Fault::new("COLLECT-008", FaultKind::Config, format!("`{at}` is before what the source keeps"))
        .at(at)
        .because(format!("it keeps what is younger than {oldest}"))
        .hint("name a later time; what is older cannot be had")
}

pub fn stream_unknown(at: &str, name: &str, known: &[&str]) -> Fault {
    let near = weir_event::nearest(name, known.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    Fault::new("COLLECT-009", FaultKind::Config, format!("there is no service `{name}`"))
        .at(at)
        .hint(format!("{near}services of this source: {}", known.join(", ")))
}

pub fn unfilled(slot: &crate::slot::Unfilled) -> Fault {
    Fault::new("COLLECT-909", FaultKind::Config, format!("`{{{{{}}}}}` cannot be written into the request", slot.slot))
        .because(&slot.says)
        .hint("set it, or end its name with `?` in the manifest where it may be empty")
}

pub fn credentials_refused(at: &str, status: u16, text: &str) -> Fault {
    Fault::new("COLLECT-101", FaultKind::Auth, "the source refuses the credentials")
        .at(at)
        .because(format!("status {status}: {text}"))
        .hint("check the credentials of the puller; they may have been revoked or may have expired")
}

pub fn rights_missing(at: &str, status: u16, text: &str) -> Fault {
    Fault::new("COLLECT-102", FaultKind::Auth, "the credentials lack a right")
        .at(at)
        .because(format!("status {status}: {text}"))
        .hint("give the account the rights that the source's page of the documentation names")
}

pub fn token_not_understood(at: &str, text: &str) -> Fault {
    Fault::new("COLLECT-103", FaultKind::Peer, "the answer to the log-in is not understood").at(at).because(text)
}

/// `seconds` that the source is ahead, when its answer has a date; `text` is what it says of it, empty when it only refuses.
pub fn clocks_differ(at: &str, seconds: Option<i64>, text: &str) -> Fault {
    let says = match seconds.filter(|seconds| *seconds != 0) {
        Some(seconds) => format!("this clock and the source's differ by {seconds} s"),
        None => "this clock and the source's differ".to_owned(),
    };
    let why = if text.is_empty() { "signed requests are refused when their time is wrong" } else { text };
    Fault::new("COLLECT-106", FaultKind::Auth, says).at(at).because(why).hint("set the clock of this machine (NTP)")
}

pub fn rate_limited(at: &str, until: impl Display) -> Fault {
    Fault::new("COLLECT-201", FaultKind::Busy, format!("the source asks to wait until {until}")).at(at)
}

pub fn server_error(at: &str, status: u16, text: &str) -> Fault {
    Fault::new("COLLECT-202", FaultKind::Peer, format!("the source answers with status {status}"))
        .at(at)
        .because(text)
        .hint("it is asked again later; nothing is skipped")
}

pub fn unreachable(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-203", FaultKind::Peer, "the source cannot be reached")
        .at(at)
        .because(why)
        .hint("check the address, the name service and the firewall between")
}

pub fn untrusted(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-204", FaultKind::Config, "the certificate of the source is not trusted")
        .at(at)
        .because(why)
        .hint("name the certificate of its authority with `tls: { ca_file: ... }`")
}

pub fn not_data(at: &str, wanted: &str, found: &str) -> Fault {
    Fault::new("COLLECT-205", FaultKind::Peer, format!("the answer is not {wanted}"))
        .at(at)
        .because(found)
        .hint("a log-in page or a proxy in between is the usual reason; check the address")
}

pub fn too_large(at: &str, bytes: u64) -> Fault {
    Fault::new("COLLECT-206", FaultKind::Limit, format!("the answer is larger than {bytes} bytes"))
        .at(at)
        .hint("a smaller range of time or a smaller page gives smaller answers")
}

pub fn paging_loops(at: &str, what: &str) -> Fault {
    Fault::new("COLLECT-208", FaultKind::Peer, "the pages of the source repeat")
        .at(at)
        .because(what)
        .hint("what has come so far is kept; the range is asked again from its start at the next pull")
}

pub fn not_found(at: &str, text: &str) -> Fault {
    Fault::new("COLLECT-209", FaultKind::Config, "the source does not know this address")
        .at(at)
        .because(text)
        .hint("the address or the version of the source may be another one than the manifest is made for")
}

pub fn refused(at: &str, status: u16, text: &str) -> Fault {
    Fault::new("COLLECT-210", FaultKind::Peer, format!("the source refuses the request with status {status}"))
        .at(at)
        .because(text)
}

pub fn cut_short(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-212", FaultKind::Peer, "the answer was cut short")
        .at(at)
        .because(why)
        .hint("it is asked for again")
}

pub fn forbidden(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-213", FaultKind::Config, "weir does not call this address")
        .at(at)
        .because(why)
        .hint("addresses of other hosts than the configured one are only called when the manifest allows them")
}

pub fn partial(at: &str, text: &str) -> Fault {
    Fault::new("COLLECT-214", FaultKind::Peer, "the source answers only in part")
        .at(at)
        .because(text)
        .hint("the range is asked for again")
}

/// `form` is what the place should hold.
pub fn answer_lacks(at: &str, form: &str, path: &str, text: &str) -> Fault {
    Fault::new("COLLECT-215", FaultKind::Peer, format!("the answer has no {form} at `{path}`"))
        .at(at)
        .because(text)
        .hint(
            "it is not taken for an answer without records; where the source leaves the place out or writes null there, the manifest \
             says so with `optional` or `nullable`",
        )
}

pub fn too_slow(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-216", FaultKind::Peer, "the answer did not come in time")
        .at(at)
        .because(why)
        .hint("a smaller range of time or a longer `http.timeout` of the manifest helps")
}

pub fn job_failed(at: &str, text: &str) -> Fault {
    Fault::new("COLLECT-217", FaultKind::Peer, "the source did not finish what it was told to make ready")
        .at(at)
        .because(text)
        .hint("the next pull tells it again; nothing is skipped")
}

pub fn snapshot_shrank(at: &str, have: usize, had: usize, least_percent: u64) -> Fault {
    Fault::new("COLLECT-601", FaultKind::Peer, format!("the list has {have} entries, it had {had}"))
        .at(at)
        .because(format!("a list with less than {least_percent} % of the last one is not believed"))
        .hint("nothing was told as removed; when the list is right, `weir pull reset` takes it as the first one")
}

/// What the state held is dropped because a setting says so: told, not failed with.
pub fn state_reset(at: &str, from: &str, to: &str, state: &crate::state::State) -> Fault {
    let named = |(name, cursor): (String, String)| if name.is_empty() { cursor } else { format!("{name} {cursor}") };
    let cursors: Vec<String> = state.cursor_texts().into_iter().map(named).collect();
    let cursors = if cursors.is_empty() { "none".to_owned() } else { crate::manifest::short(&cursors.join(", ")) };
    Fault::new("COLLECT-502", FaultKind::Config, "the state is cleared: it starts over")
        .at(at)
        .because(format!("settings changed from {from} to {to}"))
        .hint(format!(
            "dropped: {} known records, cursor {cursors}; what the source gives again is stored again",
            state.seen.len() + state.known_count(),
        ))
}

pub fn lookup_too_large(at: &str, bytes_max: usize) -> Fault {
    Fault::new("COLLECT-603", FaultKind::Limit, "the list is larger than a lookup table may be")
        .at(at)
        .because(format!("a table holds {bytes_max} bytes; the one of the list before stays"))
        .hint("keep fewer members of its records with `transform`")
}

pub fn lookup_unwritten(name: &str, why: &str) -> Fault {
    Fault::new("COLLECT-604", FaultKind::Storage, format!("the lookup table `{name}` cannot be written"))
        .because(why)
        .hint("the table of before stays; the next pull writes it again")
}

pub fn bad_state(at: &str, why: &str) -> Fault {
    Fault::new("COLLECT-501", FaultKind::Storage, "the state of the puller cannot be read")
        .at(at)
        .because(why)
        .hint("`weir pull reset` starts over; what the source gives again is then stored again")
}
