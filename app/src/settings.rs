//! Settings: flags first, then the environment, then the file, then defaults.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use ipnet::IpNet;
use otklik_db::Address;
use otklik_monitoring::Place;
use serde::Deserialize;

/// What can be set by flags, the environment (`OTKLIK_…`) and the file `otklik.toml`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Folder of the database, keys and other files of this installation [default: ./otklik-data]
    #[arg(long, env = "OTKLIK_DATA_DIR", global = true)]
    #[serde(skip)]
    pub data_dir: Option<PathBuf>,
    /// File of settings [default: otklik.toml in the data folder, when there is one]
    #[arg(long, env = "OTKLIK_CONFIG", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "OTKLIK_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// sqlite:PATH or postgres://… [default: sqlite in the data folder]
    #[arg(long, env = "OTKLIK_DATABASE_URL", global = true)]
    pub database_url: Option<String>,
    /// Public base address: links and QR codes carry it [default: http://ADDRESS]
    #[arg(long, env = "OTKLIK_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Base address of the admin zone on the Internet [default: the public one]
    #[arg(long, env = "OTKLIK_ADMIN_URL", global = true)]
    pub admin_url: Option<String>,
    /// Base address of the admin zone on the intranet, when there is one
    #[arg(long, env = "OTKLIK_INTRANET_URL", global = true)]
    pub intranet_url: Option<String>,
    /// How mail is sent.
    #[arg(
        long,
        env = "OTKLIK_MAIL",
        global = true,
        help = "smtp://[user:password@]HOST:PORT, smtps://… or file:FOLDER [default: file:mail in the data folder]"
    )]
    pub mail: Option<String>,
    /// Sender of mail.
    #[arg(
        long,
        env = "OTKLIK_MAIL_FROM",
        global = true,
        help = "Sender of mail [default: otklik@localhost]"
    )]
    pub mail_from: Option<String>,
    /// Days for which mail that was sent or given up stays in the queue, at least 30 [default: 365]
    #[arg(long, env = "OTKLIK_MAIL_DAYS", global = true)]
    pub mail_days: Option<u32>,
    /// Days after which the texts of responses are removed, at least 30; marks and figures stay [default: they are kept]
    #[arg(long, env = "OTKLIK_TEXTS_DAYS", global = true)]
    pub texts_days: Option<u32>,
    /// Networks of proxies whose X-Forwarded-For counts, separated by commas
    #[arg(long, env = "OTKLIK_TRUSTED_PROXIES", global = true, value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// Hint for recipients' addresses, with {code} and {region}
    #[arg(long, env = "OTKLIK_RECIPIENT_TEMPLATE", global = true)]
    pub recipient_template: Option<String>,
    /// Where the lake of the monitoring is: a folder, or s3://BUCKET/PREFIX with keys in AWS_… variables
    /// [default: lake in the data folder]
    #[arg(long, env = "OTKLIK_LAKE", global = true)]
    pub lake: Option<String>,
    /// Folders into which, and below which, daily data may be sent, separated by commas
    /// [default: sent in the data folder]
    #[arg(long, env = "OTKLIK_MONITORING_FOLDERS", global = true, value_delimiter = ',')]
    pub monitoring_folders: Option<Vec<PathBuf>>,
    /// File of the installation's secret, 64 hexadecimal digits; the same on every node
    /// [default: secret.key in the data folder, made when missing]
    #[arg(long, env = "OTKLIK_SECRET_FILE", global = true)]
    pub secret_file: Option<PathBuf>,
    /// Networks that may read /metrics, separated by commas [default: this machine]
    #[arg(long, env = "OTKLIK_METRICS_FROM", global = true, value_delimiter = ',')]
    pub metrics_from: Option<Vec<IpNet>>,
    /// Form of the log: text or json [default: text]
    #[arg(long, env = "OTKLIK_LOG_FORMAT", global = true)]
    pub log_format: Option<String>,
    /// What is logged [default: info]
    #[arg(long, env = "OTKLIK_LOG", global = true)]
    pub log: Option<String>,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the database, keys and other files.
    pub data_dir: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Which database, and where.
    pub database: Address,
    /// The public base address; nothing when it follows from the address listened on.
    pub public_url: Option<String>,
    /// The base address of the admin zone on the Internet; nothing when it is the public one.
    pub admin_url: Option<String>,
    /// The base address of the admin zone on the intranet.
    pub intranet_url: Option<String>,
    /// How mail is sent: `smtp://…`, `smtps://…` or `file:FOLDER`.
    pub mail: String,
    /// The sender of mail.
    pub mail_from: String,
    /// Days for which mail that was sent or given up stays in the queue.
    pub mail_days: u32,
    /// Days after which texts of responses are removed; nothing when they are kept.
    pub texts_days: Option<u32>,
    /// Networks of proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The hint for recipients' addresses.
    pub recipient_template: String,
    /// Where the lake of the monitoring is: a folder or `s3://bucket/prefix`.
    pub lake: String,
    /// Folders into which, and below which, daily data may be sent.
    pub monitoring_folders: Vec<PathBuf>,
    /// The file of the installation's secret.
    pub secret_file: PathBuf,
    /// Networks that may read `/metrics`; nothing for this machine only.
    pub metrics_from: Option<Vec<IpNet>>,
    /// Whether the log is a JSON object a line.
    pub is_json_log: bool,
    /// What is logged.
    pub log: String,
}

