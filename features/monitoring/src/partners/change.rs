//! Adding and changing partners; sending once more.

use std::path::{Path, PathBuf};

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::{CivilDay, Id, Secret, text};
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::store as bodies;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};

use super::folder::Roots;
use super::{Fields, Layout, Method, Sending, State, is_in, store};
use crate::refusal::{Mistake, Refusal, Wrong};
use crate::{seal, senders};

/// The longest text of a field.
const LONGEST: usize = 1000;

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Raw<'a> {
    /// The code of the body.
    pub body: &'a str,
    /// The name.
    pub name: &'a str,
    /// The method.
    pub method: &'a str,
    /// The address.
    pub address: &'a str,
    /// The login.
    pub login: &'a str,
    /// A new password or token; empty to keep the one there is, for the server that it was typed for.
    pub secret: &'a str,
    /// The fingerprint of the server's key.
    pub server_key: &'a str,
    /// The layout.
    pub layout: &'a str,
    /// The sender's code; empty for every sender of the body.
    pub sender: &'a str,
    /// The hour.
    pub hour: &'a str,
    /// Whether sending is on.
    pub is_on: bool,
    /// The first day.
    pub since: &'a str,
}

/// What a sealed password is bound to.
#[must_use]
pub fn about(partner: Id) -> String {
    format!("partner {partner}")
}

fn fits(method: Method, address: &str) -> bool {
    match method {
        Method::Folder => Path::new(address).is_absolute(),
        Method::Sftp => {
            address.strip_prefix("sftp://").is_some_and(|rest| !rest.is_empty() && !rest.contains('@'))
        }
        Method::Https => address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()),
    }
}

fn is_fingerprint(text: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    text.strip_prefix("SHA256:").is_some_and(|rest| rest.len() == 43 && rest.bytes().all(is_letter))
}

/// Refuses a folder that isn't allowed, and one that can't be written into, when sending is on: before a transaction,
/// for it may answer late.
async fn reach(roots: &Roots, raw: &Raw<'_>, known: Option<&Fields>) -> Result<(), Refusal> {
    let address = raw.address.trim();
    // What was agreed on before the setting forbade it can be switched off.
    let is_as_before =
        known.is_some_and(|known| (known.method, &*known.address) == (Method::Folder, address));
    let is_folder = Method::find(raw.method) == Some(Method::Folder) && fits(Method::Folder, address);
    if !is_folder || (!raw.is_on && is_as_before) {
        return Ok(());
    }
    let (roots, folder, is_on) = (roots.clone(), PathBuf::from(address), raw.is_on);
    let reached = tokio::task::spawn_blocking(move || match roots.place(&folder) {
        None => Err(Refusal::one("address", Wrong::Folder(roots.to_string()))),
        // It has no name there and is gone at once.
        Some(place) if is_on && tempfile::tempfile_in(&place).is_err() => {
            Err(Refusal::one("address", Wrong::Address))
        }
        Some(_) => Ok(()),
    });
    reached.await.unwrap_or_else(|_| Err(Refusal::one("address", Wrong::Address)))
}

/// Whether a password would go to another server, or by another way, than it was typed for.
fn leads_elsewhere(kept: &Fields, method: Method, raw: &Raw<'_>) -> bool {
    let now = (method, raw.address.trim(), raw.server_key.trim());
    (kept.method, &*kept.address, &*kept.server_key) != now
}

/// The password of a partner, sealed: what was typed, or what there is, when it goes where it went.
fn sealed(
    act: &Act<'_>,
    secret: &Secret,
    raw: &Raw<'_>,
    method: Method,
    (id, known): (Id, Option<&Fields>),
) -> Result<Result<String, Wrong>, DbErr> {
    let kept = known.filter(|known| !known.secret.is_empty());
    match (method, raw.secret, kept) {
        // A folder needs none, and a server that is agreed on after it doesn't get that of the one before.
        (Method::Folder, ..) | (_, "", None) => Ok(Ok(String::new())),
        (_, "", Some(kept)) if leads_elsewhere(kept, method, raw) => Ok(Err(Wrong::SecretAnew)),
        (_, "", Some(kept)) => Ok(Ok(kept.secret.clone())),
        (_, typed, _) => {
            let sealed = seal::seal(secret, act.random, &about(id), typed);
            sealed.map(Ok).map_err(|error| DbErr::Custom(error.to_string()))
        }
    }
}

