//! An installation: its folder, its secret, its database.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use otklik_db::{Address, Db, Migration};
use otklik_kernel::random::SharedRandom;
use otklik_kernel::time::SharedClock;
use otklik_kernel::{Ids, Random, Secret, SystemClock, SystemRandom, code};

use crate::settings::Settings;

/// Every slice's steps of the schema.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [
        otklik_db::MIGRATIONS,
        otklik_access::MIGRATIONS,
        otklik_organisations::MIGRATIONS,
        otklik_jobs::MIGRATIONS,
        otklik_journal::MIGRATIONS,
        otklik_questionnaires::MIGRATIONS,
        otklik_responses::MIGRATIONS,
        otklik_notifications::MIGRATIONS,
        otklik_materials::MIGRATIONS,
        otklik_monitoring::MIGRATIONS,
    ]
    .concat()
}

/// What commands and the server share.
#[derive(Clone)]
pub struct Installation {
    /// The settings in force.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: SharedClock,
    /// The source of randomness.
    pub random: SharedRandom,
    /// The maker of identifiers.
    pub ids: Arc<Ids>,
    /// The secret that keys are derived from.
    pub secret: Secret,
}

impl Installation {
    /// Opens an installation with its schema up to date; makes folder, secret and database when missing.
    ///
    /// # Errors
    /// When a file or the database can't be used, naming it.
    pub async fn open(settings: Settings) -> Result<Self> {
        let installation = Self::connect(settings).await?;
        otklik_db::migrate(&installation.db, &migrations())
            .await
            .context("схема базы данных не обновлена")?;
        otklik_questionnaires::publish_built_in(&installation.db, installation.clock.now()).await?;
        Ok(installation)
    }

    /// Opens an installation that there is, with its schema up to date.
    ///
    /// # Errors
    /// When there is none, or a file or the database can't be used, naming it.
    pub async fn open_existing(settings: Settings) -> Result<Self> {
        must_be(&settings)?;
        Self::open(settings).await
    }

    /// Opens an installation that there is, without changing its schema.
    ///
    /// # Errors
    /// When there is none, or a file or the database can't be used, naming it.
    pub async fn open_as_it_is(settings: Settings) -> Result<Self> {
        must_be(&settings)?;
        Self::connect(settings).await
    }

    /// Opens an installation without changing its schema; makes folder, secret and database when missing.
    ///
    /// # Errors
    /// When a file or the database can't be used, naming it.
    pub async fn connect(settings: Settings) -> Result<Self> {
        let folder = &settings.data_dir;
        fs::create_dir_all(folder).with_context(|| format!("{}: папка не создаётся", folder.display()))?;
        let secret = secret(&settings.secret_file)?;
        let db = Db::open(&settings.database).await.with_context(|| match &settings.database {
            Address::Sqlite(path) => format!("{}: база данных не открывается", path.display()),
            Address::Postgres(_) => "PostgreSQL не отвечает".to_owned(),
        })?;
        Ok(Self {
            settings,
            db,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            ids: Arc::default(),
            secret,
        })
    }

    /// The log's trace of a command.
    #[must_use]
    pub fn trace(&self) -> String {
        otklik_web::Trace::new(&*self.random).0
    }
}

/// Whether there is an installation: its database, or its secret where the database is a server's.
#[must_use]
pub fn is_there(settings: &Settings) -> bool {
    match &settings.database {
        Address::Sqlite(path) => path.exists(),
        Address::Postgres(_) => settings.secret_file.exists(),
    }
}

/// Only what makes or changes an installation may begin one.
fn must_be(settings: &Settings) -> Result<()> {
    if !is_there(settings) {
        bail!("{}: установки здесь нет", settings.data_dir.display());
    }
    Ok(())
}

/// Reads the secret, or makes it with access for its owner only.
fn secret(path: &Path) -> Result<Secret> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let bytes = (&SystemRandom as &dyn Random).bytes::<32>();
            file.write_all(code::hex(&bytes).as_bytes())?;
            file.sync_all()?;
            Ok(Secret::new(&bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let text =
                fs::read_to_string(path).with_context(|| format!("{}: не читается", path.display()))?;
            let bytes = code::read_hex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            match bytes {
                Some(bytes) => Ok(Secret::new(&bytes)),
                None => bail!("{}: нужны 64 шестнадцатеричные цифры", path.display()),
            }
        }
        Err(error) => Err(error).with_context(|| format!("{}: не создаётся", path.display())),
    }
}
