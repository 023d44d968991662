//! What the slice's handlers share.

use std::sync::Arc;

use otklik_access::Permission;
use otklik_kernel::{Id, Instant, Zone};
use otklik_organisations::Body;
use otklik_organisations::act::Act;
use otklik_ui::{Errors, FlashKind, Page, Section, When};
use otklik_web::{Ctx, Fail, Form, Trace, Who};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Semaphore;

use crate::model::{Carrier, Mistake, Place, Wrong};
use crate::photo::{self, BadPhoto, Photo};
use crate::texts::L;

/// What the handlers share.
#[derive(Clone)]
pub struct Materials {
    pub ctx: Ctx,
    pub sheets: Arc<Semaphore>,
    pub photos: Arc<Semaphore>,
}

impl Materials {
    /// The change that a caller makes.
    pub fn act<'a>(&'a self, who: &'a Who, trace: &'a Trace) -> Act<'a> {
        Act::of(&self.ctx, &who.caller, trace)
    }

    /// Whether the caller has a permission on a body.
    pub async fn may(&self, who: &Who, permission: Permission, body: Id) -> Result<bool, Fail> {
        Ok(who.caller.scope(permission).contains(self.ctx.db.read(), body).await?)
    }

    /// The photo to keep of a file that was sent; a file that makes the decoder fail is a damaged one.
    pub async fn photo(&self, file: Vec<u8>) -> Result<Result<Photo, BadPhoto>, Fail> {
        let turn = self.photos.clone().acquire_owned().await;
        let turn = turn.map_err(|error| Fail::Internal(format!("photo: {error}")))?;
        let made = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            photo::make(&file)
        });
        Ok(made.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a photo could not be read");
            Err(BadPhoto::Broken)
        }))
    }
}

/// The texts in the viewer's language.
pub fn texts(who: &Who) -> L {
    L(who.viewer.lang)
}

/// An id in an address; anything else is a page that doesn't exist.
pub fn id(text: &str) -> Result<Id, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

/// The query of an address, read as strictly as a form.
pub fn query(raw: Option<String>) -> Result<Form, Fail> {
    Ok(Form::parse(raw.unwrap_or_default().as_bytes())?)
}

/// The fields of a filter as a query, without empty ones.
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs = filled.map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A moment as a page shows it, to the second.
pub fn when(at: Instant, zone: &Zone) -> When {
    When::new(at.plus(-at.0.rem_euclid(Instant::SECOND)), zone)
}

/// A page of an office, with the way to it.
pub fn body_page(who: &Who, body: &Body, title: impl Into<String>) -> Page {
    who.page(Section::Bodies, title)
        .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
        .crumb(body.fields.short_name.clone(), format!("/admin/bodies/{}", body.id))
}

/// Says above the page what was just done, by the code after `?done=`.
pub fn flash(page: Page, l: L, query: &Form) -> Page {
    let text = match query.get("done") {
        "text" => l.done_text(),
        "inherited" => l.done_inherited(),
        "placed" => l.done_placed(),
        "photo" => l.done_photo(),
        "removed" => l.done_removed(),
        _ => return page,
    };
    page.flash(FlashKind::Done, text)
}

/// A place in words.
pub fn place_text(l: L, place: Place) -> &'static str {
    match place {
        Place::InfoStand => l.place_info_stand(),
        Place::QueueTerminal => l.place_queue_terminal(),
        Place::Other => l.place_other(),
    }
}

/// A carrier in words.
pub fn carrier_text(l: L, carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Open => l.carrier_open(),
        Carrier::Pocket => l.carrier_pocket(),
        Carrier::FlipStand => l.carrier_flip_stand(),
    }
}

/// The mistakes of a form beside their fields.
pub fn errors(l: L, mistakes: &[Mistake]) -> Errors {
    let mut errors = Errors::new();
    for &(field, wrong) in mistakes {
        let text = match wrong {
            Wrong::NoPlace => l.wrong_no_place(),
            Wrong::PlaceNotHere => l.wrong_place_not_here(),
            Wrong::NoCarrier => l.wrong_no_carrier(),
            Wrong::FlipStand => l.wrong_flip_stand(),
            Wrong::NoDay => l.wrong_no_day(),
            Wrong::DayAhead => l.wrong_day_ahead(),
            Wrong::DayFar => l.wrong_day_far(),
            Wrong::NoNote => l.wrong_no_note(),
            Wrong::NoteLong => l.wrong_note_long(),
            Wrong::NoReason => l.wrong_no_reason(),
        };
        errors.add(field, text);
    }
    errors
}

/// Why a photo is not taken, in words.
pub fn bad_photo(l: L, bad: BadPhoto) -> &'static str {
    match bad {
        BadPhoto::TooLong => l.photo_too_long(),
        BadPhoto::Kind => l.photo_kind(),
        BadPhoto::TooLarge => l.photo_too_large(),
        BadPhoto::Broken => l.photo_broken(),
    }
}
