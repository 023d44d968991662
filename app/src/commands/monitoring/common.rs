//! What the commands about the monitoring share: an installation with its lake.

use anyhow::{Context as _, Result};
use clap::Args;
use otklik_access::Scope;
use otklik_kernel::CivilDay;
use otklik_monitoring::deliveries::depot::Depot;
use otklik_monitoring::hub::Hub;
use otklik_web::Ctx;

use crate::installation::Installation;
use crate::settings::Settings;
use crate::wire;

/// The scope of commands.
pub const SYSTEM: Scope = Scope::system("a command of the operator");

/// An installation with its lake.
pub struct Opened {
    /// The installation.
    pub installation: Installation,
    /// What handlers share.
    pub ctx: Ctx,
    /// The lake.
    pub hub: Hub,
    /// Files of deliveries.
    pub depot: Depot,
}

impl Opened {
    /// Opens an installation that there is.
    ///
    /// # Errors
    /// When there is none, or a file, the database or the lake can't be used.
    pub async fn open(settings: Settings) -> Result<Self> {
        Self::of(Installation::open_existing(settings).await?)
    }

    /// Opens an installation, which is made when it is missing.
    ///
    /// # Errors
    /// When a file, the database or the lake can't be used.
    pub async fn open_or_make(settings: Settings) -> Result<Self> {
        Self::of(Installation::open(settings).await?)
    }

    fn of(installation: Installation) -> Result<Self> {
        let ctx = wire::context(&installation, installation.settings.listen);
        let (hub, depot) = wire::lake(&ctx, &installation.settings)?;
        Ok(Self { installation, ctx, hub, depot })
    }

    /// Closes what is open.
    pub async fn close(self) {
        self.installation.db.close().await;
    }
}

/// A day as it is typed.
///
/// # Errors
/// It is none.
pub fn day(text: &str) -> Result<CivilDay, String> {
    CivilDay::parse(text).ok_or_else(|| "ожидается ГГГГ-ММ-ДД".to_owned())
}

/// Whose data, which day, which revision, where the files don't say it.
#[derive(Args, Clone, Debug)]
pub struct SaidArgs {
    /// Sender, where the files don't say it
    #[arg(long)]
    pub sender: Option<String>,
    /// Day of the data, where the files don't say it
    #[arg(long, value_parser = day)]
    pub day: Option<CivilDay>,
    /// Revision, where the files don't say it
    #[arg(long)]
    pub revision: Option<u32>,
}

/// The paths given; a folder of packages stands for each package in it, in the order of days, senders, revisions as
/// their names say them.
///
/// # Errors
/// A path can't be read.
pub fn packages(paths: &[std::path::PathBuf]) -> Result<Vec<std::path::PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        if !path.is_dir() || path.join("datapackage.json").exists() || has_table(path)? {
            all.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).with_context(|| format!("{}: не читается", path.display()))?;
        let mut below: Vec<_> =
            entries.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path()).collect();
        below
            .retain(|one| one.is_dir() || one.extension().is_some_and(|kind| kind == "zip" || kind == "csv"));
        below.sort_by_cached_key(|one| {
            let name = one.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            (told(&name), name)
        });
        all.extend(below);
    }
    Ok(all)
}

/// The day, the sender and the revision that the name of a package tells: `<sender>_<ГГГГ-ММ-ДД>_r<revision>`, with or
/// without an ending. Nothing of a name of another form.
fn told(name: &str) -> Option<(CivilDay, String, u32)> {
    let (rest, revision) = name.rsplit_once("_r")?;
    let (sender, day) = rest.rsplit_once('_')?;
    let revision = revision.split('.').next().unwrap_or_default();
    Some((CivilDay::parse(day)?, sender.to_owned(), revision.parse().ok()?))
}

/// Whether tables lie in a folder itself.
fn has_table(path: &std::path::Path) -> Result<bool> {
    let tables = ["events.csv", "applications.csv"];
    Ok(tables.iter().any(|name| path.join(name).exists()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon11_packages_of_a_folder_come_by_day_sender_and_revision_as_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "другие",
            "epgu_2026-01-12_r2",
            "epgu_2026-01-12_r10",
            "mfc_77_2026-01-12_r1.zip",
            "mfc_77_2026-01-12_r11.zip",
            "a_2026-01-13_r1.csv",
        ];
        for name in names.iter().rev() {
            let path = folder.path().join(name);
            if path.extension().is_some() {
                std::fs::write(path, "").unwrap();
            } else {
                std::fs::create_dir(path).unwrap();
            }
        }
        let found = packages(&[folder.path().to_owned()]).unwrap();
        let found: Vec<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(found, names);
    }
}
