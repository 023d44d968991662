//! A small tree, people in it, and browsers that talk to the router.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use otklik_access::{Caller, Role, Scope};
use otklik_db::sql;
use otklik_journal::Actor;
use otklik_kernel::{Id, Secret};
use otklik_organisations::act::Act;
use otklik_organisations::people::{self, PersonFields};
use otklik_organisations::{Sessions, SharedOffices, import, password, routes, store};
use otklik_testkit::{TestDb, authority};
use otklik_web::{Context, Ctx, Metrics, Settings};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sea_orm::ConnectionTrait;
use tower::ServiceExt;

pub const MIGRATIONS: &[&[otklik_db::Migration]] =
    &[otklik_access::MIGRATIONS, otklik_journal::MIGRATIONS, otklik_organisations::MIGRATIONS];

pub const HEADER: &str = "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;office";

/// Two regions of the tax service, and an authority of another tree.
pub const TREE: &str = "\
0000;;Федеральная налоговая служба;ФНС России;tax_central;federal;77;Europe/Moscow;;нет
5400;0000;Управление по Новосибирской области;УФНС 54;tax_region;regional;54;Asia/Novosibirsk;;да
5401;5400;Инспекция № 1;ИФНС № 1;tax_inspection;local;54;Asia/Novosibirsk;ул. Ёлочная, 5;да
5402;5400;Инспекция № 2;ИФНС № 2;tax_inspection;local;54;Asia/Novosibirsk;;да
2700;0000;Управление по Хабаровскому краю;УФНС 27;tax_region;regional;27;Asia/Vladivostok;;да
2724;2700;Инспекция № 4;ИФНС № 4;tax_inspection;local;27;Asia/Vladivostok;;да
nso;;Правительство области;Правительство НСО;government;regional;54;Asia/Novosibirsk;;нет
";

pub const PASSWORD: &str = "тёплый самовар у окна";

pub const SYSTEM: Scope = Scope::system("a test prepares its world");

pub struct World {
    pub t: TestDb,
    pub ctx: Ctx,
    pub offices: SharedOffices,
    pub router: Router,
    hash: String,
}

/// An answer of the router.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the first hidden field with this name.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&start).unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        let rest = &self.text[at + start.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    pub fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "«{text}» is not in {}", self.text);
        self
    }

    pub fn hides(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "«{text}» is in {}", self.text);
        self
    }
}

impl World {
    pub async fn new(t: TestDb) -> Self {
        let settings = Settings {
            public_url: "http://otklik.example".to_owned(),
            admin_urls: vec!["http://admin.example".to_owned()],
            trusted_proxies: Vec::new(),
            recipient_template: String::new(),
            mail_from: "otklik@office.example".to_owned(),
        };
        let authenticator = Sessions::new(t.db.clone(), t.clock.clone(), authority());
        let ctx = Arc::new(Context {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.shared_random(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
            settings: Arc::new(settings),
            authenticator: Arc::new(authenticator),
            live: otklik_web::Live::default(),
            metrics: Arc::new(Metrics::default()),
        });
        let offices = SharedOffices::open(&t.db).await.unwrap();
        let router = routes(&ctx, &offices).router;
        let hash = password::hash(PASSWORD, &*t.shared_random()).await.unwrap();
        let world = Self { t, ctx, offices, router, hash };
        let report = world.import(&SYSTEM, TREE, false).await;
        assert!(report.is_done, "{report:?}");
        world
    }

    pub fn act(&self) -> Act<'_> {
        Act::by(&self.ctx, Actor::System("test"), "trace")
    }

    pub fn act_of<'a>(&'a self, caller: &'a Caller) -> Act<'a> {
        let actor = Actor::Person { id: caller.person(), login: caller.login() };
        Act::by(&self.ctx, actor, "trace")
    }

