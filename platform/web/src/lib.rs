#![doc = include_str!("../README.md")]

pub mod api;
mod attention;
pub mod client;
mod context;
pub mod cookie;
mod fail;
pub mod form;
mod kept;
pub mod live;
mod metrics;
mod routes;
mod trace;

pub use attention::{Attention, Need};
pub use context::{Context, Ctx, Settings};
pub use fail::Fail;
pub use form::Form;
pub use live::Live;
pub use metrics::Metrics;
pub use routes::{Access, Part, Route, Routes, Who, csrf_token, html, wrong_method};
pub use trace::Trace;

mod texts {
    otklik_locale::texts!();
}

/// What the admin zone's pages may load: only what this server itself gives.
pub const ADMIN_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
