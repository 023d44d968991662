//! The offices where a mandatory recipient is missing (QR-7).

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{Id, text};
use otklik_organisations::{Body, store};
use otklik_ui::{Choice, Page, Pager, Section};
use otklik_web::{Fail, Who, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::Shared;
use crate::read::{self, Missing};
use crate::texts::L;

const PER_PAGE: u64 = 100;

/// What to show.
#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    lack: String,
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "notifications/missing.html")]
struct MissingView {
    page: Page,
    l: L,
    q: String,
    lacks: Vec<Choice>,
    is_filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    href: String,
    name: String,
    code: String,
    lacks: Vec<&'static str>,
}

impl Asked {
    fn fits(&self, office: Missing, body: &Body) -> bool {
        let wanted = text::search_text(&self.q);
        let names = [&body.fields.code, &body.fields.short_name, &body.fields.full_name];
        let is_found =
            wanted.is_empty() || names.iter().any(|name| text::search_text(name).contains(&wanted));
        is_found
            && match self.lack.as_str() {
                "deputy_head" => office.deputy_head,
                "unit_head" => office.unit_head,
                "everybody" => office.everybody,
                _ => true,
            }
    }
}

fn lacks(l: L, office: Missing) -> Vec<&'static str> {
    if office.everybody {
        return vec![l.missing_everybody()];
    }
    let all = [(office.deputy_head, l.missing_deputy_head()), (office.unit_head, l.missing_unit_head())];
    all.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, text)| text).collect()
}

/// The list; each line leads to where it is mended, for those who may.
pub async fn show(
    State(Shared { ctx, .. }): State<Shared>,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (l, conn) = (L(who.viewer.lang), ctx.db.read());
    let missing: HashMap<Id, Missing> =
        read::missing(conn, &who.scope).await?.into_iter().map(|office| (office.body, office)).collect();
    let mended = who.caller.scope(Permission::ManageRecipients);
    let mended: HashSet<Id> = store::open_offices(conn, &mended).await?.into_iter().collect();
    let bodies = store::all(conn, &who.scope).await?;
    let rows: Vec<Row> = bodies
        .into_iter()
        .filter_map(|body| Some((*missing.get(&body.id)?, body)))
        .filter(|(office, body)| asked.fits(*office, body))
        .map(|(office, body)| Row {
            href: if mended.contains(&body.id) {
                format!("/admin/bodies/{}/recipients#mandatory", body.id)
            } else {
                format!("/admin/bodies/{}", body.id)
            },
            name: body.fields.short_name,
            code: body.fields.code,
            lacks: lacks(l, office),
        })
        .collect();
    let base = [("q", asked.q.trim()), ("lack", asked.lack.as_str())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect::<Vec<_>>()
        .join("&");
    let pager = Pager::new(asked.page.parse().unwrap_or(1), PER_PAGE, rows.len() as u64, base);
    let from = usize::try_from((pager.page - 1) * PER_PAGE).unwrap_or_default();
    let choices = [
        ("", l.missing_any()),
        ("deputy_head", l.missing_deputy_head()),
        ("unit_head", l.missing_unit_head()),
        ("everybody", l.missing_everybody()),
    ];
    let page = who
        .page(Section::Bodies, l.missing_title())
        .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
        .here(l.missing_title());
    let view = MissingView {
        page,
        l,
        is_filtered: !asked.q.trim().is_empty() || !asked.lack.is_empty(),
        lacks: choices.map(|(value, text)| Choice::new(value, text, &asked.lack)).into(),
        q: asked.q,
        rows: rows.into_iter().skip(from).take(usize::try_from(PER_PAGE).unwrap_or_default()).collect(),
        pager,
    };
    Ok(html(StatusCode::OK, &view))
}
