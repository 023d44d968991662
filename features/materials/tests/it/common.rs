//! A region with offices, people in it, and a browser that talks to the router.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body as Content;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use otklik_access::{Authenticator, Caller, Role, Scope};
use otklik_db::DbErr;
use otklik_journal::Actor;
use otklik_kernel::{Clock as _, Id, Secret, Zone};
use otklik_organisations::act::Act;
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, store};
use otklik_testkit::{TestDb, both, caller};
use otklik_web::{Context, Ctx, Metrics, Settings, csrf_token};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt as _;

pub const REGION: Id = 1;
/// An inspection with a queue terminal.
pub const OFFICE: Id = 2;
/// An office of another region, an МФЦ without a terminal.
pub const NEIGHBOUR: Id = 3;
pub const CLOSED: Id = 4;
/// An inspection without a terminal.
pub const SMALL: Id = 5;
pub const LINK: &str = "https://order.nalog.ru/qr/7701/";
/// An address of the programme in Cyrillic letters.
pub const CYRILLIC: &str = "https://отклик.рф";

pub const SYSTEM: Scope = Scope::system("what a test looks at");

/// Knows the cast of these tests by the name in their cookie.
struct Cast;

#[async_trait]
impl Authenticator for Cast {
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(match session_secret {
            "administrator" => Some(caller(10, &[(Role::Administrator, REGION)])),
            "responsible" => Some(caller(11, &[(Role::ResponsibleEmployee, REGION)])),
            "observer" => Some(caller(12, &[(Role::MerObserver, REGION)])),
            "neighbour" => Some(caller(13, &[(Role::ResponsibleEmployee, NEIGHBOUR)])),
            "office" => Some(caller(14, &[(Role::Administrator, OFFICE)])),
            "operator" => Some(caller(15, &[(Role::TechnicalOperator, REGION)])),
            _ => None,
        })
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub kind: String,
    pub file: String,
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
}

pub struct Site {
    pub t: TestDb,
    pub ctx: Ctx,
    router: axum::Router,
}

impl Site {
    async fn open(t: TestDb, public_url: &str) -> Self {
        let tx = t.db.begin().await.unwrap();
        use BodyKind::{Mfc, TaxInspection, TaxRegion};
        let offices = [
            (REGION, None, "7700", "УФНС России по г. Москве", TaxRegion, false),
            (OFFICE, Some(REGION), "7701", "ИФНС № 1 «Центр» <и> #Ко", TaxInspection, true),
            (NEIGHBOUR, None, "mfc-27", "МФЦ по Индустриальному району", Mfc, false),
            (CLOSED, Some(REGION), "7702", "ИФНС № 2", TaxInspection, false),
            (SMALL, Some(REGION), "7703", "ИФНС № 3", TaxInspection, false),
        ];
        for (id, parent, code, name, kind, has_queue_terminal) in offices {
            let fields =
                BodyFields { is_office: id != REGION, has_queue_terminal, kind, ..fields(code, name) };
            store::insert(&tx, id, parent, &fields, t.clock.now()).await.unwrap();
        }
        store::set_closed(&tx, CLOSED, Some(t.clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        let ctx = Arc::new(Context {
            db: t.db.clone(),
            clock: t.clock.clone(),
            random: t.shared_random(),
            ids: t.ids.clone(),
            secret: Secret::new(&[7; 32]),
            settings: Arc::new(Settings {
                public_url: public_url.into(),
                admin_urls: vec!["https://admin.example.org".into(), "http://10.0.0.5:8080".into()],
                trusted_proxies: Vec::new(),
                recipient_template: "vashkontrol{code}@r{region}.nalog.ru".into(),
                mail_from: "otklik@example.org".into(),
            }),
            authenticator: Arc::new(Cast),
            live: otklik_web::Live::default(),
            metrics: Arc::new(Metrics::default()),
        });
        let router = otklik_materials::routes(&ctx).router;
        Self { t, ctx, router }
    }

    pub fn act(&self) -> Act<'_> {
        Act::by(&self.ctx, Actor::System("test"), "0123456789abcdef")
    }

    pub fn csrf(&self, who: &str) -> String {
        csrf_token(&self.ctx, who)
    }

    /// The answer to a person who has the zone open by its intranet address.
    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(who, Request::get(path).body(Content::empty()).unwrap()).await
    }

    /// Sends an ordinary form with the person's token.
    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(who);
        let pairs = fields.iter().copied().chain([("csrf", csrf.as_str())]);
        let encoded =
            pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        let body = encoded.collect::<Vec<_>>().join("&");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Content::from(body))
            .unwrap();
        self.send(who, request).await
    }

    /// Sends a form with a file as browsers do, with the given token before the fields.
    pub async fn upload(
        &self,
        who: &str,
        path: &str,
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
            "--limit\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(content);
        body.extend(b"\r\n--limit--\r\n");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .body(Content::from(body))
            .unwrap();
        self.send(who, request).await
    }

    async fn send(&self, who: &str, mut request: Request<Content>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, "10.0.0.5:8080".parse().unwrap());
        headers.insert(header::COOKIE, format!("otklik={who}; __Host-otklik={who}").parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let head = |name| {
            response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let (kind, file) = (head(header::CONTENT_TYPE), head(header::CONTENT_DISPOSITION));
        let location = head(header::LOCATION);
        let status = response.status();
        if status == StatusCode::OK {
            assert_eq!(head(header::CACHE_CONTROL), "no-store");
            assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        }
        let content = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, kind, file, location, content }
    }

    /// The actions in the journal, in order.
    pub async fn journal(&self) -> Vec<String> {
        use sea_orm::ConnectionTrait as _;
        let text = "SELECT action FROM journal_entries ORDER BY id";
        let rows = self.t.db.read().query_all_raw(otklik_db::sql(self.t.db.read(), text, [])).await.unwrap();
        rows.iter().map(|row| row.try_get("", "action").unwrap()).collect()
    }
}

fn fields(code: &str, name: &str) -> BodyFields {
    BodyFields {
        code: code.into(),
        full_name: name.into(),
        short_name: name.into(),
        kind: BodyKind::TaxInspection,
        level: Level::Local,
        region: "77".into(),
        zone: Zone::find("Europe/Moscow").unwrap(),
        address: String::new(),
        place: None,
        site: String::new(),
        has_queue_terminal: false,
        is_office: true,
    }
}

pub fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}. Install it: apt-get install -y {package}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

pub fn scan(picture: &Path) -> String {
    run("zbarimg", "zbar-tools", &["-q", "--raw", picture.to_str().unwrap()])
}

pub fn with<F: AsyncFn(Site)>(test: F) {
    with_url("https://order.nalog.ru", test);
}

pub fn with_url<F: AsyncFn(Site)>(public_url: &str, test: F) {
    let steps = [
        otklik_access::MIGRATIONS,
        otklik_journal::MIGRATIONS,
        otklik_organisations::MIGRATIONS,
        otklik_materials::MIGRATIONS,
    ];
    both(&steps, async |t| test(Site::open(t, public_url).await).await);
}
