//! Taking a batch.
