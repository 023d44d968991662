//! Sending to partners: into a folder, by HTTPS to a real TLS server, by SFTP to a real OpenSSH server.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use otklik_jobs::PeriodicJob as _;
use otklik_kernel::{CivilDay, Clock as _, Id, Instant};
use otklik_monitoring::bulk::{Said, check_only};
use otklik_monitoring::export;
use otklik_monitoring::partners::deliver::SendDaily;
use otklik_monitoring::partners::{Layout, Raw, Sending, State, add, change, https, sftp, store};
use otklik_monitoring::refusal::{Refusal, Wrong};
use otklik_progress::delivery::Service;
use otklik_progress::model::Channel;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::site::{SYSTEM, Site, with};

const AUTHORITY: &[u8] = include_bytes!("tls/authority.der");
const CERTIFICATE: &[u8] = include_bytes!("tls/server.der");
const KEY: &[u8] = include_bytes!("tls/server.key.der");

/// Takes the data of a sender's days into the lake: as many applications as the day's number and the revision say.
async fn taken(site: &Site, sender: &str, days: &[i32], revision: u32) {
    for day in days {
        let mut told = Told::new(sender, *day, revision, 1);
        told.0.services.push(Service {
            service: "100".into(),
            variant: String::new(),
            name: "Справка".into(),
            direction: String::new(),
            norm: None,
            valid_from: CivilDay(*day),
        });
        for n in 0..(*day % 10).cast_unsigned() + revision {
            let request = format!("{sender}-{day}-{n}");
            told.application(&request, "100", 27, "2700", Channel::ALL[0]);
            told.event(&request, 1, 2, noon(*day) + i64::from(n), "");
        }
        take(site, &told).await;
    }
}

/// Noon in Moscow, in seconds.
fn noon(day: i32) -> i64 {
    CivilDay(day).start_utc().plus(9 * Instant::HOUR).0 / 1_000_000
}

/// A sender with the data of some days, to be sent.
async fn held(site: &Site, days: &[i32]) {
    site.sender("r27", "2700", "whole").await;
    taken(site, "r27", days, 1).await;
}

/// The bytes of a sender's day as they are to arrive.
async fn expected(site: &Site, day: i32) -> Vec<u8> {
    let hub = &site.monitoring.hub;
    let data = export::delivery(hub, "r27", CivilDay(day), Layout::Package).await.unwrap().unwrap();
    let reference = hub.reference(CivilDay(day)).await.unwrap();
    export::file(&data, Layout::Package, &reference).unwrap().0.bytes
}

/// A partner of the body who gets packages into a folder.
fn into_folder<'a>(address: &'a str, since: &'a str, is_on: bool) -> Raw<'a> {
    Raw {
        body: "2700",
        name: "Ведомство",
        method: "folder",
        address,
        layout: "package",
        hour: "6",
        since,
        is_on,
        ..Raw::default()
    }
}

async fn partner(site: &Site, raw: Raw<'_>) -> Id {
    let raw =
        Raw { body: "2700", name: "Ведомство", layout: "package", hour: "6", is_on: true, ..raw };
    add(&site.ctx.db, &SYSTEM, &site.act(), &site.ctx.secret, &site.monitoring.folders, &raw).await.unwrap()
}

async fn run(site: &Site) -> Vec<Sending> {
    let client = https::client(&[AUTHORITY.to_vec()]).unwrap();
    let job = SendDaily::new(&site.ctx, &site.monitoring.hub, client, &site.monitoring.folders);
    job.run(site.t.clock.now()).await.unwrap();
    store::sendings(site.t.db.read(), &SYSTEM, None, 100).await.unwrap()
}

/// How each sending stands: day of the month, sender, revision, state.
fn states(sent: &[Sending]) -> Vec<(i32, &str, u32, State)> {
    let state = |one: &Sending| (one.subject.day.0 % 100, one.subject.revision, one.state);
    sent.iter().map(|one| (state(one).0, one.subject.sender.as_str(), state(one).1, state(one).2)).collect()
}

