//! `otklik user`: accounts from the command line, above all the first one.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use otklik_access::{Role, Scope};
use otklik_journal::Actor;
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::people::PersonFields;
use otklik_organisations::{password, people, sessions, store};
use serde_json::json;

use crate::commands::Json;
use crate::installation::Installation;
use crate::settings::Settings;
use crate::wire;

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account with a role on a body
    Add {
        /// Login
        #[arg(long)]
        login: String,
        /// Name shown in the interface
        #[arg(long)]
        name: String,
        /// Code of the body
        #[arg(long)]
        body: String,
        /// Role: administrator, responsible_employee, unit_head, deputy_head, head, quality_group, …
        #[arg(long)]
        role: String,
        /// Read the password from the standard input; without it a temporary one is made and printed
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Make a new temporary password, end all sessions, take off a lock
    ResetPassword {
        /// Login
        login: String,
        #[command(flatten)]
        json: Json,
    },
}

/// Runs the command.
pub async fn run(settings: Settings, command: UserCommand) -> anyhow::Result<ExitCode> {
    let listen = settings.listen;
    let installation = Installation::open(settings).await?;
    let ctx = wire::context(&installation, listen);
    let trace = installation.trace();
    let act = Act::by(&ctx, Actor::System("command"), &trace);
    let scope = Scope::system("a command of the operator");
    match command {
        UserCommand::Add { login, name, body, role, password_stdin, json } => {
            let login = people::fold_login(&login);
            if !people::is_login(&login) {
                bail!(
                    "логин «{login}»: нужны от 3 до 64 знаков: буквы, цифры, точка, дефис, подчёркивание, @"
                );
            }
            let role = Role::find(&role).with_context(|| {
                format!("роль «{role}» неизвестна; есть: {}", Role::ALL.map(Role::code).join(", "))
            })?;
            let body = store::find_by_code(ctx.db.read(), &scope, &body).await?.with_context(|| {
                format!("органа с кодом «{body}» нет; список загружает otklik bodies import")
            })?;
            if people::store::is_login_taken(ctx.db.read(), &login, None).await? {
                bail!("логин «{login}» уже занят");
            }
            let secret = if password_stdin {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text)?;
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                if password::weakness(&text, &login).is_some() {
                    bail!(
                        "пароль слишком простой: нужно не меньше {} знаков, не логин и не частый пароль",
                        password::SHORTEST
                    );
                }
                text
            } else {
                password::temporary(&*ctx.random)
            };
            let hash = password::hash(&secret, &*ctx.random).await?;
            let id = act.new_id();
            let tx = ctx.db.begin().await?;
            let fields = PersonFields {
                login: login.clone(),
                name,
                body: body.id,
                position: String::new(),
                phone: String::new(),
                email: String::new(),
                unit: None,
            };
            people::add(&tx, id, &fields, &hash, !password_stdin, act.now).await?;
            people::grant(&tx, id, body.id, role, act.now).await?;
            let after =
                json!({ "login": login, "name": fields.name, "role": role.code(), "body": body.fields.code });
            let entry = Entry {
                action: "people.create",
                subject: Some(("person", id)),
                body: Some(body.id),
                before: None,
                after: Some(after),
            };
            act.journal(&tx, entry).await?;
            tx.commit().await?;
            let shown = (!password_stdin).then_some(secret);
            let words = match &shown {
                Some(secret) => format!("Учётная запись {login} создана. Временный пароль: {secret}"),
                None => format!("Учётная запись {login} создана."),
            };
            json.print(
                &json!({ "id": id.to_string(), "login": login, "temporary_password": shown }),
                &words,
            )?;
        }
        UserCommand::ResetPassword { login, json } => {
            let login = people::fold_login(&login);
            let (person, _) = people::store::find_by_login(ctx.db.read(), &login)
                .await?
                .with_context(|| format!("учётной записи «{login}» нет"))?;
            let secret = password::temporary(&*ctx.random);
            let hash = password::hash(&secret, &*ctx.random).await?;
            let tx = ctx.db.begin().await?;
            people::set_password(&tx, person.id, &hash, true).await?;
            people::store::set_lock(&tx, person.id, otklik_organisations::lock::Lock::default()).await?;
            sessions::end_all(&tx, person.id, None).await?;
            let entry = Entry {
                action: "people.reset_password",
                subject: Some(("person", person.id)),
                body: Some(person.fields.body),
                ..Entry::default()
            };
            act.journal(&tx, entry).await?;
            tx.commit().await?;
            let words = format!("Временный пароль для {login}: {secret}");
            json.print(&json!({ "login": login, "temporary_password": secret }), &words)?;
        }
    }
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}
