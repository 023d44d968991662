//! Putting the demo content into the database, by the same functions that the pages use.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use otklik_access::{Role, Scope};
use otklik_jobs::Worker;
use otklik_journal::Actor;
use otklik_kernel::{Id, Instant, Zone};
use otklik_organisations::act::Act;
use otklik_organisations::people::PersonFields;
use otklik_organisations::{import, password as hashing, people, store};
use otklik_questionnaires::{Mark, Marks, Questionnaires};
use otklik_responses::{Acceptor, NewResponse, Suspicion};
use otklik_web::Ctx;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{content, days, register};
use crate::installation::Installation;

/// An office that is shown first.
pub const SHOWN: &str = "2724";
/// An office that is closed.
pub const CLOSED: &str = "2705-1";
/// How old a negative response must be to have been looked through.
const LOOKED_AFTER: i64 = 2 * Instant::DAY;
/// Responses on their way at once.
const AT_ONCE: usize = 256;

const SYSTEM: Scope = Scope::system("demo content");

/// The password of a demo account.
#[must_use]
pub fn password(login: &str) -> String {
    format!("{login}-otklik-demo")
}

/// Fills an empty installation.
pub async fn fill(installation: &Installation, ctx: &Ctx, seed: u64) -> Result<()> {
    let trace = installation.trace();
    let act = Act::by(ctx, Actor::System("demo"), &trace);
    let report = import::run(&ctx.db, &SYSTEM, &act, content::BODIES, false).await?;
    if let Some(error) = report.errors.first() {
        bail!("строка {}, {}: {}", error.row, error.column, error.message);
    }
    let bodies: HashMap<String, Id> = store::all(ctx.db.read(), &SYSTEM)
        .await?
        .into_iter()
        .map(|body| (body.fields.code, body.id))
        .collect();
    let tx = ctx.db.begin().await?;
    let closed = bodies.get(CLOSED).context("закрытый офис есть в данных")?;
    store::set_closed(&tx, *closed, Some(ctx.now().plus(-40 * Instant::DAY))).await?;
    tx.commit().await?;
    accounts(ctx, &bodies).await?;
    days::officials(ctx, &bodies).await?;
    register::recipients(ctx, &bodies, &trace).await?;
    register::responsibles(ctx, &bodies).await?;
    alerts(ctx, &bodies, &trace).await?;
    super::posters::hang(ctx, &act).await?;
    responses(ctx, &bodies, seed).await?;
    look_through(ctx).await?;
    days::look(ctx).await
}

