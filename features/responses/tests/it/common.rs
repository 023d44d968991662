//! A small tree of bodies, callers and what both tests and the example of pages need.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use otklik_access::{Authenticator, Caller, Role};
use otklik_db::{DbErr, Migration, sql};
use otklik_jobs::Waker;
use otklik_kernel::{CivilDay, Id, Random, Secret, Zone};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, SharedOffices};
use otklik_questionnaires::{Marks, Questionnaires};
use otklik_responses::days::Watchers;
use otklik_responses::figures::Cube;
use otklik_responses::{
    Acceptor, NewResponse, OnAcceptance, Receipt, Receipts, Response, Suspicion, routes, store,
};
use otklik_testkit::TestDb;
use otklik_ui::Tone;
use otklik_web::{Attention, Context, Ctx, Need, Settings, Who, csrf_token};
use sea_orm::ConnectionTrait;
use tower::ServiceExt;

pub const MIGRATIONS: &[&[Migration]] = &[
    otklik_access::MIGRATIONS,
    otklik_journal::MIGRATIONS,
    otklik_jobs::MIGRATIONS,
    otklik_organisations::MIGRATIONS,
    otklik_questionnaires::MIGRATIONS,
    otklik_responses::MIGRATIONS,
];

/// The country; under it two regions, the first with two offices, the second with one.
pub const COUNTRY: Id = 1;
pub const NEAR: Id = 10;
pub const NEAR_A: Id = 11;
pub const NEAR_B: Id = 12;
pub const FAR: Id = 20;
pub const FAR_A: Id = 21;
pub const OFFICES: [Id; 3] = [NEAR_A, NEAR_B, FAR_A];

/// Who signs in with which secret.
const CALLERS: [(&str, Id, Role, Id); 6] = [
    ("country", 101, Role::QualityGroup, COUNTRY),
    ("near", 102, Role::UnitHead, NEAR),
    ("far", 103, Role::UnitHead, FAR),
    ("office", 104, Role::ResponsibleEmployee, NEAR_A),
    ("observer", 105, Role::MerObserver, COUNTRY),
    ("operator", 106, Role::TechnicalOperator, COUNTRY),
];

pub fn caller(secret: &str) -> Option<Caller> {
    let found = CALLERS.into_iter().find(|(known, ..)| *known == secret);
    found.map(|(_, person, role, body)| otklik_testkit::caller(person, &[(role, body)]))
}

struct Known;

#[async_trait]
impl Authenticator for Known {
    async fn authenticate(&self, secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(caller(secret))
    }
}

