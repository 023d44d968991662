//! Letters made from what is stored; the last few are kept, because a letter has many recipients.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use otklik_access::Scope;
use otklik_db::{DbErr, is_away};
use otklik_kernel::Id;
use otklik_locale::Lang;
use otklik_organisations::{Office, SharedOffices};
use otklik_questionnaires::Questionnaires;
use otklik_responses::store as responses;
use otklik_web::Ctx;

use crate::digest_letter::{self, Told};
use crate::letter::{Letter, Rules};
use crate::store::{digests, outbox};

/// How many letters are kept.
const KEPT: usize = 16;
const SCOPE: Scope = Scope::system("letters are written for the recipients of every office");

/// Makes letters and keeps the last ones.
pub struct Letters {
    ctx: Ctx,
    offices: SharedOffices,
    questionnaires: Questionnaires,
    kept: Mutex<VecDeque<(Id, Arc<Letter>)>>,
}

/// Why there is no letter.
#[derive(Debug)]
pub enum NoLetter {
    /// The database is away: no letter is to blame.
    Away(DbErr),
    /// This letter can't be made.
    Broken(String),
}

impl From<DbErr> for NoLetter {
    fn from(error: DbErr) -> Self {
        if is_away(&error) { Self::Away(error) } else { Self::Broken(error.to_string()) }
    }
}

impl Letters {
    pub fn new(ctx: &Ctx, offices: &SharedOffices, questionnaires: &Questionnaires) -> Self {
        Self {
            ctx: ctx.clone(),
            offices: offices.clone(),
            questionnaires: questionnaires.clone(),
            kept: Mutex::default(),
        }
    }

    /// The letter of an outbox row: about a response, or a digest.
    pub async fn of(&self, row: Id) -> Result<Arc<Letter>, NoLetter> {
        let known = self.kept().iter().find(|(id, _)| *id == row).map(|(_, letter)| letter.clone());
        if let Some(letter) = known {
            return Ok(letter);
        }
        let letter = Arc::new(self.write(row).await?);
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((row, letter.clone()));
        Ok(letter)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<(Id, Arc<Letter>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, id: Id) -> Result<Letter, NoLetter> {
        let db = &self.ctx.db;
        let told = outbox::find(db.read(), id).await?;
        let told = told.ok_or_else(|| NoLetter::Broken(format!("there is no row {id}")))?;
        if told.is_digest {
            return self.write_digest(id, &told).await;
        }
        let response = responses::find(db.read(), &SCOPE, id).await?;
        let response = response.ok_or_else(|| NoLetter::Broken(format!("there is no response {id}")))?;
        let office = self.office(response.body).await?;
        let version =
            self.questionnaires.get(response.questionnaire).unwrap_or_else(|| self.questionnaires.newest());
        let rules = Rules { several: told.several, word: &told.word };
        Letter::write(&response, &office, &version.questionnaire, rules, self.base(), Lang::default())
            .map_err(|error| NoLetter::Broken(error.to_string()))
    }

    async fn write_digest(&self, id: Id, row: &outbox::Told) -> Result<Letter, NoLetter> {
        let conn = self.ctx.db.read();
        let digest = digests::find(conn, id).await?;
        let digest = digest.ok_or_else(|| NoLetter::Broken(format!("there is no digest {id}")))?;
        let office = self.office(digest.body).await?;
        let by_marks = digests::by_marks(conn, &digest).await?;
        let span = digests::span(conn, &digest).await?.unwrap_or((digest.from, digest.until));
        let mut texts = Vec::new();
        for response in digests::with_text(conn, &digest, digest_letter::TEXTS).await? {
            texts.extend(responses::find(conn, &SCOPE, response).await?);
        }
        let told = Told { digest: &digest, by_marks: &by_marks, span, texts: &texts };
        let newest = self.questionnaires.newest();
        digest_letter::write(&told, row, &office, &newest.questionnaire, self.base(), Lang::default())
            .map_err(|error| NoLetter::Broken(error.to_string()))
    }

    async fn office(&self, body: Id) -> Result<Arc<Office>, NoLetter> {
        if self.offices.current().get(body).is_none() {
            // Added a moment ago, perhaps by another node.
            self.offices.refresh(&self.ctx.db).await?;
        }
        let missing = || NoLetter::Broken(format!("there is no body {body}"));
        self.offices.current().get(body).cloned().ok_or_else(missing)
    }

    fn base(&self) -> &str {
        self.ctx.settings.admin_urls.first().unwrap_or(&self.ctx.settings.public_url)
    }
}
