//! `otklik responses invent`: what trials of a large installation rest on is what acceptance would have left.

use std::path::Path;

use otklik_db::{Address, Db, sql};
use sea_orm::ConnectionTrait;
use tempfile::tempdir;

use crate::command::run;

const BODIES: &str = "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;site;\
    queue_terminal;office\n\
    0000;;Федеральная служба;Служба;tax_central;federal;77;Europe/Moscow;;;;;нет;нет\n\
    6900;0000;Управление;УФНС;tax_region;regional;69;Europe/Moscow;;;;;нет;да\n\
    6901;6900;Инспекция № 1;ИФНС № 1;tax_inspection;local;69;Europe/Moscow;;;;;да;да\n";
const COUNT: i64 = 600;

fn numbers(folder: &Path, queries: &[&str]) -> Vec<i64> {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&Address::Sqlite(folder.join("data/otklik.sqlite"))).await.unwrap();
        let mut found = Vec::new();
        for query in queries {
            let row = db.read().query_one_raw(sql(db.read(), query, [])).await.unwrap().unwrap();
            found.push(row.try_get_by_index(0).unwrap());
        }
        db.close().await;
        found
    })
}

#[test]
fn an_invented_year_has_its_figures_words_and_marks_and_no_event_is_left() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let invent = || run(folder, &["responses", "invent", "--count", &COUNT.to_string()]);
    let without_bodies = invent();
    assert_eq!(without_bodies.code, Some(1));
    assert!(without_bodies.err.contains("otklik bodies import"), "{without_bodies:?}");

    std::fs::write(folder.join("bodies.csv"), BODIES).unwrap();
    assert_eq!(run(folder, &["bodies", "import", "bodies.csv"]).code, Some(0));
    let made = invent();
    assert_eq!(made.code, Some(0), "{made:?}");
    let found = numbers(
        folder,
        &[
            "SELECT COUNT(*) FROM responses_responses",
            "SELECT COUNT(*) FROM jobs_events WHERE kind = 'responses.accepted'",
            "SELECT SUM(n) FROM responses_figures WHERE figure = 'all'",
            "SELECT SUM(n) FROM responses_figures WHERE figure = 'negative'",
            "SELECT COUNT(*) FROM responses_responses WHERE is_negative",
            "SELECT COUNT(*) FROM responses_trigrams",
            "SELECT COUNT(*) FROM responses_responses WHERE search_text <> ''",
            "SELECT COUNT(DISTINCT body_id) FROM responses_responses",
            "SELECT COUNT(DISTINCT day / 100) FROM responses_responses",
            "SELECT COUNT(*) FROM responses_responses WHERE suspicion & 1 <> 0",
            "SELECT COUNT(*) FROM responses_responses WHERE looked_at IS NOT NULL",
            "SELECT COUNT(*) FROM responses_days",
            "SELECT COUNT(*) FROM notifications_recipients",
        ],
    );
    let &[
        stored,
        events,
        all,
        negative,
        is_negative,
        words,
        texts,
        offices,
        months,
        hasty,
        looked,
        days,
        recipients,
    ] = found.as_slice()
    else {
        panic!("{found:?}");
    };
    assert_eq!((stored, events, all), (COUNT, 0, COUNT));
    assert_eq!(negative, is_negative);
    assert_eq!(words, texts);
    assert!(words > COUNT / 5 && negative > COUNT / 5, "{found:?}");
    assert!(offices == 2 && months >= 12 && hasty == COUNT / 64, "{found:?}");
    assert!(looked > is_negative * 8 / 10 && looked < is_negative && days > 10, "{found:?}");
    assert_eq!(recipients, 6);

    let again = invent();
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("отклики уже есть"), "{again:?}");
}