/// The sender that was chosen, of those whom the body may send; nothing for all of them.
async fn sender(
    tx: &Tx,
    scope: &Scope,
    raw: &Raw<'_>,
    body: Option<Id>,
) -> Result<Result<Option<Id>, Wrong>, DbErr> {
    let code = raw.sender.trim();
    if code.is_empty() {
        return Ok(Ok(None));
    }
    let Some(sender) = senders::store::find_by_code(tx, scope, code).await? else {
        return Ok(Err(Wrong::NoChoice));
    };
    // Sending can be switched off also when the sender has another body now.
    match body {
        Some(body) if raw.is_on && !is_in(tx, sender.fields.body, body).await? => Ok(Err(Wrong::NotOfBody)),
        _ => Ok(Ok(Some(sender.id))),
    }
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    act: &Act<'_>,
    secret: &Secret,
    raw: &Raw<'_>,
    known: (Id, Option<&Fields>),
) -> Result<Fields, Refusal> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let mut wrong = |field, wrong| mistakes.push((field, wrong));
    let (name, address) = (raw.name.trim(), raw.address.trim());
    if text::is_blank(name) {
        wrong("name", Wrong::Empty);
    } else if name.chars().count() > LONGEST {
        wrong("name", Wrong::Long);
    }
    let body = bodies::find_by_code(tx, scope, raw.body.trim()).await?;
    if text::is_blank(raw.body) {
        wrong("body", Wrong::Empty);
    } else if body.is_none() {
        wrong("body", Wrong::NoBody);
    }
    let sender = sender(tx, scope, raw, body.as_ref().map(|body| body.id)).await?;
    let sender = sender.map_err(|mistake| wrong("sender", mistake));
    let (method, layout) = (Method::find(raw.method), Layout::find(raw.layout));
    if layout.is_none() {
        wrong("layout", Wrong::NoChoice);
    }
    match method {
        None => wrong("method", Wrong::NoChoice),
        Some(_) if address.is_empty() => wrong("address", Wrong::Empty),
        Some(method) if !fits(method, address) || address.len() > LONGEST => wrong("address", Wrong::Address),
        Some(Method::Sftp) if !is_fingerprint(raw.server_key.trim()) => wrong("server_key", Wrong::ServerKey),
        Some(Method::Sftp) if raw.login.trim().is_empty() => wrong("login", Wrong::Empty),
        Some(_) => {}
    }
    let hour = raw.hour.trim().parse::<i32>().ok().filter(|hour| (0..=23).contains(hour));
    if hour.is_none() {
        wrong("hour", Wrong::Number);
    }
    let since = CivilDay::parse(raw.since.trim()).filter(|day| (20_000_101..20_900_101).contains(&day.0));
    if since.is_none() {
        wrong("since", Wrong::NoDay);
    }
    let sealed = match method {
        Some(method) => sealed(act, secret, raw, method, known)?.map_err(|mistake| wrong("secret", mistake)),
        None => Err(()),
    };
    match (body, method, layout, hour, since, sender, sealed) {
        (Some(body), Some(method), Some(layout), Some(hour), Some(since), Ok(sender), Ok(sealed))
            if mistakes.is_empty() =>
        {
            Ok(Fields {
                body: body.id,
                name: name.to_owned(),
                method,
                address: address.to_owned(),
                login: raw.login.trim().to_owned(),
                secret: sealed,
                server_key: raw.server_key.trim().to_owned(),
                layout,
                sender,
                hour,
                zone: body.fields.zone,
                is_on: raw.is_on,
                since,
            })
        }
        _ => Err(Refusal::Wrong(mistakes)),
    }
}

