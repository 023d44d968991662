//! The closure and scopes on both databases.

use std::collections::{HashMap, HashSet};

use otklik_access::{MIGRATIONS, Permission, Role, changes, closure};
use otklik_testkit::{both, caller};

/// A seeded forest is built and moved at random; after each step the closure equals a plain walk.
#[test]
fn org2_rows_follow_a_moved_body() {
    both(&[MIGRATIONS], async |t| {
        let mut parents: HashMap<i64, Option<i64>> = HashMap::new();
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for step in 0..120_i64 {
            let tx = t.db.begin().await.unwrap();
            let known = i64::try_from(parents.len()).unwrap();
            if step < 40 {
                let parent =
                    (step > 2 && random(8) > 0).then(|| i64::try_from(random(known.unsigned_abs())).unwrap());
                closure::insert(&tx, step, parent).await.unwrap();
                parents.insert(step, parent);
            } else {
                let body = i64::try_from(random(40)).unwrap();
                let parent = (random(6) > 0).then(|| i64::try_from(random(40)).unwrap());
                let inside = match parent {
                    Some(parent) => closure::is_under(&tx, parent, body).await.unwrap(),
                    None => false,
                };
                if !inside {
                    closure::relocate(&tx, body, parent).await.unwrap();
                    parents.insert(body, parent);
                }
            }
            tx.commit().await.unwrap();
        }
        for &top in parents.keys() {
            let scope = caller(1, &[(Role::QualityGroup, top)]).scope(Permission::ReadResponses);
            for &body in parents.keys() {
                let mut above = HashSet::new();
                let mut at = Some(body);
                while let Some(id) = at {
                    above.insert(id);
                    at = parents[&id];
                }
                assert_eq!(
                    scope.contains(t.db.read(), body).await.unwrap(),
                    above.contains(&top),
                    "{body} under {top}"
                );
            }
        }
        let nowhere = caller(1, &[(Role::TechnicalOperator, 0)]).scope(Permission::ReadResponses);
        assert!(nowhere.is_empty());
        assert!(!nowhere.contains(t.db.read(), 0).await.unwrap());
    });
}

/// A change reaches the body and all above it, nobody beside it.
#[test]
fn qr4_a_change_is_seen_by_those_above_it() {
    both(&[MIGRATIONS], async |t| {
        let tx = t.db.begin().await.unwrap();
        for (body, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1)), (5, None)] {
            closure::insert(&tx, body, parent).await.unwrap();
        }
        tx.commit().await.unwrap();
        let changed = async |bodies: &[i64]| {
            let before = changes::latest(t.db.read()).await.unwrap();
            let tx = t.db.begin().await.unwrap();
            changes::note(&tx, bodies).await.unwrap();
            tx.commit().await.unwrap();
            let latest = changes::latest(t.db.read()).await.unwrap();
            let mut since = changes::since(t.db.read(), before).await.unwrap();
            since.sort_unstable();
            assert!(latest > before && since.iter().all(|&(_, version)| version == latest));
            since.into_iter().map(|(body, _)| body).collect::<Vec<_>>()
        };
        assert_eq!(changed(&[3]).await, [1, 2, 3]);
        assert_eq!(changed(&[4]).await, [1, 4]);
        assert_eq!(changed(&[3, 4, 3]).await, [1, 2, 3, 4]);
        assert_eq!(changed(&[5]).await, [5]);
        assert!(changed(&[]).await.is_empty());
    });
}
