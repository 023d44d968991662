//! `otklik journal`: what an operator or an outsider does with the journal.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use otklik_journal::{Actor, SigningKey, erase, export_head, read_heads, seal, verify};
use otklik_kernel::Id;
use serde_json::json;

use crate::commands::{Json, exit};
use crate::installation::Installation;
use crate::settings::Settings;

/// Commands about the journal.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Check every entry, the chain, and the exported heads
    Verify {
        /// Folder with the folder heads of exported heads [default: the data folder]
        #[arg(long)]
        heads: Option<std::path::PathBuf>,
        /// Public key that heads must be signed with, hexadecimal; may be given several times
        #[arg(long = "key")]
        keys: Vec<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Sign the head now and write it into the folder heads
    Export(Json),
    /// Erase the data of an entry for good; the entry stays, and another one says who erased them and why
    Erase {
        /// The entry: the number in its address, /admin/journal/NUMBER
        id: Id,
        /// Why; it must not repeat the personal data
        #[arg(long, value_parser = reason)]
        reason: String,
        #[command(flatten)]
        json: Json,
    },
}

/// A reason says something.
fn reason(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("укажите причину"),
        text => Ok(text.to_owned()),
    }
}

/// Runs the command.
pub async fn run(settings: Settings, command: JournalCommand) -> anyhow::Result<ExitCode> {
    let data_dir = settings.data_dir.clone();
    let installation = Installation::open_as_it_is(settings).await?;
    let code = match command {
        JournalCommand::Verify { heads, keys, json } => {
            let folder = heads.unwrap_or_else(|| data_dir.clone());
            let heads = read_heads(&folder).with_context(|| format!("{}: не читается", folder.display()))?;
            let report = verify(installation.db.read(), &heads, &keys).await?;
            let problems: Vec<_> =
                report.problems.iter().map(|p| json!({ "id": p.id, "seq": p.seq, "what": p.what })).collect();
            let answer = json!({
                "ok": report.ok(),
                "entries": report.entries,
                "sealed": report.sealed,
                "unsealed_tail": report.unsealed_tail,
                "oldest_unsealed_at": report.oldest_unsealed_at.map(otklik_kernel::Instant::iso),
                "erased": report.erased,
                "heads": report.heads,
                "public_keys": report.keys,
                "head": report.head.as_ref().map(|(seq, chain)| json!({ "seq": seq, "chain": chain })),
                "problems_found": report.problems_found,
                "problems": problems,
            });
            let mut words = format!(
                "{}\nЗаписей: {}, в цепочке: {}, ещё не в цепочке: {}, стёрто содержимое: {}. Сверено подписанных вершин: {}.\n",
                if report.ok() { "Журнал цел." } else { "Журнал повреждён." },
                report.entries,
                report.sealed,
                report.unsealed_tail,
                report.erased,
                report.heads
            );
            if let Some((seq, chain)) = &report.head {
                words.push_str(&format!("Вершина: № {seq}, {chain}\n"));
            }
            for key in &report.keys {
                words.push_str(&format!("Открытый ключ: {key}\n"));
            }
            for problem in &report.problems {
                let number = problem.seq.map(|seq| format!("№ {seq}: ")).unwrap_or_default();
                words.push_str(&format!("  {number}{}\n", problem.what));
            }
            json.print(&answer, &words)?;
            exit(report.ok())
        }
        JournalCommand::Export(json) => {
            let key = SigningKey::open(&data_dir)?;
            seal(&installation.db).await?;
            let path = export_head(&installation.db, &key, &data_dir, installation.clock.now()).await?;
            let path = path.map(|path| path.display().to_string());
            let words = path.clone().unwrap_or_else(|| "Журнал пуст: подписывать нечего.".to_owned());
            json.print(&json!({ "file": path, "public_key": key.public_key() }), &words)?;
            ExitCode::SUCCESS
        }
        JournalCommand::Erase { id, reason, json } => {
            let Installation { db, clock, random, ids, .. } = &installation;
            let (trace, now) = (installation.trace(), clock.now());
            let tx = db.begin().await?;
            let actor = Actor::System("command");
            let entry = erase(&tx, id, &reason, actor, &trace, now, ids, &**random).await?;
            tx.commit().await?;
            seal(db).await?;
            let words = format!("Данные записи {id} стёрты. Об этом говорит запись {entry}.");
            json.print(&json!({ "erased": id.to_string(), "entry": entry.to_string() }), &words)?;
            ExitCode::SUCCESS
        }
    };
    installation.db.close().await;
    Ok(code)
}
