//! Tables of Azure Firewall in a workspace of Log Analytics; those without a row do not exist.

use super::log_analytics::{Table, Workspace, too_often};
use crate::double::{Answered, Double, Service, Source};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "microsoft/azure-firewall",
    config: r#"{"base_url": "{origin}", "login_url": "{origin}", "tenant": "t-0a", "client_id": "app1", "client_secret": "s~1",
        "workspace": "w-01", "start_time": "{start}"}"#,
    services: &[Service::new("logs", &["/Type", "/EventId"])],
    new: |setting| Box::new(Firewall(Workspace::new(setting))),
};

struct Firewall(Workspace);

const TABLES: [&str; 2] = ["AZFWNetworkRule", "AZFWDnsQuery"];

impl Double for Firewall {
    fn truth(&self, _: &str) -> Vec<String> {
        let table = |id: i64| TABLES[usize::from(id % 3 == 0)];
        self.0.rows.all().iter().map(|event| format!("{} {}", table(event.id), event.id)).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        self.0.answer(asked, now, |name| {
            let place = TABLES.iter().position(|table| *table == name)?;
            let has: fn(i64) -> bool = if place == 1 { |id| id % 3 == 0 } else { |id| id % 3 != 0 };
            Some(Table { name: name.to_owned(), has, has_item_ids: true })
        })
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    fn too_often(&self) -> Answer {
        too_often()
    }
}
