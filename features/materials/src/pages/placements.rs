//! The register of an office: what hangs where, what is missing, what hung before. QR-11

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::Zone;
use otklik_organisations::Body;
use otklik_ui::{Badge, Page, Tone};
use otklik_web::{Fail, Who, html};

use super::common::{Materials, body_page, carrier_text, flash, place_text, query, texts};
use super::office;
use crate::model::{LEAST_POSTERS, Placed, Placement, Standing, prescribed};
use crate::store::placements;
use crate::texts::L;

#[derive(Template)]
#[template(path = "materials/placements.html")]
struct PlacementsView {
    page: Page,
    l: L,
    here: String,
    is_closed: bool,
    is_office: bool,
    may_change: bool,
    /// What the rule asks for, and whether it is so.
    rule: Vec<(String, Badge)>,
    now: Vec<Row>,
    before: Vec<Row>,
}

struct Row {
    href: String,
    place: &'static str,
    note: String,
    carrier: &'static str,
    day: String,
    iso: String,
    by: String,
    has_photo: bool,
    removed: Option<(String, String)>,
}

fn row(l: L, zone: &Zone, placement: Placement) -> Row {
    Row {
        href: format!("/admin/bodies/{}/placements/{}", placement.body, placement.id),
        place: place_text(l, placement.fields.place),
        carrier: carrier_text(l, placement.fields.carrier),
        day: placement.fields.day.show(),
        iso: placement.fields.day.to_string(),
        note: placement.fields.note,
        by: placement.placed_by,
        has_photo: placement.photo.is_some(),
        removed: placement.removed.map(|removed| (removed.at.day_in(zone).show(), removed.reason)),
    }
}

/// The rule for an office, line by line.
fn rule(l: L, standing: &Standing) -> Vec<(String, Badge)> {
    let badge = |is_kept: bool, good: &'static str, bad: &'static str| match is_kept {
        true => Badge::new(good, Tone::Good),
        false => Badge::new(bad, Tone::Problem),
    };
    let count = l.rule_count(LEAST_POSTERS, standing.posters);
    let least = (count, badge(!standing.is_below_minimum(), l.rule_enough(), l.rule_few()));
    let places = prescribed(&standing.body.fields).into_iter().map(|place| {
        let is_kept = !standing.missing.contains(&place);
        (place_text(l, place).to_owned(), badge(is_kept, l.rule_there(), l.rule_empty()))
    });
    std::iter::once(least).chain(places).collect()
}

/// The posters that hang, as counts.
fn counted(placements: &[Placement]) -> Placed {
    let by_place = placements.iter().map(|placement| (placement.fields.place, 1)).collect();
    Placed { by_place, last: placements.first().map(|placement| placement.fields.day) }
}

/// The register of an office.
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let body: Body = office::find(&materials.ctx, &who, &id).await?;
    let all = placements::of(materials.ctx.db.read(), &who.scope, body.id).await?;
    let (now, before): (Vec<_>, Vec<_>) = all.into_iter().partition(|placement| placement.removed.is_none());
    let zone = body.fields.zone.clone();
    let page =
        body_page(&who, &body, l.placements_of(body.fields.short_name.clone())).here(l.placements_title());
    let may_make = materials.may(&who, Permission::MakeMaterials, body.id).await?;
    let (is_closed, is_office) = (body.closed_at.is_some(), body.fields.is_office);
    let view = PlacementsView {
        page: flash(page, l, &query),
        l,
        here: format!("/admin/bodies/{}", body.id),
        is_closed,
        is_office,
        may_change: may_make && is_office && !is_closed,
        rule: rule(l, &Standing::of(body, &counted(&now))),
        now: now.into_iter().map(|placement| row(l, &zone, placement)).collect(),
        before: before.into_iter().map(|placement| row(l, &zone, placement)).collect(),
    };
    Ok(html(StatusCode::OK, &view))
}
