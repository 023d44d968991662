//! Event logs against themselves and against another program.

mod oracle;
mod xes;