/// A context, with the bodies and the questionnaire in the database.
pub async fn context(t: &TestDb) -> Ctx {
    let tx = t.db.begin().await.unwrap();
    for (id, parent, name, zone) in [
        (COUNTRY, None, "ФНС России", "Europe/Moscow"),
        (NEAR, Some(COUNTRY), "УФНС по Тверской области", "Europe/Moscow"),
        (NEAR_A, Some(NEAR), "ИФНС по Центральному району", "Europe/Moscow"),
        (NEAR_B, Some(NEAR), "Межрайонная ИФНС № 7", "Europe/Moscow"),
        (FAR, Some(COUNTRY), "УФНС по Приморскому краю", "Asia/Vladivostok"),
        (FAR_A, Some(FAR), "ИФНС по Ленинскому району", "Asia/Vladivostok"),
    ] {
        let fields = BodyFields {
            code: format!("69{id:02}"),
            full_name: name.to_owned(),
            short_name: name.to_owned(),
            kind: BodyKind::TaxInspection,
            level: Level::Federal,
            region: String::new(),
            zone: Zone::find(zone).unwrap(),
            address: String::new(),
            place: None,
            site: String::new(),
            has_queue_terminal: false,
            is_office: true,
        };
        otklik_organisations::store::insert(&tx, id, parent, &fields, otklik_testkit::NOON).await.unwrap();
    }
    tx.commit().await.unwrap();
    otklik_questionnaires::publish_built_in(&t.db, otklik_testkit::NOON).await.unwrap();
    Arc::new(Context {
        db: t.db.clone(),
        clock: t.clock.clone(),
        random: t.random.clone(),
        ids: t.ids.clone(),
        secret: secret(),
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

fn secret() -> Secret {
    Secret::new(&[7; 32])
}

/// The response of a receipt that was given out.
pub async fn found(t: &TestDb, receipt: &Receipt) -> Response {
    store::find_by_receipt(t.db.read(), &Receipts::new(&secret()), receipt).await.unwrap().unwrap()
}

/// Starts accepting on a context.
pub async fn acceptor(ctx: &Ctx, along: Vec<Arc<dyn OnAcceptance>>) -> Acceptor {
    Acceptor::start(ctx, along, Waker::default()).await.unwrap()
}

/// A response with its own token and device, as the public page makes it.
pub fn response(t: &TestDb, body: Id, marks: &str, comment: &str) -> NewResponse {
    let random: &dyn Random = &*t.random;
    let received_at = otklik_kernel::Clock::now(&*t.clock);
    let zone = Zone::find(if body == FAR_A { "Asia/Vladivostok" } else { "Europe/Moscow" }).unwrap();
    NewResponse {
        body,
        questionnaire: 1,
        received_at,
        day: received_at.day_in(&zone),
        marks: Marks::parse(marks).unwrap(),
        comment: comment.to_owned(),
        suspicion: Suspicion::default(),
        token: random.bytes(),
        device: random.bytes(),
        trace: "0123456789abcdef".to_owned(),
    }
}

/// The number that a query gives.
pub async fn number(t: &TestDb, query: &str) -> i64 {
    let row = t.db.read().query_one_raw(sql(t.db.read(), query, [])).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

pub async fn stored(t: &TestDb) -> i64 {
    number(t, "SELECT COUNT(*) FROM responses_responses").await
}

/// The unit's head of the first region and the officer of its first office must look that office's days through.
struct Watching;

#[async_trait]
impl Watchers for Watching {
    async fn offices(&self, who: &Who) -> Result<Vec<Id>, DbErr> {
        Ok(if [102, 104].contains(&who.caller.person()) { vec![NEAR_A] } else { Vec::new() })
    }
}

/// Another slice's need, and one that is met.
struct Needs;

#[async_trait]
impl Attention for Needs {
    async fn needs(&self, _: &Who) -> Result<Vec<Need>, DbErr> {
        let need = |number, href: &str| Need {
            number,
            text: "других забот".into(),
            href: href.into(),
            tone: Tone::Warning,
        };
        Ok(vec![need(3, "/admin/cares"), need(0, "/admin/no-cares")])
    }
}

/// What a page answered.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

/// The pages of this slice, called as somebody.
pub struct Site {
    ctx: Ctx,
    router: axum::Router,
}

impl Site {
    pub async fn open(ctx: &Ctx) -> Self {
        let offices = SharedOffices::open(&ctx.db).await.unwrap();
        let questionnaires = Questionnaires::open(&ctx.db).await.unwrap();
        let watchers = Arc::new(Watching);
        let router =
            routes(ctx, &offices, &questionnaires, vec![Arc::new(Needs)], watchers, &Cube::default()).router;
        Self { ctx: ctx.clone(), router }
    }

    pub async fn get(&self, secret: &str, path: &str) -> Answer {
        self.call(secret, Request::get(path).body(Body::empty())).await
    }

    /// Posts a form with the caller's token.
    pub async fn post(&self, secret: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = csrf_token(&self.ctx, secret);
        let all = fields.iter().copied().chain([("csrf", token.as_str())]);
        self.post_raw(secret, path, &form(all)).await
    }

    pub async fn post_raw(&self, secret: &str, path: &str, body: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        self.call(secret, request.body(Body::from(body.to_owned()))).await
    }

    /// A file as it arrives.
    pub async fn download(&self, secret: &str, path: &str) -> Vec<u8> {
        let request = Request::get(path).header(header::COOKIE, format!("otklik={secret}"));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let disposition = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.starts_with("attachment"), "{disposition}");
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    async fn call(&self, secret: &str, request: axum::http::Result<Request<Body>>) -> Answer {
        let mut request = request.unwrap();
        request.headers_mut().insert(header::COOKIE, format!("otklik={secret}").parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let location =
            response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, location: location.unwrap_or_default(), text }
    }
}

fn form<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let pairs =
        fields.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The civil day of the frozen clock's first moment.
pub const DAY: CivilDay = CivilDay(20_261_122);