/// What the journal tells of a partner: never its password.
fn shown(fields: &Fields) -> Json {
    json!({
        "name": fields.name,
        "method": fields.method.code(),
        "address": fields.address,
        "login": fields.login,
        "server_key": fields.server_key,
        "layout": fields.layout.code(),
        "sender": fields.sender.map(|id| id.to_string()),
        "hour": fields.hour,
        "is_on": fields.is_on,
        "since": fields.since.to_string(),
    })
}

/// Adds a partner whose body is within the scope; its id.
///
/// # Errors
/// Mistakes in what was typed.
pub async fn add(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    secret: &Secret,
    roots: &Roots,
    raw: &Raw<'_>,
) -> Result<Id, Refusal> {
    reach(roots, raw, None).await?;
    let tx = db.begin().await?;
    let id = act.new_id();
    let fields = check(&tx, scope, act, secret, raw, (id, None)).await?;
    store::insert(&tx, id, &fields, act.now).await?;
    let entry = Entry {
        action: "partners.create",
        subject: Some(("partner", id)),
        body: Some(fields.body),
        before: None,
        after: Some(shown(&fields)),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a partner of the scope.
///
/// # Errors
/// No such partner; mistakes in what was typed.
pub async fn change(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    secret: &Secret,
    roots: &Roots,
    id: Id,
    raw: &Raw<'_>,
) -> Result<(), Refusal> {
    let known = store::find(db.read(), scope, id).await?.ok_or(Refusal::NotFound)?;
    reach(roots, raw, Some(&known.fields)).await?;
    let tx = db.begin().await?;
    let known = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let fields = check(&tx, scope, act, secret, raw, (id, Some(&known.fields))).await?;
    if fields == known.fields {
        return Ok(());
    }
    store::update(&tx, id, &fields).await?;
    let entry = Entry {
        action: "partners.change",
        subject: Some(("partner", id)),
        body: Some(fields.body),
        before: Some(shown(&known.fields)),
        after: Some(shown(&fields)),
    };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Whether a sending may be done once more: it was sent or given up, and no correction of its data has come since.
///
/// # Errors
/// When the database is away.
pub async fn may_again<C: ConnectionTrait>(conn: &C, sending: &Sending) -> Result<bool, DbErr> {
    let is_done = matches!(sending.state, State::Sent | State::Failed) && sending.subject.revision > 0;
    Ok(is_done && !store::is_corrected(conn, sending).await?)
}

/// Sends the data of a day once more: after it was given up, or when the partner has lost it.
///
/// # Errors
/// No such sending, or none that may be done once more.
pub async fn again(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let mut sending = store::find_sending(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    if !may_again(&tx, &sending).await? {
        return Err(Refusal::NotFound);
    }
    sending.state = State::Waiting;
    sending.attempts = 0;
    sending.next_at = act.now;
    store::update_sending(&tx, &sending).await?;
    let entry = Entry {
        action: "sendings.again",
        subject: Some(("sending", id)),
        body: Some(sending.body),
        before: None,
        after: Some(json!({
            "day": sending.subject.day.to_string(),
            "sender": sending.subject.sender,
            "revision": sending.subject.revision,
        })),
    };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon18_addresses_fit_their_method() {
        assert!(fits(Method::Folder, "/mnt/exchange") && !fits(Method::Folder, "exchange"));
        assert!(fits(Method::Sftp, "sftp://host:2222/in") && !fits(Method::Sftp, "sftp://user@host/in"));
        assert!(fits(Method::Https, "https://host/in") && !fits(Method::Https, "http://host/in"));
        assert!(is_fingerprint("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"));
        assert!(!is_fingerprint("SHA256:47DEQpj8HBSa"));
    }
}
