//! Who looked through which days in the demo (QR-12): accounts behind the recipients of offices, and gaps on purpose.

use std::collections::HashMap;

use anyhow::Result;
use otklik_access::{Role, Scope};
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_notifications::read::watchers;
use otklik_organisations::people::{self, PersonFields};
use otklik_organisations::store;
use otklik_responses::days::{Mark, REMINDED, received, set};
use otklik_web::Ctx;

use super::content;
use super::fill::SHOWN;

const SYSTEM: Scope = Scope::system("demo content");
/// Offices where nobody has an account, on purpose.
const NOBODY: [&str; 2] = ["2709", "5406"];

/// Accounts of the deputy heads and unit heads of offices that have none yet. They have no password: they are there
/// so that their addresses belong to somebody.
pub async fn officials(ctx: &Ctx, all: &[content::DemoBody], bodies: &HashMap<String, Id>) -> Result<()> {
    let tx = ctx.db.begin().await?;
    for body in all {
        let code = body.code.as_str();
        if body.office != "да" || NOBODY.contains(&code) {
            continue;
        }
        let office = bodies[code];
        let taken = people::store::with_email(&tx, &SYSTEM, office).await?;
        let addresses = content::recipients(code, &body.region);
        let posts = [
            (1, "zam", Role::DeputyHead, "Заместитель руководителя"),
            (2, "otdel", Role::UnitHead, "Начальник отдела"),
        ];
        for (at, login, role, title) in posts {
            if taken.iter().any(|account| account.email == addresses[at]) {
                continue;
            }
            let id = ctx.new_id();
            let fields = PersonFields {
                login: format!("{login}.{code}"),
                name: format!("{title}, {code}"),
                email: addresses[at].clone(),
                body: office,
                ..PersonFields::default()
            };
            people::add(&tx, id, &fields, "", true, ctx.now()).await?;
            people::grant(&tx, id, office, role, ctx.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Most days before today were looked through, the next morning; some by one of two, some by nobody.
pub async fn look(ctx: &Ctx) -> Result<()> {
    let conn = ctx.db.read();
    let offices: HashMap<Id, (String, Zone)> = store::all(conn, &SYSTEM)
        .await?
        .into_iter()
        .map(|body| (body.id, (body.fields.code, body.fields.zone)))
        .collect();
    let watchers = watchers(conn, &SYSTEM, None).await?;
    let last = ctx.now().plus(Instant::DAY).day_in(&Zone::utc());
    let days = received(conn, &SYSTEM, None, last.plus_days(-2 * REMINDED), last).await?;
    let tx = ctx.db.begin().await?;
    let mut has_missed = false;
    for day in days {
        let Some((code, zone)) = offices.get(&day.body) else { continue };
        let morning = day.day.plus_days(1).start_in(zone).plus(9 * Instant::HOUR);
        if morning > ctx.now() {
            continue;
        }
        for (place, watcher) in watchers.get(&day.body).into_iter().flatten().enumerate() {
            // The newest of the days at the office shown first always waits for its deputy head.
            let is_newest = code == SHOWN && place == 0 && !std::mem::replace(&mut has_missed, true);
            if !is_newest && !is_missed(day.day, place, code) {
                let at = morning.plus(i64::try_from(place).unwrap_or_default() * 20 * Instant::MINUTE);
                let mark = Mark { person: watcher.person, at, negative: day.negative };
                set(&tx, day.body, day.day, mark).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Deputies miss every fifth day or so, unit heads every ninth.
fn is_missed(day: CivilDay, place: usize, code: &str) -> bool {
    let seed = code.bytes().fold(u64::from(day.0.unsigned_abs()), |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
    });
    seed.is_multiple_of(if place == 0 { 5 } else { 9 })
}
