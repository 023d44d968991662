//! Texts are removed when their time is over; what is counted stays.

use otklik_access::{Permission, Scope};
use otklik_jobs::{Handler, NewEvent, Worker};
use otklik_kernel::{Clock, Id, Instant};
use otklik_responses::store::{self, Filter};
use otklik_responses::words::WordIndex;
use otklik_responses::{ACCEPTED, Response, Stored, offices, retention};
use otklik_testkit::{TestDb, both};
use std::sync::Arc;

use crate::common::{MIGRATIONS, NEAR_A, OFFICES, caller, context, number, response};

/// More than one part that is moved to its offices.
const MANY: usize = 4_200;

/// So many responses of one hour, every third without a text, with their words in the index.
async fn come(t: &TestDb, count: usize, word: &str) -> Vec<Stored> {
    let now = t.clock.now();
    let fresh: Vec<Stored> = (0..count)
        .map(|n| {
            let text = if n % 3 == 0 { String::new() } else { format!("{word} {n}") };
            let response = response(t, OFFICES[n % OFFICES.len()], ["a0", "b1"][n % 2], &text);
            Stored { id: t.ids.next(now, &*t.random), response }
        })
        .collect();
    t.db.insert(store::rows(&t.db, &fresh)).await.unwrap();
    let events = fresh.iter().map(|one| NewEvent {
        id: one.id,
        kind: ACCEPTED,
        body: Some(one.response.body),
        subject: Some(one.id),
        payload: "",
        trace: "",
        at: now,
    });
    t.db.insert(vec![otklik_jobs::rows(&events.collect::<Vec<_>>())]).await.unwrap();
    let handlers: Vec<Arc<dyn Handler>> = vec![Arc::new(WordIndex)];
    Worker::new(t.db.clone(), t.clock.clone(), handlers).run_once().await.unwrap();
    fresh
}

#[test]
fn x4_texts_whose_time_is_over_are_removed_and_nothing_else() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let conn = t.db.read();
        let old = come(&t, MANY, "очередь").await;
        offices::settle(&t.db).await.unwrap();
        t.clock.advance(100 * Instant::DAY);
        let new = come(&t, 30, "очередное").await;

        let everything = Scope::system("test");
        let near = caller("near").unwrap().scope(Permission::ReadResponses);
        let count = async |scope: &Scope, filter: Filter| store::count(conn, scope, &filter).await.unwrap();
        let with_text = || Filter { with_text: true, ..Filter::default() };
        let of_word = |word: &str| Filter { words: word.to_owned(), ..Filter::default() };
        let find = async |id: Id| store::find(conn, &everything, id).await.unwrap().unwrap();
        let all_before = count(&near, Filter::default()).await;
        assert_eq!(count(&everything, of_word("очередь")).await, 2_800);

        let limit = Instant(t.clock.now().0 - 90 * Instant::DAY);
        assert_eq!(retention::forget(&ctx, limit).await.unwrap(), 2_800);
        for (at, one) in old.iter().enumerate().step_by(7) {
            let Response { comment, text_removed, marks, .. } = find(one.id).await;
            assert_eq!((comment.as_str(), marks), ("", one.response.marks.clone()));
            assert_eq!(text_removed.is_some(), at % 3 != 0, "{at}");
        }
        for one in &new {
            let found = find(one.id).await;
            assert_eq!((&found.comment, found.text_removed), (&one.response.comment, None));
        }
        assert_eq!(count(&everything, of_word("очередь")).await, 0);
        assert_eq!(count(&everything, of_word("очередное")).await, 20);
        assert_eq!(count(&near, Filter::default()).await, all_before);
        let near_new = |one: &&Stored| {
            !one.response.comment.is_empty() && (NEAR_A..NEAR_A + 2).contains(&one.response.body)
        };
        assert_eq!(
            count(&near, with_text()).await,
            i64::try_from(new.iter().filter(near_new).count()).unwrap()
        );
        let raw = "SELECT COUNT(*) FROM responses_responses WHERE comment = '' AND search_text <> ''";
        assert_eq!(number(&t, raw).await, 0);

        // Done is done; and what has become old since is found.
        let told = "SELECT COUNT(*) FROM journal_entries WHERE action = 'responses.forget_texts'";
        assert_eq!(retention::forget(&ctx, limit).await.unwrap(), 0);
        assert_eq!(number(&t, told).await, 1);
        let later = Instant(t.clock.now().0 + Instant::DAY);
        assert_eq!(retention::forget(&ctx, later).await.unwrap(), 20);
        assert_eq!((count(&everything, with_text()).await, number(&t, told).await), (0, 2));
    });
}
