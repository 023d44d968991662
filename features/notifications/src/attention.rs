//! What of recipients needs a person: where mandatory ones are missing (QR-7), days not looked through (QR-12).

use async_trait::async_trait;
use otklik_access::Permission;
use otklik_access::Scope;
use otklik_db::{DbErr, Kept};
use otklik_kernel::Id;
use otklik_organisations::{SharedOffices, people, snapshot};
use otklik_responses::days::Watchers;
use otklik_ui::Tone;
use otklik_web::{Attention, Ctx, Need, Who};

use crate::daily::{DAYS, Days};
use crate::read;
use crate::store::recipients::VERSION;
use crate::texts::L;

/// In a scope of more offices than this only yesterday is counted: a country's fortnight takes too long.
const MANY: usize = 300;

/// What this slice knows of needs and of who must look days through.
#[derive(Clone, Debug)]
pub struct Recipients {
    ctx: Ctx,
    offices: SharedOffices,
    days: Days,
    missing: Kept<Scope, u64>,
}

impl Recipients {
    /// By the offices with their days, and the days looked through.
    #[must_use]
    pub fn new(ctx: &Ctx, offices: &SharedOffices, days: &Days) -> Self {
        let missing = Kept::new(&[snapshot::VERSION, VERSION]);
        Self { ctx: ctx.clone(), offices: offices.clone(), days: days.clone(), missing }
    }
}

#[async_trait]
impl Attention for Recipients {
    async fn needs(&self, who: &Who) -> Result<Vec<Need>, DbErr> {
        let l = L(who.viewer.lang);
        let mut needs = Vec::new();
        if who.caller.may(Permission::ReadResponses) {
            let scope = who.caller.scope(Permission::ReadResponses);
            let offices = self.days.open_offices(&self.ctx.db, &self.offices, &scope).await?;
            let days = if offices.len() > MANY { 2 } else { DAYS };
            let gaps = self.days.gaps(&self.ctx.db, &scope, &offices, self.ctx.now(), days).await?;
            let number = gaps.values().map(|days| days.len() as u64).sum();
            needs.push(Need {
                number,
                text: if days == DAYS { l.need_days(number) } else { l.need_yesterday(number) },
                href: "/admin/daily".to_owned(),
                tone: Tone::Problem,
            });
        }
        if who.caller.may(Permission::ReadBodies) {
            let scope = who.caller.scope(Permission::ReadBodies);
            let count = async || read::missing_count(self.ctx.db.read(), &scope).await;
            let number = self.missing.get(&self.ctx.db, scope.clone(), count).await?;
            needs.push(Need {
                number,
                text: l.need_mandatory(number),
                href: "/admin/recipients".to_owned(),
                tone: Tone::Warning,
            });
        }
        Ok(needs)
    }
}

#[async_trait]
impl Watchers for Recipients {
    async fn offices(&self, who: &Who) -> Result<Vec<Id>, DbErr> {
        let (conn, person) = (self.ctx.db.read(), who.caller.person());
        let scope = who.caller.scope(Permission::HandleResponses);
        let Some(account) = people::store::find(conn, &scope, person).await? else { return Ok(Vec::new()) };
        let list = read::recipients(conn, &scope, account.fields.body).await?;
        let is_one = list.iter().any(|recipient| recipient.person == Some(person));
        Ok(is_one.then_some(account.fields.body).into_iter().collect())
    }
}
