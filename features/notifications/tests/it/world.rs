//! Two regions with an office each, a mail server, and what the programme would wire together.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use otklik_access::{Authenticator, Caller, Role, Scope};
use otklik_db::{DbErr, Migration};
use otklik_jobs::Waker;
use otklik_journal::Actor;
use otklik_kernel::{Clock as _, Id, Instant, Secret, Zone};
use otklik_mail::{EmailAddress, Transport};
use otklik_notifications::{Alerts, Mailer, queue, set_recipients};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, SharedOffices, store};
use otklik_questionnaires::{Marks, Questionnaires, publish_built_in};
use otklik_responses::{Acceptor, NewResponse, Suspicion};
use otklik_testkit::smtp::{Received, SmtpSink};
use otklik_testkit::{TestDb, both, caller};
use otklik_web::{Context, Ctx, Metrics, Settings};

pub const REGION: Id = 27;
pub const OFFICE: Id = 2724;
pub const NEIGHBOUR: Id = 50;

const MIGRATIONS: &[&[Migration]] = &[
    otklik_access::MIGRATIONS,
    otklik_organisations::MIGRATIONS,
    otklik_jobs::MIGRATIONS,
    otklik_journal::MIGRATIONS,
    otklik_questionnaires::MIGRATIONS,
    otklik_responses::MIGRATIONS,
    otklik_notifications::MIGRATIONS,
];

/// The cast, by the word in their cookie.
struct Cast;

#[async_trait]
impl Authenticator for Cast {
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(match session_secret {
            "responsible" => Some(caller(11, &[(Role::ResponsibleEmployee, OFFICE)])),
            "neighbour" => Some(caller(12, &[(Role::ResponsibleEmployee, NEIGHBOUR)])),
            "observer" => Some(caller(13, &[(Role::MerObserver, REGION)])),
            _ => None,
        })
    }
}

pub struct World {
    pub t: TestDb,
    pub ctx: Ctx,
    pub sink: SmtpSink,
    pub offices: SharedOffices,
    pub questionnaires: Questionnaires,
    pub mailer: Mailer,
    pub acceptor: Acceptor,
}

/// Runs a test in a world of its own on each database.
pub fn world<F: AsyncFn(World)>(test: F) {
    both(MIGRATIONS, async |t| test(World::new(t).await).await);
}

fn fields(code: &str, name: &str, zone: &str, region: &str) -> BodyFields {
    BodyFields {
        code: code.into(),
        full_name: name.into(),
        short_name: name.into(),
        kind: BodyKind::TaxInspection,
        level: Level::Local,
        region: region.into(),
        zone: Zone::find(zone).unwrap(),
        address: String::new(),
        place: None,
        site: String::new(),
        has_queue_terminal: false,
        is_office: true,
    }
}

