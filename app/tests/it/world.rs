//! A programme put together on a test's database: a country with two regions, offices, people, responses.

use std::io::Cursor;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use calamine::{Reader as _, Xlsx};
use http_body_util::BodyExt as _;
use otklik::installation::{Installation, migrations};
use otklik::settings::{Options, Settings};
use otklik::wire;
use otklik_access::{Role, Scope};
use otklik_journal::Actor;
use otklik_kernel::{Id, Secret};
use otklik_organisations::act::Act;
use otklik_organisations::people::PersonFields;
use otklik_organisations::{import, people, sessions, store};
use otklik_testkit::TestDb;
use otklik_web::{Ctx, csrf_token};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt as _;

/// Sees everything: for looking at what came of a request.
pub const SYSTEM: Scope = Scope::system("what a test looks at");
/// An open office of the near region, one beside it, and one that is closed.
pub const OFFICE: &str = "6901";
pub const BESIDE: &str = "6902";
pub const CLOSED: &str = "6909";
/// An open office of the far region.
pub const FAR_OFFICE: &str = "2501";
/// Stands in every name and text of the far region and nowhere else.
pub const FAR_MARK: &str = "Дальн";

const BODIES: &str = "\
code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;site;queue_terminal;office
0000;;Федеральная служба;Служба;tax_central;federal;77;Europe/Moscow;;;;;нет;нет
6900;0000;Управление по Ближнему краю;УФНС Ближнего края;tax_region;regional;69;Europe/Moscow;;;;;нет;да
6901;6900;Инспекция № 1 по Ближнему краю;ИФНС № 1;tax_inspection;local;69;Europe/Moscow;ул. Садовая, д. 1;;;;нет;да
6902;6900;Инспекция № 2 по Ближнему краю;ИФНС № 2;tax_inspection;local;69;Europe/Moscow;;;;;нет;да
6909;6900;Инспекция № 9 по Ближнему краю;ИФНС № 9;tax_inspection;local;69;Europe/Moscow;;;;;нет;да
2500;0000;Управление по Дальнему краю;УФНС Дальнего края;tax_region;regional;25;Asia/Vladivostok;;;;;нет;да
2501;2500;Дальняя инспекция № 1;Дальняя ИФНС № 1;tax_inspection;local;25;Asia/Vladivostok;;;;;нет;да
2502;2500;Дальняя инспекция № 2;Дальняя ИФНС № 2;tax_inspection;local;25;Asia/Vladivostok;;;;;нет;да
";

/// Where requests come from unless a test says otherwise.
pub const PEER: &str = "127.0.0.1:40000";

/// Runs a test on both databases.
pub fn on_both<F: AsyncFn(World)>(test: F) {
    on_both_with(|_| (), test);
}

/// Runs a test on both databases, with other settings.
pub fn on_both_with<F: AsyncFn(World)>(change: fn(&mut Settings), test: F) {
    // The test database brings the steps of the database crate itself.
    let steps = migrations().split_off(otklik_db::MIGRATIONS.len());
    otklik_testkit::both(&[&steps], async |t| test(World::new(t, change).await).await);
}

/// The programme and what a test needs beside it.
pub struct World {
    pub t: TestDb,
    pub ctx: Ctx,
    pub list: Vec<otklik_web::Route>,
    pub settings: Settings,
    router: Router,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The value of the first hidden field of a name.
    pub fn hidden(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&start).unwrap_or_else(|| panic!("{name}: {}", self.text)).1;
        rest.split_once('"').unwrap().0
    }
}

