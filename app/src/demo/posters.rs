//! Posters that hang in most offices, with gaps for the levels above to see.

use anyhow::{Context as _, Result, anyhow};
use otklik_access::Scope;
use otklik_kernel::Instant;
use otklik_materials::model::{Place, Removed, Typed, check, prescribed};
use otklik_materials::store::{photos, placements};
use otklik_materials::{photo, reword};
use otklik_organisations::act::Act;
use otklik_organisations::store as bodies;
use otklik_web::Ctx;

use super::fill::SHOWN;

const SYSTEM: Scope = Scope::system("demo content");
/// A drawn stand with a poster.
const STAND: &[u8] = include_bytes!("../../demo-data/stand.jpg");
const BY: &str = "Ответственный сотрудник";
/// Where posters hang that no rule prescribes.
const ELSEWHERE: [&str; 4] =
    ["зал № 1, у входа", "у окна приёма № 3", "холл второго этажа", "у стойки администратора"];
const REASONS: [&str; 3] =
    ["Порван, заменён новым", "Ремонт зала приёма", "Выцвел, ссылка читалась с трудом"];

/// What hangs in an office, by its number in the list: most keep the rule, some don't.
fn places(number: usize, prescribed: Vec<Place>) -> Vec<Place> {
    match number % 12 {
        3 => Vec::new(),
        7 => prescribed.into_iter().take(1).collect(),
        9 => vec![Place::Other, Place::Other],
        _ => prescribed.into_iter().chain([Place::Other, Place::Other]).take(2 + number % 2).collect(),
    }
}

/// Sets the text of posters at the top of the tax service and hangs them up.
pub async fn hang(ctx: &Ctx, act: &Act<'_>) -> Result<()> {
    let all = bodies::all(ctx.db.read(), &SYSTEM).await?;
    let top = all.iter().find(|body| body.fields.code == "0000").context("вершина есть в данных")?;
    let words = (
        "Оцените качество обслуживания в налоговом органе",
        "Наведите камеру телефона на QR-код или введите ссылку в адресную строку браузера",
        "Имя, телефон и почту указывать не нужно",
    );
    reword::set(&ctx.db, &SYSTEM, act, top.id, words).await?;
    let stand = photo::make(STAND)?;
    let tx = ctx.db.begin().await?;
    let offices = all.iter().filter(|body| body.fields.is_office && body.closed_at.is_none());
    for (number, body) in offices.enumerate() {
        let is_shown = body.fields.code == SHOWN;
        let number = if is_shown { 1 } else { number };
        for (at, place) in places(number, prescribed(&body.fields)).into_iter().enumerate() {
            let age = i64::try_from(20 + (number * 13 + at * 5) % 300)?;
            let hung_at = act.now.plus(-age * Instant::DAY);
            let typed = Typed {
                place: place.code(),
                carrier: if (number + at).is_multiple_of(3) { "open" } else { "pocket" },
                day: "",
                note: if place == Place::Other { ELSEWHERE[(number + at) % ELSEWHERE.len()] } else { "" },
            };
            let checked = |hung_at: Instant| {
                let day = hung_at.day_in(&body.fields.zone).to_string();
                let today = act.now.day_in(&body.fields.zone);
                check(&body.fields, today, Typed { day: &day, ..typed }).map_err(|wrong| anyhow!("{wrong:?}"))
            };
            let (id, fields) = (act.new_id(), checked(hung_at)?);
            placements::insert(&tx, id, body.id, &fields, BY, hung_at).await?;
            if place == Place::InfoStand && (is_shown || number.is_multiple_of(6)) {
                photos::set(&tx, id, stand.clone(), BY, hung_at).await?;
            }
            if at == 0 && (is_shown || number.is_multiple_of(9)) {
                // One hung there before it.
                let earlier = act.new_id();
                let before = hung_at.plus(-200 * Instant::DAY);
                let fields = checked(before)?;
                placements::insert(&tx, earlier, body.id, &fields, BY, before).await?;
                let reason = REASONS[number % REASONS.len()].to_owned();
                placements::remove(&tx, earlier, &Removed { at: hung_at, by: BY.to_owned(), reason }).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