/// Names of the files in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn mon18_every_day_is_sent_into_a_folder_once_and_the_proof_is_kept() {
    with(async |site| {
        let folder = site.sent();
        let path = folder.path().to_str().unwrap();
        held(&site, &[20_261_119, 20_261_121]).await;
        partner(&site, Raw { method: "folder", address: path, since: "2026-11-19", ..Raw::default() }).await;
        let sent = run(&site).await;
        assert_eq!(
            states(&sent),
            [(21, "r27", 1, State::Sent), (20, "", 0, State::Nothing), (19, "r27", 1, State::Sent)]
        );
        let file = std::fs::read(folder.path().join("r27_2026-11-21_r1.zip")).unwrap();
        assert_eq!(file, expected(&site, 20_261_121).await);
        assert_eq!(
            (sent[0].digest.len(), sent[0].attempts, sent[0].finished_at),
            (64, 1, Some(site.t.clock.now()))
        );
        assert_eq!(run(&site).await, sent, "nothing is sent twice");
        let page = format!("/admin/monitoring/sendings/{}", sent[0].id);
        site.get("near", &page).await.expect(StatusCode::OK).says(&sent[0].digest);
        site.get("far", &page).await.expect(StatusCode::NOT_FOUND);
        site.post("far", &format!("{page}/again"), &[]).await.expect(StatusCode::NOT_FOUND);
        std::fs::remove_file(folder.path().join("r27_2026-11-21_r1.zip")).unwrap();
        site.post("near", &format!("{page}/again"), &[]).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(run(&site).await[0].state, State::Sent);
        assert!(folder.path().join("r27_2026-11-21_r1.zip").exists());
        // A day without data has no sending that could be done once more.
        let nothing = format!("/admin/monitoring/sendings/{}", sent[1].id);
        site.get("near", &nothing).await.expect(StatusCode::OK).says("данных пока нет").hides("/again");
        site.post("near", &format!("{nothing}/again"), &[]).await.expect(StatusCode::NOT_FOUND);
    });
}

#[test]
fn mon18_late_data_corrections_and_further_senders_follow_by_themselves() {
    with(async |site| {
        let folder = site.sent();
        let path = folder.path().to_str().unwrap();
        held(&site, &[20_261_121]).await;
        partner(&site, Raw { method: "folder", address: path, since: "2026-11-20", ..Raw::default() }).await;
        assert_eq!(states(&run(&site).await), [(21, "r27", 1, State::Sent), (20, "", 0, State::Nothing)]);
        // What was missing comes, what came is corrected, another sender of a body below has begun.
        taken(&site, "r27", &[20_261_120], 1).await;
        taken(&site, "r27", &[20_261_121], 2).await;
        site.sender("o24", "2724", "whole").await;
        site.sender("r69", "6900", "whole").await;
        taken(&site, "o24", &[20_261_121], 1).await;
        taken(&site, "r69", &[20_261_121], 1).await;
        let sent = run(&site).await;
        assert_eq!(
            states(&sent),
            [
                (21, "o24", 1, State::Sent),
                (21, "r27", 2, State::Sent),
                (21, "r27", 1, State::Sent),
                (20, "r27", 1, State::Sent)
            ]
        );
        let all = [
            "o24_2026-11-21_r1.zip",
            "r27_2026-11-20_r1.zip",
            "r27_2026-11-21_r1.zip",
            "r27_2026-11-21_r2.zip",
        ];
        assert_eq!(names(folder.path()), all);
        assert_eq!(run(&site).await, sent, "nothing is sent twice");
        // What was corrected is not sent once more: the lake doesn't hold it.
        let before = format!("/admin/monitoring/sendings/{}", sent[2].id);
        site.get("near", &before).await.expect(StatusCode::OK).says("r27_2026-11-21_r1.zip").hides("/again");
        site.post("near", &format!("{before}/again"), &[]).await.expect(StatusCode::NOT_FOUND);
        let table = site.get("near", "/admin/monitoring/sendings.csv").await.expect(StatusCode::OK);
        table.says(";r27;2;отправлено;r27_2026-11-21_r2.zip;");
        // Each file is a delivery that we ourselves take in.
        let files = all.map(|name| folder.path().join(name));
        let hub = &site.monitoring.hub;
        for done in check_only(&site.ctx, hub, &files, &Said::default()).await.unwrap() {
            assert!(done.state == "accepted" && done.events > 0, "{done:?}");
        }
    });
}

