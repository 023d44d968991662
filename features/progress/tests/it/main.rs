//! Deliveries as they come: every form that is accepted, every error there is, against our own examples and against
//! a validator by others.

mod errors;
mod forms;
mod frictionless;
mod known;
mod model;
mod packages;
mod support;
mod written;
