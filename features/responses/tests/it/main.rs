//! Responses against SQLite and PostgreSQL: acceptance, figures, the list, the pages.

mod accept;
mod away;
mod beside;
mod common;
mod days;
mod export;
mod figures;
mod list;
mod marks;
mod pages;
mod texts;
