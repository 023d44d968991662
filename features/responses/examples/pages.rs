//! Writes the pages with sample responses into a folder: `cargo run -p otklik-responses --example pages -- DIR`.
//!
//! Pages name their style sheet and script `/admin/assets/…`; both are written too, so that a plain file
//! server over the folder shows everything.

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/it/common.rs"]
mod common;

use std::path::Path;
use std::sync::Arc;

use common::{MIGRATIONS, OFFICES, Site, acceptor, context, response};
use otklik_access::Scope;
use otklik_db::{Address, Db};
use otklik_jobs::Worker;
use otklik_kernel::{Instant, Random};
use otklik_responses::store::{self, Filter};
use otklik_responses::{Acceptor, Suspicion};
use otklik_testkit::{FrozenClock, NOON, SeededRandom, TestDb};
use otklik_ui::{ADMIN_CSS, ADMIN_JS, asset_path};

const COMMENTS: [&str; 8] = [
    "",
    "",
    "Талон взяла в 9:10, к окну позвали в 11:40. Из шести окон работали два.",
    "Всё быстро и понятно, спасибо инспектору окна № 4.",
    "Терминал электронной очереди не работает вторую неделю.\nЛюди занимают очередь с семи утра, места для ожидания мало, детям негде сесть, воды нет. На вопрос, когда починят, охранник отвечает, что не знает, а в окне отправляют обратно к охраннику. Прошу разобраться и повесить объявление.",
    "Не хватает информации о том, какие документы нужны для возврата налога.",
    "<b>Жирный</b> & «кавычки»",
    "Сотрудник помог заполнить заявление.",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: pages DIR")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("admin/assets"))?;
    for (name, content) in [("admin.css", ADMIN_CSS), ("admin.js", ADMIN_JS)] {
        let path = asset_path(name).ok_or("an asset without address")?;
        std::fs::write(folder.join(path.trim_start_matches('/')), content)?;
    }
    let t = database().await?;
    let ctx = context(&t).await;
    let site = Site::open(&ctx).await;
    let write = async |name: &str, secret: &str, path: &str| {
        let answer = site.get(secret, path).await;
        println!("{name}.html: {} {path}", answer.status);
        std::fs::write(folder.join(format!("{name}.html")), answer.text)
    };
    write("today-empty", "far", "/admin/").await?;
    write("list-empty", "far", "/admin/responses").await?;
    let acceptor = acceptor(&ctx, Vec::new()).await;
    fill(&t, &acceptor).await?;
    let worker = Worker::new(t.db.clone(), t.clock.clone(), otklik_responses::handlers());
    worker.run_once().await?;

    write("today", "country", "/admin/").await?;
    write("today-operator", "operator", "/admin/").await?;
    write("list", "country", "/admin/responses").await?;
    write("list-office", "near", "/admin/responses?body=6911&negative=1&from=2026-11-20&q=окн").await?;
    write("list-wrong", "near", "/admin/responses?body=9999&from=22.11.2026&negative=5&page=x").await?;
    write("list-nothing", "near", "/admin/responses?q=такого+нет").await?;
    let all = store::list(t.db.read(), &Scope::system("sample"), &Filter::default(), 400, 0).await?;
    let long =
        all.iter().find(|one| one.comment.contains('\n') && !one.suspicion.is_empty()).ok_or("none")?;
    let card = format!("/admin/responses/{}", long.id);
    write("card-waiting", "country", &card).await?;
    write("card-observer", "observer", &card).await?;
    let long_text = "Слишком длинный ответ. ".repeat(100);
    let wrong =
        site.post("country", &format!("{card}/outcome"), &[("outcome", &long_text), ("seen", "")]).await;
    std::fs::write(folder.join("card-wrong.html"), wrong.text)?;
    let words = "Терминал починен 23 ноября. Пока он не работал, талоны выдавал дежурный.\nДобавлены шесть мест для ожидания.";
    site.post("country", &format!("{card}/outcome"), &[("outcome", words), ("seen", "")]).await;
    write("card-answered", "country", &format!("{card}?done=outcome")).await?;
    Ok(())
}

async fn database() -> Result<TestDb, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(&Address::Sqlite(folder.path().join("pages.sqlite"))).await?;
    let steps: Vec<_> = MIGRATIONS.iter().copied().flatten().chain(otklik_db::MIGRATIONS).copied().collect();
    otklik_db::migrate(&db, &steps).await?;
    let clock = Arc::new(FrozenClock::at(NOON.plus(-9 * Instant::DAY)));
    Ok(TestDb { db, clock, random: Arc::new(SeededRandom::new(5)), ids: Arc::default(), folder })
}

/// Some hundred responses over nine days.
async fn fill(t: &TestDb, acceptor: &Acceptor) -> Result<(), Box<dyn std::error::Error>> {
    let random: &dyn Random = &*t.random;
    for _ in 0..320 {
        let [office, given, sad, comment, suspicion, wait, looked, _] = random.bytes::<8>();
        t.clock.advance(i64::from(wait % 78) * Instant::MINUTE);
        let keys = ['a', 'b', 'c', 'd', 'e'].into_iter().enumerate().filter(|(at, _)| given >> at & 1 == 1);
        let marks: String =
            keys.map(|(at, key)| format!("{key}{}", u8::from(sad % 3 != 0 || sad >> at & 1 == 0))).collect();
        let comment = match COMMENTS[usize::from(comment) % COMMENTS.len()] {
            "" if marks.is_empty() => COMMENTS[3],
            comment => comment,
        };
        let mut form = response(t, OFFICES[usize::from(office) % OFFICES.len()], &marks, comment);
        form.suspicion = match suspicion % 9 {
            0 => Suspicion::SAME_DEVICE,
            1 => Suspicion::TOO_FAST.with(Suspicion::BURST),
            _ => Suspicion::default(),
        };
        let receipt = acceptor.accept(form).await?.receipt;
        if looked % 3 != 0 {
            let found = common::found(t, &receipt).await;
            let tx = t.db.begin().await?;
            store::set_looked(&tx, found.id, found.received_at.plus(Instant::HOUR), "Куратор").await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
