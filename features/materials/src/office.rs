//! The office that materials are made for, and the link to its questionnaire.

use otklik_kernel::Id;
use otklik_organisations::{Body, store};
use otklik_print::Qr;
use otklik_web::{Ctx, Fail, Who};

/// A body of the caller's scope.
pub async fn find(ctx: &Ctx, who: &Who, id: &str) -> Result<Body, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    store::find(ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)
}

/// «Ссылка на инспекцию»: the public address of the office's questionnaire, whatever address the admin zone is
/// opened by. [1 §3.9], ORG-6
pub fn link(public_url: &str, body: &Body) -> String {
    format!("{public_url}/qr/{}/", body.fields.code)
}

/// The QR code of the office's questionnaire. [1 §3.7]
pub fn code(ctx: &Ctx, body: &Body) -> Result<Qr, Fail> {
    let link = link(&ctx.settings.public_url, body);
    Qr::new(&link).map_err(|error| Fail::Internal(format!("QR code of {link:?}: {error}")))
}