    pub async fn import(&self, scope: &Scope, rows: &str, dry_run: bool) -> import::Report {
        let text = format!("{HEADER}\n{rows}");
        import::run(&self.t.db, scope, &self.act(), &text, dry_run).await.unwrap()
    }

    pub async fn body(&self, code: &str) -> Id {
        store::find_by_code(self.t.db.read(), &SYSTEM, code).await.unwrap().expect(code).id
    }

    /// A person who works in a body, with roles on bodies.
    pub async fn person(&self, login: &str, body: &str, roles: &[(Role, &str)]) -> Id {
        let id = self.t.new_id();
        let name = format!("Сотрудник {login}");
        let body = self.body(body).await;
        let fields = PersonFields { login: login.to_owned(), name, body, ..PersonFields::default() };
        let mut on = Vec::new();
        for (role, code) in roles {
            on.push((*role, self.body(code).await));
        }
        let now = self.ctx.now();
        let tx = self.t.db.begin().await.unwrap();
        people::add(&tx, id, &fields, &self.hash, false, now).await.unwrap();
        for (role, body) in on {
            assert!(people::grant(&tx, id, body, role, now).await.unwrap());
        }
        tx.commit().await.unwrap();
        id
    }

    /// The caller that a person is, as the authenticator would give it.
    pub async fn caller(&self, person: Id) -> Caller {
        let grants = people::store::grants(self.t.db.read(), &SYSTEM, person).await.unwrap();
        let grants: Vec<_> = grants.iter().map(|seen| (seen.grant.role, seen.grant.body)).collect();
        otklik_testkit::caller(person, &grants)
    }

    /// The actions in the journal since the beginning, in order.
    pub async fn journal(&self) -> Vec<String> {
        let conn = self.t.db.read();
        let text = "SELECT action FROM journal_entries ORDER BY id";
        let rows = conn.query_all_raw(sql(conn, text, [])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "action").unwrap()).collect()
    }

    /// The last entry of the journal: action, body, payload.
    pub async fn last_entry(&self) -> (String, Option<Id>, String) {
        let conn = self.t.db.read();
        let text = "SELECT e.action, e.body_id, p.payload FROM journal_entries e
            JOIN journal_payloads p ON p.entry_id = e.id ORDER BY e.id DESC LIMIT 1";
        let row = conn.query_one_raw(sql(conn, text, [])).await.unwrap().unwrap();
        (
            row.try_get("", "action").unwrap(),
            row.try_get("", "body_id").unwrap(),
            row.try_get("", "payload").unwrap(),
        )
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookie: None, csrf: String::new(), headers: Vec::new() }
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, login: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in(login, PASSWORD).await.expect(303);
        browser
    }
}

#[derive(Clone)]
pub struct Browser<'a> {
    pub world: &'a World,
    pub cookie: Option<String>,
    pub csrf: String,
    pub headers: Vec<(&'static str, String)>,
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    fields.iter().map(|(key, value)| format!("{}={}", one(key), one(value))).collect::<Vec<_>>().join("&")
}

impl Browser<'_> {
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, "admin.example".parse().unwrap());
        headers.insert(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0".parse().unwrap());
        for (name, value) in &self.headers {
            headers.insert(*name, value.parse().unwrap());
        }
        if let Some(cookie) = &self.cookie {
            headers.insert(header::COOKIE, format!("otklik={cookie}").parse().unwrap());
        }
        request.extensions_mut().insert(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1));
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(header::SET_COOKIE) {
            let value = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap().1;
            self.cookie = Some(value.to_owned()).filter(|value| !value.is_empty());
            self.csrf = otklik_web::csrf_token(&self.world.ctx, value);
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.into()).unwrap(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form without a token.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_body(path, "application/x-www-form-urlencoded", encode(fields)).await
    }

    pub async fn post_body(&mut self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Sends a form with the session's token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post_bare(path, &fields).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post_bare("/admin/login", &[("login", login), ("password", password)]).await
    }
}
