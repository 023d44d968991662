//! What the tests share: two regions with an office each, people with roles, requests without a network.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use otklik_access::{Authenticator, Caller, Role};
use otklik_db::DbErr;
use otklik_jobs::Waker;
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::{Id, Instant, Secret, Zone};
use otklik_operations::{Setup, loopback, routes};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, SharedOffices, store};
use otklik_testkit::{TestDb, caller};
use otklik_web::{Context, Ctx, Settings, csrf_token};
use tower::ServiceExt as _;

pub const CENTRE: Id = 1;
pub const WEST: Id = 10;
pub const WEST_OFFICE: Id = 11;
pub const EAST: Id = 20;
pub const EAST_OFFICE: Id = 21;

/// Everything a request needs.
pub struct Cast {
    pub t: TestDb,
    pub ctx: Ctx,
    router: Router,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

/// People are known by the name of their role and their body: `deputy_head@10`.
struct ByName;

#[async_trait]
impl Authenticator for ByName {
    async fn authenticate(&self, name: &str) -> Result<Option<Caller>, DbErr> {
        let Some((role, body)) = name.split_once('@') else { return Ok(None) };
        Ok(Role::find(role).map(|role| caller(1000, &[(role, body.parse().unwrap())])))
    }
}

impl Cast {
    pub async fn new(t: TestDb) -> Self {
        Self::with_steps(t, Vec::new()).await
    }

    /// With steps of the schema that the node waits for.
    pub async fn with_steps(t: TestDb, migrations: Vec<otklik_db::Migration>) -> Self {
        let tx = t.db.begin().await.unwrap();
        let bodies = [
            (CENTRE, None, "00", "Центральный аппарат", "Europe/Moscow"),
            (WEST, Some(CENTRE), "3900", "УФНС по Калининградской области", "Europe/Kaliningrad"),
            (WEST_OFFICE, Some(WEST), "3905", "ИФНС № 5 по Калининграду", "Europe/Kaliningrad"),
            (EAST, Some(CENTRE), "2500", "УФНС по Приморскому краю", "Asia/Vladivostok"),
            (EAST_OFFICE, Some(EAST), "2536", "ИФНС № 36 по Владивостоку", "Asia/Vladivostok"),
        ];
        for (id, parent, code, name, zone) in bodies {
            store::insert(&tx, id, parent, &fields(code, name, zone), Instant(0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ctx = Arc::new(Context {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.random.clone(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
            settings: Arc::new(Settings {
                public_url: "https://otklik.example".into(),
                admin_urls: vec!["https://otklik.example".into()],
                trusted_proxies: Vec::new(),
                recipient_template: String::new(),
                mail_from: "otklik@otklik.example".into(),
            }),
            authenticator: Arc::new(ByName),
            live: otklik_web::Live::default(),
            metrics: Arc::default(),
        });
        let offices = SharedOffices::open(&t.db).await.unwrap();
        let setup = Setup {
            offices,
            migrations,
            metrics_from: loopback(),
            mail: Waker::default(),
            events: Waker::default(),
        };
        let router = routes(&ctx, setup).router;
        Self { t, ctx, router }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(self.request("GET", who, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, who: &str, path: &str) -> Answer {
        let body = format!("csrf={}", csrf_token(&self.ctx, who));
        self.post_body(who, path, body).await
    }

    pub async fn post_body(&self, who: &str, path: &str, body: String) -> Answer {
        let request = self.request("POST", who, path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).unwrap()).await
    }

    pub fn request(&self, method: &str, who: &str, path: &str) -> axum::http::request::Builder {
        let cookie = format!("__Host-otklik={who}");
        Request::builder().method(method).uri(path).header("host", "otklik.example").header("cookie", cookie)
    }

    pub async fn get_as_peer(&self, peer: &str, path: &str) -> Answer {
        let mut request = self.request("GET", "", path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// Writes an entry of the journal a second after the one before.
    pub async fn entry(
        &self,
        action: &'static str,
        body: Option<Id>,
        before: serde_json::Value,
        after: serde_json::Value,
    ) -> Id {
        self.t.clock.advance(Instant::SECOND);
        let tx = self.t.db.begin().await.unwrap();
        let entry = NewEntry {
            actor: Actor::Person { id: 1000, login: "iskra" },
            action,
            subject: body.map(|body| ("body", body)),
            body,
            trace: "0123456789abcdef",
            before: Some(before),
            after: Some(after),
        };
        let id = append(&tx, entry, self.ctx.now(), &self.t.ids, &*self.t.random).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

fn fields(code: &str, name: &str, zone: &str) -> BodyFields {
    BodyFields {
        code: code.into(),
        full_name: name.into(),
        short_name: name.into(),
        kind: BodyKind::TaxInspection,
        level: Level::Local,
        region: String::new(),
        zone: Zone::find(zone).unwrap(),
        address: String::new(),
        place: None,
        site: String::new(),
        has_queue_terminal: false,
        is_office: true,
    }
}
