//! A country with two regions, people in them, and a browser that talks to the router.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body as Content;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use object_store::memory::InMemory;
use otklik_access::{Authenticator, Caller, Role, Scope};
use otklik_db::DbErr;
use otklik_jobs::{HandlerError, PeriodicJob as _, Waker};
use otklik_journal::Actor;
use otklik_kernel::{CivilDay, Clock as _, Id, Secret, Zone};
use otklik_monitoring::deliveries::depot::Depot;
use otklik_monitoring::deliveries::progress::Progress;
use otklik_monitoring::deliveries::store::Decision;
use otklik_monitoring::deliveries::work::{Taken, Taker, Work, refused};
use otklik_monitoring::deliveries::{Counts, Delivery, State};
use otklik_monitoring::hub::Hub;
use otklik_monitoring::partners::folder::Roots;
use otklik_monitoring::senders::{self, Raw, Sender};
use otklik_monitoring::{Monitoring, Place};
use otklik_organisations::act::Act;
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, SharedOffices, store};
use otklik_progress::delivery::Service;
use otklik_testkit::{TestDb, both, caller};
use otklik_web::{Context, Ctx, Metrics, Settings, csrf_token};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Notify;
use tower::ServiceExt as _;

pub const COUNTRY: Id = 1;
pub const NEAR: Id = 2;
pub const FAR: Id = 3;
pub const OFFICE: Id = 4;

pub const SYSTEM: Scope = Scope::system("what a test looks at");

/// Knows the cast of these tests by the name in their cookie.
struct Cast;

#[async_trait]
impl Authenticator for Cast {
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(match session_secret {
            "administrator" => Some(caller(10, &[(Role::Administrator, COUNTRY)])),
            "near" => Some(caller(11, &[(Role::Administrator, NEAR)])),
            "far" => Some(caller(12, &[(Role::Administrator, FAR)])),
            "officer" => Some(caller(13, &[(Role::ResponsibleEmployee, NEAR)])),
            "observer" => Some(caller(14, &[(Role::MerObserver, COUNTRY)])),
            _ => None,
        })
    }
}

/// Takes what a file says: `errors N`, `rows N`, `empty`, `later`; any other file is refused. A `slow` one is read to
/// two fifths, and then waits.
#[derive(Default)]
pub struct Told {
    /// What was taken in, in order.
    pub seen: Mutex<Vec<Id>>,
    /// What a slow file waits for.
    pub go_on: Notify,
}

#[async_trait]
impl Taker for Told {
    async fn take(
        &self,
        sender: &Sender,
        delivery: &Delivery,
        file: &Path,
        report: &Path,
        progress: &Progress,
    ) -> Result<Taken, HandlerError> {
        self.seen.lock().unwrap().push(delivery.id);
        let text = std::fs::read_to_string(file).unwrap();
        let number = |word: &str| text.split_once(word).and_then(|(_, rest)| rest.trim().parse::<i64>().ok());
        let decision = |state, counts| Decision { state, counts, commit: Some(1), problem: String::new() };
        if text.contains("slow") {
            progress.tell(40, 100);
            self.go_on.notified().await;
        }
        if text.contains("later") {
            return Err(HandlerError::Later("the lake is away".into()));
        }
        if let Some(errors) = number("errors ") {
            let head = "\u{feff}file;line;column;field;code;weight;message;value\r\n";
            let row = "applications.csv;2;11;age;age_digits;error;Возраст — три цифры;35\r\n";
            std::fs::write(report, format!("{head}{row}")).unwrap();
            let state =
                if sender.fields.policy == senders::Policy::Whole { State::Rejected } else { State::Partly };
            let counts = Counts { errors, rows_read: 10, rows_taken: 9, ..Counts::default() };
            return Ok(Taken { decision: decision(state, counts), services: Vec::new() });
        }
        if text.contains("empty") {
            return Ok(Taken { decision: decision(State::Empty, Counts::default()), services: Vec::new() });
        }
        match number("rows ") {
            Some(rows) => {
                let counts = Counts { rows_read: rows, rows_taken: rows, events: rows, ..Counts::default() };
                let service = Service {
                    service: "100".into(),
                    variant: String::new(),
                    name: format!("Услуга ревизии {}", delivery.revision),
                    direction: String::new(),
                    norm: None,
                    valid_from: delivery.day,
                };
                Ok(Taken { decision: decision(State::Accepted, counts), services: vec![service] })
            }
            None => Ok(refused("unreadable")),
        }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub content: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }

    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.content));
        self
    }

    pub fn says(self, text: &str) -> Self {
        assert!(self.text().contains(text), "«{text}» is not in {}", self.text());
        self
    }

    pub fn hides(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "«{text}» is in {}", self.text());
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.content).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }
}