impl World {
    async fn new(t: TestDb) -> Self {
        let now = t.clock.now();
        publish_built_in(&t.db, now).await.unwrap();
        let tx = t.db.begin().await.unwrap();
        for (id, parent, code, name, zone, region) in [
            (REGION, None, "2700", "УФНС по Хабаровскому краю", "Asia/Vladivostok", "27"),
            (OFFICE, Some(REGION), "2724", "ИФНС по Индустриальному району", "Asia/Vladivostok", "27"),
            (NEIGHBOUR, None, "5000", "УФНС по Московской области", "Europe/Moscow", "50"),
        ] {
            store::insert(&tx, id, parent, &fields(code, name, zone, region), now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let sink = SmtpSink::start().await;
        let ctx: Ctx = Arc::new(Context {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.shared_random(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
            settings: Arc::new(Settings {
                public_url: "https://otklik.example".into(),
                admin_urls: vec!["https://admin.otklik.example".into(), "http://10.0.0.5:8080".into()],
                trusted_proxies: Vec::new(),
                recipient_template: "vashkontrol{code}@r{region}.nalog.ru".into(),
                mail_from: "otklik@nalog.example".into(),
            }),
            authenticator: Arc::new(Cast),
            live: otklik_web::Live::default(),
            metrics: Arc::new(Metrics::default()),
        });
        let offices = SharedOffices::open(&t.db).await.unwrap();
        let questionnaires = Questionnaires::open(&t.db).await.unwrap();
        let mailer = mailer(&ctx, &sink, &offices, &questionnaires);
        let along = vec![Arc::new(mailer.outbox()) as Arc<dyn otklik_responses::OnAcceptance>];
        let acceptor = Acceptor::start(&ctx, along, Waker::default()).await.unwrap();
        Self { t, ctx, sink, offices, questionnaires, mailer, acceptor }
    }

    /// Another node's mailer.
    pub fn another_mailer(&self) -> Mailer {
        mailer(&self.ctx, &self.sink, &self.offices, &self.questionnaires)
    }

    pub async fn set_recipients(&self, body: Id, addresses: &[&str]) {
        let list: Vec<EmailAddress> = addresses.iter().map(|a| EmailAddress::parse(a).unwrap()).collect();
        let tx = self.t.db.begin().await.unwrap();
        set_recipients(&tx, &self.ctx, Actor::System("test"), "", body, &list).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn set_alerts(&self, body: Id, alerts: Alerts) {
        let tx = self.t.db.begin().await.unwrap();
        let actor = Actor::System("test");
        otklik_notifications::set_alerts(&tx, &self.ctx, actor, "", body, Some(&alerts)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Accepts a response as the public page does; each number is another form.
    pub async fn accept(&self, number: u128, body: Id, marks: &str, comment: &str) {
        self.acceptor.accept(self.response(number, body, marks, comment)).await.unwrap();
    }

    /// A response that arrives now.
    pub fn response(&self, number: u128, body: Id, marks: &str, comment: &str) -> NewResponse {
        let now = self.t.clock.now();
        let office = self.offices.current();
        NewResponse {
            body,
            questionnaire: 1,
            received_at: now,
            day: now.day_in(&office.get(body).unwrap().zone),
            marks: Marks::parse(marks).unwrap(),
            comment: comment.into(),
            suspicion: Suspicion::default(),
            token: number.to_be_bytes(),
            device: number.to_be_bytes(),
            trace: format!("{number:016x}"),
        }
    }

    pub async fn send(&self) {
        self.mailer.run_once().await.unwrap();
    }

    pub async fn rows(&self) -> Vec<queue::Row> {
        let scope = Scope::system("a test looks at everything");
        queue::list(self.t.db.read(), &scope, queue::Filter::default(), 1000, 0).await.unwrap()
    }

    /// How many letters have a status.
    pub async fn count(&self, status: queue::Status) -> u64 {
        let scope = Scope::system("a test looks at everything");
        let filter = queue::Filter { status: Some(status), body: None };
        queue::count(self.t.db.read(), &scope, filter).await.unwrap()
    }

    pub fn after(&self, micros: i64) {
        self.t.clock.advance(micros);
    }

    pub async fn pause(&self) -> Option<queue::Pause> {
        queue::pause(self.t.db.read()).await.unwrap()
    }
}

fn mailer(ctx: &Ctx, sink: &SmtpSink, offices: &SharedOffices, questionnaires: &Questionnaires) -> Mailer {
    let transport = Transport::from_setting(&sink.setting()).unwrap();
    Mailer::new(ctx, transport, offices, questionnaires)
}

/// The only recipient of each letter, in the order of addresses.
pub fn recipients_of(received: &[Received]) -> Vec<&str> {
    let mut all: Vec<&str> = received
        .iter()
        .map(|letter| {
            assert_eq!(letter.to.len(), 1, "recipients are hidden from each other");
            letter.to[0].as_str()
        })
        .collect();
    all.sort_unstable();
    all
}

/// A header of a letter.
pub fn header(letter: &Received, name: &str) -> String {
    let text = String::from_utf8(letter.data.clone()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let start = format!("{name}: ");
    let mut lines = head.lines().filter_map(|line| line.strip_prefix(&start));
    let value = lines.next().unwrap_or_else(|| panic!("{name}")).to_owned();
    assert_eq!(lines.next(), None, "{name} stands once");
    value
}

/// Both parts of a letter: text and HTML.
pub fn parts(letter: &Received) -> (String, String) {
    let text = String::from_utf8(letter.data.clone()).unwrap();
    let mut parts = text.split("Content-Transfer-Encoding: base64\r\n\r\n").skip(1).map(|part| {
        let (body, _) = part.split_once("\r\n--").unwrap();
        let bytes = base64::prelude::BASE64_STANDARD.decode(body.replace("\r\n", "")).unwrap();
        String::from_utf8(bytes).unwrap()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

pub fn message_ids(received: &[Received]) -> BTreeSet<String> {
    received.iter().map(|letter| header(letter, "Message-ID")).collect()
}

pub const MINUTE: i64 = Instant::MINUTE;
