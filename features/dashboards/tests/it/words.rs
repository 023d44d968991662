//! What people write about, recounted from the stored responses.

use std::collections::BTreeMap;

use otklik_kernel::{CivilDay, Id, Instant};
use otklik_questionnaires::Mark;
use otklik_responses::{Response, retention, store};
use otklik_testkit::{NOON, TestDb, both};

use crate::common::{MIGRATIONS, PLACES, Site, TODAY, VOCABULARY, answer, context};
use crate::naive::{cells, difference, percent};

/// A body and those above it.
fn line(id: Id) -> Vec<Id> {
    let place = PLACES.iter().find(|place| place.id == id).unwrap();
    std::iter::once(id).chain(place.above.map(line).unwrap_or_default()).collect()
}

async fn stored(t: &TestDb) -> Vec<Response> {
    let all = otklik_access::Scope::system("a recount of everything");
    let mut rows = store::list(t.db.read(), &all, &store::Filter::default(), u64::MAX >> 1, 0).await.unwrap();
    rows.retain(|row| !row.comment.is_empty());
    rows
}

/// The texts of a body and days that count, each with whether it is negative.
fn texts(
    rows: &[Response],
    top: Id,
    days: (CivilDay, CivilDay),
    about: Option<char>,
) -> Vec<(&Response, bool)> {
    let within =
        rows.iter().filter(|row| line(row.body).contains(&top) && row.day >= days.0 && row.day <= days.1);
    within
        .filter_map(|row| match about {
            None => Some((row, row.marks.to_string().contains('0'))),
            Some(key) => row.marks.get(key).map(|mark| (row, mark == Mark::Sad)),
        })
        .collect()
}

fn forms_in<'a>(text: &'a str, forms: &[&str]) -> Vec<&'a str> {
    text.split(' ').filter(|word| forms.contains(word)).collect()
}

/// Both tables as they should be: words by themselves, and by day.
#[expect(clippy::type_complexity, reason = "two tables")]
fn recount(
    now: &[(&Response, bool)],
    before: &[(&Response, bool)],
    days: (CivilDay, CivilDay),
) -> (BTreeMap<String, Vec<String>>, BTreeMap<(String, String), Vec<String>>) {
    let (mut words, mut by_day) = (BTreeMap::new(), BTreeMap::new());
    for forms in VOCABULARY {
        let has = |row: &Response| !forms_in(&row.comment, &forms).is_empty();
        let with: Vec<_> = now.iter().filter(|(row, _)| has(row)).collect();
        if with.len() < 5 {
            continue;
        }
        // One form a response: the first.
        let written =
            |form: &str| with.iter().filter(|(row, _)| forms_in(&row.comment, &forms)[0] == form).count();
        let mut usual = forms.to_vec();
        usual.sort_unstable();
        let most = usual.iter().map(|form| written(form)).max().unwrap();
        let name = usual.iter().find(|form| written(form) == most).unwrap().to_string();
        let sad = with.iter().filter(|(_, is_negative)| *is_negative).count() as u64;
        let (n, then) = (with.len() as u64, before.iter().filter(|(row, _)| has(row)).count() as u64);
        let of = |part: u64, total: usize| match total {
            0..5 => String::new(),
            total => percent(part as f64 / total as f64),
        };
        let mut row = cells(sad, n);
        row.extend([of(n, now.len()), of(then, before.len())]);
        row.extend(match now.len().min(before.len()) {
            0..30 => vec![String::new(); 3],
            _ => difference((n, now.len() as u64), (then, before.len() as u64)),
        });
        words.insert(name.clone(), row);
        let mut day = days.0;
        while day <= days.1 {
            let texts = now.iter().filter(|(row, _)| row.day == day).count();
            let part = with.iter().filter(|(row, _)| row.day == day).count() as u64;
            by_day.insert(
                (name.clone(), day.show()),
                vec![day.show(), part.to_string(), texts.to_string(), of(part, texts)],
            );
            day = day.plus_days(1);
        }
    }
    (words, by_day)
}

