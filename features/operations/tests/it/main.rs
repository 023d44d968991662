//! Pages and addresses for machines, on both databases.

mod cast;
mod health;
mod journal;
mod outbox;

use otklik_db::Migration;

/// The schema that these pages read.
pub const SCHEMA: &[&[Migration]] = &[
    otklik_access::MIGRATIONS,
    otklik_organisations::MIGRATIONS,
    otklik_jobs::MIGRATIONS,
    otklik_journal::MIGRATIONS,
    otklik_notifications::MIGRATIONS,
];
