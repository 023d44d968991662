#![doc = include_str!("../README.md")]

mod assets;
pub mod charts;
mod errors;
mod figures;
mod form;
mod page;
mod pager;
mod texts;

pub use assets::{ADMIN_CSS, ADMIN_JS, asset, asset_path};
pub use errors::ErrorPage;
pub use figures::{Share, thousands};
pub use form::{Choice, Errors, FieldError};
pub use page::{Badge, Crumb, Flash, FlashKind, NavItem, Page, Person, Section, Tone, Viewer, When};
pub use pager::{Pager, PagerItem};
pub use texts::L;
