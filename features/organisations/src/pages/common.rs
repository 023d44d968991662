//! What the slice's handlers share.

use otklik_kernel::Id;
use otklik_ui::{FlashKind, Page};
use otklik_web::{Ctx, Fail, Form};

use crate::{SharedOffices, texts::L};

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    pub ctx: Ctx,
    pub offices: SharedOffices,
}

/// An id in an address; anything else is a page that doesn't exist.
pub(crate) fn id(text: &str) -> Result<Id, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

/// The query of an address, read as strictly as a form.
pub(crate) fn query(raw: Option<String>) -> Result<Form, Fail> {
    Ok(Form::parse(raw.unwrap_or_default().as_bytes())?)
}

/// Says above the page what was just done, by the code after `?done=`.
pub(crate) fn flash(page: Page, l: L, done: &str) -> Page {
    let text = match done {
        "bye" => l.done_bye(),
        _ => return page,
    };
    page.flash(FlashKind::Done, text)
}