#[test]
fn mon18_a_correction_takes_the_place_of_what_still_waits() {
    with(async |site| {
        let folder = site.sent();
        let path = folder.path().join("later");
        std::fs::create_dir(&path).unwrap();
        held(&site, &[20_261_121]).await;
        let address = path.to_str().unwrap();
        partner(&site, Raw { method: "folder", address, since: "2026-11-21", ..Raw::default() }).await;
        std::fs::remove_dir(&path).unwrap();
        assert_eq!(states(&run(&site).await), [(21, "r27", 1, State::Waiting)]);
        taken(&site, "r27", &[20_261_121], 2).await;
        std::fs::create_dir(&path).unwrap();
        site.t.clock.advance(2 * Instant::SECOND);
        let sent = run(&site).await;
        assert_eq!(states(&sent), [(21, "r27", 2, State::Sent), (21, "r27", 1, State::Replaced)]);
        assert_eq!(names(&path), ["r27_2026-11-21_r2.zip"]);
        site.get("near", "/admin/monitoring/partners")
            .await
            .expect(StatusCode::OK)
            .says("заменено исправлением");
    });
}

#[test]
fn mon18_a_failed_sending_is_tried_again_with_growing_pauses() {
    with(async |site| {
        let folder = site.sent();
        let path = folder.path().join("later");
        let address = path.to_str().unwrap();
        std::fs::create_dir(&path).unwrap();
        held(&site, &[20_261_121]).await;
        partner(&site, Raw { method: "folder", address, since: "2026-11-21", ..Raw::default() }).await;
        std::fs::remove_dir(&path).unwrap();
        let first = run(&site).await.remove(0);
        assert_eq!((first.state, first.attempts), (State::Waiting, 1));
        assert!(first.answer.contains("later"), "{}", first.answer);
        assert_eq!(run(&site).await[0].attempts, 1, "not before its time");
        site.get("near", "/admin/monitoring/partners").await.expect(StatusCode::OK).says("будет повтор");
        std::fs::create_dir(&path).unwrap();
        site.t.clock.advance(2 * Instant::SECOND);
        assert_eq!(run(&site).await[0].state, State::Sent);
    });
}

#[test]
fn mon18_a_partner_who_is_away_or_switched_off_holds_up_nobody() {
    with(async |site| {
        let folder = site.sent();
        let (away, here) = (folder.path().join("away"), folder.path().join("here"));
        held(&site, &[20_261_119, 20_261_120, 20_261_121]).await;
        std::fs::create_dir(&away).unwrap();
        std::fs::create_dir(&here).unwrap();
        let to = |address, is_on| into_folder(address, "2026-11-19", is_on);
        let address = away.to_str().unwrap();
        let far = partner(&site, to(address, true)).await;
        partner(&site, to(here.to_str().unwrap(), true)).await;
        std::fs::remove_dir(&away).unwrap();
        let tried = async || {
            let all = run(&site).await.into_iter().filter(|one| one.partner == far);
            all.map(|one| one.attempts).sum::<i32>()
        };
        assert_eq!(tried().await, 1, "one tells that nobody is there");
        assert_eq!(names(&here).len(), 3);
        site.t.clock.advance(2 * Instant::SECOND);
        assert_eq!(tried().await, 2, "the others wait for a minute");
        // What waits isn't sent to whom nothing is to be sent.
        std::fs::create_dir(&away).unwrap();
        let (db, act, secret, roots) = (&site.ctx.db, site.act(), &site.ctx.secret, &site.monitoring.folders);
        change(db, &SYSTEM, &act, secret, roots, far, &to(address, false)).await.unwrap();
        site.t.clock.advance(Instant::HOUR);
        assert_eq!((tried().await, names(&away).len()), (2, 0));
        change(db, &SYSTEM, &act, secret, roots, far, &to(address, true)).await.unwrap();
        assert_eq!((tried().await, names(&away).len()), (5, 3));
    });
}

