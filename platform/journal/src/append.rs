//! Adding an entry.

use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::code::hex;
use otklik_kernel::{Id, Ids, Instant, Random};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor<'a> {
    /// A person, by their account.
    Person {
        /// The person's id.
        id: Id,
        /// The login at that time.
        login: &'a str,
    },
    /// The programme itself, and why: `schedule`, `command`.
    System(&'a str),
}

impl Actor<'_> {
    /// The account's id, where there is one.
    #[must_use]
    pub const fn id(self) -> Option<Id> {
        match self {
            Self::Person { id, .. } => Some(id),
            Self::System(_) => None,
        }
    }

    /// The actor as it is stored and shown.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Person { login, .. } => login.to_owned(),
            Self::System(reason) => format!("system:{reason}"),
        }
    }
}

/// Something that was done.
///
/// Personal data belong into `before` and `after` and nowhere else: these can be erased later.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// Who did it.
    pub actor: Actor<'a>,
    /// What was done, such as `bodies.create`.
    pub action: &'static str,
    /// What it was done to: its kind and id.
    pub subject: Option<(&'a str, Id)>,
    /// The body it belongs to: decides who may read the entry.
    pub body: Option<Id>,
    /// The trace of the request.
    pub trace: &'a str,
    /// How it was before.
    pub before: Option<Json>,
    /// How it is afterwards.
    pub after: Option<Json>,
}

/// Adds an entry in the transaction of what was done; the sealer chains it after the commit.
///
/// # Errors
/// When the database refuses.
pub async fn append(
    tx: &Tx,
    entry: NewEntry<'_>,
    now: Instant,
    ids: &Ids,
    random: &dyn Random,
) -> Result<Id, DbErr> {
    let id = ids.next(now, random);
    let salt = hex(&random.bytes::<32>());
    let payload = canonical(entry.before, entry.after);
    let (subject_kind, subject_id) = entry.subject.unzip();
    let text = "INSERT INTO journal_entries
        (id, at, actor_id, actor, action, subject_kind, subject_id, body_id, trace, commitment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = [
        id.into(),
        now.0.into(),
        entry.actor.id().into(),
        entry.actor.text().into(),
        entry.action.into(),
        subject_kind.unwrap_or_default().into(),
        subject_id.into(),
        entry.body.into(),
        entry.trace.into(),
        commitment(&salt, &payload).into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await?;
    let text = "INSERT INTO journal_payloads (entry_id, salt, payload) VALUES (?, ?, ?)";
    tx.execute_raw(sql(tx, text, [id.into(), salt.into(), payload.into()])).await?;
    Ok(id)
}

/// SHA-256 of the salt and the payload, both as the bytes of their stored text.
pub(crate) fn commitment(salt: &str, payload: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(payload).finalize())
}

/// `{"after":…,"before":…}` without white space, the keys of every object in order.
fn canonical(before: Option<Json>, after: Option<Json>) -> String {
    let mut whole = serde_json::Map::new();
    whole.insert("after".to_owned(), after.unwrap_or(Json::Null));
    whole.insert("before".to_owned(), before.unwrap_or(Json::Null));
    let mut whole = Json::Object(whole);
    whole.sort_all_objects();
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_canonical_form_orders_keys_at_every_depth() {
        let text = canonical(None, Some(json!({"б": 1, "a": [{"z": null, "b": "\u{0}"}]})));
        assert_eq!(text, r#"{"after":{"a":[{"b":"\u0000","z":null}],"б":1},"before":null}"#);
    }

    #[test]
    fn the_commitment_is_plain_sha256_of_both_texts() {
        // printf '00ff{}' | sha256sum
        assert_eq!(commitment("00ff", "{}"), hex(&Sha256::digest("00ff{}")));
        assert_ne!(commitment("00ff", "{}"), commitment("00fe", "{}"));
    }
}
