//! Acceptance: sent again, sent at once, one bad row, one transaction.

use std::sync::Arc;

use futures_util::future::join_all;
use otklik_db::{Column, DbErr, Rows};
use otklik_kernel::Instant;
use otklik_responses::{AcceptError, NewResponse, OnAcceptance, Receipt, Stored, Suspicion};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait;

use crate::common::{MIGRATIONS, NEAR_A, acceptor, context, found, number, response, stored};

/// Writes a row per response into a table of its own, and refuses some of them.
struct Outbox;

/// A comment that makes [`Outbox`] write a row that the database refuses.
const REFUSED: &str = "нельзя";

impl OnAcceptance for Outbox {
    fn rows(&self, stored: &[Stored]) -> Result<Rows, DbErr> {
        let mut ids: Vec<i64> = stored.iter().map(|one| one.id).collect();
        // A row that is there twice: it is the database that refuses it, after the other tables' rows.
        ids.extend(stored.iter().filter(|one| one.response.comment == REFUSED).map(|one| one.id));
        Ok(Rows { table: "test_outbox", columns: vec![("id", Column::Long(ids))] })
    }

    fn committed(&self) {}
}

async fn outbox(t: &TestDb) -> Vec<Arc<dyn OnAcceptance>> {
    otklik_db::execute(&t.db, "CREATE TABLE test_outbox (id BIGINT NOT NULL PRIMARY KEY)").await.unwrap();
    vec![Arc::new(Outbox)]
}

/// Accepts all of them at once.
async fn all(
    acceptor: &otklik_responses::Acceptor,
    responses: Vec<NewResponse>,
) -> Vec<Result<otklik_responses::Acceptance, AcceptError>> {
    let tasks: Vec<_> = responses
        .into_iter()
        .map(|response| {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { acceptor.accept(response).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[test]
fn the_same_form_sent_fifty_times_at_once_on_two_nodes_is_one_row() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let nodes = [acceptor(&ctx, Vec::new()).await, acceptor(&ctx, Vec::new()).await];
        let one = response(&t, NEAR_A, "a0c1", "Долго ждали");
        let halves = futures(&nodes, &one).await;
        let receipts: Vec<Receipt> = halves.iter().map(|(receipt, _)| *receipt).collect();
        assert_eq!(receipts, vec![receipts[0]; 50]);
        assert_eq!(halves.iter().filter(|(_, is_repeated)| !is_repeated).count(), 1);
        assert_eq!((stored(&t).await, number(&t, "SELECT COUNT(*) FROM jobs_events").await), (1, 1));

        // And the day after, too.
        let mut late = one;
        late.received_at = late.received_at.plus(Instant::DAY);
        let again = nodes[0].accept(late).await.unwrap();
        assert_eq!((again.receipt, again.is_repeated, stored(&t).await), (receipts[0], true, 1));
    });
}

async fn futures(nodes: &[otklik_responses::Acceptor; 2], one: &NewResponse) -> Vec<(Receipt, bool)> {
    let (first, second) =
        tokio::join!(all(&nodes[0], vec![one.clone(); 25]), all(&nodes[1], vec![one.clone(); 25]));
    first.into_iter().chain(second).map(|done| done.map(|a| (a.receipt, a.is_repeated)).unwrap()).collect()
}

#[test]
fn two_nodes_storing_the_same_forms_in_opposite_order_lose_and_double_none() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let (one, other) = (acceptor(&ctx, Vec::new()).await, acceptor(&ctx, Vec::new()).await);
        let forms: Vec<_> = (0..40).map(|n| response(&t, NEAR_A, "b1", &format!("отзыв {n}"))).collect();
        let backwards: Vec<_> = forms.iter().rev().cloned().collect();
        let (first, mut second) = tokio::join!(all(&one, forms), all(&other, backwards));
        second.reverse();
        for (first, second) in first.into_iter().zip(second) {
            let (first, second) = (first.unwrap(), second.unwrap());
            assert_eq!(first.receipt, second.receipt);
            assert!(first.is_repeated != second.is_repeated);
        }
        assert_eq!((stored(&t).await, number(&t, "SELECT COUNT(*) FROM jobs_events").await), (40, 40));
    });
}