#[test]
fn mon18_a_folder_that_is_not_there_is_refused_unless_sending_is_off() {
    with(async |site| {
        let folder = site.sent();
        let (there, missing) = (folder.path().to_str().unwrap(), folder.path().join("missing"));
        let raw = |address, is_on| into_folder(address, "2026-11-21", is_on);
        let added = async |address, is_on| {
            let raw = raw(address, is_on);
            add(&site.ctx.db, &SYSTEM, &site.act(), &site.ctx.secret, &site.monitoring.folders, &raw).await
        };
        let missing = missing.to_str().unwrap();
        let no_folder = || Err(Refusal::one("address", Wrong::Address));
        assert_eq!(added(missing, true).await.map(drop), no_folder());
        let off = added(missing, false).await.unwrap();
        let (db, act, secret, roots) = (&site.ctx.db, site.act(), &site.ctx.secret, &site.monitoring.folders);
        assert_eq!(change(db, &SYSTEM, &act, secret, roots, off, &raw(missing, true)).await, no_folder());
        assert_eq!(change(db, &SYSTEM, &act, secret, roots, off, &raw(there, true)).await, Ok(()));
        assert_eq!(std::fs::read_dir(there).unwrap().count(), 0, "nothing is left there");
    });
}

#[test]
fn mon18_partners_are_kept_within_the_scope_and_their_passwords_are_never_shown() {
    with(async |site| {
        let fields = [
            ("name", "Ведомство"),
            ("body", "2700"),
            ("method", "https"),
            ("address", "https://partner.example/in"),
            ("login", ""),
            ("secret", "очень тайно"),
            ("layout", "wide"),
            ("hour", "7"),
            ("since", "2026-11-22"),
            ("is_on", "1"),
        ];
        let new = "/admin/monitoring/partners/new";
        site.post("officer", new, &fields).await.expect(StatusCode::FORBIDDEN);
        site.post("far", new, &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("вне вашего участка");
        site.post("near", new, &fields).await.expect(StatusCode::SEE_OTHER);
        let known = store::all(site.t.db.read(), &SYSTEM).await.unwrap().remove(0);
        assert!(!known.fields.secret.is_empty() && !known.fields.secret.contains("тайно"));
        let page = format!("/admin/monitoring/partners/{}", known.id);
        site.get("near", &page).await.expect(StatusCode::OK).hides("тайно").hides(&known.fields.secret);
        site.get("far", &page).await.expect(StatusCode::NOT_FOUND);
        // An empty field keeps the password that there is.
        let kept = fields.map(|(name, value)| match name {
            "secret" => (name, ""),
            "hour" => (name, "8"),
            _ => (name, value),
        });
        site.post("near", &page, &kept).await.expect(StatusCode::SEE_OTHER);
        let changed = store::find(site.t.db.read(), &SYSTEM, known.id).await.unwrap().unwrap();
        assert_eq!((changed.fields.hour, changed.fields.secret), (8, known.fields.secret));
        let wrong = fields.map(|(name, value)| if name == "method" { (name, "sftp") } else { (name, value) });
        site.post("near", &page, &wrong)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Адрес не подходит");
        assert_eq!(site.journal().await, ["partners.create", "partners.change"]);
    });
}

/// The fields of a partner's form, with some of them as these say.
fn form<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("name", "Ведомство"),
        ("body", "2700"),
        ("method", "https"),
        ("address", "https://partner.example/in"),
        ("login", "otklik"),
        ("layout", "wide"),
        ("hour", "7"),
        ("since", "2026-11-22"),
        ("is_on", "1"),
    ];
    let kept = fields.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

