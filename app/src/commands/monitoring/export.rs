//! `otklik monitoring export` and `datapackage`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use otklik_kernel::CivilDay;
use otklik_monitoring::export;
use otklik_monitoring::partners::Layout;
use otklik_monitoring::senders;
use otklik_progress::print::Lost;
use serde_json::json;

use super::common::{Opened, SYSTEM, day};
use crate::commands::{Json, say};
use crate::settings::Settings;

/// A layout of files.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// A ZIP with a file per table
    #[default]
    Package,
    /// One file, a row per application
    Wide,
}

/// What is to be exported.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The day
    #[arg(long, value_parser = day)]
    day: CivilDay,
    /// The sender; all of them when not given
    #[arg(long)]
    sender: Option<String>,
    /// The layout
    #[arg(long, value_enum, default_value_t = Form::Package)]
    layout: Form,
    /// The folder to write to
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    json: Json,
}

/// Writes the data of a day in the canonical form: 0 when there are some, 1 when there are none.
pub async fn run(settings: Settings, args: ExportArgs) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let all = senders::store::all(opened.installation.db.read(), &SYSTEM).await?;
    let codes: Vec<String> = match &args.sender {
        Some(sender) => vec![sender.clone()],
        None => all.into_iter().map(|sender| sender.fields.code).collect(),
    };
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{}: папка не создаётся", args.out.display()))?;
    let reference = opened.hub.reference(args.day).await?;
    let layout = match args.layout {
        Form::Package => Layout::Package,
        Form::Wide => Layout::Wide,
    };
    let (mut written, mut lost) = (Vec::new(), Vec::new());
    for code in codes {
        let Some(data) = export::delivery(&opened.hub, &code, args.day, layout).await? else { continue };
        let (made, left_out) = match export::file(&data, layout, &reference) {
            Ok(done) => done,
            Err(problem) => bail!("{code}: {problem}"),
        };
        lost.push(left_out);
        let path = args.out.join(&made.name);
        std::fs::write(&path, &made.bytes).with_context(|| format!("{}: не записывается", path.display()))?;
        written.push(path.display().to_string());
    }
    if let Some(warning) = left_out(&lost) {
        eprintln!("{warning}");
    }
    let words = match written.is_empty() {
        true => format!("За {} данных нет.", args.day.show()),
        false => written.join("\n"),
    };
    let is_any = !written.is_empty();
    args.json.print(&json!({ "files": written }), &words)?;
    opened.close().await;
    Ok(crate::commands::exit(is_any))
}

/// Says how much wide files have no place for; nothing when they lost nothing.
fn left_out(lost: &[Lost]) -> Option<String> {
    let sum = |of: fn(&Lost) -> usize| lost.iter().map(of).sum::<usize>();
    let counts = [
        ("видов сведений межведомственных запросов", sum(|one| one.mnemonics)),
        ("статусов, пункт которых читается как другой статус", sum(|one| one.statuses)),
        ("номеров жалоб", sum(|one| one.complaints)),
        ("прежних оценок", sum(|one| one.ratings)),
        ("строк реестра услуг", sum(|one| one.services)),
    ];
    let told = counts.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what} — {count}"));
    let told = told.collect::<Vec<_>>().join(", ");
    (!told.is_empty())
        .then(|| format!("В широкий файл не поместилось: {told}. Пакет (--layout package) хранит всё."))
}

/// Prints the published description of the daily data: a Frictionless Data Package. It needs no installation.
pub fn datapackage() -> Result<ExitCode> {
    let described = otklik_progress::describe::package(otklik_progress::reference::Reference::built_in());
    say(&(serde_json::to_string_pretty(&described)? + "\n"))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon8_what_wide_files_leave_out_is_counted() {
        let one = Lost { mnemonics: 2, complaints: 1, ..Lost::default() };
        let told = left_out(&[one, Lost::default(), Lost { mnemonics: 3, ..Lost::default() }]).unwrap();
        assert!(told.contains("межведомственных запросов — 5, номеров жалоб — 1. Пакет"), "{told}");
        assert_eq!(left_out(&[Lost::default()]), None);
    }
}