fn hub(t: &TestDb) -> Hub {
    let place = Place::folder(t.folder.path().join("lake")).unwrap();
    Hub::open(&t.db, place, t.clock.clone(), t.shared_random()).unwrap()
}

pub struct Site {
    pub t: TestDb,
    pub ctx: Ctx,
    pub monitoring: Monitoring,
    pub taker: Arc<Told>,
    router: axum::Router,
}

impl Site {
    async fn open(t: TestDb) -> Self {
        let tx = t.db.begin().await.unwrap();
        let bodies = [
            (COUNTRY, None, "0000", "ФНС России"),
            (NEAR, Some(COUNTRY), "2700", "УФНС по Хабаровскому краю"),
            (FAR, Some(COUNTRY), "6900", "УФНС по Тверской области"),
            (OFFICE, Some(NEAR), "2724", "ИФНС по Железнодорожному району"),
        ];
        for (id, parent, code, name) in bodies {
            store::insert(&tx, id, parent, &fields(code, name), t.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ctx = Arc::new(Context {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.shared_random(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
            settings: Arc::new(Settings {
                public_url: "https://otklik.example".into(),
                admin_urls: vec!["https://otklik.example".into()],
                trusted_proxies: Vec::new(),
                recipient_template: String::new(),
                mail_from: "otklik@example.org".into(),
            }),
            authenticator: Arc::new(Cast),
            live: otklik_web::Live::default(),
            metrics: Arc::new(Metrics::default()),
        });
        let monitoring = Monitoring {
            ctx: ctx.clone(),
            offices: SharedOffices::open(&t.db).await.unwrap(),
            depot: Depot::new(Arc::new(InMemory::new())),
            hub: hub(&t),
            folders: Roots::new(vec![t.folder.path().join("sent")]),
            received: Waker::default(),
            to_send: Waker::default(),
        };
        let router = otklik_monitoring::routes(&monitoring).router;
        Self { t, ctx, monitoring, taker: Arc::new(Told::default()), router }
    }

    /// A folder within the one into which data may be sent.
    pub fn sent(&self) -> tempfile::TempDir {
        let allowed = self.t.folder.path().join("sent");
        std::fs::create_dir_all(&allowed).unwrap();
        tempfile::tempdir_in(allowed).unwrap()
    }

    /// The lake as a programme that starts now opens it.
    pub fn hub_again(&self) -> Hub {
        hub(&self.t)
    }

    pub fn act(&self) -> Act<'_> {
        Act::by(&self.ctx, Actor::System("test"), "0123456789abcdef")
    }

    /// A sender of a body, with a token.
    pub async fn sender(&self, code: &str, body: &str, policy: &str) -> (Id, String) {
        let name = format!("Отправитель {code}");
        let raw = sender(code, &name, body, policy);
        let id = senders::add(&self.ctx.db, &SYSTEM, &self.act(), &raw).await.unwrap();
        let token = senders::renew_token(&self.ctx.db, &SYSTEM, &self.act(), id).await.unwrap();
        (id, token)
    }

    /// Gives a sender of a body another policy.
    pub async fn set_policy(&self, (id, code): (Id, &str), body: &str, policy: &str) {
        let name = format!("Отправитель {code}");
        let raw = sender(code, &name, body, policy);
        senders::change(&self.ctx.db, &SYSTEM, &self.act(), (id, "Проверка"), &raw).await.unwrap();
    }

    /// Runs the job that checks once.
    pub async fn work(&self) -> Result<(), HandlerError> {
        let work = Work::new(&self.ctx, &self.monitoring.depot, self.taker.clone());
        work.run(self.t.clock.now()).await
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(who, Request::get(path).body(Content::empty()).unwrap()).await
    }

    /// Sends an ordinary form with the person's token.
    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = csrf_token(&self.ctx, who);
        let pairs = fields.iter().copied().chain([("csrf", csrf.as_str())]);
        let encoded =
            pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Content::from(encoded.collect::<Vec<_>>().join("&")))
            .unwrap();
        self.send(who, request).await
    }

