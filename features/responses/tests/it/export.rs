//! Tables to take along, opened by another reader: exactly the rows of the filter, of the scope and no more.

use std::io::Cursor;
use std::time::Duration;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use otklik_kernel::{Clock, Instant, Zone};
use otklik_responses::{Stored, Suspicion, store};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait;

use crate::common::{FAR_A, MIGRATIONS, NEAR_A, NEAR_B, Site, acceptor, context, found, response};

/// The rows of a table below its header, as texts; empty cells are empty texts.
fn rows(file: Vec<u8>) -> (Vec<String>, Vec<Vec<String>>) {
    let mut book = Xlsx::new(Cursor::new(file)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::DateTime(days) => {
            // Days from a spreadsheet's first day, with the time of day as their fraction.
            let seconds = ((days.as_f64() - 25_569.0) * 86_400.0).round();
            Instant(seconds as i64 * Instant::SECOND).show_in(&Zone::utc())
        }
        other => other.to_string(),
    };
    let mut rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(text).collect()).collect();
    (rows.remove(0), rows)
}

/// Three responses of three offices, an hour from each other; the first is looked through and answered.
async fn stage(t: &TestDb) -> Site {
    let ctx = context(t).await;
    let acceptor = acceptor(&ctx, Vec::new()).await;
    let bad = response(t, NEAR_A, "a1c0", "=Ждали, звоните +7 912 345-67-89\nдва часа");
    let id = found(t, &acceptor.accept(bad).await.unwrap().receipt).await.id;
    t.clock.advance(Instant::HOUR);
    acceptor.accept(response(t, NEAR_B, "e1", "")).await.unwrap();
    t.clock.advance(Instant::HOUR);
    let mut far = response(t, FAR_A, "b0", "далеко");
    far.suspicion = Suspicion::TOO_FAST.with(Suspicion::BURST);
    acceptor.accept(far).await.unwrap();
    let tx = t.db.begin().await.unwrap();
    assert!(store::set_looked(&tx, id, t.clock.now(), "Куратор").await.unwrap());
    store::set_outcome(&tx, id, t.clock.now(), "Написали на a.b@example.ru").await.unwrap();
    tx.commit().await.unwrap();
    Site::open(&ctx).await
}

#[test]
fn qr13_a_table_holds_the_rows_of_its_filter_in_words() {
    both(MIGRATIONS, async |t| {
        let site = stage(&t).await;
        let (head, all) = rows(site.download("country", "/admin/responses/export.xlsx").await);
        let (first, last) = (&head[..3], &head[head.len() - 4..]);
        assert_eq!(first, ["Получен", "Код органа", "Орган"]);
        assert_eq!(last, ["Отзыв", "Что настораживает", "Просмотрен", "Что сделано"]);
        let offices: Vec<&str> = all.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(offices, ["6921", "6912", "6911"], "newest first, as the list");

        let bad = &all[2];
        let at = |column: usize| bad[head.len() - 4 + column].as_str();
        assert_eq!(bad[..2], ["22.11.2026 12:00", "6911"]);
        assert_eq!((bad[3].as_str(), bad[4].as_str(), bad[5].as_str()), ("Хорошо", "", "Плохо"));
        // personal data are hidden, of the person and of whoever wrote to them.
        assert_eq!(at(0), "=Ждали, звоните +7 *** ***-**-89\nдва часа");
        assert_eq!((at(1), at(2), at(3)), ("", "22.11.2026 14:00", "Написали на a***@***.ru"));
        let far = &all[0];
        assert_eq!(far[0], "22.11.2026 21:00", "the time of the office");
        assert_eq!(far[head.len() - 3], "Слишком быстро, Много за минуту");

        for (query, expected) in [
            ("negative=1", vec!["6921", "6911"]),
            ("negative=1&suspicious=0", vec!["6911"]),
            ("body=6910", vec!["6912", "6911"]),
            ("from=2026-11-23", vec![]),
        ] {
            let path = format!("/admin/responses/export.xlsx?{query}");
            let (_, some) = rows(site.download("country", &path).await);
            assert_eq!(some.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), expected, "{query}");
        }
        let csv = site.download("country", "/admin/responses/export.csv?suspicious=0").await;
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.contains("'=Ждали") && !csv.contains("далеко") && !csv.contains("345-67"), "{csv}");
    });
}

