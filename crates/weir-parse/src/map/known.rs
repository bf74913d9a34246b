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
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '@';
    let word: String = name.chars().filter(plain).map(|letter| letter.to_ascii_lowercase()).collect();
    let known = HABITS.iter().find(|(_, endings)| endings.iter().any(|ending| word.ends_with(ending)));
    known.map_or(Use::Scan, |(kind, _)| *kind)
}
