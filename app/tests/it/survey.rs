//! The public questionnaire: what is accepted, what the pages carry, whom nobody blocks.

use std::collections::HashSet;

use axum::http::Request;
use base64::Engine as _;
use otklik_responses::Suspicion;
use sha2::{Digest as _, Sha256};

use crate::away::Away;
use crate::world::{CLOSED, FAR_OFFICE, OFFICE, World, form, on_both, on_both_with, receipt, request};

/// The strict policy for the style that a page really carries.
fn policy(page: &str) -> String {
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

#[test]
fn x1_every_public_page_is_small_and_carries_exactly_the_strict_headers() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let receipt = world.respond(OFFICE, "Долго").await;
        let long = "й".repeat(5000);
        let mut pages = vec![
            (404, world.post("/nothing", "").await),
            (422, world.post("/qr/6901/", form(&[("token", &token)])).await),
            (200, world.post("/qr/6901/", form(&[("token", &token), ("a", "1")])).await),
            (413, world.post("/qr/6901/", "a=".to_owned() + &"x".repeat(600 * 1024)).await),
            (400, world.post("/qr/6901/", "a=%FF").await),
        ];
        for (status, path) in [
            (200, "/qr/"),
            (200, "/qr/6901/"),
            (200, "/qr/6901"),
            (404, "/qr/777/"),
            (404, "/qr/%FF/"),
            (404, "/qr/?code=777"),
            (410, "/qr/6909/"),
            (200, "/r/"),
            (200, &format!("/r/{receipt}")),
            (404, "/r/0000-0000-0000-0000"),
            (404, "/nothing"),
            (404, "/admin/nothing"),
            (404, "/favicon.ico"),
        ] {
            pages.push((status, world.get(path).await));
        }
        for (status, page) in &pages {
            assert_eq!(page.status, *status, "{}", page.text);
            assert!(page.text.len() <= 8192, "{status}: {} bytes", page.text.len());
            let mut headers: Vec<_> =
                page.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
            headers.retain(|(name, _)| *name != "content-length");
            headers.sort_unstable();
            assert_eq!(
                headers,
                [
                    ("cache-control", "no-store"),
                    ("content-security-policy", policy(&page.text).as_str()),
                    ("content-type", "text/html; charset=utf-8"),
                    ("referrer-policy", "no-referrer"),
                    ("x-content-type-options", "nosniff"),
                ],
                "{status}"
            );
        }
        // What was typed comes back whole, however long: only that may make a page larger.
        let page = world.post("/qr/6901/", form(&[("token", &token), ("comment", &long)])).await;
        assert_eq!(page.status, 422);
        assert!(page.text.len() - long.len() <= 8192);
    });
}

#[test]
fn x3_an_address_without_anything_leads_to_a_page_that_helps() {
    on_both(async |world| {
        for path in ["/", "/admin"] {
            let answer = world.get(path).await;
            let to = if path == "/" { "/qr/" } else { "/admin/" };
            assert_eq!((answer.status, answer.location()), (303, to));
        }
        let page = world.get("/qr/").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("action=\"/qr/\"") && page.text.contains("name=\"code\""));
        assert!(!page.text.contains("Анкета не найдена"));
        let found = world.get("/qr/?code=+6901+").await;
        assert_eq!((found.status, found.location()), (303, "/qr/6901/"));
        let lost = world.get("/no/such/page").await;
        assert_eq!(lost.status, 404);
        assert!(lost.text.contains("Страница не найдена"));
    });
}

#[test]
fn qr1_an_unknown_office_gives_a_page_that_asks_for_the_code() {
    on_both(async |world| {
        for path in ["/qr/69O1/", "/qr/?code=69O1"] {
            let page = world.get(path).await;
            assert_eq!(page.status, 404);
            assert!(
                page.text.contains("Анкета не найдена") && page.text.contains("value=\"69O1\""),
                "{path}"
            );
        }
        let page = world.post("/qr/69O1/", form(&[("a", "1")])).await;
        assert_eq!(page.status, 404);
        assert!(page.text.contains("Анкета не найдена"));
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn qr1_a_closed_office_says_so_and_names_the_one_above() {
    on_both(async |world| {
        let path = format!("/qr/{CLOSED}/");
        for page in [world.get(&path).await, world.post(&path, form(&[("a", "1")])).await] {
            assert_eq!(page.status, 410);
            assert!(page.text.contains("ИФНС № 9") && page.text.contains("href=\"/qr/6900/\""));
        }
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn x2_the_same_form_sent_again_gives_the_same_receipt_and_is_stored_once() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let body = form(&[("token", &token), ("a", "0"), ("comment", "Долго")]);
        let mut receipts = HashSet::new();
        for _ in 0..3 {
            let thanks = world.post("/qr/6901/", body.clone()).await;
            assert_eq!(thanks.status, 200);
            receipts.insert(receipt(&thanks));
        }
        let (one, two) = tokio::join!(world.post("/qr/6901/", body.clone()), world.post("/qr/6901/", body));
        receipts.extend([receipt(&one), receipt(&two)]);
        assert_eq!((receipts.len(), world.stored().await.len()), (1, 1));
    });
}

#[test]
fn x2_the_same_form_with_other_content_is_a_second_response_that_is_marked() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let first = world.post("/qr/6901/", form(&[("token", &token), ("a", "1")])).await;
        let second = world.post("/qr/6901/", form(&[("token", &token), ("a", "0")])).await;
        assert_ne!(receipt(&first), receipt(&second));
        let marks: Vec<bool> =
            world.stored().await.iter().map(|one| one.suspicion.has(Suspicion::TOKEN_REUSED)).collect();
        assert_eq!(marks, [true, false], "newest first");
    });
}

