//! The office that materials are made for, the link to its questionnaire, the text of its poster.

use otklik_organisations::{Body, store};
use otklik_print::{LONGEST_NAME, PosterText, Qr};
use otklik_web::{Ctx, Fail, Who};
use url::Url;

use crate::pages::common;
use crate::store::texts;
use crate::wording::default_text;

/// A body of the caller's scope.
pub async fn find(ctx: &Ctx, who: &Who, id: &str) -> Result<Body, Fail> {
    store::find(ctx.db.read(), &who.scope, common::id(id)?).await?.ok_or(Fail::NotFound)
}

/// «Ссылка на инспекцию»: the public address of the office's questionnaire, whatever address the admin zone is
/// opened by. [1 §3.9], ORG-6
pub fn link(public_url: &str, body: &Body) -> String {
    format!("{public_url}/qr/{}/", body.fields.code)
}

/// The QR code of the office's questionnaire. [1 §3.7] A national domain stands in it as every scanner reads it.
pub fn code(ctx: &Ctx, body: &Body) -> Result<Qr, Fail> {
    let link = link(&ctx.settings.public_url, body);
    let plain = Url::parse(&link).map_or_else(|_| link.clone(), String::from);
    Qr::new(&plain).map_err(|error| Fail::Internal(format!("QR code of {link:?}: {error}")))
}

/// Where the text of a body's poster comes from.
pub enum Source {
    /// The body itself.
    Own,
    /// A body above it: its name, when that is within the scope.
    Above(Option<String>),
    /// No level has set one.
    Usual,
}

/// The text of a body's poster and where it comes from.
pub async fn text(ctx: &Ctx, who: &Who, body: &Body) -> Result<(PosterText, Source), Fail> {
    let conn = ctx.db.read();
    Ok(match texts::in_force(conn, &who.scope, body.id).await? {
        None => (default_text(body.fields.kind, common::texts(who)), Source::Usual),
        Some(set) if set.body == body.id => (set.text, Source::Own),
        Some(set) => {
            let above = store::find(conn, &who.scope, set.body).await?;
            (set.text, Source::Above(above.map(|above| above.fields.short_name)))
        }
    })
}

/// The name on a sheet: the full one, unless it is too long for a page.
pub fn name(body: &Body) -> &str {
    let full = &body.fields.full_name;
    if full.chars().count() <= LONGEST_NAME { full } else { &body.fields.short_name }
}
