//! A small country, callers, random responses and the pages of the slice.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use otklik_access::{Authenticator, Caller, Role};
use otklik_db::{DbErr, Migration};
use otklik_jobs::{Waker, Worker};
use otklik_kernel::{CivilDay, Id, Instant, Random, Secret, Zone};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level};
use otklik_questionnaires::{Marks, Questionnaires};
use otklik_responses::figures::{Cube, Figures};
use otklik_responses::{Acceptor, NewResponse, Suspicion};
use otklik_testkit::{NOON, TestDb};
use otklik_web::{Context, Ctx, Settings};
use tower::ServiceExt;

pub const MIGRATIONS: &[&[Migration]] = &[
    otklik_access::MIGRATIONS,
    otklik_journal::MIGRATIONS,
    otklik_jobs::MIGRATIONS,
    otklik_organisations::MIGRATIONS,
    otklik_questionnaires::MIGRATIONS,
    otklik_responses::MIGRATIONS,
];

/// A body of the test country: id, the one above, name, region, hours ahead of UTC, how many of its
/// responses are bad, in percent, and how often people answer about it (0: never).
pub struct Place {
    pub id: Id,
    pub above: Option<Id>,
    pub name: &'static str,
    pub region: &'static str,
    pub ahead: i64,
    pub bad: u8,
    pub often: u8,
}

const fn place(
    id: Id,
    above: Option<Id>,
    name: &'static str,
    region: &'static str,
    ahead: i64,
    bad: u8,
    often: u8,
) -> Place {
    Place { id, above, name, region, ahead, bad, often }
}

pub const PLACES: [Place; 8] = [
    place(1, None, "ФНС России", "", 3, 0, 0),
    place(10, Some(1), "УФНС по Тверской области", "69", 3, 30, 3),
    place(11, Some(10), "ИФНС <Центральная> & К", "69", 3, 10, 12),
    place(12, Some(10), "Межрайонная ИФНС № 7", "69", 3, 60, 9),
    place(13, Some(12), "ТОРМ Межрайонной ИФНС № 7", "", 3, 50, 1),
    place(20, Some(1), "УФНС по Приморскому краю", "25", 10, 0, 0),
    place(21, Some(20), "ИФНС по Ленинскому району", "25", 10, 25, 14),
    place(22, Some(20), "ИФНС по городу Находке", "25", 10, 80, 7),
];

/// The code of a place.
pub fn code(id: Id) -> String {
    format!("69{id:02}")
}

pub fn caller(secret: &str) -> Option<Caller> {
    let (person, role, body) = match secret {
        "country" => (101, Role::AnalyticalCentre, 1),
        "near" => (102, Role::QualityGroup, 10),
        "far" => (103, Role::Head, 20),
        "operator" => (104, Role::TechnicalOperator, 1),
        "two" => {
            let grants = [(Role::UnitHead, 12), (Role::UnitHead, 22), (Role::UnitHead, 13)];
            return Some(otklik_testkit::caller(105, &grants));
        }
        _ => return None,
    };
    Some(otklik_testkit::caller(person, &[(role, body)]))
}

struct Known;

#[async_trait]
impl Authenticator for Known {
    async fn authenticate(&self, secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(caller(secret))
    }
}

fn zone(ahead: i64) -> Zone {
    Zone::find(if ahead == 10 { "Asia/Vladivostok" } else { "Europe/Moscow" }).unwrap()
}

/// A context, with the bodies and the questionnaire in the database.
pub async fn context(t: &TestDb) -> Ctx {
    let tx = t.db.begin().await.unwrap();
    for one in &PLACES {
        let fields = BodyFields {
            code: code(one.id),
            full_name: one.name.to_owned(),
            short_name: one.name.to_owned(),
            kind: BodyKind::TaxInspection,
            level: Level::Federal,
            region: one.region.to_owned(),
            zone: zone(one.ahead),
            address: String::new(),
            place: None,
            site: String::new(),
            has_queue_terminal: false,
            is_office: true,
        };
        otklik_organisations::store::insert(&tx, one.id, one.above, &fields, NOON).await.unwrap();
    }
    tx.commit().await.unwrap();
    otklik_questionnaires::publish_built_in(&t.db, NOON.plus(-400 * Instant::DAY)).await.unwrap();
    Arc::new(Context {
        db: t.db.clone(),
        clock: t.clock.clone(),
        random: t.random.clone(),
        ids: t.ids.clone(),
        secret: Secret::new(&[7; 32]),
        settings: Arc::new(Settings {
            public_url: "http://localhost".into(),
            admin_urls: vec!["http://localhost".into()],
            trusted_proxies: Vec::new(),
            recipient_template: String::new(),
            mail_from: String::new(),
        }),
        authenticator: Arc::new(Known),
        live: otklik_web::Live::default(),
        metrics: Arc::default(),
    })
}

