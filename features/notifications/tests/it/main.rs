//! The slice against both databases and a real mail server.

mod flow;
mod mandatory;
mod office;
mod outage;
mod page;
mod queue;
mod world;