async fn accounts(ctx: &Ctx, bodies: &HashMap<String, Id>) -> Result<()> {
    let mut made: HashMap<&str, Id> = HashMap::new();
    let regions: HashMap<String, String> =
        content::bodies().into_iter().map(|body| (body.code, body.region)).collect();
    for account in content::ACCOUNTS {
        let body = *bodies.get(account.body_code).with_context(|| format!("тело {}", account.body_code))?;
        let role = Role::find(account.role).with_context(|| format!("роль {}", account.role))?;
        let known = made.get(account.login).copied();
        let hash = match known {
            Some(_) => String::new(),
            None => hashing::hash(&password(account.login), &*ctx.random).await?,
        };
        let tx = ctx.db.begin().await?;
        let id = known.unwrap_or_else(|| ctx.new_id());
        if known.is_none() {
            let fields = PersonFields {
                login: account.login.to_owned(),
                name: account.title.to_owned(),
                body,
                position: String::new(),
                phone: String::new(),
                email: email(account, &regions),
                unit: None,
            };
            people::add(&tx, id, &fields, &hash, false, ctx.now()).await?;
            made.insert(account.login, id);
        }
        people::grant(&tx, id, body, role, ctx.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The address among the recipients of their office, where they are one (QR-7).
fn email(account: &content::DemoAccount, regions: &HashMap<String, String>) -> String {
    let at = match account.role {
        "deputy_head" => 1,
        "unit_head" => 2,
        _ => return String::new(),
    };
    let region = regions.get(account.body_code).map_or("", String::as_str);
    content::recipients(account.body_code, region).swap_remove(at)
}

/// A region whose offices are told of more than the rule says.
async fn alerts(ctx: &Ctx, bodies: &HashMap<String, Id>, trace: &str) -> Result<()> {
    let region = *bodies.get("2700").context("регион есть в данных")?;
    let alerts = otklik_notifications::Alerts {
        several: Some(3),
        words: ["очеред", "груб", "пандус"].map(str::to_owned).to_vec(),
        daily_hour: Some(9),
        ..otklik_notifications::Alerts::default()
    };
    let tx = ctx.db.begin().await?;
    otklik_notifications::set_alerts(&tx, ctx, Actor::System("demo"), trace, region, Some(&alerts)).await?;
    tx.commit().await?;
    Ok(())
}

/// A year of responses, through the same acceptance as people's, without mail about the past.
async fn responses(ctx: &Ctx, bodies: &HashMap<String, Id>, seed: u64) -> Result<()> {
    let offices = content::offices(&content::bodies());
    let questionnaires = Questionnaires::open(&ctx.db).await?;
    let version = questionnaires.newest();
    let keys: Vec<char> = version.questionnaire.criteria.iter().map(|criterion| criterion.key).collect();
    let worker = Worker::new(ctx.db.clone(), ctx.clock.clone(), otklik_responses::handlers());
    let acceptor = Acceptor::start(ctx, Vec::new(), worker.waker()).await?;
    let mut sending = JoinSet::new();
    for response in content::responses(seed, &offices, ctx.now()) {
        let office = &offices[response.office];
        let mut token = [0; 16];
        token[..7].copy_from_slice(&response.at.plus(-40 * Instant::SECOND).0.to_be_bytes()[1..]);
        ctx.random.fill(&mut token[7..]);
        let marks = keys
            .iter()
            .zip(response.marks)
            .filter_map(|(&key, mark)| Some((key, if mark? { Mark::Happy } else { Mark::Sad })));
        let new = NewResponse {
            body: bodies[&office.code],
            questionnaire: version.version,
            received_at: response.at,
            day: response.at.day_in(&office.zone),
            marks: Marks::new(marks),
            comment: response.comment,
            suspicion: Suspicion::default(),
            token,
            device: ctx.random.bytes(),
            trace: otklik_web::Trace::new(&*ctx.random).0,
        };
        let acceptor = acceptor.clone();
        sending.spawn(async move { acceptor.accept(new).await.map(|_| ()) });
        if sending.len() >= AT_ONCE
            && let Some(done) = sending.join_next().await
        {
            done??;
        }
    }
    while let Some(done) = sending.join_next().await {
        done??;
    }
    worker.run_once().await?;
    Ok(())
}

/// Most negative responses of the past were looked through, and for some it is written what was done.
async fn look_through(ctx: &Ctx) -> Result<()> {
    use otklik_responses::store::{Filter, list, set_looked, set_outcome};
    const DONE: [&str; 4] = [
        "Открыто дополнительное окно приёма в часы наибольшей нагрузки.",
        "С сотрудником проведена беседа, порядок приёма разъяснён.",
        "Обновлены образцы заполнения на информационном стенде № 1.",
        "Отремонтирован терминал электронной очереди.",
    ];
    let until = ctx.now().plus(-LOOKED_AFTER);
    let old = Filter { to: Some(until.day_in(&Zone::utc())), negative: Some(true), ..Filter::default() };
    let found = list(ctx.db.read(), &SYSTEM, &old, 1_000_000, 0).await?;
    let tx = ctx.db.begin().await?;
    for (number, response) in found.iter().enumerate().filter(|(number, _)| number % 17 != 0) {
        let looked_at = response.received_at.plus(20 * Instant::HOUR);
        set_looked(&tx, response.id, looked_at, "quality27").await?;
        if number % 9 == 0 {
            set_outcome(&tx, response.id, looked_at.plus(Instant::DAY), DONE[number / 9 % DONE.len()])
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What `demo.json` says of accounts and offices.
pub struct Described {
    pub accounts: Vec<Value>,
    pub offices: Vec<Value>,
}

/// Describes the demo content of an installation.
pub async fn describe(ctx: &Ctx) -> Result<Described> {
    let bodies = store::all(ctx.db.read(), &SYSTEM).await?;
    let by_code: HashMap<&str, _> = bodies.iter().map(|body| (body.fields.code.as_str(), body)).collect();
    let accounts = content::ACCOUNTS
        .iter()
        .filter_map(|account| {
            let body = by_code.get(account.body_code)?;
            Some(json!({
                "login": account.login,
                "password": password(account.login),
                "role": account.role,
                "title": account.title,
                "body": account.body_code,
                "body_id": body.id.to_string(),
                "body_name": body.fields.short_name,
            }))
        })
        .collect();
    let offices = bodies
        .iter()
        .filter(|body| body.fields.is_office && body.closed_at.is_none())
        .map(|body| {
            json!({
                "code": body.fields.code,
                "name": body.fields.short_name,
                "url": format!("{}/qr/{}/", ctx.settings.public_url, body.fields.code),
                "id": body.id.to_string(),
            })
        })
        .collect();
    Ok(Described { accounts, offices })
}
