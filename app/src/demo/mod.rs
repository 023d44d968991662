//! What `otklik demo` fills an empty installation with.

pub mod content;
