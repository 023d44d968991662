//! What is kept in memory follows the counters of what it was made from.

use std::sync::atomic::{AtomicU32, Ordering};

use otklik_db::{DbErr, Kept, versions};
use otklik_testkit::{TestDb, both};

async fn bump(t: &TestDb, name: &str) {
    let tx = t.db.begin().await.unwrap();
    versions::bump(&tx, name).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_kept_value_is_made_again_when_a_counter_of_its_own_was_raised() {
    both(&[], async |t| {
        let kept: Kept<char, u32> = Kept::new(&["one", "two"]);
        let made = AtomicU32::new(0);
        let get = async |key| {
            let make = async || Ok::<_, DbErr>(made.fetch_add(1, Ordering::Relaxed) + 1);
            // A clone shares what is kept.
            kept.clone().get(&t.db, key, make).await.unwrap()
        };
        assert_eq!((get('a').await, get('a').await, get('b').await), (1, 1, 2));
        bump(&t, "other").await;
        assert_eq!((get('a').await, get('b').await), (1, 2));
        bump(&t, "two").await;
        assert_eq!((get('a').await, get('b').await, get('a').await), (3, 4, 3));
        bump(&t, "one").await;
        assert_eq!(get('a').await, 5);

        // What fails isn't kept, and what is kept stays.
        let fail = async || Err(DbErr::Custom("no".into()));
        kept.get(&t.db, 'c', fail).await.unwrap_err();
        assert_eq!((get('c').await, get('a').await), (6, 5));
        for key in (0..600).filter_map(|n| char::from_u32(0x4e00 + n)) {
            get(key).await;
        }
        assert!(get('a').await > 600, "not everything is kept for ever");
    });
}