impl World {
    async fn new(t: TestDb, change: fn(&mut Settings)) -> Self {
        let options = Options {
            data_dir: Some(t.folder.path().join("data")),
            public_url: Some("https://otklik.example".into()),
            ..Options::default()
        };
        let mut settings = Settings::resolve(options).unwrap();
        change(&mut settings);
        std::fs::create_dir_all(&settings.data_dir).unwrap();
        let installation = Installation {
            settings,
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.random.clone(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
        };
        otklik_questionnaires::publish_built_in(&t.db, otklik_kernel::Clock::now(&*t.clock)).await.unwrap();
        let address: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        let ctx = wire::context(&installation, address);
        let act = Act::by(&ctx, Actor::System("test"), "0123456789abcdef");
        let report = import::run(&t.db, &SYSTEM, &act, BODIES, false).await.unwrap();
        assert!(report.is_done, "{:?}", report.errors);
        let closed = store::find_by_code(t.db.read(), &SYSTEM, CLOSED).await.unwrap().unwrap().id;
        let tx = t.db.begin().await.unwrap();
        store::set_closed(&tx, closed, Some(ctx.now())).await.unwrap();
        tx.commit().await.unwrap();
        let wired = wire::wire(&installation, address).await.unwrap();
        let settings = installation.settings;
        Self { t, ctx: wired.ctx, list: wired.part.list, settings, router: wired.part.router }
    }

    /// The id of a body.
    pub async fn body(&self, code: &str) -> Id {
        store::find_by_code(self.t.db.read(), &SYSTEM, code).await.unwrap().unwrap().id
    }

    /// Adds a person who works in a body, with roles on it.
    pub async fn person(&self, login: &str, body: Id, roles: &[Role], password_hash: &str) -> Id {
        let id = self.t.new_id();
        let fields = PersonFields {
            login: login.into(),
            name: format!("Сотрудник {login}"),
            body,
            position: String::new(),
            phone: String::new(),
            email: String::new(),
            unit: None,
        };
        let tx = self.t.db.begin().await.unwrap();
        people::add(&tx, id, &fields, password_hash, false, self.ctx.now()).await.unwrap();
        for role in roles {
            people::grant(&tx, id, body, *role, self.ctx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }

    /// Begins a session and gives its secret.
    pub async fn session(&self, person: Id) -> String {
        let act = Act::by(&self.ctx, Actor::System("test"), "0123456789abcdef");
        let tx = self.t.db.begin().await.unwrap();
        let secret = sessions::begin(&tx, &act, person, "Test").await.unwrap();
        tx.commit().await.unwrap();
        secret
    }

    pub fn csrf(&self, session: &str) -> String {
        csrf_token(&self.ctx, session)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub async fn get_as(&self, session: &str, path: &str) -> Answer {
        let request = request("GET", path).header(header::COOKIE, cookie(session));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(request("POST", path).body(body.into()).unwrap()).await
    }

    pub async fn post_as(&self, session: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = request("POST", path).header(header::COOKIE, cookie(session));
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Sends a request from the usual peer unless it names another.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(PEER.parse().unwrap()));
        }
        // On a thread of its own, as by the server: how deep the test is already leaves it no less room.
        let answered = tokio::spawn(self.router.clone().oneshot(request)).await;
        let (parts, body) = answered.unwrap().unwrap().into_parts();
        // A stream of live updates has no end of its own: its head is the answer.
        let is_stream =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let bytes = body.collect().await.unwrap().to_bytes();
        let text =
            if is_book(&parts.headers) { book(&bytes) } else { String::from_utf8_lossy(&bytes).into() };
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// The token of a questionnaire as somebody gets it who then reads for ten seconds.
    pub async fn token(&self, code: &str) -> String {
        let page = self.get(&format!("/qr/{code}/")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        self.t.clock.advance(10_000_000);
        page.hidden("token").to_owned()
    }

    /// Answers a questionnaire and gives the receipt.
    pub async fn respond(&self, code: &str, comment: &str) -> String {
        let token = self.token(code).await;
        let body = form(&[("token", &token), ("a", "1"), ("b", "0"), ("comment", comment)]);
        let thanks = self.post(&format!("/qr/{code}/"), body).await;
        assert_eq!(thanks.status, 200, "{}", thanks.text);
        receipt(&thanks)
    }

    /// Everything that is stored.
    pub async fn stored(&self) -> Vec<otklik_responses::Response> {
        let filter = otklik_responses::store::Filter::default();
        otklik_responses::store::list(self.t.db.read(), &SYSTEM, &filter, 1000, 0).await.unwrap()
    }
}

fn is_book(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"spreadsheetml.sheet"))
}

/// The words and numbers of a workbook.
fn book(bytes: &[u8]) -> String {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = book.worksheets();
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.rows()).flatten();
    cells.map(|cell| cell.to_string() + "\n").collect()
}

/// A request as a browser sends it to the public address.
pub fn request(method: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "otklik.example");
    match method {
        "POST" => request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        _ => request,
    }
}

pub fn cookie(session: &str) -> String {
    format!("__Host-otklik={session}")
}

/// A form as a browser encodes it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pair =
        |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The receipt on a page of thanks.
pub fn receipt(thanks: &Answer) -> String {
    let rest = thanks.text.split_once("href=\"/r/").unwrap_or_else(|| panic!("{}", thanks.text)).1;
    rest.split(['"', '?']).next().unwrap().to_owned()
}