#[test]
fn mon18_a_password_goes_only_to_the_server_that_it_was_typed_for() {
    with(async |site| {
        let new = "/admin/monitoring/partners/new";
        site.post("near", new, &form(&[("secret", "tayna")])).await.expect(StatusCode::SEE_OTHER);
        let known = async || store::all(site.t.db.read(), &SYSTEM).await.unwrap().remove(0);
        let first = known().await;
        let page = format!("/admin/monitoring/partners/{}", first.id);
        let [key, other] = [
            ("server_key", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"),
            ("server_key", "SHA256:57DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"),
        ];
        let at = |address| ("address", address);
        let sftp = [("method", "sftp"), at("sftp://partner.example/in"), key];
        let refused = async |changed: &[(&str, &str)]| {
            let before = known().await;
            let answer = site.post("near", &page, &form(changed)).await;
            let answer = answer.expect(StatusCode::UNPROCESSABLE_ENTITY).says("id=\"secret-error\"");
            answer.says("Введите пароль, токен или ключ ещё раз").hides("tayna");
            assert_eq!(known().await, before);
        };
        for address in
            ["https://other.example/in", "https://partner.example:444/in", "https://partner.example/other"]
        {
            refused(&[at(address)]).await;
            refused(&[at(address), ("secret", "")]).await;
        }
        refused(&sftp).await;
        // Whatever else is changed, it stays; typed anew, it goes where it is to go.
        let saved = async |changed: &[(&str, &str)]| {
            site.post("near", &page, &form(changed)).await.expect(StatusCode::SEE_OTHER);
            known().await.fields.secret
        };
        assert_eq!(saved(&[("hour", "9"), ("login", "other")]).await, first.fields.secret);
        let anew = saved(&[&sftp[..], &[("secret", "tayna 2")][..]].concat()).await;
        assert!(!anew.is_empty() && anew != first.fields.secret);
        refused(&[&sftp[..2], &[other][..]].concat()).await;
        assert_eq!(saved(&sftp).await, anew);
        // Nor does it go there by way of a folder.
        let folder = site.sent();
        assert_eq!(saved(&[("method", "folder"), at(folder.path().to_str().unwrap())]).await, "");
        assert_eq!(saved(&[at("https://other.example/in")]).await, "");
    });
}

#[test]
fn mon18_data_are_sent_only_into_folders_that_the_installation_allows() {
    with(async |site| {
        let (folder, outside) = (site.sent(), tempfile::tempdir().unwrap());
        let (near, path) = (folder.path().join("near"), outside.path().to_str().unwrap());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(outside.path(), &link).unwrap();
        let up = format!("{}/../../..", folder.path().display());
        let allowed = site.t.folder.path().join("sent").display().to_string();
        let new = "/admin/monitoring/partners/new";
        for address in [path, "/", link.to_str().unwrap(), &*up, "/etc/missing"] {
            for is_on in ["1", ""] {
                let fields = form(&[("method", "folder"), ("address", address), ("is_on", is_on)]);
                let answer = site.post("near", new, &fields).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
                answer.says("Эта папка вне разрешённых").says(&allowed).says("monitoring_folders");
            }
        }
        assert_eq!(store::all(site.t.db.read(), &SYSTEM).await.unwrap(), []);
        // What was allowed and leads elsewhere now gets nothing, and it is said why.
        std::fs::create_dir(&near).unwrap();
        held(&site, &[20_261_121]).await;
        let address = near.to_str().unwrap();
        let raw = Raw { method: "folder", address, since: "2026-11-21", ..Raw::default() };
        let id = partner(&site, raw).await;
        std::fs::remove_dir(&near).unwrap();
        std::os::unix::fs::symlink(outside.path(), &near).unwrap();
        let sent = run(&site).await.remove(0);
        assert_eq!((sent.state, sent.attempts), (State::Waiting, 1));
        let page = site.get("near", &format!("/admin/monitoring/sendings/{}", sent.id)).await;
        page.expect(StatusCode::OK).says("вне разрешённых").says(address).says(&allowed);
        assert_eq!(names(outside.path()), [""; 0]);
        // It can be switched off, and not on again.
        let page = format!("/admin/monitoring/partners/{id}");
        let fields = |is_on| form(&[("method", "folder"), ("address", address), ("is_on", is_on)]);
        site.post("near", &page, &fields("")).await.expect(StatusCode::SEE_OTHER);
        site.post("near", &page, &fields("1")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        std::fs::remove_file(&near).unwrap();
        std::fs::create_dir(&near).unwrap();
        site.post("near", &page, &fields("1")).await.expect(StatusCode::SEE_OTHER);
        site.t.clock.advance(2 * Instant::SECOND);
        assert_eq!(run(&site).await[0].state, State::Sent);
    });
}

#[test]
fn mon18_a_sender_that_has_left_the_tree_of_the_body_is_sent_no_longer() {
    with(async |site| {
        let folder = site.sent();
        let address = folder.path().to_str().unwrap();
        let (id, _) = site.sender("r27", "2724", "whole").await;
        site.sender("r69", "6900", "whole").await;
        taken(&site, "r27", &[20_261_121], 1).await;
        let raw = |sender| Raw { sender, ..into_folder(address, "2026-11-21", true) };
        let added = async |sender| {
            let (ctx, roots) = (&site.ctx, &site.monitoring.folders);
            add(&ctx.db, &SYSTEM, &site.act(), &ctx.secret, roots, &raw(sender)).await
        };
        assert_eq!(added("r69").await, Err(Refusal::one("sender", Wrong::NotOfBody)));
        let partner = added("r27").await.unwrap();
        assert_eq!(states(&run(&site).await), [(21, "r27", 1, State::Sent)]);
        site.set_policy((id, "r27"), "6900", "whole").await;
        taken(&site, "r27", &[20_261_121], 2).await;
        let sent = run(&site).await;
        assert_eq!(states(&sent), [(21, "r27", 2, State::Failed), (21, "r27", 1, State::Sent)]);
        assert_eq!(names(folder.path()), ["r27_2026-11-21_r1.zip"]);
        let page = format!("/admin/monitoring/sendings/{}", sent[0].id);
        let says = "отправитель «r27» больше не относится";
        site.get("near", &page).await.expect(StatusCode::OK).says("не отправлено").says(says).says("/again");
        // Whoever saves the form must not send all the others instead of it.
        let form = site.get("near", &format!("/admin/monitoring/partners/{partner}")).await;
        form.expect(StatusCode::OK).says("value=\"r27\" selected");
        site.set_policy((id, "r27"), "2700", "whole").await;
        site.post("near", &format!("{page}/again"), &[]).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(run(&site).await[0].state, State::Sent);
        assert_eq!(names(folder.path()), ["r27_2026-11-21_r1.zip", "r27_2026-11-21_r2.zip"]);
    });
}

/// Answers one PUT over TLS after another; what came is told.
fn tls_server() -> (u16, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(KEY.to_vec()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE.to_vec())], key)
        .unwrap();
    let config = Arc::new(config);
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let connection = ServerConnection::new(config.clone()).unwrap();
            // A client that doesn't trust us goes away in the middle.
            let _ = answer(StreamOwned::new(connection, stream), &told);
        }
    });
    (port, heard)
}

