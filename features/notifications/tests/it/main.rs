//! The slice against both databases and a real mail server.

mod alerts_page;
mod daily;
mod flood;
mod flow;
mod mandatory;
mod office;
mod outage;
mod page;
mod queue;
mod rules;
mod world;
