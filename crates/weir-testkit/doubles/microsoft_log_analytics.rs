//! Queries over a workspace of Log Analytics, with rows that have an id and with such that have none.

use super::log_analytics::{Table, Workspace, too_often};
use crate::double::{Answered, Double, Service, Source};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "microsoft/log-analytics",
    config: r#"{"base_url": "{origin}", "login_url": "{origin}", "tenant": "t-0a", "client_id": "app1", "client_secret": "s~1",
        "workspace": "w-01", "start_time": "{start}",
        "queries": [{"id": "sign-ins", "query": "SigninLogs | where ResultType != 0"}, {"id": "alerts", "query": "SecurityAlert"}]}"#,
    services: &[Service::new("query", &["/QueryId", "/EventId"])],
    new: |setting| Box::new(Queries(Workspace::new(setting))),
};

struct Queries(Workspace);

impl Double for Queries {
    fn truth(&self, _: &str) -> Vec<String> {
        let is_alert = |id: i64| id % 4 == 0;
        let name = |id: i64| if is_alert(id) { format!("alerts {id}") } else { format!("sign-ins {id}") };
        self.0.rows.all().iter().map(|event| name(event.id)).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        self.0.answer(asked, now, |query| match query {
            "SigninLogs | where ResultType != 0" => {
                Some(Table { name: "SigninLogs".to_owned(), has: |id| id % 4 != 0, has_item_ids: true })
            }
            "SecurityAlert" => {
                Some(Table { name: "SecurityAlert".to_owned(), has: |id| id % 4 == 0, has_item_ids: false })
            }
            _ => None,
        })
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    fn too_often(&self) -> Answer {
        too_often()
    }
}
