//! Applications for other programs: event logs for process mining (MON-17), and the daily data of a sender from what
//! the lake holds (MON-8, MON-18).

mod cases;
mod daily;
mod ocel;
mod xes;

pub(crate) use daily::services_of;
pub use daily::{Layout, daily, written};
pub use ocel::ocel;
pub use otklik_eventlog::{Comparison, Quantiles, Summary, compare};
pub use xes::{foreign, own, xes};

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exchanged {
    /// Applications.
    pub cases: u64,
    /// Their events, and events of fees, ratings and complaints where the form has them.
    pub events: u64,
}

/// Why nothing, or not all, was written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] otklik_lake::Error),
    /// The file can't be written.
    #[error("the file can't be written: {0}")]
    Write(#[from] std::io::Error),
    /// The file is no event log.
    #[error(transparent)]
    Xes(#[from] otklik_eventlog::xes::XesError),
    /// The day has no wide form.
    #[error(transparent)]
    Wide(#[from] otklik_progress::print::WideError),
    /// The archive can't be written.
    #[error("the archive can't be written: {0}")]
    Archive(String),
}