    /// Sends the form of the upload as browsers do.
    pub async fn upload(
        &self,
        who: &str,
        csrf: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in [("csrf", csrf)].iter().chain(fields) {
            let head =
                format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(head.into_bytes());
        }
        let (name, content) = file;
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(content);
        body.extend(b"\r\n--limit--\r\n");
        let request = Request::post("/admin/monitoring/deliveries/new")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .body(Content::from(body))
            .unwrap();
        self.send(who, request).await
    }

    pub fn csrf(&self, who: &str) -> String {
        csrf_token(&self.ctx, who)
    }

    /// Sends a file by the API.
    pub async fn deliver(&self, token: &str, query: &str, body: &str) -> Answer {
        let request = Request::post(format!("/api/v1/monitoring/deliveries{query}"))
            .header(header::CONTENT_TYPE, "text/csv")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Content::from(body.to_owned()))
            .unwrap();
        self.send("", request).await
    }

    /// Asks the API.
    pub async fn ask(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send("", request.body(Content::empty()).unwrap()).await
    }

    async fn send(&self, who: &str, mut request: Request<Content>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, "otklik.example".parse().unwrap());
        headers.insert(header::COOKIE, format!("otklik={who}; __Host-otklik={who}").parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        let content = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, location, content }
    }

    /// The actions in the journal, in order.
    pub async fn journal(&self) -> Vec<String> {
        use sea_orm::ConnectionTrait as _;
        let text = "SELECT action FROM journal_entries ORDER BY id";
        let rows = self.t.db.read().query_all_raw(otklik_db::sql(self.t.db.read(), text, [])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "action").unwrap()).collect()
    }
}

fn sender<'a>(code: &'a str, name: &'a str, body: &'a str, policy: &'a str) -> Raw<'a> {
    Raw {
        code,
        name,
        body,
        policy,
        least: "1",
        most: "5",
        due_hours: "12",
        since: "2026-11-01",
        ..Raw::default()
    }
}

pub fn fields(code: &str, name: &str) -> BodyFields {
    BodyFields {
        code: code.into(),
        full_name: name.into(),
        short_name: name.into(),
        kind: BodyKind::TaxRegion,
        level: Level::Regional,
        region: "27".into(),
        zone: Zone::find("Europe/Moscow").unwrap(),
        address: String::new(),
        place: None,
        site: String::new(),
        has_queue_terminal: false,
        is_office: true,
    }
}

/// The day whose data came.
pub const DAY: CivilDay = CivilDay(20_261_121);

pub fn with<F: AsyncFn(Site)>(test: F) {
    let steps = [
        otklik_access::MIGRATIONS,
        otklik_journal::MIGRATIONS,
        otklik_organisations::MIGRATIONS,
        otklik_monitoring::MIGRATIONS,
    ];
    both(&steps, async |t| test(Site::open(t).await).await);
}
