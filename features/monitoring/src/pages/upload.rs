//! Taking a delivery in by the page.

use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_access::Permission;
use otklik_kernel::secret;
use otklik_ui::{Choice, Errors, Page};
use otklik_web::form::FormError;
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Monitoring, Tab, texts};
use crate::deliveries::Way;
use crate::deliveries::head::{HeadError, Said};
use crate::deliveries::receive::{Arrived, NotReceived, receive as take};
use crate::deliveries::spool::{LONGEST, Spool, SpoolError, Spooled};
use crate::senders;
use crate::texts::L;

/// The longest text field, in bytes.
const LONGEST_TEXT: usize = 4 * 1024;

#[derive(Template)]
#[template(path = "monitoring/upload.html")]
struct UploadView {
    page: Page,
    l: L,
    errors: Errors,
    /// Empty where the scope has no sender: then there is nothing to send.
    senders: Vec<Choice>,
    may_manage: bool,
    day: String,
    revision: String,
    today: String,
}

impl UploadView {
    /// A browser gives back what was typed, never the file that was chosen.
    fn file_hint(&self) -> &'static str {
        if self.errors.is_empty() { self.l.upload_file_hint() } else { self.l.upload_file_again() }
    }
}

/// What was sent.
#[derive(Default)]
struct Sent {
    said: Said,
    came: Came,
    csrf: String,
}

/// What became of the form's file, with its name.
#[derive(Default)]
enum Came {
    #[default]
    Nothing,
    Empty(String),
    TooLong,
    File(String, Spooled),
}

async fn view(monitoring: &Monitoring, who: &Who, said: &Said, errors: Errors) -> Result<UploadView, Fail> {
    let l = texts(who);
    let all = senders::store::all(monitoring.ctx.db.read(), &who.scope).await?;
    let chosen = said.sender.as_str();
    let from_package = (!all.is_empty()).then(|| Choice::new("", l.upload_from_package(), chosen));
    let choices = all.into_iter().map(|sender| Choice::new(sender.fields.code, sender.fields.name, chosen));
    Ok(UploadView {
        page: Tab::Deliveries.below(who, l.upload_title()).here(l.upload_title()),
        l,
        errors,
        senders: from_package.into_iter().chain(choices).collect(),
        may_manage: who.caller.may(Permission::ManageMonitoring),
        day: said.day.clone(),
        revision: said.revision.clone(),
        today: monitoring.ctx.now().day_in(&monitoring.zone(&who.scope)).to_string(),
    })
}

/// The form.
pub async fn show(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let view = view(&monitoring, &who, &Said::default(), Errors::new()).await?;
    Ok(html(StatusCode::OK, &view))
}

