//! People who work with the system: accounts, and their roles on bodies.

mod model;
pub mod store;

pub use model::{Person, PersonFields, fold_login, is_email, is_login};
pub use store::{add, grant, set_password};