impl Settings {
    /// Puts the layers together.
    ///
    /// # Errors
    /// When the file can't be read or a value is wrong, naming file and setting.
    pub fn resolve(flags: Options) -> Result<Self> {
        let data_dir = flags.data_dir.clone().unwrap_or_else(|| PathBuf::from("otklik-data"));
        let beside = data_dir.join("otklik.toml");
        let file = match &flags.config {
            Some(path) => read(path)?,
            None if beside.exists() => read(&beside)?,
            None => Options::default(),
        };
        let listen = flags.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let database = match flags.database_url.or(file.database_url) {
            Some(text) => text.parse()?,
            None => Address::Sqlite(data_dir.join("otklik.sqlite")),
        };
        let mail =
            flags.mail.or(file.mail).unwrap_or_else(|| format!("file:{}", data_dir.join("mail").display()));
        let log_format = flags.log_format.or(file.log_format).unwrap_or_else(|| "text".into());
        if !["text", "json"].contains(&log_format.as_str()) {
            bail!("log_format: «{log_format}»: нужно text или json");
        }
        let mail_days = flags.mail_days.or(file.mail_days).unwrap_or(365);
        if mail_days < 30 {
            bail!("mail_days: {mail_days}: нужно не меньше 30");
        }
        let texts_days = flags.texts_days.or(file.texts_days);
        if let Some(days) = texts_days.filter(|days| *days < 30) {
            bail!("texts_days: {days}: нужно не меньше 30");
        }
        Ok(Self {
            listen,
            database,
            public_url: base("public_url", flags.public_url.or(file.public_url))?,
            admin_url: base("admin_url", flags.admin_url.or(file.admin_url))?,
            intranet_url: base("intranet_url", flags.intranet_url.or(file.intranet_url))?,
            mail,
            mail_days,
            texts_days,
            mail_from: flags.mail_from.or(file.mail_from).unwrap_or_else(|| "otklik@localhost".into()),
            trusted_proxies: flags.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            recipient_template: flags
                .recipient_template
                .or(file.recipient_template)
                .unwrap_or_else(|| "vashkontrol{code}@r{region}.nalog.ru".into()),
            lake: flags.lake.or(file.lake).unwrap_or_else(|| data_dir.join("lake").display().to_string()),
            monitoring_folders: folders(
                flags
                    .monitoring_folders
                    .or(file.monitoring_folders)
                    .unwrap_or_else(|| vec![data_dir.join("sent")]),
            )?,
            secret_file: flags
                .secret_file
                .or(file.secret_file)
                .unwrap_or_else(|| data_dir.join("secret.key")),
            metrics_from: flags.metrics_from.or(file.metrics_from),
            is_json_log: log_format == "json",
            log: flags.log.or(file.log).unwrap_or_else(|| "info".into()),
            data_dir,
        })
    }

    /// Where the lake of the monitoring lies.
    ///
    /// # Errors
    /// The address isn't understood, or its folder can't be made.
    pub fn lake(&self) -> Result<Place> {
        self.place(&self.lake)
    }

    /// Where files of deliveries lie: beside the lake, so that every node reaches them.
    ///
    /// # Errors
    /// The address isn't understood, or its folder can't be made.
    pub fn deliveries(&self) -> Result<Place> {
        self.place(&format!("{}-deliveries", self.lake.trim_end_matches('/')))
    }

    /// The folders of the lake and of its deliveries by the names that they have in a copy; none when they lie in a store.
    #[must_use]
    pub fn lake_folders(&self) -> Vec<(&'static str, PathBuf)> {
        if !Place::is_folder(&self.lake) {
            return Vec::new();
        }
        let lake = self.lake.trim_end_matches('/');
        vec![("lake", lake.into()), ("lake-deliveries", format!("{lake}-deliveries").into())]
    }