#[test]
fn case5_the_page_of_a_receipt_shows_how_far_it_got_and_never_the_text() {
    on_both(async |world| {
        let receipt = world.respond(OFFICE, "Секретное слово").await;
        let page = world.get(&format!("/r/{receipt}")).await;
        assert!(page.text.contains("Пока не просмотрен") && page.text.contains("ИФНС № 1"));
        assert!(!page.text.contains("Секретное") && !page.text.contains("Плохо"));
        let stored = &world.stored().await[0];
        let tx = world.t.db.begin().await.unwrap();
        let now = world.ctx.now();
        otklik_responses::store::set_looked(&tx, stored.id, now, "Сотрудник").await.unwrap();
        otklik_responses::store::set_outcome(&tx, stored.id, now, "Открыто второе окно").await.unwrap();
        tx.commit().await.unwrap();
        // As people type it: without hyphens, in small letters.
        let typed = receipt.replace('-', "").to_lowercase();
        let found = world.get(&format!("/r/?code={typed}")).await;
        assert_eq!((found.status, found.location()), (303, format!("/r/{receipt}").as_str()));
        let page = world.get(found.location()).await;
        assert!(page.text.contains("Открыто второе окно") && !page.text.contains("Пока не просмотрен"));
        assert!(!page.text.contains("Секретное") && !page.text.contains("Сотрудник"));
    });
}

#[test]
fn x3_while_the_database_is_away_the_form_comes_back_filled_in_and_is_accepted_later() {
    on_both(async |world| {
        world.respond(OFFICE, "раньше").await;
        let token = world.token(OFFICE).await;
        let body = form(&[("token", &token), ("b", "0"), ("comment", "Очень <долго>"), ("contrast", "1")]);
        let away = Away::begin(&world.t.db).await;
        for _ in 0..2 {
            let page = world.post("/qr/6901/", body.clone()).await;
            assert_eq!((page.status, page.header("retry-after")), (503, "30"));
            assert_eq!(page.hidden("token"), token);
            assert!(page.text.contains("Очень &#60;долго&#62;</textarea>"));
            assert!(page.text.contains("name=\"b\" value=\"0\" checked"));
            assert!(page.text.contains("name=\"contrast\" value=\"1\" form=\"f\" checked"));
            assert!(page.text.contains("сохранить не удалось"));
        }
        // Reading the questionnaire needs no database.
        assert_eq!(world.get("/qr/6901/").await.status, 200);
        away.end().await;
        // A dead connection may be met once more by each committer before a new one is made.
        let mut done = world.post("/qr/6901/", body.clone()).await;
        for _ in 0..16 {
            if done.status == 503 {
                done = world.post("/qr/6901/", body.clone()).await;
            }
        }
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(receipt(&world.post("/qr/6901/", body).await), receipt(&done));
        let stored = world.stored().await;
        assert_eq!((stored.len(), stored[0].comment.as_str()), (2, "Очень <долго>"));
    });
}

/// Sends an answer from a peer that says which address it forwards.
async fn forwarded(world: &World, peer: &str, address: &str) -> Request<axum::body::Body> {
    let token = world.token(OFFICE).await;
    let mut request = request("POST", "/qr/6901/").header("x-forwarded-for", address);
    let peer: std::net::SocketAddr = peer.parse().unwrap();
    request.extensions_mut().unwrap().insert(axum::extract::ConnectInfo(peer));
    request.body(form(&[("token", &token), ("a", "1")]).into()).unwrap()
}

/// Whether the second of two phones that came through a peer is taken for the first one.
async fn is_same_device(world: &World, peer: &str) -> bool {
    for address in ["203.0.113.1", "203.0.113.2"] {
        let request = forwarded(world, peer, address).await;
        assert_eq!(world.send(request).await.status, 200);
    }
    world.stored().await[0].suspicion.has(Suspicion::SAME_DEVICE)
}

#[test]
fn surv4_a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let proxies = |settings: &mut otklik::settings::Settings| {
        settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    };
    on_both_with(proxies, async |world| {
        assert!(is_same_device(&world, "198.51.100.7:4000").await, "a stranger's word");
        assert!(!is_same_device(&world, "10.1.2.3:4000").await, "a trusted proxy's word");
    });
}

#[test]
fn surv4_nobody_behind_a_shared_address_is_blocked() {
    on_both(async |world| {
        let mut receipts = HashSet::new();
        for phone in 0..40 {
            receipts.insert(world.respond_at_once(OFFICE, &format!("Телефон {phone}")).await);
        }
        let stored = world.stored().await;
        assert_eq!((receipts.len(), stored.len()), (40, 40));
        assert!(stored[0].suspicion.has(Suspicion::BURST) && !stored[39].suspicion.has(Suspicion::BURST));
        // Another office is another hall.
        world.respond(FAR_OFFICE, "Спокойно").await;
        assert!(world.stored().await[0].suspicion.is_empty());
    });
}

impl World {
    /// Answers sooner than a person can.
    async fn respond_at_once(&self, code: &str, comment: &str) -> String {
        let page = self.get(&format!("/qr/{code}/")).await;
        let body = form(&[("token", page.hidden("token")), ("a", "1"), ("comment", comment)]);
        let thanks = self.post(&format!("/qr/{code}/"), body).await;
        assert_eq!(thanks.status, 200, "{}", thanks.text);
        receipt(&thanks)
    }
}
