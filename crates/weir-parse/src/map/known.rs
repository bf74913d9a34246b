//! Which fields of the dictionary hold artifacts by their meaning.

use weir_event::{ArtifactKind, Kind, kind_of};

/// What a text value gives to the artifacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Nothing,
    /// Free text: whatever stands in it.
    Scan,
    /// Free text, but only some kinds of what stands in it.
    Among(Kinds),
    /// The whole value, and whatever stands in it besides.
    As(ArtifactKind),
    /// A user whose name is the whole value, a domain in it included.
    Account,
}

/// A set of kinds of artifacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u16);

/// Among kinds: the whole value is a user.
const ACCOUNT: u16 = 1 << 15;

impl Kinds {
    pub fn with_account(self) -> Kinds {
        Kinds(self.0 | ACCOUNT)
    }

    pub fn has_account(self) -> bool {
        self.0 & ACCOUNT != 0
    }

    pub fn with(self, kind: ArtifactKind) -> Kinds {
        Kinds(self.0 | 1 << kind as u16)
    }

    pub fn has(self, kind: ArtifactKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }
}

/// What a field's name says about its values. A name that says nothing is free text.
pub fn use_of(name: &str) -> Use {
    use ArtifactKind::{Domains, EmailIds, Files, Geolocation, MacAddresses, Machines, Process, Registry, Urls, Users};
    let (owner, last) = name.rsplit_once('.').unwrap_or(("", name));
    let holder = owner.rsplit('.').next().unwrap_or(owner);
    match (holder, last) {
        ("host" | "observer", "name" | "hostname") | ("host", "fqdn") => Use::As(Machines),
        ("user" | "target" | "effective" | "changes", "name") => Use::As(Users),
        ("user", "email") | ("from" | "to" | "cc" | "bcc" | "sender", "address") => Use::As(EmailIds),
        ("process" | "parent", "name" | "executable") => Use::As(Process),
        ("file", "name" | "path" | "target_path") | ("hash", _) => Use::As(Files),
        ("registry", "path" | "key") => Use::As(Registry),
        ("url", "full" | "original") | ("request", "referrer") => Use::As(Urls),
        ("url", "domain") | ("question", "name") => Use::As(Domains),
        ("source" | "destination" | "client" | "server", "domain" | "host") => Use::As(Machines),
        ("geo", "city_name" | "country_iso_code" | "country_name" | "region_name" | "region_iso_code" | "name") => {
            Use::As(Geolocation)
        }
        ("geo", _) => Use::Nothing,
        (_, "mac") => Use::As(MacAddresses),
        ("user_agent", _) | ("event", "id" | "code" | "kind" | "category" | "type" | "action" | "dataset") => {
            Use::Nothing
        }
        ("network", _) | ("interface" | "zone", _) | ("rule" | "observer" | "cloud" | "account" | "syslog", _) => {
            Use::Nothing
        }
        _ if matches!(kind_of(name), Some(Kind::Ip | Kind::Ips)) => Use::As(ArtifactKind::Ips),
        ("subject" | "issuer", _) => Use::Scan,
        _ => by_habit(last),
    }
}

/// Endings of names that say the same with most vendors, written without capitals and separators; the first that fits counts.
const HABITS: &[(Use, &[&str])] = &[
    (Use::Nothing, &["useragent", "messageid", "inreplyto", "@type"]),
    (
        Use::As(ArtifactKind::Geolocation),
        &["country", "countrycode", "countryname", "countryorregion", "city", "cityname"],
    ),
    (
        Use::As(ArtifactKind::Machines),
        &[
            "hostname",
            "computername",
            "computer",
            "devicename",
            "machinename",
            "workstation",
            "workstationname",
            "fqdn",
            "netbiosname",
            "dvchost",
            "host",
        ],
    ),
    (
        Use::As(ArtifactKind::Process),
        &[
            "processname",
            "processpath",
            "processimage",
            "imagefilename",
            "processfilename",
            "parentprocess",
            "executablename",
        ],
    ),
    (Use::As(ArtifactKind::Files), &["filename", "filepath", "folderpath", "filefullpath"]),
    (Use::As(ArtifactKind::Registry), &["registrykey", "registrypath", "registrykeypath", "regkey"]),
    (Use::As(ArtifactKind::MacAddresses), &["macaddress", "macaddr", "hwaddr"]),
    (
        Use::As(ArtifactKind::Users),
        &["username", "usrname", "user", "userid", "userprincipalname", "upn", "accountname", "loginname", "logonname"],
    ),
];

/// What the last word of a name says, whoever chose it: `srcUserName`, `computer_name`, `CountryCode`.
fn by_habit(name: &str) -> Use {
    /// More letters than the longest ending has.
    const LETTERS: usize = 24;
    let plain = name.bytes().rev().filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'@');
    let (mut letters, mut begin) = ([0; LETTERS], LETTERS);
    for (place, letter) in letters.iter_mut().rev().zip(plain) {
        *place = letter.to_ascii_lowercase();
        begin -= 1;
    }
    let word = &letters[begin..];
    let ends = |ending: &&str| word.last() == ending.as_bytes().last() && word.ends_with(ending.as_bytes());
    let known = HABITS.iter().find(|(_, endings)| endings.iter().any(ends));
    known.map_or(Use::Scan, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_what_it_holds() {
        for (name, kind) in [
            ("srcUserName", Use::As(ArtifactKind::Users)),
            ("details.Computer_Name", Use::As(ArtifactKind::Machines)),
            ("Log.CountryCode", Use::As(ArtifactKind::Geolocation)),
            ("é-target__file__path", Use::As(ArtifactKind::Files)),
            ("x.user-agent", Use::Nothing),
            ("x.@type", Use::Nothing),
            ("x.y", Use::Scan),
            ("", Use::Scan),
        ] {
            assert_eq!(use_of(name), kind, "{name}");
        }
        for (kind, endings) in HABITS {
            for ending in *endings {
                assert_eq!(by_habit(&format!("{}{ending}", "x".repeat(30))), *kind, "{ending}");
            }
        }
    }
}
