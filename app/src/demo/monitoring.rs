//! Daily data of services for the demo: some weeks of a region's applications, with a missing, a late, an empty and a
//! rejected day.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use otklik_jobs::PeriodicJob as _;
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_monitoring::bulk::{Bulk, Said};
use otklik_monitoring::deliveries::depot::Depot;
use otklik_monitoring::hub::Hub;
use otklik_monitoring::partners;
use otklik_monitoring::partners::deliver::SendDaily;
use otklik_monitoring::partners::folder::Roots;
use otklik_monitoring::senders::{self, Fields, Policy};
use otklik_progress::generate::{Package, Place, Plan};
use otklik_web::Ctx;

/// Applications that are generated.
const APPLICATIONS: u32 = 1800;
/// Days of them.
const DAYS: u16 = 50;
/// Bodies whose data these are: code, name, whether it is a centre.
const PLACES: [(&str, &str, bool); 8] = [
    ("nso-soc-1", "Соцзащита Искитимского района", false),
    ("nso-soc-2", "Соцзащита Барабинского района", false),
    ("nso-zags-1", "Отдел ЗАГС Центрального района", false),
    ("nso-iskitim", "Администрация г. Искитима", false),
    ("nso-mfc-1", "МФЦ «Зыряновский»", true),
    ("nso-mfc-2", "МФЦ «Дзержинский»", true),
    ("nso-mfc-3", "МФЦ «Ленинский»", true),
    ("nso-mfc-4", "МФЦ г. Искитима", true),
];
/// Senders: code as in the data, name, body.
const SENDERS: [(&str, &str, &str); 4] = [
    ("epgu", "Портал государственных услуг", "nso-mincifra"),
    ("vis", "Ведомственные системы", "nso-mincifra"),
    ("ogv-54", "Органы власти Новосибирской области", "nso"),
    ("mfc-54", "ГАУ НСО «МФЦ»", "nso-mfc"),
];

/// Days before today on which something isn't as it should be.
const MISSING: i32 = -4;
const LATE: i32 = -7;
const REJECTED: i32 = -2;

/// Fills the lake and what is written down of it.
///
/// # Errors
/// The lake or the database can't be written.
pub async fn fill(
    ctx: &Ctx,
    (hub, depot): (&Hub, &Depot),
    bodies: &HashMap<String, Id>,
    seed: u64,
    folder: &Path,
) -> Result<()> {
    let today = ctx.now().day_in(&zone());
    let first = today.plus_days(-i32::from(DAYS));
    let tx = ctx.db.begin().await?;
    for (code, name, body) in SENDERS {
        let fields = Fields {
            code: code.to_owned(),
            name: name.to_owned(),
            body: *bodies.get(body).with_context(|| format!("орган {body}"))?,
            policy: if code == "ogv-54" { Policy::Whole } else { Policy::GoodRows },
            marks: (1, 5),
            zone: zone(),
            due_hours: 12,
            since: first,
            until: None,
        };
        senders::store::insert(&tx, ctx.new_id(), &fields, ctx.now()).await?;
    }
    partner(ctx, &tx, bodies, folder).await?;
    tx.commit().await?;
    let plan = Plan {
        from: first,
        regions: 1,
        places: PLACES.map(place).into(),
        ..Plan::new(APPLICATIONS, DAYS, seed)
    };
    let packages: Vec<Package> = plan.packages().collect();
    let trace = otklik_web::Trace::new(&*ctx.random).0;
    let mut bulk = Bulk::begin(ctx, depot, hub, packages.len(), &trace).await?;
    let spool = folder.join("demo-packages");
    for package in packages {
        let is = |days: i32, sender: &str| {
            package.head.sender == sender && package.head.day == today.plus_days(days)
        };
        if is(MISSING, "mfc-54") {
            continue;
        }
        let own = spool.join(package.folder());
        fs::create_dir_all(&own)?;
        for file in &package.files {
            let bytes =
                if is(REJECTED, "ogv-54") { spoiled(file.name, &file.bytes) } else { file.bytes.clone() };
            fs::write(own.join(file.name), bytes)?;
        }
        let hours = if is(LATE, "ogv-54") { 30 } else { 7 };
        let received = package.head.day.plus_days(1).start_in(&zone()).plus(hours * Instant::HOUR);
        let said = Said { received: Some(received.min(ctx.now())), ..Said::default() };
        bulk.push(&own, &said).await?;
    }
    bulk.finish().await?;
    fs::remove_dir_all(&spool)?;
    // What the jobs would do first, so that the pages show it from the beginning.
    hub.keep_up().await?;
    let client = partners::https::client(&[]).map_err(anyhow::Error::msg)?;
    let send = SendDaily::new(ctx, hub, client, &Roots::new(vec![folder.join("sent")]));
    send.run(ctx.now()).await.map_err(|error| anyhow!("отправка: {error}"))
}

fn zone() -> Zone {
    Zone::find("Asia/Novosibirsk").unwrap_or_else(Zone::utc)
}

fn place((code, body, is_centre): (&str, &str, bool)) -> Place {
    Place { region: 54, body: body.to_owned(), code: code.to_owned(), is_centre }
}

/// A file as a spreadsheet spoils it: the region's leading sign and the form of a date.
fn spoiled(name: &str, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if name != "events.csv" {
        return bytes.to_vec();
    }
    let mut lines: Vec<String> = text.split("\r\n").map(ToOwned::to_owned).collect();
    if let Some(line) = lines.get_mut(1) {
        *line = line.replacen(":", "-", 2);
    }
    lines.join("\r\n").into_bytes()
}

/// A folder to which each day's data go.
async fn partner(ctx: &Ctx, tx: &otklik_db::Tx, bodies: &HashMap<String, Id>, folder: &Path) -> Result<()> {
    let to = folder.join("sent");
    fs::create_dir_all(&to)?;
    let to = fs::canonicalize(&to)?;
    let fields = partners::Fields {
        body: *bodies.get("nso").context("орган nso")?,
        name: "Министерство экономического развития".to_owned(),
        method: partners::Method::Folder,
        address: to.display().to_string(),
        login: String::new(),
        secret: String::new(),
        server_key: String::new(),
        layout: partners::Layout::Package,
        sender: None,
        hour: 0,
        zone: zone(),
        is_on: true,
        since: CivilDay::max(ctx.now().day_in(&zone()).plus_days(-3), CivilDay(20_000_101)),
    };
    partners::store::insert(tx, ctx.new_id(), &fields, ctx.now()).await?;
    Ok(())
}