/// Takes a file in, and leads to its receipt.
pub async fn receive(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    request: Request,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let sent = read(&who, request).await?;
    let mut errors = Errors::new();
    let no_file = match sent.came {
        Came::File(name, spooled) => Ok((name, spooled)),
        Came::Nothing => Err(l.upload_no_file().to_owned()),
        Came::Empty(name) => Err(l.upload_empty(name)),
        Came::TooLong => Err(l.upload_too_long().to_owned()),
    };
    let (name, spooled) = match no_file {
        Ok(file) => file,
        Err(text) => {
            errors.add("file", text);
            let view = view(&monitoring, &who, &sent.said, errors).await?;
            return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view));
        }
    };
    let arrived = Arrived {
        path: &spooled.path,
        name: &name,
        digest: spooled.digest,
        bytes: spooled.bytes,
        way: Way::Page,
        by: who.caller.login(),
    };
    let (db, act) = (&monitoring.ctx.db, monitoring.act(&who, &trace));
    match take(db, &monitoring.depot, &who.scope, &act, &arrived, &sent.said, None).await {
        Ok(receipt) => {
            monitoring.received.wake();
            let done = if receipt.is_to_check { "received" } else { "known" };
            let href = format!("/admin/monitoring/deliveries/{}?done={done}", receipt.delivery.id);
            Ok(Redirect::to(&href).into_response())
        }
        Err(NotReceived::Database(error)) => Err(error.into()),
        Err(NotReceived::Depot(error)) => Err(Fail::Internal(error.to_string())),
        Err(refused) => {
            let (field, text) = refusal(l, &refused, &name);
            errors.add(field, text);
            let view = view(&monitoring, &who, &sent.said, errors).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

/// Why a file of this name is not taken in: the field and the words.
pub(crate) fn refusal(l: L, refused: &NotReceived, file: &str) -> (&'static str, String) {
    let (field, text) = match refused {
        NotReceived::NoSender | NotReceived::Head(HeadError::NoSender) => ("sender", l.refused_no_sender()),
        NotReceived::Head(HeadError::NoDay) => ("day", l.refused_no_day()),
        NotReceived::Head(HeadError::BadDay) => ("day", l.refused_bad_day()),
        NotReceived::DayAhead => ("day", l.refused_day_ahead()),
        NotReceived::Head(HeadError::BadRevision) => ("revision", l.refused_bad_revision()),
        NotReceived::Head(HeadError::Disagree) => ("file", l.refused_disagree()),
        NotReceived::Head(HeadError::NotTable) => return ("file", l.refused_not_table(file.to_owned())),
        NotReceived::Head(HeadError::BadZip) => ("file", l.refused_bad_zip()),
        NotReceived::Head(HeadError::BadDescription) => ("file", l.refused_bad_description()),
        NotReceived::Revision { known, receipt } => {
            return ("revision", l.refused_revision(*known, receipt.to_string()));
        }
        NotReceived::Database(_) | NotReceived::Depot(_) => ("file", l.refused_for_now()),
    };
    (field, text.to_owned())
}

/// Reads the form piece by piece; its token stands before the file and is checked first.
async fn read(who: &Who, mut request: Request) -> Result<Sent, Fail> {
    let kind = request.headers().get(axum::http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &()).await?;
        return Ok(Sent { said: said(&form), ..Sent::default() });
    }
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| FormError::Broken)?;
    let mut sent = Sent::default();
    let may_go_on = |sent: &Sent| match secret::same(sent.csrf.as_bytes(), who.csrf.as_bytes()) {
        true => Ok(()),
        false => Err(Fail::Forged),
    };
    while let Some(part) = parts.next_field().await.map_err(failed)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            may_go_on(&sent)?;
            let file = part.file_name().unwrap_or_default().to_owned();
            match spool(part).await {
                Ok(spooled) if spooled.bytes > 0 => sent.came = Came::File(file, spooled),
                // A form in which nothing was chosen has a file without a name.
                Ok(_) if file.is_empty() => {}
                Ok(_) => sent.came = Came::Empty(file),
                Err(SpoolError::TooLong) => {
                    sent.came = Came::TooLong;
                    return Ok(sent);
                }
                Err(SpoolError::File(error)) => return Err(Fail::Internal(error.to_string())),
            }
            continue;
        }
        let value = text(part).await?;
        match name.as_str() {
            "csrf" => sent.csrf = value,
            "sender" => sent.said.sender = value,
            "day" => sent.said.day = value,
            "revision" => sent.said.revision = value,
            _ => {}
        }
    }
    may_go_on(&sent)?;
    Ok(sent)
}

fn said(form: &Form) -> Said {
    Said {
        sender: form.get("sender").to_owned(),
        day: form.get("day").to_owned(),
        revision: form.get("revision").to_owned(),
    }
}

async fn spool(mut part: Field<'_>) -> Result<Spooled, SpoolError> {
    let mut spool = Spool::begin(LONGEST)?;
    loop {
        match part.chunk().await {
            Ok(Some(piece)) => spool.add(&piece).await?,
            Ok(None) => return spool.end().await,
            Err(error) => return Err(std::io::Error::other(error.to_string()).into()),
        }
    }
}

async fn text(mut part: Field<'_>) -> Result<String, FormError> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(failed)? {
        if bytes.len() + piece.len() > LONGEST_TEXT {
            return Err(FormError::TooLong);
        }
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8(bytes).map_err(|_| FormError::NotUtf8)?;
    if text.contains('\0') { Err(FormError::Nul) } else { Ok(text) }
}

fn failed(error: MultipartError) -> FormError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => FormError::TooLong,
        _ => FormError::Broken,
    }
}
