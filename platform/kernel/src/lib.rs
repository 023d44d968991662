#![doc = include_str!("../README.md")]

pub mod code;
pub mod id;
pub mod random;
pub mod secret;
pub mod text;
pub mod time;

pub use id::{Id, Ids};
pub use random::{Random, SystemRandom};
pub use secret::Secret;
pub use time::{CivilDay, Clock, Instant, StandingClock, SystemClock, Wall, Zone};
