//! The query engine in this process: over a data directory or over files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;
use weir_event::{Fault, FaultKind, Timestamp};
use weir_lang::tools::Lint;
use weir_query::{Engine, EngineOptions, FileTables, RunOptions};

use super::{Question, Reply, Whole};
use crate::cli::run::runtime;
use crate::config::Config;
use crate::server::{self, Opened};
use crate::when;

pub struct Local {
    engine: Engine,
    runtime: Runtime,
    /// Held so that no other process opens the directory.
    _opened: Option<Opened>,
}

impl Local {
    pub fn files(paths: &[PathBuf]) -> Result<Local, Fault> {
        let tables = FileTables::open(paths)?;
        Ok(Local {
            engine: Engine::new(Arc::new(tables), EngineOptions::default()),
            runtime: runtime()?,
            _opened: None,
        })
    }

    pub fn nothing() -> Result<Local, Fault> {
        Local::files(&[])
    }

    /// A data directory, for questions about what is the tenant's.
    pub fn data(folder: &Path, tenant: &str) -> Result<Local, Fault> {
        crate::cli::need_data(folder)?;
        let opened = server::open(&Config { data: folder.to_owned(), ..Config::default() })?;
        check_tenant(&opened, folder, tenant)?;
        Ok(Local { engine: opened.engine.clone(), runtime: runtime()?, _opened: Some(opened) })
    }

    /// Whether a query that nobody asks now could run.
    pub fn compiles(&self, text: &str) -> Result<(), Fault> {
        self.runtime.block_on(self.engine.check(text, &RunOptions::new("check", Timestamp(0)))).map(|_| ())
    }

    pub fn check(&self, question: &Question) -> Result<Vec<Lint>, Fault> {
        self.runtime.block_on(self.engine.check(&question.text, &options(question)?))
    }

    pub fn explain(&self, question: &Question) -> Result<String, Fault> {
        self.runtime.block_on(self.engine.explain(&question.text, &options(question)?))
    }

    pub fn ask(&self, question: &Question) -> Result<Reply, Fault> {
        let options = options(question)?;
        self.runtime.block_on(async {
            let mut answer = self.engine.run(&question.text, &options).await?;
            let mut records = Vec::new();
            while let Some(batch) = answer.next().await {
                records.extend(answer.records(&batch?));
            }
            let columns = answer.columns.iter().map(|column| (column.name.clone(), column.kind.to_owned())).collect();
            let meta = answer.meta();
            Ok(Reply { records, columns, whole: Whole::of(&meta), notes: meta.notes })
        })
    }
}

/// Refuses a tenant that a data directory knows nothing of; its answers would all be empty. Tenants are those with events and with tokens.
fn check_tenant(opened: &Opened, folder: &Path, tenant: &str) -> Result<(), Fault> {
    let mut known = opened.spine.store.owners()?;
    known.extend(opened.tokens.list().iter().map(|token| token.tenant.clone()));
    known.sort();
    known.dedup();
    if known.is_empty() || known.iter().any(|known| **known == *tenant) {
        return Ok(());
    }
    let hint = match weir_event::nearest(tenant, known.iter().map(|known| &**known)) {
        Some(near) => format!("did you mean `--tenant {near}`?"),
        None => format!("known tenants: {}", known.join(", ")),
    };
    Err(Fault::new("CLI-029", FaultKind::Usage, format!("there is no tenant `{tenant}`"))
        .at(folder.display())
        .hint(hint))
}

fn options(question: &Question) -> Result<RunOptions, Fault> {
    let now = question.now()?;
    let mut options = RunOptions::new(question.tenant.clone(), now);
    options.from = question.from.as_deref().map(|text| when::read(text, now, "--from")).transpose()?;
    options.to = question.to.as_deref().map(|text| when::read(text, now, "--to")).transpose()?;
    options.limit = question.limit;
    options.strict = question.strict;
    options.parameters.clone_from(&question.parameters);
    options.zone.clone_from(&question.timezone);
    Ok(options)
}