/// Every table of words shown, compared with a recount.
async fn check(t: &TestDb, site: &Site) -> Vec<BTreeMap<String, Vec<String>>> {
    let rows = stored(t).await;
    let mut tables = Vec::new();
    for (who, top) in [("country", 1), ("near", 10), ("far", 20)] {
        for length in [7, 30] {
            for about in [None, Some('b')] {
                let days = (TODAY.plus_days(1 - length), TODAY);
                let other = (TODAY.plus_days(1 - 2 * length), TODAY.plus_days(-length));
                let (now, before) = (texts(&rows, top, days, about), texts(&rows, top, other, about));
                let (words, by_day) = recount(&now, &before, days);
                let about = about.map(|key| format!("&about={key}")).unwrap_or_default();
                let query = format!("cut=day&from={}&to={}{about}", days.0, days.1);
                let shown = site.table(who, "words", &query).await;
                let lows: Vec<f64> =
                    shown.iter().map(|row| row[2].replace(',', ".").parse().unwrap()).collect();
                assert!(lows.is_sorted_by(|one, next| one >= next), "{lows:?}");
                let shown: BTreeMap<_, _> =
                    shown.into_iter().map(|row| (row[0].clone(), row[1..].to_vec())).collect();
                assert_eq!(shown, words, "{who}: {query}");
                let shown = site.table(who, "changes", &query).await.into_iter();
                let shown: BTreeMap<_, _> =
                    shown.map(|row| ((row[0].clone(), row[1].clone()), row[2..].to_vec())).collect();
                assert_eq!(shown, by_day, "{who}: {query}");
                tables.push(words);
            }
        }
    }
    tables
}

#[test]
fn qr13_words_equal_a_recount_of_the_responses_also_after_texts_were_removed() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 900, 60).await;
        let site = Site::open(&ctx).await;
        let all = check(&t, &site).await;
        let words: usize = all.iter().map(BTreeMap::len).sum();
        assert!(words > 30, "{words} words");
        let removed = retention::forget(&ctx, NOON.plus(-15 * Instant::DAY)).await.unwrap();
        assert!(removed > 0, "no text was removed");
        // What was counted is kept for a minute.
        t.clock.advance(Instant::MINUTE);
        let left = check(&t, &site).await;
        assert!(left.iter().any(|words| !words.is_empty()));
        assert!(left != all, "texts were removed and no figure of any word changed");
    });
}

#[test]
fn qr13_a_word_leads_to_the_responses_that_have_it_and_no_name_or_number_is_shown() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 300, 25).await;
        let site = Site::open(&ctx).await;
        let page = site.get("near", "/admin/analysis/words?body=6910").await.text;
        for part in ["words", "changes"] {
            assert!(page.contains(&format!("id=\"chart-{part}\"")), "{page}");
        }
        // «очеред», as an address has it.
        let link = "/admin/responses?q=%D0%BE%D1%87%D0%B5%D1%80%D0%B5%D0%B4&#38;body=6910&#38;from=2026%2D10%2D24&#38;to=2026%2D11%2D22&#38;text=1";
        assert!(page.contains(link), "{page}");
        let scope = otklik_access::Scope::system("a recount of everything");
        let filter =
            store::Filter { words: "очеред".to_owned(), under: Some(10), ..store::Filter::default() };
        let found = store::count(t.db.read(), &scope, &filter).await.unwrap().to_string();
        let words = site.table("near", "words", "body=6910").await;
        let row = words.iter().find(|row| row[0].starts_with("очеред")).unwrap();
        assert_eq!(row[5], found);
        for hidden in ["петров", "900", "почта"] {
            assert!(!page.to_lowercase().contains(hidden), "{hidden}");
        }
        assert_eq!(site.get("operator", "/admin/analysis/words").await.status, 403);
        let few =
            site.get("country", "/admin/analysis/words?from=2026-11-22&to=2026-11-22&body=6913").await.text;
        assert!(!few.contains("class=\"bars\""), "{few}");
    });
}
