//! `otklik backup` and `otklik restore`: the database, the keys, the exported heads and the lake of a folder, with
//! digests.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use otklik_db::Address;
use otklik_kernel::{code, secret};
use otklik_monitoring::{LAST, LOG, SPOOL};
use serde::{Deserialize, Serialize};

use crate::commands::Json;
use crate::installation::Installation;
use crate::settings::Settings;

/// Options of `backup`.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// Folder for the copy; made by the command, must not exist
    folder: PathBuf,
    #[command(flatten)]
    json: Json,
}

/// Options of `restore`.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// Folder of the copy
    folder: PathBuf,
    #[command(flatten)]
    json: Json,
}

/// What a copy holds: file name → SHA-256.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    version: String,
    made_at: String,
    database: String,
    files: BTreeMap<String, String>,
}

const CONTENTS: &str = "backup.json";
const SQLITE: &str = "otklik.sqlite";
const POSTGRES: &str = "otklik.pgdump";
const KEY: &str = "journal-signing.pk8";
const HEADS: &str = "heads";
const SECRET: &str = "secret.key";

/// `otklik backup FOLDER`: consistent while the programme runs.
pub async fn backup(settings: Settings, args: &BackupArgs) -> Result<ExitCode> {
    let installation = Installation::open_as_it_is(settings).await?;
    let settings = &installation.settings;
    let folder = &args.folder;
    fs::create_dir(folder).with_context(|| format!("{}: папка не создаётся", folder.display()))?;
    let database = match &settings.database {
        Address::Sqlite(_) => {
            installation.db.copy_sqlite_to(&folder.join(SQLITE)).await?;
            SQLITE
        }
        Address::Postgres(url) => {
            let mut dump = postgres_tool("pg_dump", url)?;
            tool(dump.args(["--format=custom", "--file"]).arg(folder.join(POSTGRES)))?;
            POSTGRES
        }
    };
    fs::copy(&settings.secret_file, folder.join(SECRET))?;
    if settings.data_dir.join(KEY).exists() {
        fs::copy(settings.data_dir.join(KEY), folder.join(KEY))?;
    }
    copy_folder(&settings.data_dir.join(HEADS), &folder.join(HEADS))?;
    // After the database, which never knows more than the lake then.
    for (name, from) in settings.lake_folders() {
        copy_folder(&from, &folder.join(name))?;
    }
    let mut files = BTreeMap::new();
    for name in names(folder)? {
        let digest = digest(&folder.join(&name))?;
        files.insert(name, digest);
    }
    let contents = Contents {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: installation.clock.now().iso(),
        database: database.to_owned(),
        files,
    };
    fs::write(folder.join(CONTENTS), serde_json::to_string_pretty(&contents)?)?;
    args.json.print(&contents, &format!("Копия готова: {}", folder.display()))?;
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// `otklik restore FOLDER`: into an empty data folder; every digest is checked before anything is written.
pub async fn restore(settings: Settings, args: &RestoreArgs) -> Result<ExitCode> {
    let folder = &args.folder;
    let path = folder.join(CONTENTS);
    let text = fs::read_to_string(&path).with_context(|| format!("{}: не читается", path.display()))?;
    let contents: Contents =
        serde_json::from_str(&text).with_context(|| format!("{}: испорчен", path.display()))?;
    for (name, expected) in &contents.files {
        if Path::new(name).is_absolute() || name.contains("..") {
            bail!("{}: имя файла {name} недопустимо", path.display());
        }
        if &digest(&folder.join(name))? != expected {
            bail!("{}: содержимое не совпадает с записанным в {CONTENTS}", folder.join(name).display());
        }
    }
    let data = &settings.data_dir;
    if data.exists() && fs::read_dir(data)?.next().is_some() {
        bail!("{}: папка не пуста; восстановление возможно только в пустую", data.display());
    }
    let lake = settings.lake_folders();
    if lake.is_empty() && contents.files.keys().any(|name| name.starts_with("lake")) {
        bail!(
            "в копии есть папка озера, а настройка lake указывает на склад: укажите папку или другую копию"
        );
    }
    fs::create_dir_all(data)?;
    match &settings.database {
        Address::Sqlite(target) if contents.database == SQLITE => {
            fs::copy(folder.join(SQLITE), target)?;
        }
        Address::Postgres(url) if contents.database == POSTGRES => {
            let mut restore = postgres_tool("pg_restore", url)?;
            tool(restore.args(["--no-owner", "--exit-on-error"]).arg(folder.join(POSTGRES)))?;
        }
        _ => bail!(
            "копия сделана с другой базы данных ({}): укажите такую же в --database-url",
            contents.database
        ),
    }
    for name in contents.files.keys().filter(|name| **name != contents.database) {
        let of_lake =
            lake.iter().find_map(|(place, at)| Some(at.join(name.strip_prefix(place)?.strip_prefix('/')?)));
        let target = match of_lake {
            Some(target) => target,
            None if name == SECRET => settings.secret_file.clone(),
            None => data.join(name),
        };
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(folder.join(name), target)?;
    }
    let installation = Installation::open(settings).await?;
    args.json.print(&contents, "Копия восстановлена. Проверьте её: otklik doctor, otklik journal verify.")?;
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A program of PostgreSQL's on a database. The password goes by the environment: everybody on the machine can
/// read a command line.
fn postgres_tool(name: &str, address: &str) -> Result<Command> {
    let (address, password) = without_password(address)?;
    let mut command = Command::new(name);
    command.arg("--dbname").arg(address);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    Ok(command)
}

/// An address of PostgreSQL and the password that stood in it.
fn without_password(address: &str) -> Result<(String, Option<String>)> {
    let mut url = url::Url::parse(address).context("адрес базы данных не читается")?;
    let mut password = url.password().map(plain).transpose()?;
    if password.is_some() && url.set_password(None).is_err() {
        bail!("в адресе базы данных есть пароль, но нет сервера");
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().any(|(name, _)| name == "password") {
        let mut kept = url.query_pairs_mut();
        kept.clear();
        for (name, value) in pairs {
            if name == "password" {
                password = Some(value);
            } else {
                kept.append_pair(&name, &value);
            }
        }
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    Ok((url.into(), password))
}

fn plain(encoded: &str) -> Result<String> {
    let text = percent_encoding::percent_decode_str(encoded).decode_utf8();
    Ok(text.context("пароль в адресе базы данных не в UTF-8")?.into_owned())
}

fn tool(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| {
        format!("{name} не запускается; в Debian: sudo apt-get install -y postgresql-client")
    })?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Copies a folder with what lies below it, when there is one. The log of a lake comes before the files that it names:
/// those stay for hours after they are named no more. Files that are still being written are left out, and where the log
/// ends: it may say so of a commit that came after the others were listed.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir(to)?;
    let mut entries = fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| (entry.file_name() != LOG, entry.file_name()));
    let is_log = from.file_name().is_some_and(|name| name == LOG);
    let is_copied = |entry: &fs::DirEntry| match entry.file_name() {
        name if name == LAST => !is_log,
        name => name != SPOOL,
    };
    for entry in entries.into_iter().filter(is_copied) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            match fs::copy(entry.path(), &to) {
                // Swept meanwhile, so nothing names it.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                copied => {
                    copied.with_context(|| format!("{}: не копируется", entry.path().display()))?;
                }
            }
        }
    }
    Ok(())
}

/// The files of a copy, named with their folders.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            names.extend(self::names(&entry.path())?.into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    Ok(names)
}

/// SHA-256 of a file, read in pieces.
fn digest(path: &Path) -> Result<String> {
    use std::io::Read;
    let mut file = fs::File::open(path).with_context(|| format!("{}: не читается", path.display()))?;
    let mut sum = secret::Sum::default();
    let mut piece = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return Ok(code::hex(&sum.finish()));
        }
        sum.add(&piece[..n]);
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn qr14_a_password_never_stands_on_a_command_line() {
        for (address, without, password) in [
            ("postgres://otklik@db/feedback", "postgres://otklik@db/feedback", None),
            ("postgres://otklik:p%40ss@db:5433/f", "postgres://otklik@db:5433/f", Some("p@ss")),
            ("postgres://otklik@db/f?password=p%26q", "postgres://otklik@db/f", Some("p&q")),
            ("postgres://o:x@db/f?sslmode=require", "postgres://o@db/f?sslmode=require", Some("x")),
        ] {
            let (kept, taken) = without_password(address).unwrap();
            assert_eq!((kept.as_str(), taken.as_deref()), (without, password), "{address}");
        }
    }
}
