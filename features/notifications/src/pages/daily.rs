//! Which official has looked through which day of which office (QR-12).

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Id, Zone, text};
use otklik_organisations::{Office, Offices};
use otklik_responses::days::Looked;
use otklik_ui::{Choice, Page, Pager, Section, When};
use otklik_web::{Fail, Who, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::Shared;
use crate::daily::{DAYS, Judged};
use crate::read::Watcher;
use crate::texts::L;

const PER_PAGE: u64 = 50;

/// What to show.
#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    body: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "notifications/daily.html")]
struct DailyView {
    page: Page,
    l: L,
    body: String,
    to: String,
    shows: Vec<Choice>,
    is_filtered: bool,
    /// The bodies whose offices are shown, by the name of the one above them.
    of: String,
    period: String,
    moment: When,
    printed_by: String,
    heads: Vec<(String, String)>,
    rows: Vec<Row>,
    earlier: String,
    later: Option<String>,
    pager: Pager,
}

struct Row {
    name: String,
    code: String,
    /// Who has not looked through which days; or how many people, for those who may not see names.
    who: Vec<String>,
    is_nobodys: bool,
    cells: Vec<Option<Cell>>,
}

struct Cell {
    href: String,
    class: &'static str,
    symbol: &'static str,
    words: String,
    label: String,
}

/// «21.11».
fn short(day: CivilDay) -> String {
    format!("{:02}.{:02}", day.0 % 100, day.0 / 100 % 100)
}

/// Whether an office is one of those asked for: under the body of a code, or with the words in its name.
fn fits(wanted: &str, above: Option<Id>, office: &Office, all: &Offices) -> bool {
    match above {
        Some(above) => {
            let mut at = Some(office.id);
            while let Some(id) = at {
                if id == above {
                    return true;
                }
                at = all.get(id).and_then(|office| office.parent);
            }
            false
        }
        None => wanted.is_empty() || text::search_text(&office.name).contains(wanted),
    }
}

/// A circle with its left half filled by strokes.
const HALF: &str = "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M7.5 2v12M6 3v10M4.5 4v8M3 6v4";

fn cell(l: L, office: &Office, judged: &Judged) -> Cell {
    let day = judged.day.day;
    let done = judged.must.saturating_sub(judged.missing().len());
    let (class, symbol, words) = match &judged.looked {
        Looked::ByAll => ("good", "M3 8.5 6.5 12 13 4.5", l.daily_all().to_owned()),
        Looked::BySome(_) => ("warning", HALF, l.daily_some(done, judged.must)),
        Looked::ByNobody(_) => ("problem", "M4 4 12 12M12 4 4 12", l.daily_nobody().to_owned()),
    };
    Cell {
        href: format!("/admin/responses?body={}&from={day}&to={day}", office.code),
        class,
        symbol,
        label: l.daily_cell(day.show(), office.name.clone(), words.clone()),
        words,
    }
}

/// Who has not looked through which of the days that are over.
fn who(l: L, days: &[&Judged], watchers: &[Watcher], with_names: bool) -> Vec<String> {
    let late = |watcher: &Watcher| {
        let days: Vec<String> = days
            .iter()
            .filter(|day| day.missing().contains(&watcher.person))
            .map(|day| short(day.day.day))
            .collect();
        (!days.is_empty()).then(|| l.daily_who_days(days.join(", "), watcher.name.clone()))
    };
    let late: Vec<String> = watchers.iter().filter_map(late).collect();
    if with_names || late.is_empty() { late } else { vec![l.daily_who_count(late.len())] }
}

/// The page.
pub async fn show(
    State(Shared { ctx, offices, days: kept }): State<Shared>,
    who_asks: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (l, conn, scope) = (L(who_asks.viewer.lang), ctx.db.read(), &who_asks.scope);
    let known = offices.current();
    let tops: Vec<&Arc<Office>> = scope.tops().iter().filter_map(|&top| known.get(top)).collect();
    let zone = tops.first().map_or_else(Zone::utc, |top| top.zone.clone());
    let today = ctx.now().day_in(&zone);
    let to = CivilDay::parse(asked.to.trim()).unwrap_or(today).min(today.plus_days(1));
    let from = to.plus_days(1 - DAYS);

    let wanted = text::search_text(asked.body.trim());
    let above = match known.find(asked.body.trim()) {
        Some(office) if scope.contains(conn, office.id).await? => Some(office.id),
        _ => None,
    };
    let mut listed: Vec<Arc<Office>> = kept
        .open_offices(&ctx.db, &offices, scope)
        .await?
        .into_values()
        .filter(|office| fits(&wanted, above, office, &known))
        .collect();
    let (days, watchers) = kept.judged(&ctx.db, scope, from, to).await?;
    if asked.show != "all" {
        let mut ends: HashMap<String, CivilDay> = HashMap::new();
        listed.retain(|office| {
            let today =
                *ends.entry(office.zone.name().to_owned()).or_insert_with(|| ctx.now().day_in(&office.zone));
            days.get(&office.id).is_some_and(|days| days.iter().any(|day| day.is_gap(today)))
        });
    }
    listed.sort_by_cached_key(|office| (text::sort_key(&office.name), office.id));
    let query = |pairs: &[(&str, &str)]| {
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let encoded =
            given.map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        encoded.collect::<Vec<_>>().join("&")
    };
    let filters = [("body", asked.body.trim()), ("show", asked.show.as_str())];
    let with_to = |to: CivilDay| format!("?{}", query(&[filters[0], filters[1], ("to", &to.to_string())]));
    let base = query(&[filters[0], filters[1], ("to", asked.to.trim())]);
    let pager = Pager::new(asked.page.parse().unwrap_or(1), PER_PAGE, listed.len() as u64, base);
    let skipped = usize::try_from((pager.page - 1) * PER_PAGE).unwrap_or_default();
    let listed: Vec<_> =
        listed.into_iter().skip(skipped).take(usize::try_from(PER_PAGE).unwrap_or_default()).collect();

    let named = who_asks.caller.scope(Permission::ReadResponsibles);
    let named = kept.open_offices(&ctx.db, &offices, &named).await?;
    let columns: Vec<CivilDay> = (0..DAYS).map(|back| to.plus_days(-back)).collect();
    let row = |office: &Arc<Office>| {
        let days = days.get(&office.id).map_or(&[][..], Vec::as_slice);
        let watchers = watchers.get(&office.id).map_or(&[][..], Vec::as_slice);
        let today = ctx.now().day_in(&office.zone);
        let gaps: Vec<&Judged> = days.iter().filter(|day| day.is_gap(today)).collect();
        let by_day = |day: &CivilDay| days.iter().find(|judged| judged.day.day == *day);
        Row {
            who: who(l, &gaps, watchers, named.contains_key(&office.id)),
            is_nobodys: watchers.is_empty() && !gaps.is_empty(),
            cells: columns.iter().map(|day| by_day(day).map(|judged| cell(l, office, judged))).collect(),
            name: office.name.clone(),
            code: office.code.clone(),
        }
    };
    let view = DailyView {
        page: who_asks
            .page(Section::Responses, l.daily_title())
            .crumb(Section::Responses.text(otklik_ui::L(who_asks.viewer.lang)), Section::Responses.href())
            .here(l.daily_title()),
        l,
        to: to.to_string(),
        shows: [("", l.daily_show_gaps()), ("all", l.daily_show_all())]
            .map(|(value, text)| Choice::new(value, text, &asked.show))
            .into(),
        of: match above.and_then(|above| known.get(above)) {
            Some(office) => office.name.clone(),
            None => tops.iter().map(|top| top.name.as_str()).collect::<Vec<_>>().join(", "),
        },
        is_filtered: !asked.body.trim().is_empty(),
        period: format!("{} — {}", from.show(), to.show()),
        moment: When::new(ctx.now(), &zone),
        printed_by: who_asks.caller.name().to_owned(),
        heads: columns.iter().map(|&day| (short(day), day.show())).collect(),
        rows: listed.iter().map(row).collect(),
        earlier: with_to(to.plus_days(-DAYS)),
        later: (to < today).then(|| with_to(to.plus_days(DAYS).min(today))),
        body: asked.body,
        pager,
    };
    Ok(html(StatusCode::OK, &view))
}