/// Words that people write, each in its forms.
pub const VOCABULARY: [[&str; 3]; 6] = [
    ["очередь", "очереди", "очередью"],
    ["инспектор", "инспектора", "инспектором"],
    ["вежливый", "вежливые", "вежливого"],
    ["парковка", "парковки", "парковку"],
    ["ожидание", "ожидания", "ожиданием"],
    ["паспорт", "паспорта", "паспортом"],
];

/// Up to four of those words, between words that everybody writes, with a name and a number.
fn text(random: &dyn Random) -> String {
    let words = random.bytes::<4>().map(|byte| {
        let (word, form) = (usize::from(byte % 16), usize::from(byte / 16 % 3));
        VOCABULARY.get(word).map_or("также", |forms| forms[form])
    });
    format!("Когда Петрова и {} 8-900-123-45-67 или почта@россия.рф", words.join(" "))
}

/// Accepts random responses of the last `days` days and lets the handlers count them.
pub async fn answer(t: &TestDb, ctx: &Ctx, count: usize, days: i64) {
    let random: &dyn Random = &*t.random;
    let often: Vec<&Place> =
        PLACES.iter().flat_map(|one| std::iter::repeat_n(one, usize::from(one.often))).collect();
    let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(Figures)]);
    let acceptor = Acceptor::start(ctx, Vec::new(), Waker::default()).await.unwrap();
    // Thought out before any is sent: the acceptor draws from the same randomness.
    let mut forms = Vec::with_capacity(count);
    for _ in 0..count {
        let place = often[usize::from(u16::from_le_bytes(random.bytes())) % often.len()];
        let back =
            i64::from(u32::from_le_bytes(random.bytes())) * Instant::SECOND / 100 % (days * Instant::DAY);
        let received_at = NOON.plus(-back);
        let marks: String = ['a', 'b', 'c', 'd', 'e']
            .into_iter()
            .filter_map(|key| {
                let [rated, bad] = random.bytes::<2>();
                (rated % 4 > 0).then(|| format!("{key}{}", u8::from(bad % 100 >= place.bad)))
            })
            .collect();
        let comment =
            if marks.is_empty() || random.bytes::<1>()[0] % 3 == 0 { text(random) } else { String::new() };
        forms.push(NewResponse {
            body: place.id,
            questionnaire: 1,
            received_at,
            day: received_at.day_in(&zone(place.ahead)),
            marks: Marks::parse(&marks).unwrap(),
            comment,
            suspicion: Suspicion::default(),
            token: random.bytes(),
            device: random.bytes(),
            trace: String::new(),
        });
    }
    let sending: Vec<_> = forms
        .into_iter()
        .map(|form| {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { acceptor.accept(form).await.map(|_| ()) })
        })
        .collect();
    for sent in sending {
        sent.await.unwrap().unwrap();
    }
    while worker.run_once().await.unwrap() > 0 {}
}

/// The civil day of the frozen clock's moment.
pub const TODAY: CivilDay = CivilDay(20_261_122);

/// What a page answered.
pub struct Answer {
    pub status: StatusCode,
    pub kind: String,
    pub text: String,
}

/// The pages of the slice, called as somebody.
pub struct Site(axum::Router);

impl Site {
    pub async fn open(ctx: &Ctx) -> Self {
        let questionnaires = Questionnaires::open(&ctx.db).await.unwrap();
        Self(otklik_dashboards::routes(ctx, &Cube::default(), &questionnaires).router)
    }

    pub async fn get(&self, secret: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, format!("otklik={secret}"));
        let response = self.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, kind: kind.unwrap_or_default(), text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// The rows of a figure's table, without its head.
    pub async fn table(&self, secret: &str, part: &str, query: &str) -> Vec<Vec<String>> {
        let answer = self.get(secret, &format!("/admin/analysis/export.csv?part={part}&{query}")).await;
        assert_eq!((answer.status, answer.kind.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
        let text = answer.text.strip_prefix('\u{feff}').expect("a mark of UTF-8");
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        assert!(reader.headers().unwrap().iter().all(|name| !name.is_empty()));
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}
