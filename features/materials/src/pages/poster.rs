//! The text of a body's posters, with a preview. QR-10

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use otklik_organisations::Body;
use otklik_print::{FOOTER_LINES, LONGEST_FOOTER_LINE, LONGEST_HEADING, LONGEST_INVITATION, PosterText};
use otklik_ui::{Errors, Page};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Materials, body_page, flash, query, texts};
use super::download::preview;
use super::materials::source_text;
use super::office::{self, Source};
use crate::refusal::or_mistakes;
use crate::reword;
use crate::texts::L;
use crate::wording::{Mistake, Wrong, check};

#[derive(Template)]
#[template(path = "materials/poster.html")]
struct PosterView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    is_own: bool,
    is_typed: bool,
    source: String,
    heading: String,
    invitation: String,
    footer: String,
    /// The poster as an image inside the page.
    image: Option<String>,
    alt: String,
}

/// What the fields hold.
struct Typed<'a> {
    heading: &'a str,
    invitation: &'a str,
    footer: &'a str,
}

async fn view(
    materials: &Materials,
    who: &Who,
    body: &Body,
    typed: Option<Typed<'_>>,
    mistakes: &[Mistake],
) -> Result<PosterView, Fail> {
    let l = texts(who);
    let (saved, source) = office::text(&materials.ctx, who, body).await?;
    let footer = saved.footer.join("\n");
    let is_typed = typed.is_some();
    let shown =
        typed.unwrap_or(Typed { heading: &saved.heading, invitation: &saved.invitation, footer: &footer });
    let text = check(shown.heading, shown.invitation, shown.footer).ok();
    let alt = text.as_ref().map_or_else(String::new, |text: &PosterText| l.poster_alt(text.heading.clone()));
    let image = match text {
        Some(text) => Some(STANDARD.encode(preview(materials, body, text).await?)),
        None => None,
    };
    Ok(PosterView {
        page: body_page(who, body, l.poster_of(body.fields.short_name.clone())).here(l.poster_title()),
        l,
        errors: errors(l, mistakes),
        here: format!("/admin/bodies/{}", body.id),
        is_own: matches!(source, Source::Own),
        is_typed,
        source: source_text(l, source),
        heading: shown.heading.to_owned(),
        invitation: shown.invitation.to_owned(),
        footer: shown.footer.to_owned(),
        image,
        alt,
    })
}

fn errors(l: L, mistakes: &[Mistake]) -> Errors {
    let mut errors = Errors::new();
    for &(field, wrong) in mistakes {
        let text = match wrong {
            Wrong::NoHeading => l.text_no_heading().to_owned(),
            Wrong::HeadingLong => l.text_heading_long(LONGEST_HEADING),
            Wrong::InvitationLong => l.text_invitation_long(LONGEST_INVITATION),
            Wrong::ManyLines => l.text_many_lines(FOOTER_LINES),
            Wrong::LineLong => l.text_line_long(LONGEST_FOOTER_LINE),
        };
        errors.add(field, text);
    }
    errors
}

/// Shows the text in force.
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let query = query(raw)?;
    let body = office::find(&materials.ctx, &who, &id).await?;
    let mut view = view(&materials, &who, &body, None, &[]).await?;
    view.page = flash(view.page, view.l, &query);
    Ok(html(StatusCode::OK, &view))
}

/// Shows what was typed as a poster, or keeps it.
pub async fn save(
    State(materials): State<Materials>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let body = office::find(&materials.ctx, &who, &id).await?;
    let (heading, invitation, footer) = (form.get("heading"), form.get("invitation"), form.get("footer"));
    let typed = Some(Typed { heading, invitation, footer });
    let done = if form.is_on("preview") {
        check(heading, invitation, footer).map(|_| false)
    } else {
        let act = materials.act(&who, &trace);
        let words = (heading, invitation, footer);
        or_mistakes(reword::set(&materials.ctx.db, &who.scope, &act, body.id, words).await)?.map(|()| true)
    };
    match done {
        Ok(true) => Ok(Redirect::to(&format!("/admin/bodies/{}/poster?done=text", body.id)).into_response()),
        Ok(false) => Ok(html(StatusCode::OK, &view(&materials, &who, &body, typed, &[]).await?)),
        Err(mistakes) => {
            let view = view(&materials, &who, &body, typed, &mistakes).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

/// Gives the body's own text up for that of the level above.
pub async fn inherit(
    State(materials): State<Materials>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let body = office::find(&materials.ctx, &who, &id).await?;
    let act = materials.act(&who, &trace);
    let done = reword::inherit(&materials.ctx.db, &who.scope, &act, body.id).await;
    or_mistakes(done)?.map_err(|_| Fail::NotFound)?;
    Ok(Redirect::to(&format!("/admin/bodies/{}/poster?done=inherited", body.id)).into_response())
}
