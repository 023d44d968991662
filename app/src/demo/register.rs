//! Putting the demo's recipients, their marks and the register of responsible employees into the database.

use std::collections::HashMap;

use anyhow::Result;
use otklik_access::Scope;
use otklik_journal::Actor;
use otklik_kernel::Id;
use otklik_notifications::mandatory::{Mandatory, set_mandatory};
use otklik_notifications::set_recipients;
use otklik_organisations::people::store::with_email;
use otklik_organisations::responsibles::store;
use otklik_web::Ctx;

use super::content;

const SYSTEM: Scope = Scope::system("demo content");
/// Offices without recipients, on purpose: the system shows where they are missing.
pub const NOBODY: [&str; 2] = ["4177", "5404"];
/// Offices where only the deputy head is marked, on purpose.
const NO_UNIT_HEAD: [&str; 2] = ["2709", "5406"];

/// Recipients of every office but those without, by the template, and whose address is whose (QR-6, QR-7).
pub async fn recipients(
    ctx: &Ctx,
    all: &[content::DemoBody],
    bodies: &HashMap<String, Id>,
    without: &[&str],
    trace: &str,
) -> Result<()> {
    let tx = ctx.db.begin().await?;
    for body in all {
        if body.office != "да" || without.contains(&body.code.as_str()) {
            continue;
        }
        let id = bodies[&body.code];
        let list = otklik_mail::parse_list(&content::recipients(&body.code, &body.region).join(", ")).good;
        set_recipients(&tx, ctx, Actor::System("demo"), trace, id, &list).await?;
        let key = |at: usize| list.get(at).map(|address| address.key().to_owned());
        let unit_head = key(2).filter(|_| !NO_UNIT_HEAD.contains(&body.code.as_str()));
        let marks = Mandatory { deputy_head: key(1), unit_head };
        set_mandatory(&tx, ctx, Actor::System("demo"), trace, id, &marks).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The register of responsible employees, linked to accounts with the same address (ORG-5).
pub async fn responsibles(ctx: &Ctx, bodies: &HashMap<String, Id>) -> Result<()> {
    let tx = ctx.db.begin().await?;
    for body in content::bodies() {
        let id = bodies[&body.code];
        let rows = content::register(&body);
        let accounts = if rows.is_empty() { Vec::new() } else { with_email(&tx, &SYSTEM, id).await? };
        for mut fields in rows {
            let account = accounts.iter().find(|account| account.email == fields.email);
            fields.person = account.map(|account| account.id);
            store::insert(&tx, ctx.new_id(), id, &fields, ctx.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
