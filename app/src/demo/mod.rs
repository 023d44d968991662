//! `otklik demo`: fills an empty installation with believable content and serves it.

pub mod content;
mod days;
mod fill;
mod monitoring;
mod posters;
mod register;

pub use fill::invent;

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use otklik_kernel::{Instant, StandingClock};
use serde_json::json;

use crate::installation::Installation;
use crate::settings::Settings;
use crate::{serve, wire};

/// Options of `demo`.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Number that decides the content: the same number, the same responses
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Moment at which the clock stands, such as 2026-11-20T15:00:00+10:00: the same pages each time
    #[arg(long)]
    at: Option<Instant>,
}

/// Fills the data folder when it is empty, writes `demo.json`, and serves.
pub async fn demo(settings: Settings, args: DemoArgs) -> Result<ExitCode> {
    let file = settings.data_dir.join("demo.json");
    let is_made = file.exists();
    if !is_made && settings.data_dir.exists() {
        let own = ["mail", "otklik.toml"];
        let mut names =
            fs::read_dir(&settings.data_dir)?.filter_map(|entry| entry.ok().map(|entry| entry.file_name()));
        if let Some(name) = names.find(|name| !own.iter().any(|own| name == own)) {
            bail!(
                "{}: папка не пуста ({}); демонстрационные данные создаются только в пустой",
                settings.data_dir.display(),
                name.display()
            );
        }
    }
    let (listener, address) = serve::listen(&settings).await?;
    let mut installation = Installation::open(settings).await?;
    if let Some(at) = args.at {
        installation.clock = Arc::new(StandingClock(at));
    }
    let ctx = wire::context(&installation, address);
    if !is_made {
        fill::fill(&installation, &ctx, args.seed).await.context("демонстрационные данные не созданы")?;
    }
    let public_url = &ctx.settings.public_url;
    let admin_url = format!("{}/admin/", ctx.settings.admin_urls[0]);
    let described = fill::describe(&ctx).await?;
    let contents = json!({
        "public_url": public_url,
        "admin_url": admin_url,
        "mail": installation.settings.mail,
        "closed_code": fill::CLOSED,
        "accounts": described.accounts,
        "offices": described.offices,
    });
    let fresh = file.with_extension("json.new");
    fs::write(&fresh, serde_json::to_string_pretty(&contents)?)?;
    fs::rename(&fresh, &file)?;
    println!("Анкета:              {public_url}/qr/{}/", fill::SHOWN);
    println!("Административная зона: {admin_url}");
    println!("Почта:               {}", installation.settings.mail);
    println!("Учётные записи (логин, пароль, роль):");
    for account in content::once_each() {
        println!("  {:<14} {:<26} {}", account.login, fill::password(account.login), account.title);
    }
    println!("Всё это и адреса всех анкет: {}", file.display());
    serve::run(installation, listener, address).await
}