#[test]
fn a_neighbour_s_rows_are_never_in_a_table() {
    both(MIGRATIONS, async |t| {
        let site = stage(&t).await;
        for (who, expected) in
            [("near", vec!["6912", "6911"]), ("far", vec!["6921"]), ("office", vec!["6911"])]
        {
            for path in ["/admin/responses/export.xlsx", "/admin/responses/export.xlsx?q="] {
                let (_, own) = rows(site.download(who, path).await);
                assert_eq!(own.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), expected, "{who}");
            }
        }
        // A condition that can't be met as given would send more than was asked for.
        for query in ["body=6921", "from=x", "q=1+2+3+4+5+6+7+8+9"] {
            let answer = site.get("near", &format!("/admin/responses/export.csv?{query}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{query}");
            assert_eq!(answer.location, format!("/admin/responses?{query}"));
        }
        assert_eq!(site.get("operator", "/admin/responses/export.csv").await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn surv7_the_journal_says_who_took_which_rows() {
    both(MIGRATIONS, async |t| {
        let site = stage(&t).await;
        site.download("near", "/admin/responses/export.csv?negative=1").await;
        let text = "SELECT e.action, e.actor_id, e.body_id, p.payload FROM journal_entries e \
            JOIN journal_payloads p ON p.entry_id = e.id ORDER BY e.id";
        let conn = t.db.read();
        // The last entry is written after the last byte was sent.
        let written = async {
            loop {
                let rows = conn.query_all_raw(otklik_db::sql(conn, text, [])).await.unwrap();
                if rows.len() == 2 {
                    break rows;
                }
                tokio::task::yield_now().await;
            }
        };
        let entries = tokio::time::timeout(Duration::from_secs(120), written).await.expect("it is written");
        for (row, (action, parts)) in entries.iter().zip([
            ("responses.export", ["\"csv\"", "negative=1"]),
            ("responses.exported", ["\"count\":1", "\"whole\":true"]),
        ]) {
            let (done, who): (String, i64) =
                (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
            let (body, payload): (i64, String) =
                (row.try_get_by_index(2).unwrap(), row.try_get_by_index(3).unwrap());
            assert_eq!((done.as_str(), who, body), (action, 102, crate::common::NEAR));
            assert!(parts.iter().all(|part| payload.contains(part)), "{payload}");
        }
    });
}

#[test]
fn many_rows_come_whole_and_once() {
    // More than two statements read at once.
    const MANY: usize = 5_000;
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        for part in 0..MANY / 1_000 {
            let fresh: Vec<Stored> = (0..1_000)
                .map(|n| {
                    t.clock.advance(Instant::SECOND / 100);
                    let body = if n % 5 == 0 { FAR_A } else { NEAR_A };
                    let response = response(&t, body, "a1", &format!("№ {}", part * 1_000 + n));
                    Stored { id: t.ids.next(response.received_at, &*t.random), response }
                })
                .collect();
            t.db.insert(store::rows(&t.db, &fresh)).await.unwrap();
        }
        let site = Site::open(&ctx).await;
        let texts = |file| {
            let (head, rows) = rows(file);
            let at = head.iter().position(|title| title == "Отзыв").unwrap();
            rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>()
        };
        let all = texts(site.download("country", "/admin/responses/export.xlsx").await);
        assert!(all.iter().eq((0..MANY).rev().map(|n| format!("№ {n}")).collect::<Vec<_>>().iter()));
        let near = texts(site.download("office", "/admin/responses/export.xlsx").await);
        let expected = (0..MANY).rev().filter(|n| n % 5 != 0).map(|n| format!("№ {n}"));
        assert!(near.iter().eq(expected.collect::<Vec<_>>().iter()));
    });
}
