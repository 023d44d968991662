//! The whole programme, on both databases and as the binary that is installed.

mod away;
mod command;
mod commands;
mod erase;
mod invent;
mod kill;
mod lake;
mod monitoring;
mod routes;
mod routes_called;
mod session;
mod survey;
mod survey_refused;
mod world;