fn answer(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    told: &std::sync::mpsc::Sender<(String, Vec<u8>)>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let (head, mut body) = loop {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break (String::from_utf8_lossy(&bytes[..end]).to_lowercase(), bytes[end + 4..].to_vec());
        }
    };
    // Nothing to send needs no length.
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let length: usize = length.trim().parse().unwrap();
    while body.len() < length {
        let read = stream.read(&mut piece)?;
        body.extend_from_slice(&piece[..read]);
    }
    let status = if head.contains("bearer tayna") { "201 Created" } else { "403 Forbidden" };
    let text = "receipt 17";
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len())?;
    stream.flush()?;
    let _ = told.send((head, body));
    Ok(())
}

#[test]
fn mon18_https_sends_over_tls_and_keeps_the_answer() {
    with(async |site| {
        let (port, heard) = tls_server();
        let address = format!("https://localhost:{port}/in");
        let raw = Raw {
            method: "https",
            address: &address,
            secret: "tayna",
            since: "2026-11-21",
            ..Raw::default()
        };
        held(&site, &[20_261_121]).await;
        let id = partner(&site, raw).await;
        let sent = run(&site).await.remove(0);
        assert_eq!((sent.state, sent.answer.as_str()), (State::Sent, "201 Created receipt 17"));
        let (head, body) = heard.recv_timeout(Duration::from_secs(10)).unwrap();
        assert!(head.starts_with("put /in/r27_2026-11-21_r1.zip http/1.1"), "{head}");
        assert!(head.contains(&format!("x-content-sha256: {}", sent.digest)), "{head}");
        assert_eq!(body, expected(&site, 20_261_121).await);
        // A server whose authority we don't know gets nothing, a refusal is kept in its own words.
        let nobody = https::client(&[]).unwrap();
        let account = https::Account { login: "", secret: "tayna" };
        let untrusted = https::put(&nobody, &address, account, "x.zip", Vec::new(), &[0; 32]).await;
        assert!(untrusted.unwrap_err().contains("certificate"));
        let wrong = https::Account { login: "", secret: "other" };
        let client = https::client(&[AUTHORITY.to_vec()]).unwrap();
        let refused = https::put(&client, &address, wrong, "x.zip", Vec::new(), &[0; 32]).await.unwrap_err();
        assert!(refused.contains("403") && refused.contains("receipt 17"), "{refused}");
        assert_eq!(store::find(site.t.db.read(), &SYSTEM, id).await.unwrap().unwrap().id, id);
    });
}

