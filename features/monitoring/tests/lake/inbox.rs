//! Packages as they come: checked as the receiving side checks them, then taken into a lake.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

use otklik_kernel::Instant;
use otklik_monitoring::ingest::{Importer, Verdict};
use otklik_progress::check::{
    Checker, Claim, Collected, Known, Offices, Options, Policy, Problem, Register, Sender, Weight,
};
use otklik_progress::delivery::Delivery;
use otklik_progress::print::{self, File};
use otklik_progress::reading::Source;
use otklik_progress::reference::Reference;

use crate::told::importer;

/// Applications of the packages before: region, code and name of the body.
#[derive(Default)]
struct Earlier(HashMap<String, (u16, String, String)>);

impl Known for Earlier {
    fn find(
        &self,
        requests: &[&str],
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        for (place, request) in requests.iter().enumerate() {
            if let Some((region, code, name)) = self.0.get(*request) {
                found(place, *region, code, name);
            }
        }
        Ok(())
    }
}

/// Packages under way to a lake.
pub struct Inbox {
    register: Register,
    earlier: Earlier,
    importer: Importer,
    waiting: Vec<Delivery>,
}

impl Inbox {
    /// With a lake in a folder.
    pub fn new(folder: &Path) -> Self {
        let register = Register {
            reference: Reference::built_in().clone(),
            services: BTreeMap::new(),
            offices: Offices::default(),
            senders: BTreeMap::new(),
        };
        Self { register, earlier: Earlier::default(), importer: importer(folder), waiting: Vec::new() }
    }

    /// Takes the good rows of a package of a sender; what is wrong with the others. Nothing when it is refused: none of
    /// its rows is good.
    pub async fn take(&mut self, sender: &str, files: &[File], received: Instant) -> Option<Vec<Problem>> {
        let of = Sender { policy: Policy::GoodRows, ..Sender::default() };
        self.register.senders.insert(sender.to_owned(), of);
        let source = Source::bytes("package.zip", print::archive(files).unwrap()).unwrap();
        let mut sink = Collected::new(100_000);
        let checker = Checker::new(&self.register, Options::default());
        let checked = checker.check(source, &Claim::at(received), &self.earlier, &mut sink).unwrap();
        let mut problems = sink.sorted();
        problems.retain(|problem| problem.code.weight() != Weight::Warning);
        let delivery = checked.delivery?;
        for service in &delivery.services {
            let variants = self.register.services.entry(service.service.clone()).or_default();
            variants.insert(service.variant.clone());
        }
        let of = &delivery.applications;
        for row in 0..of.line.len() {
            let text = |number: u32| delivery.texts.get(number).to_owned();
            let office = (of.region[row], text(of.body_code[row]), text(of.body[row]));
            self.earlier.0.insert(text(of.request[row]), office);
        }
        self.push(delivery).await;
        Some(problems)
    }

    /// Takes a delivery that is checked already.
    pub async fn push(&mut self, delivery: Delivery) {
        let is_same =
            |one: &Delivery| (&one.head.sender, one.head.day) == (&delivery.head.sender, delivery.head.day);
        // A commit takes one revision of a sender's day.
        if self.waiting.iter().any(is_same) {
            self.flush().await;
        }
        self.waiting.push(delivery);
    }

    async fn flush(&mut self) {
        let group = std::mem::take(&mut self.waiting);
        for verdict in self.importer.import(&group).await.unwrap() {
            assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        }
    }

    /// The lake with everything in it.
    pub async fn done(mut self) -> Importer {
        self.flush().await;
        self.importer
    }
}
