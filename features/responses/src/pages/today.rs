//! `/admin/`: what needs me, first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::{Permission, Scope};
use otklik_db::DbErr;
use otklik_kernel::{CivilDay, Zone};
use otklik_ui::{Badge, FlashKind, Page, Section, Share, thousands};
use otklik_web::{Fail, Form, Need, Who, html};

use super::days::{self, DayLine};
use super::rows::{self, Row};
use super::{COUNTED, Pages};
use crate::store::{self, Filter};
use crate::texts::L;

/// Days in the table.
const DAYS: i32 = 7;
/// Negative responses shown.
const LATEST: u64 = 5;

#[derive(Template)]
#[template(path = "responses/today.html")]
struct TodayView {
    page: Page,
    l: L,
    day: String,
    /// What this person just marked as looked through.
    marked: Option<DayLine>,
    /// The days that this person has not looked through.
    waiting: Vec<DayLine>,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
    days: Vec<Day>,
    is_empty: bool,
    may_read_bodies: bool,
}

#[derive(Template)]
#[template(path = "responses/links.html")]
struct LinksView {
    page: Page,
    l: L,
    links: Vec<(Section, &'static str)>,
}

/// A number that leads to the list which shows what it counts.
struct Tile {
    href: String,
    class: &'static str,
    number: String,
    text: String,
}

impl Tile {
    fn of(need: Need) -> Self {
        Self {
            href: need.href,
            class: if need.number == 0 { "quiet" } else { Badge::new("", need.tone).class() },
            number: thousands(need.number),
            text: need.text,
        }
    }
}

struct Day {
    href: String,
    day: String,
    share: Share,
}

/// Shows the page.
pub async fn show(State(pages): State<Pages>, who: Who, RawQuery(query): RawQuery) -> Result<Response, Fail> {
    let l = L(who.viewer.lang);
    let page = who.page(Section::Today, l.today_title());
    if !who.caller.may(Permission::ReadResponses) {
        return Ok(html(StatusCode::OK, &LinksView { page, l, links: links(&who, l) }));
    }
    let conn = pages.ctx.db.read();
    let scope = who.caller.scope(Permission::ReadResponses);
    let top = scope.tops().first().copied();
    let offices = pages.offices(top).await?;
    let (name, zone) = top.map_or_else(|| (String::new(), Zone::utc()), |top| rows::office(&offices, top));
    let today = pages.ctx.now().day_in(&zone);

    let done = Form::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let page = match done.get("done") {
        "day-undone" => page.flash(FlashKind::Notice, l.day_undone()),
        "day-refused" => page.flash(FlashKind::Problem, l.day_refused()),
        _ => page,
    };
    let negative = Filter { negative: Some(true), ..Filter::default() };
    // What doesn't wait for another is asked for at once.
    let (days, counts, needs, latest, marked, waiting) = tokio::try_join!(
        async { Ok::<_, Fail>(of_days(&pages, &scope, today).await?) },
        async { Ok(counts(conn, &scope).await?) },
        async { Ok(needs(&pages, &who).await?) },
        async { Ok(store::list(conn, &scope, &negative, LATEST, 0).await?) },
        async { Ok(days::marked(&pages, &who, &done).await?) },
        async { Ok(days::waiting(&pages, &who).await?) },
    )?;
    let mut tiles = tiles(counts, today, &days, l);
    tiles.extend(needs.into_iter().map(Tile::of));
    let offices = pages.offices(latest.iter().map(|response| response.body)).await?;
    let is_empty = latest.is_empty()
        && days.iter().all(|day| day.share.total == 0)
        && store::list(conn, &scope, &Filter::default(), 1, 0).await?.is_empty();
    let view = TodayView {
        page,
        l,
        day: l.today_day(today.show(), name),
        marked,
        waiting,
        tiles,
        rows: Row::all(&latest, &offices, &pages.questionnaires, l),
        days,
        is_empty,
        may_read_bodies: who.caller.may(Permission::ReadBodies),
    };
    Ok(html(StatusCode::OK, &view))
}

/// The last days, today first, from the kept figures.
async fn of_days(pages: &Pages, scope: &Scope, today: CivilDay) -> Result<Vec<Day>, DbErr> {
    let slice = pages.figures.read(&pages.ctx.db, scope, None, today.plus_days(1 - DAYS), today).await?;
    let kept = slice.by_day();
    let day = |back: i32| {
        let day = today.plus_days(-back);
        let share = kept.get(&day).map_or(Share::new(0, 0), |tally| Share::new(tally.negative, tally.all));
        Day { href: format!("/admin/responses?from={day}&to={day}"), day: day.show(), share }
    };
    Ok((0..DAYS).map(day).collect())
}

/// What other slices say of needs.
async fn needs(pages: &Pages, who: &Who) -> Result<Vec<Need>, DbErr> {
    let mut needs = Vec::new();
    for slice in &pages.attention {
        needs.extend(slice.needs(who).await?);
    }
    Ok(needs)
}

/// How many responses wait: negative ones, all, suspicious ones.
async fn counts<C: sea_orm::ConnectionTrait>(conn: &C, scope: &Scope) -> Result<[i64; 3], DbErr> {
    let waiting =
        |negative, suspicious| Filter { not_looked: true, negative, suspicious, ..Filter::default() };
    let count = async |filter: Filter| store::count_up_to(conn, scope, &filter, COUNTED + 1).await;
    let (negative, all, suspicious) = tokio::try_join!(
        count(waiting(Some(true), None)),
        count(waiting(None, None)),
        count(waiting(None, Some(true))),
    )?;
    Ok([negative, all, suspicious])
}

fn tiles(
    [negative_waiting, all_waiting, suspicious]: [i64; 3],
    today: CivilDay,
    days: &[Day],
    l: L,
) -> Vec<Tile> {
    // Words agree with the number that is shown: «более 10 000 откликов».
    let shown = |n: i64| n.min(COUNTED);
    let share = days.first().map_or(Share::new(0, 0), |day| day.share);
    let (received, negative) = (share.total.cast_signed(), share.part.cast_signed());
    let tile = |query: String, class: &'static str, n: i64, text: String| Tile {
        href: format!("/admin/responses?{query}"),
        class: if n == 0 { "quiet" } else { class },
        number: match n {
            ..=COUNTED => thousands(n.unsigned_abs()),
            _ => l.today_more_than(thousands(COUNTED.unsigned_abs())),
        },
        text,
    };
    let day = format!("from={today}&to={today}");
    vec![
        tile(
            "negative=1&not_looked=1".to_owned(),
            "problem",
            negative_waiting,
            l.today_negative_waiting(shown(negative_waiting)),
        ),
        tile("not_looked=1".to_owned(), "", all_waiting, l.today_waiting(shown(all_waiting))),
        tile(day.clone(), "", received, l.today_received(received)),
        tile(format!("{day}&negative=1"), "problem", negative, l.today_received_negative(negative)),
        tile(
            "suspicious=1&not_looked=1".to_owned(),
            "warning",
            suspicious,
            l.today_suspicious(shown(suspicious)),
        ),
    ]
}

/// What somebody without access to responses may open.
fn links(who: &Who, l: L) -> Vec<(Section, &'static str)> {
    let words = |section| match section {
        // Whoever reads responses has them on this page instead of links.
        Section::Today | Section::Analysis => None,
        Section::Responses => Some(l.today_link_responses()),
        Section::Monitoring => Some(l.today_link_monitoring()),
        Section::Bodies => Some(l.today_link_bodies()),
        Section::People => Some(l.today_link_people()),
        Section::Journal => Some(l.today_link_journal()),
        Section::Outbox => Some(l.today_link_outbox()),
        Section::Account => Some(l.today_link_account()),
    };
    let open = Section::ALL.into_iter().chain([Section::Account]);
    let open = open.filter(|section| who.viewer.sections.contains(section));
    open.filter_map(|section| Some((section, words(section)?))).collect()
}
