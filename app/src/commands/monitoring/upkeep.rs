//! `otklik monitoring verify`, `compact`, `receipts` and `rebuild`: keeping the lake small and sound.

use std::process::ExitCode;

use anyhow::Result;
use otklik_monitoring::deliveries::restore::{self, Found};
use otklik_monitoring::upkeep::{self, Verified};
use serde_json::json;

use super::common::Opened;
use crate::commands::{Json, exit};
use crate::settings::Settings;

/// Looks everything over: 0 when all is sound, 1 when something is damaged or lost.
pub async fn verify(settings: Settings, json: Json) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let found = restore::verify(&opened.hub).await?;
    json.print(&found, &words(&found))?;
    opened.close().await;
    Ok(exit(found.ok))
}

/// What was found, in words.
fn words(found: &Verified) -> String {
    let mut words = format!(
        "Запись {}: событий {}, переходов {}, заявлений {}. {}\n",
        found.commit,
        found.events,
        found.transitions,
        found.cases,
        if found.ok { "Всё цело." } else { "Есть повреждения:" }
    );
    for damage in &found.damage {
        words.push_str(&format!("  {}: {}: {}\n", damage.path, damage.kind, damage.detail));
    }
    for line in &found.differences {
        words.push_str(&format!("  {line}\n"));
    }
    for one in &found.lost {
        let (receipt, day) = (one.receipt.as_deref().unwrap_or_default(), &one.day);
        words.push_str(&format!(
            "  {} {day} ревизия {}: принята по квитанции {receipt}, но в озере её нет: запись утрачена\n",
            one.sender, one.revision
        ));
    }
    if !found.unknown.is_empty() {
        words.push_str(&format!(
            "Файлов, которых не называет ни одна запись: {} (пишутся сейчас, остались от прерванной работы или от \
             утраченной записи; через сутки их уберёт otklik monitoring compact):\n",
            found.unknown.len()
        ));
        found.unknown.iter().for_each(|path| words.push_str(&format!("  {path}\n")));
    }
    words
}

/// Puts small files together and sweeps those that nobody needs.
pub async fn compact(settings: Settings, json: Json) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let done = opened.hub.keep_up().await?;
    // Nothing to do leaves the last commit as it was.
    let commit = opened.hub.lake().latest().await?.number();
    let answer =
        json!({ "commit": commit, "removed": done.removed, "added": done.added, "swept": done.swept });
    let words = format!("Файлов убрано {}, записано {}, удалено {}.", done.removed, done.added, done.swept);
    json.print(&answer, &words)?;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Writes receipts into the database as the lake has them: 0 when both agree now, 1 when something is left.
pub async fn receipts(settings: Settings, json: Json) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let done = restore::restore(&opened.ctx, &opened.hub, &opened.installation.trace()).await?;
    let mut words = format!(
        "Поставок в озере {}: квитанций добавлено {}, исправлено {}.\n",
        done.receipts,
        done.added.len(),
        done.changed.len()
    );
    let parts: [(&str, &[Found]); 4] = [
        ("добавлена", &done.added),
        ("исправлена", &done.changed),
        ("не восстановлена, нет такого отправителя: добавьте его и повторите", &done.no_sender),
        ("есть в базе, но не в озере: не тронута", &done.not_in_lake),
    ];
    for (what, found) in parts {
        for one in found {
            let differs = one.differs.join(", ");
            let line = format!("  {} {} ревизия {}: {what} {differs}", one.sender, one.day, one.revision);
            words.push_str(line.trim_end());
            words.push('\n');
        }
    }
    json.print(&done, &words)?;
    opened.close().await;
    Ok(exit(done.ok))
}

/// Makes everything derived anew: after reference data were edited.
pub async fn rebuild(settings: Settings, json: Json) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let importer = opened.hub.importer().await?;
    let commit = upkeep::rebuild(&importer).await?;
    json.print(&json!({ "commit": commit }), &format!("Пересчитано, запись {commit}."))?;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}
