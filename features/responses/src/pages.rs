//! The pages of this slice: «Сегодня», the list, the card.

mod card;
mod days;
mod export;
mod handle;
mod list;
mod query;
mod rows;
mod today;

use std::sync::Arc;

use otklik_access::Permission;
use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_organisations::{Offices, SharedOffices};
use otklik_questionnaires::Questionnaires;
use otklik_web::{Access, Attention, Ctx, Part, Routes};

use crate::days::Watchers;
use crate::figures::Cube;

/// Responses are counted up to here: beyond it the exact number changes nothing for a person who reads them.
const COUNTED: i64 = 1_000;

/// Where words are searched for, each text that could have them is looked at: fewer are counted.
const COUNTED_BY_WORDS: i64 = 300;

/// What the handlers share.
#[derive(Clone)]
struct Pages {
    ctx: Ctx,
    offices: SharedOffices,
    questionnaires: Arc<Questionnaires>,
    attention: Vec<Arc<dyn Attention>>,
    watchers: Arc<dyn Watchers>,
    figures: Cube,
}

impl Pages {
    /// The present offices, loaded again when one of these is not among them yet.
    async fn offices(&self, bodies: impl IntoIterator<Item = Id>) -> Result<Arc<Offices>, DbErr> {
        let offices = self.offices.current();
        if bodies.into_iter().all(|body| offices.get(body).is_some()) {
            return Ok(offices);
        }
        self.offices.refresh(&self.ctx.db).await?;
        Ok(self.offices.current())
    }
}

/// The pages of this slice; `attention` is what other slices say of needs, `watchers` who must look days through.
#[must_use]
pub fn routes(
    ctx: &Ctx,
    offices: &SharedOffices,
    questionnaires: &Questionnaires,
    attention: Vec<Arc<dyn Attention>>,
    watchers: Arc<dyn Watchers>,
    figures: &Cube,
) -> Part {
    let pages = Pages {
        ctx: ctx.clone(),
        offices: offices.clone(),
        questionnaires: Arc::new(questionnaires.clone()),
        attention,
        watchers,
        figures: figures.clone(),
    };
    let read = Access::Needs(Permission::ReadResponses);
    let change = Access::Needs(Permission::HandleResponses);
    Routes::new(ctx, pages)
        .get("/admin/", Access::SignedIn, today::show)
        .get("/admin/responses", read, list::show)
        .get("/admin/responses/export.xlsx", read, export::xlsx)
        .get("/admin/responses/export.csv", read, export::csv)
        .get("/admin/responses/{id}", read, card::show)
        .post("/admin/responses/days/look", change, days::look)
        .post("/admin/responses/days/undo", change, days::undo)
        .post("/admin/responses/{id}/look", change, handle::look)
        .post("/admin/responses/{id}/outcome", change, handle::outcome)
        .finish()
}
