//! Deliveries and lakes for tests.

use std::path::Path;
use std::sync::Arc;

use otklik_kernel::{CivilDay, SystemClock, SystemRandom};
use otklik_lake::arrow::util::display::array_value_to_string;
use otklik_lake::{Engine, Lake, Look, Place, Session};
use otklik_monitoring::derive::Rules;
use otklik_monitoring::ingest::Importer;
use otklik_monitoring::live::live;
use otklik_progress::delivery::{Applications, Complaints, Delivery, Events, Head, Payments, Ratings, Texts};
use otklik_progress::model::Channel;
use otklik_progress::reference::Reference;

/// An importer into a folder.
pub fn importer(folder: &Path) -> Importer {
    over(Lake::new(Place::folder(folder).unwrap(), Arc::new(SystemClock), Arc::new(SystemRandom)))
}

/// An importer into a lake.
pub fn over(lake: Lake) -> Importer {
    let engine = Engine::new(&lake, 256 << 20, 2).unwrap();
    let rules = Arc::new(Rules::new(Reference::built_in().clone()));
    Importer::new(lake, engine, rules, Arc::new(SystemClock), 2)
}

/// A delivery being written.
pub struct Told(pub Delivery);

impl Told {
    /// An empty one. Its digest is made of its head and `salt`.
    pub fn new(sender: &str, day: i32, revision: u32, salt: u8) -> Self {
        let head = Head { sender: sender.to_owned(), day: CivilDay(day), revision };
        let mut digest = [salt; 32];
        digest[..4].copy_from_slice(&day.to_le_bytes());
        digest[4..8].copy_from_slice(&revision.to_le_bytes());
        digest[8] = sender.as_bytes()[0];
        Self(Delivery {
            head,
            digest,
            texts: Texts::default(),
            services: Vec::new(),
            applications: Applications::default(),
            events: Events::default(),
            payments: Payments::default(),
            ratings: Ratings::default(),
            complaints: Complaints::default(),
        })
    }

    /// Tells of an application.
    pub fn application(&mut self, request: &str, service: &str, region: u16, body: &str, channel: Channel) {
        let Delivery { texts, applications: to, .. } = &mut self.0;
        to.line.push(u32::try_from(to.request.len()).unwrap() + 2);
        to.request.push(texts.add(request));
        to.service.push(texts.add(service));
        to.variant.push(0);
        to.topic.push(0);
        to.channel_in.push(channel as u8);
        to.channel_out.push(0);
        to.mnemonic.push(0);
        to.region.push(region);
        to.body.push(texts.add(&format!("Отдел {body}")));
        to.body_code.push(texts.add(body));
        to.applicant.push(texts.add("0123456789abcdef0123456789abcdef"));
        to.sex.push(1);
        to.age.push(35);
        to.ogrn.push(0);
    }

    /// Tells of an event, `at` in seconds.
    pub fn event(&mut self, request: &str, process: u8, status: i16, at: i64, mnemonic: &str) {
        let Delivery { texts, events: to, .. } = &mut self.0;
        to.line.push(u32::try_from(to.request.len()).unwrap() + 2);
        to.request.push(texts.add(request));
        to.process.push(process);
        to.item.push(0);
        to.status.push(status);
        to.at.push(at * 1_000_000);
        to.offset.push(180);
        to.mnemonic.push(texts.add(mnemonic));
    }

    /// Tells of a rating.
    pub fn rating(&mut self, request: &str, at: i64, mark: i16) {
        let Delivery { texts, ratings: to, .. } = &mut self.0;
        to.line.push(u32::try_from(to.request.len()).unwrap() + 2);
        to.request.push(texts.add(request));
        to.at.push(at * 1_000_000);
        to.offset.push(180);
        to.mark.push(mark);
        to.criteria.push(0);
        to.comment.push(0);
    }
}

impl Told {
    /// Tells of an event of a fee.
    pub fn payment(&mut self, request: &str, at: i64, event: u8) {
        let Delivery { texts, payments: to, .. } = &mut self.0;
        to.line.push(u32::try_from(to.request.len()).unwrap() + 2);
        to.request.push(texts.add(request));
        to.event.push(event);
        to.at.push(at * 1_000_000);
        to.offset.push(180);
    }

    /// Tells of a complaint.
    pub fn complaint(&mut self, request: &str, at: i64, event: u8) {
        let Delivery { texts, complaints: to, .. } = &mut self.0;
        to.line.push(u32::try_from(to.request.len()).unwrap() + 2);
        to.request.push(texts.add(request));
        to.complaint.push(texts.add(&format!("Ж-{}", to.event.len())));
        to.event.push(event);
        to.at.push(at * 1_000_000);
        to.offset.push(180);
    }
}

/// A session over what holds now.
pub async fn now(importer: &Importer) -> Session {
    let snapshot = importer.lake().latest().await.unwrap();
    live(importer.engine(), &snapshot, Look::Whole).await.unwrap()
}

/// Rows of an answer as texts, sorted.
pub async fn rows(session: &Session, query: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in session.rows(query).await.unwrap() {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap());
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}

/// Everything a lake says, whatever way it came to say it: with numbers of deliveries and versions left out, and some
/// columns more.
pub async fn contents(importer: &Importer, without: &[&str]) -> Vec<(String, Vec<String>)> {
    let session = now(importer).await;
    let columns = |table: &otklik_lake::Table| {
        let names = table.schema().fields().iter().map(|field| field.name().clone());
        let left_out = [&["delivery", "version"], without].concat();
        let names = names.filter(|name| !left_out.contains(&name.as_str()));
        names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    };
    let mut contents = Vec::new();
    for table in otklik_monitoring::tables::all() {
        let name = table.name();
        let query = match name {
            "deliveries" | "cases_gone" | "steps_gone" => continue,
            "spans" => {
                "select day, service, region, from_status, to_status, bucket, sum(count), sum(seconds) \
                from spans group by day, service, region, from_status, to_status, bucket \
                having sum(count) <> 0 or sum(seconds) <> 0"
                    .to_owned()
            }
            "figures" => {
                let sums = otklik_monitoring::tables::SUMS.map(|name| format!("sum({name})"));
                let some = otklik_monitoring::tables::SUMS.map(|name| format!("sum({name}) <> 0"));
                format!(
                    "select day, service, variant, region, body, channel_in, findings, {} from figures \
                     group by day, service, variant, region, body, channel_in, findings having {}",
                    sums.join(", "),
                    some.join(" or ")
                )
            }
            _ => format!("select {} from live_{name}", columns(&table)),
        };
        contents.push((name.to_owned(), rows(&session, &query).await));
    }
    contents
}
