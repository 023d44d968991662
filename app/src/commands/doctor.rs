//! `otklik doctor`: is this installation fit to serve?

use std::process::ExitCode;

use anyhow::Result;
use otklik_access::Scope;
use otklik_db::Address;
use otklik_journal::{SigningKey, read_heads, verify};
use serde::Serialize;

use crate::commands::{Json, exit};
use crate::installation::{Installation, migrations};
use crate::settings::Settings;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    message: String,
}

#[derive(Debug, Serialize)]
struct Findings {
    ok: bool,
    findings: Vec<Finding>,
}

/// Runs the command; exit code 1 when there is a problem.
pub async fn run(settings: Settings, json: &Json) -> Result<ExitCode> {
    let installation = Installation::open_as_it_is(settings).await?;
    let mut findings = Vec::new();
    let mut add = |check, state, message: String| findings.push(Finding { check, state, message });
    let settings = &installation.settings;

    add("database", State::Ok, installation.db.engine().await?);
    let schema = otklik_db::pending(&installation.db, &migrations()).await?;
    let is_current = schema.pending.is_empty();
    match schema.pending.len() {
        0 => add("schema", State::Ok, format!("шагов: {}", schema.done.len())),
        n => add("schema", State::Problem, format!("не сделано шагов: {n}; выполните otklik migrate")),
    }
    if !schema.unknown.is_empty() {
        let message = format!("база данных новее этой версии программы: {}", schema.unknown.join(", "));
        add("schema_version", State::Problem, message);
    }
    if is_current && !otklik_responses::words::is_indexed(&installation.db).await? {
        let message = format!(
            "расширения pg_trgm нет: поиск слов по откликам читает все тексты; администратор базы данных \
            выполняет CREATE EXTENSION pg_trgm; {}",
            otklik_responses::words::INDEX
        );
        add("search", State::Warning, message);
    }
    match &settings.public_url {
        None => {
            add("public_url", State::Warning, "не задан: ссылки и QR-коды поведут на этот компьютер".into())
        }
        Some(url) if url.starts_with("http://") => {
            add("public_url", State::Warning, format!("{url}: без HTTPS"))
        }
        Some(url) => add("public_url", State::Ok, url.clone()),
    }
    match otklik_mail::Transport::from_setting(&settings.mail) {
        Err(error) => add("mail", State::Problem, format!("настройка «{}»: {error}", settings.mail)),
        Ok(transport) => match transport.check().await {
            Ok(()) if settings.mail.starts_with("file:") => {
                add(
                    "mail",
                    State::Warning,
                    format!("{}: письма складываются в папку и никому не отправляются", settings.mail),
                );
            }
            Ok(()) => add("mail", State::Ok, "почтовый сервер отвечает".into()),
            Err(error) => add("mail", State::Problem, format!("почта: {error}")),
        },
    }
    match SigningKey::open(&settings.data_dir) {
        Ok(key) => add("journal_key", State::Ok, format!("открытый ключ {}", key.public_key())),
        Err(error) => add("journal_key", State::Problem, error.to_string()),
    }
    if let Address::Sqlite(path) = &settings.database
        && let Ok(file) = std::fs::metadata(path)
    {
        add("database_file", State::Ok, format!("{}: {} МБ", path.display(), file.len() / 1_000_000));
    }
    if is_current {
        let heads = read_heads(&settings.data_dir)?;
        let report = verify(installation.db.read(), &heads, &[]).await?;
        let (state, words) = if report.ok() {
            (State::Ok, "цел")
        } else {
            (State::Problem, "повреждён: otklik journal verify")
        };
        add("journal", state, format!("{words}; записей {}", report.entries));
        let scope = Scope::system("a command of the operator");
        let bodies = otklik_organisations::store::all(installation.db.read(), &scope).await?;
        let mut bare = Vec::new();
        for body in bodies.iter().filter(|body| body.fields.is_office && body.closed_at.is_none()) {
            if otklik_notifications::recipients(installation.db.read(), body.id).await?.is_empty() {
                bare.push(body.fields.code.as_str());
            }
        }
        match bare.len() {
            0 => add(
                "recipients",
                State::Ok,
                format!("получатели есть у всех офисов; органов {}", bodies.len()),
            ),
            n => {
                let shown = bare.iter().take(10).copied().collect::<Vec<_>>().join(", ");
                add(
                    "recipients",
                    State::Warning,
                    format!("офисов без получателей: {n} ({shown}{})", if n > 10 { ", …" } else { "" }),
                );
            }
        }
    }
    let ok = findings.iter().all(|finding| finding.state != State::Problem);
    let words: String = findings
        .iter()
        .map(|finding| {
            let mark = match finding.state {
                State::Ok => "  хорошо  ",
                State::Warning => "  внимание",
                State::Problem => "  ОШИБКА  ",
            };
            format!("{mark}  {:<14} {}\n", finding.check, finding.message)
        })
        .collect();
    json.print(&Findings { ok, findings }, &words)?;
    installation.db.close().await;
    Ok(exit(ok))
}
