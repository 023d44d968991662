//! What of posters needs a person (QR-11).

use async_trait::async_trait;
use otklik_access::{Permission, Scope};
use otklik_db::{DbErr, Kept};
use otklik_organisations::snapshot;
use otklik_ui::Tone;
use otklik_web::{Attention, Ctx, Need, Who};

use crate::read;
use crate::store::placements;
use crate::texts::L;

/// Counts the offices that don't keep the rule.
#[derive(Clone, Debug)]
pub struct Posters {
    ctx: Ctx,
    gaps: Kept<Scope, read::Gaps>,
}

impl Posters {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), gaps: Kept::new(&[snapshot::VERSION, placements::VERSION]) }
    }
}

#[async_trait]
impl Attention for Posters {
    async fn needs(&self, who: &Who) -> Result<Vec<Need>, DbErr> {
        if !who.caller.may(Permission::ReadBodies) {
            return Ok(Vec::new());
        }
        let l = L(who.viewer.lang);
        let scope = who.caller.scope(Permission::ReadBodies);
        let count = async || read::gaps(self.ctx.db.read(), &scope).await;
        let gaps = self.gaps.get(&self.ctx.db, scope.clone(), count).await?;
        let below = (gaps.below_minimum, l.need_below(gaps.below_minimum), read::BELOW_MINIMUM_HREF);
        let place = (gaps.place_empty, l.need_place(gaps.place_empty), read::PLACE_EMPTY_HREF);
        let need = |(number, text, href): (u64, String, &str)| Need {
            number,
            text,
            href: href.to_owned(),
            tone: Tone::Warning,
        };
        Ok([below, place].map(need).into())
    }
}
