//! Deliveries as they are generated: clean ones have no errors and come back the same, planted mistakes are found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::io::{Cursor, Read, Seek, Write as _};

use otklik_progress::check::{
    Checked, Checker, Claim, Code, Collected, Known, Offices, Options, Policy, Problem, Register, Sender,
    Weight,
};
use otklik_progress::generate::{Package, Plan};
use otklik_progress::print;
use otklik_progress::reading::Source;
use otklik_progress::reference::Reference;

use crate::support::{listed, shown};

/// Applications of the deliveries before.
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

/// Takes deliveries one after another, as a receiving side does.
struct Receiver {
    register: Register,
    earlier: Earlier,
}

impl Receiver {
    fn new() -> Self {
        let register = Register {
            reference: Reference::built_in().clone(),
            services: BTreeMap::new(),
            offices: Offices::default(),
            senders: BTreeMap::new(),
        };
        Self { register, earlier: Earlier::default() }
    }

    fn take(&mut self, package: &Package, source: Source) -> (Checked, Vec<Problem>) {
        let sender = Sender { policy: Policy::GoodRows, ..Sender::default() };
        self.register.senders.insert(package.head.sender.clone(), sender);
        let received = package.comes.plus_days(1).start_utc();
        let mut sink = Collected::new(100_000);
        let checker = Checker::new(&self.register, Options::default());
        let checked = checker.check(source, &Claim::at(received), &self.earlier, &mut sink).unwrap();
        if let Some(delivery) = &checked.delivery {
            for service in &delivery.services {
                self.register
                    .services
                    .entry(service.service.clone())
                    .or_default()
                    .insert(service.variant.clone());
            }
            let of = &delivery.applications;
            for row in 0..of.line.len() {
                let text = |number: u32| delivery.texts.get(number).to_owned();
                let office = (of.region[row], text(of.body_code[row]), text(of.body[row]));
                self.earlier.0.insert(text(of.request[row]), office);
            }
        }
        (checked, sink.sorted())
    }
}

fn archive(files: &[print::File]) -> Source {
    Source::bytes("package.zip", print::archive(files).unwrap()).unwrap()
}

fn errors(problems: &[Problem]) -> Vec<Problem> {
    problems.iter().filter(|problem| problem.code.weight() != Weight::Warning).cloned().collect()
}

#[test]
fn mon8_generated_deliveries_are_clean_and_come_back_the_same() {
    let mut receiver = Receiver::new();
    let (mut packages, mut events) = (0, 0);
    for package in Plan::new(1500, 10, 3).packages() {
        let (checked, problems) = receiver.take(&package, archive(&package.files));
        let wrong = errors(&problems);
        assert!(wrong.is_empty(), "{}: {}", package.folder(), listed(&wrong));
        let delivery = checked.delivery.unwrap();
        assert_eq!(delivery.head, package.head);
        assert_eq!(delivery.events.line.len() as u64, package.events);
        assert_eq!(delivery.applications.line.len() as u64, package.applications);
        let printed = print::package(&delivery, &receiver.register.reference);
        let (again, problems) = receiver.take(&package, archive(&printed));
        assert!(errors(&problems).is_empty(), "{}", listed(&problems));
        assert_eq!(shown(&again.delivery.unwrap()), shown(&delivery));
        packages += 1;
        events += package.events;
    }
    assert!(packages > 20 && events > 5000, "{packages} {events}");
}

#[test]
fn mon10_every_planted_mistake_is_found_and_nothing_else() {
    let mut plan = Plan::new(3000, 12, 5);
    plan.faults = true;
    let mut receiver = Receiver::new();
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in plan.packages() {
        let (_, problems) = receiver.take(&package, archive(&package.files));
        let planted: BTreeSet<(&str, u32)> = package
            .planted
            .iter()
            .filter(|planted| planted.line > 0)
            .map(|planted| (planted.file, planted.line))
            .collect();
        let found: BTreeSet<(&str, u32)> = problems
            .iter()
            .filter(|problem| problem.code.weight() == Weight::Row)
            .map(|problem| (&*problem.file, problem.line))
            .collect();
        let missed: Vec<_> = planted.difference(&found).collect();
        assert!(missed.is_empty(), "{}: {missed:?}", package.folder());
        for problem in problems.iter().filter(|problem| problem.code.weight() == Weight::Row) {
            let here = package
                .planted
                .iter()
                .find(|planted| planted.file == &*problem.file && planted.line == problem.line);
            match here {
                Some(planted) => {
                    kinds.entry(planted.kind).or_default().insert(problem.code.code());
                }
                // An application that is refused takes with it what is told of it, in later deliveries too.
                None => assert!(
                    matches!(problem.code, Code::RequestRefused | Code::RequestUnknown),
                    "{}: {}",
                    package.folder(),
                    listed(std::slice::from_ref(problem))
                ),
            }
        }
    }
    insta::assert_debug_snapshot!(kinds);
}

/// A source that fails in the middle.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0.position() > 100 {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let length = into.len().min(50);
        self.0.read(&mut into[..length])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn mon10_what_is_no_fault_of_the_sender_is_an_error_of_ours() {
    let register = crate::support::register();
    let checker = Checker::new(&register, Options::default());
    let mut text = b"request_id;service_id;channel_in;region;body\r\n".to_vec();
    for number in 0..50 {
        writeln!(text, "{number};100;МФЦ;77;МФЦ района Аэропорт\r").unwrap();
    }
    let source = Source::from("mfc-77_2026-11-24_r1.csv", Failing(Cursor::new(text))).unwrap();
    let mut sink = Collected::new(10);
    let claim = Claim::at(crate::support::RECEIVED);
    let said = checker.check(source, &claim, &Earlier::default(), &mut sink);
    assert!(said.is_err());
}
