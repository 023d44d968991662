//! The rules of alerts of a body: its own, or those of the nearest body above (QR-5).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_journal::Actor;
use otklik_kernel::Id;
use otklik_mail::EmailAddress;
use otklik_organisations::{Body, store};
use otklik_ui::{Errors, FlashKind, Page, Section};
use otklik_web::{Fail, Form, Trace, Who, html};
use serde::Deserialize;

use super::Shared;
use crate::alerts::{Alerts, MOST_WORDS, Typed, Wrong, check};
use crate::set_alerts;
use crate::store::alerts as rules;
use crate::texts::L;

/// What had just been done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// What the fields hold.
struct Fields {
    flood_limit: String,
    several: String,
    several_to: String,
    words: String,
    words_to: String,
    daily_hour: String,
    daily_to: String,
}

impl Fields {
    fn saved(alerts: &Alerts) -> Self {
        let list =
            |list: &[EmailAddress]| list.iter().map(EmailAddress::shown).collect::<Vec<_>>().join(", ");
        Self {
            flood_limit: alerts.flood_limit.to_string(),
            several: alerts.several.map(|n| n.to_string()).unwrap_or_default(),
            several_to: list(&alerts.several_to),
            words: alerts.words.join(", "),
            words_to: list(&alerts.words_to),
            daily_hour: alerts.daily_hour.map(|n| n.to_string()).unwrap_or_default(),
            daily_to: list(&alerts.daily_to),
        }
    }

    fn typed(form: &Form) -> Self {
        let field = |name| form.get(name).to_owned();
        Self {
            flood_limit: field("flood_limit"),
            several: field("several"),
            several_to: field("several_to"),
            words: field("words"),
            words_to: field("words_to"),
            daily_hour: field("daily_hour"),
            daily_to: field("daily_to"),
        }
    }
}

impl Typed for Form {
    fn field(&self, name: &str) -> &str {
        self.get(name)
    }
}

#[derive(Template)]
#[template(path = "notifications/alerts.html")]
struct AlertsView {
    page: Page,
    l: L,
    here: String,
    /// The page of the recipients, of a body that has some.
    recipients: Option<String>,
    source: String,
    is_own: bool,
    fields: Fields,
    errors: Errors,
}

impl AlertsView {
    async fn new(shared: &Shared, who: &Who, body: &Body) -> Result<Self, DbErr> {
        let l = L(who.viewer.lang);
        let name = &body.fields.short_name;
        let page = who
            .page(Section::Bodies, l.alerts_of(name.clone()))
            .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
            .crumb(name.clone(), format!("/admin/bodies/{}", body.id))
            .here(l.alerts_title());
        let mut in_force = rules::in_force(shared.ctx.db.read(), &[body.id]).await?;
        let (source, alerts) = in_force.remove(&body.id).unzip();
        Ok(Self {
            page,
            l,
            here: format!("/admin/bodies/{}/alerts", body.id),
            recipients: body.fields.is_office.then(|| format!("/admin/bodies/{}/recipients", body.id)),
            is_own: source == Some(body.id),
            source: match source {
                Some(own) if own == body.id => l.alerts_source_own().to_owned(),
                Some(above) => {
                    let scope = Scope::system("a body is told whose rules hold for it");
                    let above = store::find(shared.ctx.db.read(), &scope, above).await?;
                    l.alerts_source_above(above.map(|above| above.fields.short_name).unwrap_or_default())
                }
                None => l.alerts_source_default().to_owned(),
            },
            fields: Fields::saved(&alerts.unwrap_or_default()),
            errors: Errors::new(),
        })
    }
}

async fn find(shared: &Shared, who: &Who, id: &str) -> Result<Body, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    store::find(shared.ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)
}

/// Shows the rules in force.
pub async fn show(
    State(shared): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Fail> {
    let body = find(&shared, &who, &id).await?;
    let mut view = AlertsView::new(&shared, &who, &body).await?;
    let flash = match done.done.as_deref() {
        Some("saved") => Some(view.l.alerts_saved()),
        Some("inherited") => Some(view.l.alerts_inherited()),
        _ => None,
    };
    if let Some(text) = flash {
        view.page = view.page.flash(FlashKind::Done, text);
    }
    Ok(html(StatusCode::OK, &view))
}

/// Saves rules of the body's own; with mistakes nothing is saved and what was typed stays.
pub async fn save(
    State(shared): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let body = find(&shared, &who, &id).await?;
    match check(&form) {
        Ok(alerts) => change(&shared, &who, &trace, body.id, Some(&alerts), "saved").await,
        Err(mistakes) => {
            let mut view = AlertsView::new(&shared, &who, &body).await?;
            for (field, wrong) in &mistakes {
                view.errors.add(*field, text(view.l, wrong));
            }
            view.fields = Fields::typed(&form);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

/// Takes the body's own rules away, so that those above hold.
pub async fn inherit(
    State(shared): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    trace: Trace,
    _form: Form,
) -> Result<Response, Fail> {
    let body = find(&shared, &who, &id).await?;
    change(&shared, &who, &trace, body.id, None, "inherited").await
}

async fn change(
    shared: &Shared,
    who: &Who,
    trace: &Trace,
    body: Id,
    alerts: Option<&Alerts>,
    done: &str,
) -> Result<Response, Fail> {
    let actor = Actor::Person { id: who.caller.person(), login: who.caller.login() };
    let tx = shared.ctx.db.begin().await?;
    set_alerts(&tx, &shared.ctx, actor, &trace.0, body, alerts).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/admin/bodies/{body}/alerts?done={done}")).into_response())
}

fn text(l: L, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Number(most) => l.alerts_bad_number(*most),
        Wrong::Hour => l.alerts_bad_hour().to_owned(),
        Wrong::Word(word) => l.alerts_bad_word(word.clone()),
        Wrong::ManyWords => l.alerts_many_words(MOST_WORDS),
        Wrong::Address(bad) => {
            let shown: String = bad.text.chars().take(80).collect();
            l.recipients_bad(bad.error.text(l.0), bad.position, shown)
        }
    }
}
