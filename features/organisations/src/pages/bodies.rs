//! The list of bodies, and the same as a table to take along.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use otklik_access::Permission;
use otklik_ui::{Badge, Choice, Page, Pager, Section, Tone, thousands};
use otklik_web::{Fail, Form, Who, html};

use crate::bodies::check::{COLUMNS, Raw};
use crate::bodies::list::{Filter, Row, State as Shown, list};
use crate::bodies::regions;
use crate::model::{BodyKind, Level};
use crate::pages::Web;
use crate::pages::common::{encode, flash, query, texts};
use crate::store;
use crate::texts::L;

const PER_PAGE: u64 = 100;

#[derive(askama::Template)]
#[template(path = "organisations/bodies.html")]
struct ListView {
    page: Page,
    l: L,
    q: String,
    regions: Vec<Choice>,
    levels: Vec<Choice>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    rows: Vec<RowView>,
    counts: String,
    pager: Pager,
    is_tree: bool,
    is_scope_empty: bool,
    may_manage: bool,
}

struct RowView {
    href: String,
    indent: String,
    name: String,
    code: String,
    kind: &'static str,
    region: String,
    above: String,
    below: String,
    badge: Option<Badge>,
}

fn filter(query: &Form) -> Filter {
    Filter {
        text: query.get("q").trim().to_owned(),
        region: query.get("region").to_owned(),
        level: Level::find(query.get("level")),
        kind: BodyKind::find(query.get("kind")),
        state: match query.get("state") {
            "open" => Shown::Open,
            "closed" => Shown::Closed,
            _ => Shown::Any,
        },
    }
}

fn row_view(l: L, row: Row) -> RowView {
    let body = row.body;
    let badge = match (body.closed_at, body.fields.is_office) {
        (Some(_), _) => Some(Badge::new(l.body_is_closed(), Tone::Quiet)),
        (None, true) => Some(Badge::new(l.body_is_office(), Tone::Good)),
        (None, false) => None,
    };
    RowView {
        href: format!("/admin/bodies/{}", body.id),
        indent: "\u{2003}".repeat(row.depth.min(8)),
        name: body.fields.short_name,
        code: body.fields.code,
        kind: body.fields.kind.title(l),
        region: body.fields.region,
        above: row.above.unwrap_or_default(),
        below: if row.below == 0 { String::new() } else { thousands(row.below as u64) },
        badge,
    }
}

/// The list.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let filter = filter(&query);
    let found = list(web.ctx.db.read(), &who.scope, &filter).await?;
    let base = encode(["q", "region", "level", "kind", "state"].map(|key| (key, query.get(key))));
    let page_number = query.get("page").parse().unwrap_or(1);
    let pager = Pager::new(page_number, PER_PAGE, found.rows.len() as u64, base);
    let from = usize::try_from((pager.page - 1) * PER_PAGE).unwrap_or_default();
    let rows = found.rows.into_iter().skip(from).take(usize::try_from(PER_PAGE).unwrap_or_default());
    let region = |code: &String| Choice::new(code.as_str(), regions::title(code), &filter.region);
    let states = [("", l.state_any()), ("open", l.state_open()), ("closed", l.state_closed())];
    let view = ListView {
        page: flash(who.page(Section::Bodies, l.bodies_title()), l, &query),
        l,
        q: filter.text.clone(),
        regions: std::iter::once(Choice::new("", l.filter_all(), &filter.region))
            .chain(found.regions.iter().map(region))
            .collect(),
        levels: Level::choices(l, l.filter_all_levels(), query.get("level")),
        kinds: BodyKind::choices(l, l.filter_all_kinds(), query.get("kind")),
        states: states.map(|(value, text)| Choice::new(value, text, query.get("state"))).into(),
        rows: rows.map(|row| row_view(l, row)).collect(),
        counts: l.bodies_counts(found.closed, found.offices, found.total),
        pager,
        is_tree: filter.is_empty(),
        is_scope_empty: found.total == 0,
        may_manage: who.caller.may(Permission::ManageBodies),
    };
    Ok(html(StatusCode::OK, &view))
}

/// The bodies as a table that the import reads; what is above the scope is left out.
pub(crate) async fn export(State(web): State<Web>, who: Who) -> Result<Response, Fail> {
    let found = list(web.ctx.db.read(), &who.scope, &Filter::default()).await?;
    let codes: std::collections::HashMap<_, _> =
        found.rows.iter().map(|row| (row.body.id, row.body.fields.code.clone())).collect();
    let internal = |error: &dyn std::fmt::Display| Fail::Internal(format!("export of bodies: {error}"));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS).map_err(|error| internal(&error))?;
    for row in &found.rows {
        let parent = row.body.parent.and_then(|id| codes.get(&id)).map_or("", String::as_str);
        let raw = Raw::of(&row.body.fields, parent);
        writer.write_record(raw.columns().map(|(_, value)| value)).map_err(|error| internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"bodies.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

/// Whether a body is within what the caller may manage.
pub(crate) async fn may(
    web: &Web,
    who: &Who,
    permission: Permission,
    body: otklik_kernel::Id,
) -> Result<bool, Fail> {
    Ok(store::find(web.ctx.db.read(), &who.caller.scope(permission), body).await?.is_some())
}
