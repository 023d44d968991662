#![doc = include_str!("../README.md")]

mod backoff;
mod batch;
mod event;
mod handler;
mod schedule;
mod worker;

pub use backoff::backoff;
pub use event::{Event, FailingEvent, NewEvent, QueueStats, emit, failing, queue_stats, retry, rows};
pub use handler::{Handler, HandlerError};
pub use schedule::{Periodic, PeriodicJob};
pub use worker::{Waker, Worker};

/// The steps of this crate's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations!["0300_jobs_events"];
