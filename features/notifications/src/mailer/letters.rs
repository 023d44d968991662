//! Letters made from what is stored; the last few are kept, because a letter has many recipients.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use otklik_access::Scope;
use otklik_db::{DbErr, is_away};
use otklik_kernel::Id;
use otklik_locale::Lang;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_responses::store as responses;
use otklik_web::Ctx;

use crate::letter::Letter;

/// How many letters are kept.
const KEPT: usize = 16;

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

    /// The letter about a response.
    pub async fn of(&self, response: Id) -> Result<Arc<Letter>, NoLetter> {
        let known = self.kept().iter().find(|(id, _)| *id == response).map(|(_, letter)| letter.clone());
        if let Some(letter) = known {
            return Ok(letter);
        }
        let letter = Arc::new(self.write(response).await?);
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((response, letter.clone()));
        Ok(letter)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<(Id, Arc<Letter>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, id: Id) -> Result<Letter, NoLetter> {
        let db = &self.ctx.db;
        let scope = Scope::system("letters are written for the recipients of every office");
        let response = responses::find(db.read(), &scope, id).await?;
        let response = response.ok_or_else(|| NoLetter::Broken(format!("there is no response {id}")))?;
        if self.offices.current().get(response.body).is_none() {
            // Added a moment ago, perhaps by another node.
            self.offices.refresh(db).await?;
        }
        let offices = self.offices.current();
        let missing = || NoLetter::Broken(format!("there is no body {}", response.body));
        let office = offices.get(response.body).ok_or_else(missing)?;
        let version =
            self.questionnaires.get(response.questionnaire).unwrap_or_else(|| self.questionnaires.newest());
        let base = self.ctx.settings.admin_urls.first().unwrap_or(&self.ctx.settings.public_url);
        Letter::write(&response, office, &version.questionnaire, base, Lang::default())
            .map_err(|error| NoLetter::Broken(error.to_string()))
    }
}
