//! The group commit: everything waiting goes into one transaction, up to [`GROUP`] responses.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use otklik_db::{DbErr, Rows, is_away};
use otklik_jobs::NewEvent;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::accept::{AcceptError, Acceptance, Shared};
use crate::model::{Accepted, FormToken};
use crate::{ACCEPTED, NewResponse, Stored, Suspicion, store};

/// The largest group.
const GROUP: usize = 256;

/// A response waiting for its transaction, and where its answer goes.
#[derive(Debug)]
pub struct Job {
    pub(crate) response: NewResponse,
    pub(crate) answer: oneshot::Sender<Result<Acceptance, AcceptError>>,
}

/// Takes groups from the queue and commits them.
pub struct Committer {
    shared: Arc<Shared>,
    queue: Arc<Mutex<mpsc::Receiver<Job>>>,
}

impl Committer {
    pub fn new(shared: Arc<Shared>, queue: Arc<Mutex<mpsc::Receiver<Job>>>) -> Self {
        Self { shared, queue }
    }

    /// Works until the last acceptor is gone.
    pub async fn run(self) {
        loop {
            let mut jobs = Vec::new();
            if self.queue.lock().await.recv_many(&mut jobs, GROUP).await == 0 {
                return;
            }
            // Nobody waits any more: the person was told that it failed and will send it again.
            jobs.retain(|job| !job.answer.is_closed());
            if !jobs.is_empty() {
                self.commit(jobs).await;
            }
        }
    }

    async fn commit(&self, jobs: Vec<Job>) {
        let (responses, answers): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.response, job.answer)).unzip();
        match self.store(&responses).await {
            Ok(accepted) => {
                for (answer, acceptance) in answers.into_iter().zip(accepted) {
                    let _ = answer.send(Ok(acceptance));
                }
            }
            Err(error) if is_away(&error) => {
                tracing::warn!(%error, waiting = responses.len(), "responses can't be stored now");
                for answer in answers {
                    let _ = answer.send(Err(AcceptError::Away(error.to_string())));
                }
            }
            // One bad row must not cost its neighbours.
            Err(error) => {
                tracing::warn!(%error, rows = responses.len(), "a group failed and is stored row by row");
                for (answer, response) in answers.into_iter().zip(responses) {
                    let alone = std::slice::from_ref(&response);
                    let mut stored = self.store(alone).await;
                    if stored.as_ref().is_err_and(|error| !is_away(error)) {
                        // Stored elsewhere between the look and the insertion? Then the next look finds it.
                        stored = self.store(alone).await;
                    }
                    let outcome = match stored {
                        Ok(accepted) => Ok(accepted[0]),
                        Err(error) if is_away(&error) => Err(AcceptError::Away(error.to_string())),
                        Err(error) => Err(AcceptError::Refused(error.to_string())),
                    };
                    let _ = answer.send(outcome);
                }
            }
        }
    }

    /// Stores responses in one transaction; those stored before get the receipt they had.
    ///
    /// Another node, or another committer, may be storing the same form at this moment: then the unique
    /// form and content refuse the group, and row by row it is found to be a repetition.
    async fn store(&self, responses: &[NewResponse]) -> Result<Vec<Acceptance>, DbErr> {
        let shared = &self.shared;
        let tokens: Vec<FormToken> = responses.iter().map(|response| response.token).collect();
        let mut known = match shared.recent.all_new(&tokens) {
            true => HashMap::new(),
            false => store::known_forms(&shared.db, &tokens).await?,
        };
        let mut tokens_seen: HashSet<FormToken> = known.keys().map(|(token, _)| *token).collect();
        let mut fresh = Vec::with_capacity(responses.len());
        let mut accepted = Vec::with_capacity(responses.len());
        for response in responses {
            let (id, is_repeated) = match known.entry((response.token, response.content())) {
                Entry::Occupied(stored) => (*stored.get(), true),
                Entry::Vacant(place) => {
                    let mut response = response.clone();
                    if !tokens_seen.insert(response.token) {
                        response.suspicion = response.suspicion.with(Suspicion::TOKEN_REUSED);
                    }
                    let id = *place.insert(shared.ids.next(response.received_at, &*shared.random));
                    fresh.push(Stored { id, response });
                    (id, false)
                }
            };
            accepted.push(Acceptance { receipt: shared.receipts.seal(id), is_repeated });
        }
        if fresh.is_empty() {
            return Ok(accepted);
        }
        let mut tables = store::rows(&shared.db, &fresh);
        tables.push(events(&fresh)?);
        let mut to_wake = Vec::new();
        for along in &shared.along {
            let rows = along.rows(&fresh)?;
            if !rows.is_empty() {
                to_wake.push(along);
            }
            tables.push(rows);
        }
        shared.recent.note(fresh.iter().map(|one| one.response.token), tokens.iter().max());
        shared.db.insert(tables).await?;
        shared.metrics.groups.inc();
        shared.events.wake();
        to_wake.iter().for_each(|along| along.committed());
        Ok(accepted)
    }
}

/// The events of stored responses.
fn events(stored: &[Stored]) -> Result<Rows, DbErr> {
    let payloads: Vec<String> = stored
        .iter()
        .map(|Stored { response, .. }| {
            let accepted = Accepted {
                day: response.day.0,
                marks: response.marks.to_string(),
                text: !response.comment.is_empty(),
            };
            serde_json::to_string(&accepted).map_err(|e| DbErr::Custom(e.to_string()))
        })
        .collect::<Result<_, _>>()?;
    let events: Vec<NewEvent<'_>> = stored
        .iter()
        .zip(&payloads)
        .map(|(Stored { id, response }, payload)| NewEvent {
            id: *id,
            kind: ACCEPTED,
            body: Some(response.body),
            subject: Some(*id),
            payload,
            trace: &response.trace,
            at: response.received_at,
        })
        .collect();
    Ok(otklik_jobs::rows(&events))
}