/// An OpenSSH server of its own, on a free port, with one key that may enter.
struct Sshd {
    child: Mutex<Child>,
    port: u16,
    key: String,
    fingerprint: String,
    folder: PathBuf,
    _files: tempfile::TempDir,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{program}: {error}. Install it: apt-get install -y openssh-server openssh-client")
    });
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn sshd() -> Sshd {
    let files = tempfile::tempdir().unwrap();
    let place = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    for name in ["host", "user"] {
        output("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &place(name)]);
    }
    std::fs::copy(place("user.pub"), place("authorized")).unwrap();
    let folder = files.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
        PasswordAuthentication no\nPidFile none\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n",
        place("host"),
        place("authorized"),
    );
    std::fs::write(place("config"), config).unwrap();
    // The server insists on this folder when root starts it.
    if output("id", &["-u"]) == "0" {
        std::fs::create_dir_all("/run/sshd").unwrap();
    }
    let program =
        ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|path| Path::new(path).exists());
    let program = program.expect("sshd is installed: apt-get install -y openssh-server");
    let child = Command::new(program)
        .args(["-D", "-e", "-f", &place("config")])
        .stderr(Stdio::null())
        .spawn()
        .expect("sshd starts");
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let fingerprint = output("ssh-keygen", &["-lf", &place("host.pub")]);
    Sshd {
        child: Mutex::new(child),
        port,
        key: std::fs::read_to_string(place("user")).unwrap(),
        fingerprint: fingerprint.split(' ').nth(1).unwrap().to_owned(),
        folder,
        _files: files,
    }
}

#[test]
fn mon18_sftp_sends_to_an_openssh_server_whose_key_is_known() {
    let server = sshd();
    with(async |site| {
        let address = format!("sftp://127.0.0.1:{}{}", server.port, server.folder.display());
        let login = output("id", &["-un"]);
        let raw = Raw {
            method: "sftp",
            address: &address,
            login: &login,
            secret: &server.key,
            server_key: &server.fingerprint,
            since: "2026-11-21",
            ..Raw::default()
        };
        held(&site, &[20_261_121]).await;
        partner(&site, raw).await;
        let sent = run(&site).await.remove(0);
        assert_eq!(sent.state, State::Sent, "{}", sent.answer);
        assert!(sent.answer.contains(&server.fingerprint), "{}", sent.answer);
        let file = server.folder.join("r27_2026-11-21_r1.zip");
        assert_eq!(std::fs::read(&file).unwrap(), expected(&site, 20_261_121).await);
        // Once more: what stands there is replaced; a large file arrives whole; nothing is left beside it.
        let to = sftp::Server {
            address: &address,
            login: &login,
            password: &server.key,
            key: &server.fingerprint,
        };
        let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        sftp::put(&to, "r27_2026-11-21_r1.zip", &large).await.unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), large);
        assert_eq!(std::fs::read_dir(&server.folder).unwrap().count(), 1);
        // Another server under the same address, a wrong key, a missing folder: nothing is sent, and it is said.
        let other = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
        assert!(sftp::put(&sftp::Server { key: other, ..to }, "x.zip", b"x").await.is_err());
        let refused = sftp::put(&sftp::Server { password: "wrong", ..to }, "x.zip", b"x").await.unwrap_err();
        assert!(refused.contains("refuses"), "{refused}");
        let missing = format!("{address}/missing");
        assert!(sftp::put(&sftp::Server { address: &missing, ..to }, "x.zip", b"x").await.is_err());
        std::fs::remove_file(&file).unwrap();
    });
}
