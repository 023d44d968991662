//! The pages through the router, on both databases.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body as Content;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use otklik_access::{Authenticator, Caller, Role};
use otklik_db::DbErr;
use otklik_kernel::{Clock as _, Id, Secret, Zone};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{BodyKind, Level, store};
use otklik_testkit::{TestDb, both, caller};
use otklik_web::{Context, Metrics, Settings};
use tower::ServiceExt as _;

const REGION: Id = 1;
const OFFICE: Id = 2;
const NEIGHBOUR: Id = 3;
const CLOSED: Id = 4;
const LINK: &str = "https://order.nalog.ru/qr/7701/";

/// Knows the cast of these tests by the name in their cookie.
struct Cast;

#[async_trait]
impl Authenticator for Cast {
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr> {
        Ok(match session_secret {
            "responsible" => Some(caller(11, &[(Role::ResponsibleEmployee, REGION)])),
            "observer" => Some(caller(12, &[(Role::MerObserver, REGION)])),
            "neighbour" => Some(caller(13, &[(Role::ResponsibleEmployee, NEIGHBOUR)])),
            _ => None,
        })
    }
}

struct Answer {
    status: StatusCode,
    kind: String,
    file: String,
    content: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }
}

struct Site(axum::Router);

impl Site {
    async fn open(t: &TestDb) -> Self {
        let tx = t.db.begin().await.unwrap();
        let offices = [
            (REGION, None, "7700", "УФНС России по г. Москве"),
            (OFFICE, Some(REGION), "7701", "ИФНС № 1 «Центр» <и> #Ко"),
            (NEIGHBOUR, None, "2724", "ИФНС по Индустриальному району"),
            (CLOSED, Some(REGION), "7702", "ИФНС № 2"),
        ];
        for (id, parent, code, name) in offices {
            store::insert(&tx, id, parent, &fields(code, name), t.clock.now()).await.unwrap();
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
                public_url: "https://order.nalog.ru".into(),
                admin_urls: vec!["https://admin.example.org".into(), "http://10.0.0.5:8080".into()],
                trusted_proxies: Vec::new(),
                recipient_template: "vashkontrol{code}@r{region}.nalog.ru".into(),
                mail_from: "otklik@example.org".into(),
            }),
            authenticator: Arc::new(Cast),
            live: otklik_web::Live::default(),
            metrics: Arc::new(Metrics::default()),
        });
        Self(otklik_materials::routes(&ctx).router)
    }

    /// The answer to a person who has the zone open by its intranet address.
    async fn get(&self, who: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::HOST, "10.0.0.5:8080")
            .header(header::COOKIE, format!("otklik={who}; __Host-otklik={who}"))
            .body(Content::empty())
            .unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let head = |name| {
            response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let (kind, file) = (head(header::CONTENT_TYPE), head(header::CONTENT_DISPOSITION));
        let status = response.status();
        let content = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, kind, file, content }
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

fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}. Install it: apt-get install -y {package}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn scan(picture: &Path) -> String {
    run("zbarimg", "zbar-tools", &["-q", "--raw", picture.to_str().unwrap()])
}

fn with<F: AsyncFn(Site, &Path)>(test: F) {
    both(&[otklik_access::MIGRATIONS, otklik_organisations::MIGRATIONS], async |t| {
        let site = Site::open(&t).await;
        test(site, t.folder.path()).await;
    });
}

#[test]
fn qr9_the_button_shows_the_code_with_its_downloads() {
    with(async |site, _| {
        let before = site.get("responsible", "/admin/bodies/2/materials").await;
        assert_eq!((before.status, before.kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
        assert!(before.text().contains("Создать QR-код") && !before.text().contains("<svg"));

        let after = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(after.text().contains("<svg") && after.text().contains(&format!("<title>{LINK}</title>")));
        for file in ["qr.svg", "qr.png", "qr.pdf"] {
            assert!(after.text().contains(&format!("href=\"/admin/bodies/2/{file}\"")), "{file}");
        }
    });
}

#[test]
fn org6_link_and_code_carry_the_public_address_on_the_intranet_too() {
    with(async |site, folder| {
        let page = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(page.text().contains(&format!("value=\"{LINK}\" readonly")));
        assert!(!page.text().contains("10.0.0.5"));

        let png = site.get("responsible", "/admin/bodies/2/qr.png").await;
        assert_eq!((png.status, png.kind.as_str()), (StatusCode::OK, "image/png"));
        assert_eq!(png.file, "attachment; filename=\"qr-7701.png\"");
        let path = folder.join("qr.png");
        std::fs::write(&path, &png.content).unwrap();
        assert_eq!(scan(&path), LINK);
    });
}

#[test]
fn qr9_the_pdf_has_the_name_as_it_is_and_the_code() {
    with(async |site, folder| {
        let pdf = site.get("responsible", "/admin/bodies/2/qr.pdf").await;
        assert_eq!((pdf.status, pdf.kind.as_str()), (StatusCode::OK, "application/pdf"));
        assert_eq!(pdf.file, "attachment; filename=\"qr-7701.pdf\"");
        let path = folder.join("qr.pdf");
        std::fs::write(&path, &pdf.content).unwrap();
        let path = path.to_str().unwrap();
        let text = run("pdftotext", "poppler-utils", &[path, "-"]);
        let text: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(text.join(" "), format!("ИФНС № 1 «Центр» <и> #Ко {LINK}"));
        let page = folder.join("page");
        run("pdftoppm", "poppler-utils", &["-png", "-singlefile", "-r", "100", path, page.to_str().unwrap()]);
        assert_eq!(scan(&page.with_extension("png")), LINK);
    });
}

#[test]
fn qr9_the_svg_is_the_one_on_the_page() {
    with(async |site, _| {
        let svg = site.get("responsible", "/admin/bodies/2/qr.svg").await;
        assert_eq!((svg.status, svg.kind.as_str()), (StatusCode::OK, "image/svg+xml"));
        assert_eq!(svg.file, "attachment; filename=\"qr-7701.svg\"");
        let page = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(page.text().contains(svg.text()));
    });
}

#[test]
fn a_closed_office_has_no_code() {
    with(async |site, _| {
        let page = site.get("responsible", "/admin/bodies/4/materials?code=1").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Орган закрыт") && !page.text().contains("<svg"));
        assert_eq!(site.get("responsible", "/admin/bodies/4/qr.png").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn only_those_who_make_materials_and_only_in_their_scope() {
    with(async |site, _| {
        for page in ["materials", "materials?code=1", "qr.svg", "qr.png", "qr.pdf"] {
            let status =
                async |who: &str, id: &str| site.get(who, &format!("/admin/bodies/{id}/{page}")).await.status;
            assert_eq!(status("responsible", "2").await, StatusCode::OK, "{page}");
            assert_eq!(status("neighbour", "3").await, StatusCode::OK, "{page}");
            assert_eq!(status("neighbour", "2").await, StatusCode::NOT_FOUND, "{page}");
            assert_eq!(status("responsible", "3").await, StatusCode::NOT_FOUND, "{page}");
            for nobody in ["99", "0", "x", "%00", "9999999999999999999999"] {
                assert_eq!(status("responsible", nobody).await, StatusCode::NOT_FOUND, "{page} of {nobody}");
            }
            assert_eq!(status("observer", "2").await, StatusCode::FORBIDDEN, "{page}");
            assert_eq!(status("stranger", "2").await, StatusCode::SEE_OTHER, "{page}");
        }
    });
}