    fn place(&self, address: &str) -> Result<Place> {
        let spool = self.data_dir.join("spool");
        Place::parse(address, store_settings(), spool).with_context(|| format!("настройка lake: «{address}»"))
    }

    /// What handlers need, once the port is known.
    #[must_use]
    pub fn for_web(&self, listening: SocketAddr) -> otklik_web::Settings {
        let host = match listening.ip() {
            ip if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
            ip => ip,
        };
        let own = format!("http://{}", SocketAddr::new(host, listening.port()));
        let public_url = self.public_url.clone().unwrap_or(own);
        let admin_url = self.admin_url.clone().unwrap_or_else(|| public_url.clone());
        otklik_web::Settings {
            admin_urls: [Some(admin_url), self.intranet_url.clone()].into_iter().flatten().collect(),
            public_url,
            trusted_proxies: self.trusted_proxies.clone(),
            recipient_template: self.recipient_template.clone(),
            mail_from: self.mail_from.clone(),
        }
    }
}

/// Settings of an S3-compatible store, from the variables that its own tools use: `AWS_ENDPOINT`, `AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`.
#[expect(clippy::disallowed_methods, reason = "these are settings, named as the store's own tools name them")]
fn store_settings() -> Vec<(String, String)> {
    let all = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
    all.map(|(name, value)| (name.to_lowercase(), value)).collect()
}

fn read(path: &Path) -> Result<Options> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: не читается", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{}: ошибка в настройках", path.display()))
}

/// Folders by their whole paths: one of a page can't depend on where the programme was started.
fn folders(named: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let whole = |folder: PathBuf| {
        let wrong = || format!("monitoring_folders: «{}»: нужен путь папки", folder.display());
        std::path::absolute(&folder).with_context(wrong)
    };
    named.into_iter().map(whole).collect()
}

/// A base address: with a scheme, without a path's last slash.
fn base(name: &str, value: Option<String>) -> Result<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    let trimmed = value.trim_end_matches('/');
    let is_address = ["http://", "https://"].iter().any(|scheme| {
        trimmed.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.contains([' ', '?', '#']))
    });
    if !is_address {
        bail!("{name}: «{value}»: нужен адрес вида https://otklik.example.ru");
    }
    Ok(Some(trimmed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = std::env::temp_dir().join(format!("otklik-settings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join("otklik.toml"),
            "public_url = 'https://a.example/'\nmail_from = 'a@b.example'\n",
        )
        .unwrap();
        let flags = Options {
            data_dir: Some(folder.clone()),
            mail_from: Some("c@d.example".into()),
            ..Options::default()
        };
        let settings = Settings::resolve(flags.clone()).unwrap();
        assert_eq!(settings.mail_from, "c@d.example");
        let web = settings.for_web("0.0.0.0:99".parse().unwrap());
        assert_eq!(
            (web.public_url.as_str(), web.admin_urls[0].as_str()),
            ("https://a.example", "https://a.example")
        );
        assert_eq!(settings.database, Address::Sqlite(folder.join("otklik.sqlite")));
        std::fs::write(folder.join("otklik.toml"), "publik_url = 'x'\n").unwrap();
        let error = format!("{:#}", Settings::resolve(flags).unwrap_err());
        assert!(error.contains("otklik.toml") && error.contains("publik_url"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn mon18_folders_to_send_into_are_whole_paths_and_that_of_the_data_folder_without_a_setting() {
        let of = |data_dir: &str, folders: Option<&[&str]>| {
            let monitoring_folders = folders.map(|all| all.iter().map(PathBuf::from).collect());
            let data_dir = Some(PathBuf::from(data_dir));
            Settings::resolve(Options { data_dir, monitoring_folders, ..Options::default() })
        };
        let here = std::env::current_dir().unwrap();
        assert_eq!(of("/nowhere", None).unwrap().monitoring_folders, [PathBuf::from("/nowhere/sent")]);
        assert_eq!(of("data", None).unwrap().monitoring_folders, [here.join("data/sent")]);
        let two = of("/nowhere", Some(&["/mnt/exchange", "out"])).unwrap().monitoring_folders;
        assert_eq!(two, [PathBuf::from("/mnt/exchange"), here.join("out")]);
        let error = format!("{:#}", of("/nowhere", Some(&[""])).unwrap_err());
        assert!(error.contains("monitoring_folders"), "{error}");
    }

    #[test]
    fn org6_base_addresses_are_checked() {
        for wrong in ["order.nalog.ru", "ftp://x", "https://", "https://a b"] {
            assert!(base("public_url", Some(wrong.into())).is_err(), "{wrong}");
        }
    }
}