#[test]
fn the_same_token_with_other_content_is_a_new_marked_row() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let first = response(&t, NEAR_A, "a1", "Хорошо");
        let mut changed = first.clone();
        changed.device = [9; 16];
        changed.comment = "Плохо".to_owned();
        let first = acceptor.accept(first).await.unwrap();
        let second = acceptor.accept(changed.clone()).await.unwrap();
        assert_ne!(first.receipt, second.receipt);
        assert!(!second.is_repeated);
        // Each is found by its own receipt; the mark is on the second.
        let find = async |receipt| found(&t, &receipt).await;
        assert_eq!(
            (find(first.receipt).await.comment.as_str(), find(first.receipt).await.suspicion.0),
            ("Хорошо", 0)
        );
        assert_eq!(find(second.receipt).await.suspicion, Suspicion::TOKEN_REUSED);
        let read = Receipt::parse(&second.receipt.to_string().to_lowercase()).unwrap();
        assert_eq!(find(read).await.comment, "Плохо");
        assert_eq!(stored(&t).await, 2);
    });
}

#[test]
fn one_bad_row_does_not_cost_its_neighbours() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, outbox(&t).await).await;
        let mut forms: Vec<_> = (0..50).map(|n| response(&t, NEAR_A, "c0", &format!("отзыв {n}"))).collect();
        forms[17].comment = REFUSED.to_owned();
        // PostgreSQL itself refuses this one; SQLite stores it.
        forms[33].comment = "до\u{0}после".to_owned();
        let is_postgres = t.db.backend() == sea_orm::DbBackend::Postgres;

        // While somebody else writes they gather, and come as groups.
        let busy = t.db.begin().await.unwrap();
        if is_postgres {
            busy.execute_unprepared("LOCK TABLE responses_responses IN EXCLUSIVE MODE").await.unwrap();
        }
        // All of them are in the queue when the first `join_all` is polled, before the other goes on.
        let sending = join_all(forms.iter().map(|form| acceptor.accept(form.clone())));
        let (outcomes, freed) = tokio::join!(sending, busy.commit());
        freed.unwrap();
        for (n, outcome) in outcomes.iter().enumerate() {
            let is_bad = n == 17 || n == 33 && is_postgres;
            assert_eq!(matches!(outcome, Err(AcceptError::Refused(_))), is_bad, "{n}: {outcome:?}");
            assert_eq!(outcome.is_ok(), !is_bad, "{n}: {outcome:?}");
        }
        let expected = if is_postgres { 48 } else { 49 };
        assert_eq!(stored(&t).await, expected);
        assert_eq!(number(&t, "SELECT COUNT(*) FROM jobs_events").await, expected);
        assert_eq!(number(&t, "SELECT COUNT(*) FROM test_outbox").await, expected);

        // Those that were stored are known; the refused one is refused again.
        let again = all(&acceptor, forms).await;
        let repeated = again.iter().filter(|done| matches!(done, Ok(done) if done.is_repeated)).count();
        assert_eq!((i64::try_from(repeated).unwrap(), stored(&t).await), (expected, expected));
    });
}

#[test]
fn response_event_and_outbox_row_are_one_transaction() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, outbox(&t).await).await;
        let refused = acceptor.accept(response(&t, NEAR_A, "a0", REFUSED)).await;
        assert!(matches!(refused, Err(AcceptError::Refused(_))), "{refused:?}");
        for table in ["responses_responses", "jobs_events", "test_outbox"] {
            assert_eq!(number(&t, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        acceptor.accept(response(&t, NEAR_A, "a0", "можно")).await.unwrap();
        let same = "SELECT COUNT(*) FROM responses_responses r JOIN jobs_events e ON e.subject_id = r.id
            AND e.body_id = r.body_id AND e.trace = r.trace JOIN test_outbox o ON o.id = r.id";
        assert_eq!(number(&t, same).await, 1);
    });
}
