//! What was said of an application itself: as it holds, and how it changed.

use super::row::{Row, joined};
use crate::answers::Trace;
use crate::pages::analysis::{self, Words, duration};
use crate::pages::common::encode;
use crate::texts::L;

/// What is known, and where more of the same is.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    pub href: String,
}

/// What deliveries said of an application, where they said different things.
pub struct Changes {
    /// Names of what changed.
    pub head: Vec<&'static str>,
    /// The first delivery that said so, and what it said of each.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A name with its code, where it has both.
fn coded(l: L, name: String, code: &str) -> String {
    match (name.as_str(), code) {
        ("", code) => code.to_owned(),
        (known, code) if code.is_empty() || known == code => name,
        _ => l.coded(code.to_owned(), name),
    }
}

/// Sex and age of a person, ОГРН of an organisation: all that is kept of who applied but for a hash (MON-4).
fn applicant(l: L, row: Row<'_>) -> String {
    let sex = match row.text("sex") {
        "М" => l.sex_male(),
        "Ж" => l.sex_female(),
        other => other,
    };
    let age = row.whole::<i64>("age").map_or_else(String::new, |age| l.age(age));
    let ogrn = row.whole::<i64>("ogrn").map_or_else(String::new, |ogrn| l.ogrn(ogrn.to_string()));
    joined([sex.to_owned(), age, ogrn], ", ")
}

/// What a delivery said: names and values, empty where it said nothing.
pub fn said(l: L, row: Row<'_>, words: &Words) -> [(&'static str, String); 9] {
    let (service, variant) = (row.text("service"), row.text("variant"));
    let region = match row.text("region") {
        "" => String::new(),
        code => words.region(code),
    };
    [
        (l.fact_service(), coded(l, words.service(service), service)),
        (l.fact_variant(), coded(l, words.variant(service, variant), variant)),
        (l.fact_topic(), row.text("topic").to_owned()),
        (l.fact_channel(), row.text("channel").to_owned()),
        (l.fact_channel_out(), row.text("channel_out").to_owned()),
        (l.fact_mnemonic(), row.text("mnemonic").to_owned()),
        (l.fact_region(), region),
        (l.fact_body(), coded(l, row.text("body_name").to_owned(), row.text("body_code"))),
        (l.fact_applicant(), applicant(l, row)),
    ]
}

/// How what was said changed; nothing where all said the same.
pub fn changes(l: L, trace: &Trace, words: &Words) -> Option<Changes> {
    let mut all: Vec<_> = Row::all(&trace.told).map(|row| (row.delivery(l), said(l, row, words))).collect();
    all.dedup_by(|next, one| next.1 == one.1);
    let (_, first) = all.first()?;
    let is_other = |place: &usize| all.iter().any(|(_, said)| said[*place] != first[*place]);
    let changed: Vec<usize> = (0..first.len()).filter(is_other).collect();
    let head = changed.iter().map(|&place| first[place].0).collect();
    let values = |said: &[(_, String)]| changed.iter().map(|&place| said[place].1.clone()).collect();
    let rows = all.iter().map(|(delivery, said)| (delivery.clone(), values(said))).collect();
    (!changed.is_empty()).then_some(Changes { head, rows })
}

/// What holds: what was said last, and what follows from the events.
pub fn facts(l: L, trace: &Trace, words: &Words) -> Vec<Fact> {
    let case = &trace.case;
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52")]
    let span = |name| case.whole(0, name).map(|seconds| duration(l, seconds as f64));
    let text = |name| Some(case.text(0, name).to_owned());
    let last = Row::all(&trace.told).next_back();
    let body = match case.text(0, "body") {
        "" => case.text(0, "body_name").to_owned(),
        code => words.body(code),
    };
    let within = case.whole(0, "is_within").map(|is| if is == 1 { l.norm_kept() } else { l.norm_broken() });
    let open_ended = (case.whole(0, "is_open_ended") == Some(1)).then(|| l.open_ended().to_owned());
    let (service, variant) = (case.text(0, "service"), case.text(0, "variant"));
    let of = |field: &str, code: &str| match code {
        "" => String::new(),
        code => format!("{}?{}", analysis::PATH, encode([(field, code)])),
    };
    let region = case.text(0, "region");
    let all = [
        (l.fact_service(), Some(words.service(service)), of("service", service)),
        (l.fact_variant(), Some(words.variant(service, variant)), String::new()),
        (l.fact_topic(), last.map(|row| row.text("topic").to_owned()), String::new()),
        (l.fact_body(), Some(body), of("body", case.text(0, "body"))),
        (l.fact_region(), Some(words.region(region)), of("region", region)),
        (l.fact_channel(), text("channel"), String::new()),
        (l.fact_channel_out(), text("channel_out"), String::new()),
        (l.fact_mnemonic(), text("mnemonic"), String::new()),
        (l.fact_applicant(), last.map(|row| applicant(l, row)), String::new()),
        (l.fact_status(), case.whole(0, "last_status").map(|status| words.status(status)), String::new()),
        (l.fact_total(), span("total"), String::new()),
        (l.fact_paused(), span("paused").filter(|_| case.whole(0, "paused").unwrap_or(0) > 0), String::new()),
        (l.fact_open_ended(), open_ended, String::new()),
        (l.fact_norm(), within.map(ToOwned::to_owned), String::new()),
    ];
    let known = all.into_iter().filter_map(|(name, value, href)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(Fact { name, value, href })
    });
    known.collect()
}
