//! The card of a body.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::Id;
use otklik_ui::{Page, When};
use otklik_web::{Fail, Who, html};

use crate::bodies::{regions, zones};
use crate::model::Body;
use crate::pages::Web;
use crate::pages::bodies::may;
use crate::pages::common::{body_page, flash, id, query, texts, when};
use crate::people::list::{Filter, Row, list};
use crate::store;
use crate::texts::L;
use crate::units::{self, Unit};

#[derive(askama::Template)]
#[template(path = "organisations/body.html")]
struct BodyView {
    page: Page,
    l: L,
    here: String,
    body: Body,
    kind: &'static str,
    level: &'static str,
    region: String,
    zone: String,
    local_time: String,
    closed: Option<(When, String)>,
    children: Vec<Child>,
    units: Vec<UnitView>,
    questionnaire: Option<String>,
    may: May,
}

struct May {
    manage: bool,
    recipients: bool,
    alerts: bool,
    materials: bool,
    people: bool,
    responsibles: bool,
    responses: bool,
}

struct Child {
    href: String,
    name: String,
    code: String,
    is_closed: bool,
}

struct UnitView {
    unit: Unit,
    href: String,
    people: Vec<Row>,
}

/// The card.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, id, query) = (texts(&who), id(&path)?, query(raw)?);
    let conn = web.ctx.db.read();
    let body = store::find(conn, &who.scope, id).await?.ok_or(Fail::NotFound)?;
    let page = page(&web, &who, &body).await?;
    let closed = match body.closed_at {
        Some(at) => Some((when(at, &body.fields.zone), store::closed_reason(conn, &who.scope, id).await?)),
        None => None,
    };
    let children = store::children(conn, &who.scope, id).await?.into_iter().map(|child| Child {
        href: format!("/admin/bodies/{}", child.id),
        name: child.fields.short_name,
        code: child.fields.code,
        is_closed: child.closed_at.is_some(),
    });
    let view = BodyView {
        page: flash(page, l, &query),
        l,
        here: format!("/admin/bodies/{id}"),
        kind: body.fields.kind.title(l),
        level: body.fields.level.title(l),
        region: regions::title(&body.fields.region),
        zone: zones::title(body.fields.zone.name()).to_owned(),
        local_time: web.ctx.now().show_in(&body.fields.zone),
        closed,
        children: children.collect(),
        units: unit_views(&web, &who, id).await?,
        questionnaire: body
            .fields
            .is_office
            .then(|| format!("{}/qr/{}/", web.ctx.settings.public_url, body.fields.code)),
        may: May {
            manage: may(&web, &who, Permission::ManageBodies, id).await?,
            recipients: body.fields.is_office && may(&web, &who, Permission::ManageRecipients, id).await?,
            alerts: may(&web, &who, Permission::ManageRecipients, id).await?,
            materials: body.fields.is_office && may(&web, &who, Permission::MakeMaterials, id).await?,
            people: may(&web, &who, Permission::ManagePeople, id).await?,
            responsibles: may(&web, &who, Permission::ReadResponsibles, id).await?,
            responses: may(&web, &who, Permission::ReadResponses, id).await?,
        },
        body,
    };
    Ok(html(StatusCode::OK, &view))
}

/// The page of a body itself: the last step of the way is where one stands.
async fn page(web: &Web, who: &Who, body: &Body) -> Result<Page, Fail> {
    let mut page = body_page(web, who, &who.scope, body.id, body.fields.short_name.clone()).await?;
    if let Some(last) = page.breadcrumb.last_mut() {
        last.href = None;
    }
    Ok(page)
}

async fn unit_views(web: &Web, who: &Who, body: Id) -> Result<Vec<UnitView>, Fail> {
    let mut views = Vec::new();
    for unit in units::store::of(web.ctx.db.read(), &who.scope, body).await? {
        let filter = Filter { unit: Some(unit.id), ..Filter::default() };
        let people = list(web.ctx.db.read(), &who.scope, &filter, 0, 100).await?;
        let people = people.into_iter().filter(|row| row.person.disabled_at.is_none()).collect();
        views.push(UnitView { href: format!("/admin/bodies/{body}/units/{}", unit.id), unit, people });
    }
    Ok(views)
}
