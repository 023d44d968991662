//! Putting the demo content into the database, by the same functions that the pages use.

use std::collections::HashMap;

use anyhow::{Context as _, Result, anyhow, bail};
use otklik_access::{Role, Scope};
use otklik_jobs::Worker;
use otklik_journal::Actor;
use otklik_kernel::{Id, Instant, Zone};
use otklik_organisations::act::Act;
use otklik_organisations::people::PersonFields;
use otklik_organisations::{Body, import, password as hashing, people, store, units};
use otklik_questionnaires::{Mark, Marks, Questionnaires};
use otklik_responses::suspicion::is_too_fast;
use otklik_responses::{Acceptor, NewResponse, Suspicion, offices as by_office};
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
/// After so many responses their events are handled before more are made.
const EVENTS: usize = 8_192;
/// Rows of one transaction where responses of the past are looked through.
const PAGE: u64 = 5_000;
/// Of so many invented responses one was answered too fast.
const HASTY: usize = 64;

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
    let all = content::bodies();
    let shown = *bodies.get(SHOWN).context("показанный офис есть в данных")?;
    units::add(&ctx.db, &SYSTEM, &act, shown, "Отдел работы с налогоплательщиками", true)
        .await
        .map_err(|refusal| anyhow!("подразделение: {refusal:?}"))?;
    days::officials(ctx, &all, &bodies).await?;
    register::recipients(ctx, &all, &bodies, &register::NOBODY, &trace).await?;
    register::responsibles(ctx, &bodies).await?;
    alerts(ctx, &bodies, &trace).await?;
    super::posters::hang(ctx, &act).await?;
    let year = Year { seed, volume: content::VOLUME, has_hasty: false };
    responses(ctx, &content::offices(&all), &bodies, year).await?;
    look_through(ctx).await?;
    days::look(ctx).await?;
    let (hub, depot) = crate::wire::lake(ctx, &installation.settings)?;
    super::monitoring::fill(ctx, (&hub, &depot), &bodies, seed, &installation.settings.data_dir).await
}

/// Fills an installation that has bodies and no responses: recipients of every office with accounts behind them, and
/// a year of so many responses, as [`fill`] does; for trials of large installations.
pub async fn invent(ctx: &Ctx, trace: &str, seed: u64, volume: usize) -> Result<()> {
    use otklik_responses::store::{Filter, count_up_to};
    if count_up_to(ctx.db.read(), &SYSTEM, &Filter::default(), 1).await? > 0 {
        bail!("отклики уже есть; выдуманные создаются только там, где нет ни одного");
    }
    let stored = store::all(ctx.db.read(), &SYSTEM).await?;
    let all: Vec<content::DemoBody> =
        stored.iter().filter(|body| body.closed_at.is_none()).map(known).collect();
    let ids: HashMap<String, Id> = stored.into_iter().map(|body| (body.fields.code, body.id)).collect();
    let offices = content::offices(&all);
    if offices.is_empty() {
        bail!("нет ни одного офиса; органы загружает otklik bodies import");
    }
    days::officials(ctx, &all, &ids).await?;
    register::recipients(ctx, &all, &ids, &[], trace).await?;
    responses(ctx, &offices, &ids, Year { seed, volume, has_hasty: true }).await?;
    look_through(ctx).await?;
    days::look(ctx).await
}

/// A body of the installation as the demo content knows it.
fn known(body: &Body) -> content::DemoBody {
    content::DemoBody {
        code: body.fields.code.clone(),
        parent_code: String::new(),
        kind: body.fields.kind.code().to_owned(),
        region: body.fields.region.clone(),
        time_zone: body.fields.zone.name().to_owned(),
        office: if body.fields.is_office { "да" } else { "нет" }.to_owned(),
    }
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

/// What the responses of a year are made from.
#[derive(Clone, Copy)]
struct Year {
    seed: u64,
    volume: usize,
    /// Whether some were answered too fast.
    has_hasty: bool,
}

/// A year of responses, through the same acceptance as people's, without mail about the past.
async fn responses(
    ctx: &Ctx,
    offices: &[content::DemoOffice],
    bodies: &HashMap<String, Id>,
    year: Year,
) -> Result<()> {
    let questionnaires = Questionnaires::open(&ctx.db).await?;
    let version = questionnaires.newest();
    let keys: Vec<char> = version.questionnaire.criteria.iter().map(|criterion| criterion.key).collect();
    let worker = Worker::new(ctx.db.clone(), ctx.clock.clone(), otklik_responses::handlers());
    let acceptor = Acceptor::start(ctx, Vec::new(), worker.waker()).await?;
    let mut sending = JoinSet::new();
    let made = content::responses(year.seed, year.volume, offices, ctx.now());
    for (number, response) in made.enumerate() {
        let office = &offices[response.office];
        let is_hasty = year.has_hasty && number % HASTY == HASTY - 1;
        let shown = response.at.plus(if is_hasty { -2 } else { -40 } * Instant::SECOND);
        let mut token = [0; 16];
        token[..7].copy_from_slice(&shown.0.to_be_bytes()[1..]);
        ctx.random.fill(&mut token[7..]);
        let marks = keys
            .iter()
            .zip(response.marks)
            .filter_map(|(&key, mark)| Some((key, if mark? { Mark::Happy } else { Mark::Sad })));
        let suspicion = match is_too_fast(shown, response.at) {
            true => Suspicion::default().with(Suspicion::TOO_FAST),
            false => Suspicion::default(),
        };
        let new = NewResponse {
            body: bodies[&office.code],
            questionnaire: version.version,
            received_at: response.at,
            day: response.at.day_in(&office.zone),
            marks: Marks::new(marks),
            comment: response.comment,
            suspicion,
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
        if number % EVENTS == EVENTS - 1 {
            worker.run_once().await?;
            by_office::settle(&ctx.db).await?;
        }
    }
    while let Some(done) = sending.join_next().await {
        done??;
    }
    worker.run_once().await?;
    by_office::settle(&ctx.db).await?;
    Ok(())
}

/// Most negative responses of the past were looked through, and for some it is written what was done.
async fn look_through(ctx: &Ctx) -> Result<()> {
    use otklik_responses::store::{Filter, lines, set_looked, set_outcome};
    const DONE: [&str; 4] = [
        "Открыто дополнительное окно приёма в часы наибольшей нагрузки.",
        "С сотрудником проведена беседа, порядок приёма разъяснён.",
        "Обновлены образцы заполнения на информационном стенде № 1.",
        "Отремонтирован терминал электронной очереди.",
    ];
    let until = ctx.now().plus(-LOOKED_AFTER);
    let old = Filter { to: Some(until.day_in(&Zone::utc())), negative: Some(true), ..Filter::default() };
    let (mut below, mut number) = (Id::MAX, 0);
    loop {
        let found = lines(ctx.db.read(), &SYSTEM, &old, below, PAGE).await?;
        let Some(last) = found.last() else { return Ok(()) };
        below = last.id;
        let tx = ctx.db.begin().await?;
        for response in &found {
            if number % 17 != 0 {
                let looked_at = response.received_at.plus(20 * Instant::HOUR);
                set_looked(&tx, response.id, looked_at, "Группа по качеству").await?;
                if number % 9 == 0 {
                    let done = DONE[number / 9 % DONE.len()];
                    set_outcome(&tx, response.id, looked_at.plus(Instant::DAY), done).await?;
                }
            }
            number += 1;
        }
        tx.commit().await?;
    }
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
    let accounts = content::once_each()
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
