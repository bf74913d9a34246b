//! The eleven kinds of values worth pivoting on.

use crate::FieldId;

/// What an artifact is. The order is the one users see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ArtifactKind {
    Ips,
    Urls,
    Machines,
    Users,
    Geolocation,
    Process,
    Files,
    Registry,
    Domains,
    EmailIds,
    MacAddresses,
}

impl ArtifactKind {
    pub const ALL: [ArtifactKind; 11] = [
        ArtifactKind::Ips,
        ArtifactKind::Urls,
        ArtifactKind::Machines,
        ArtifactKind::Users,
        ArtifactKind::Geolocation,
        ArtifactKind::Process,
        ArtifactKind::Files,
        ArtifactKind::Registry,
        ArtifactKind::Domains,
        ArtifactKind::EmailIds,
        ArtifactKind::MacAddresses,
    ];

    /// The name in output and configuration: `ips`, `email_ids`, ...
    pub fn name(self) -> &'static str {
        &self.field_name()["artifacts.".len()..]
    }

    /// The field that holds the values of this kind: `artifacts.ips`, ...
    pub fn field_name(self) -> &'static str {
        match self {
            ArtifactKind::Ips => "artifacts.ips",
            ArtifactKind::Urls => "artifacts.urls",
            ArtifactKind::Machines => "artifacts.machines",
            ArtifactKind::Users => "artifacts.users",
            ArtifactKind::Geolocation => "artifacts.geolocation",
            ArtifactKind::Process => "artifacts.process",
            ArtifactKind::Files => "artifacts.files",
            ArtifactKind::Registry => "artifacts.registry",
            ArtifactKind::Domains => "artifacts.domains",
            ArtifactKind::EmailIds => "artifacts.email_ids",
            ArtifactKind::MacAddresses => "artifacts.mac_addresses",
        }
    }

    /// How a list of this kind begins as a member of a JSON object: `"ips":[`.
    pub fn json_list(self) -> &'static str {
        match self {
            ArtifactKind::Ips => "\"ips\":[",
            ArtifactKind::Urls => "\"urls\":[",
            ArtifactKind::Machines => "\"machines\":[",
            ArtifactKind::Users => "\"users\":[",
            ArtifactKind::Geolocation => "\"geolocation\":[",
            ArtifactKind::Process => "\"process\":[",
            ArtifactKind::Files => "\"files\":[",
            ArtifactKind::Registry => "\"registry\":[",
            ArtifactKind::Domains => "\"domains\":[",
            ArtifactKind::EmailIds => "\"email_ids\":[",
            ArtifactKind::MacAddresses => "\"mac_addresses\":[",
        }
    }

    pub fn field(self) -> FieldId {
        FieldId::known(self.field_name())
    }

    /// The kind called `name` ([`ArtifactKind::name`]).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
