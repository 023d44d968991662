//! The slice against both databases and a real mail server.

mod alerts_page;
mod flood;
mod daily;
mod flow;
mod mandatory;
mod office;
mod outage;
mod page;
mod queue;
mod rules;
mod world;
