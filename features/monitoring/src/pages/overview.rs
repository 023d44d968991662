//! The first page of the section: how services run, what came and what is missing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, texts};
use super::deliveries::{Row, row};
use super::headline::{Headline, headline};
use crate::deliveries::completeness::{Mark, days, late};
use crate::deliveries::store::{Filter, between, list};
use crate::senders;
use crate::texts::L;

/// Days that the figures of completeness look back.
const BACK: i32 = 14;
/// Deliveries shown.
const SHOWN: u64 = 8;

#[derive(Template)]
#[template(path = "monitoring/overview.html")]
struct OverviewView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    may_send: bool,
    may_manage: bool,
    headline: Option<Headline>,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
}

struct Tile {
    number: usize,
    text: String,
    href: &'static str,
    class: &'static str,
}

/// How days can stand, as tiles: together they are all the days that were expected.
struct Stand {
    mark: Mark,
    text: fn(L, usize) -> String,
    class: &'static str,
    /// Whether it is shown when there is no such day.
    is_always: bool,
}

impl Stand {
    const fn always(mark: Mark, text: fn(L, usize) -> String, class: &'static str) -> Self {
        Self { mark, text, class, is_always: true }
    }

    const fn if_any(mark: Mark, text: fn(L, usize) -> String, class: &'static str) -> Self {
        Self { mark, text, class, is_always: false }
    }
}

/// Those that need a person first.
const TILES: [Stand; 9] = [
    Stand::always(Mark::Missing, |l, n| l.tile_missing(n), "problem"),
    Stand::always(Mark::Rejected, |l, n| l.tile_rejected(n), "problem"),
    Stand::always(Mark::Late, |l, n| l.tile_late(n), "warning"),
    Stand::if_any(Mark::LateEmpty, |l, n| l.tile_late_empty(n), "warning"),
    Stand::if_any(Mark::Partly, |l, n| l.tile_partly(n), "warning"),
    Stand::if_any(Mark::Checking, |l, n| l.tile_checking(n), ""),
    Stand::if_any(Mark::Awaited, |l, n| l.tile_awaited(n), ""),
    Stand::if_any(Mark::Empty, |l, n| l.tile_empty(n), "good"),
    Stand::always(Mark::Delivered, |l, n| l.tile_delivered(n), "good"),
];

/// The page.
pub async fn show(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let l = texts(&who);
    let (conn, now) = (monitoring.ctx.db.read(), monitoring.ctx.now());
    let zone = monitoring.zone(&who.scope);
    let today = now.day_in(&zone);
    let (from, to) = (today.plus_days(-BACK), today.plus_days(-1));
    let all = senders::store::all(conn, &who.scope).await?;
    let found = between(conn, &who.scope, from, to).await?;
    let marks: Vec<Mark> =
        all.iter().flat_map(|sender| days(sender, (from, to), &found, now)).map(|day| day.mark).collect();
    let count = |mark: Mark| marks.iter().filter(|one| **one == mark).count();
    let tiles = TILES.iter().filter_map(|kind| {
        let number = count(kind.mark);
        (number > 0 || kind.is_always).then(|| Tile {
            number,
            text: (kind.text)(l, number),
            href: Tab::Completeness.href(),
            class: if number == 0 { "quiet" } else { kind.class },
        })
    });
    let last = list(conn, &who.scope, &Filter::default(), (SHOWN, 0)).await?;
    let late = late(conn, &who.scope, &all, &last).await?;
    let view = OverviewView {
        page: who.page(Section::Monitoring, l.section()),
        l,
        tabs: Tab::Overview.row(l),
        may_send: who.caller.may(Permission::SendMonitoring),
        may_manage: who.caller.may(Permission::ManageMonitoring),
        headline: headline(&monitoring, &who).await?,
        tiles: if all.is_empty() { Vec::new() } else { tiles.collect() },
        rows: last.iter().map(|delivery| row(l, &zone, &all, &late, delivery)).collect(),
    };
    Ok(html(StatusCode::OK, &view))
}
