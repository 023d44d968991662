//! What was accepted stays: counting what is stored, and killing the server in the middle of its work.

use std::collections::HashMap;
use std::sync::Arc;

use crate::answers::{Requests, get};
use crate::load::{self, Alarm, Keep, Outcome, Phase};
use crate::otklik::{Otklik, Server};
use crate::report::Section;
use crate::run::{MANY, Plan, blame, fill_in, phase};

/// Receipts that are asked for after the kill.
const RECEIPTS: usize = 500;
/// Accepted responses that are sent once more after the kill.
const REPEATED: usize = 100;

/// The receipts of everything accepted so far.
#[derive(Debug, Default)]
pub struct Accepted {
    receipts: Vec<String>,
}

impl Accepted {
    /// Adds what a phase has accepted.
    pub fn take(&mut self, outcome: &Outcome) {
        self.receipts.extend(outcome.kept.iter().map(|(_, receipt)| receipt.clone()));
    }

    fn count(&self) -> u64 {
        self.receipts.len() as u64
    }

    /// Checks that exactly the accepted responses are stored, and that no two share a receipt.
    ///
    /// # Errors
    /// The stored ones can't be counted.
    pub fn compare(&self, otklik: &Otklik, section: &mut Section) -> anyhow::Result<()> {
        let (stored, accepted) = (otklik.stored()?, self.count());
        section.check(stored == accepted, format!("{stored} stored = {accepted} accepted"));
        let mut sorted: Vec<_> = self.receipts.iter().collect();
        sorted.sort_unstable();
        let shared = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
        section.check(shared == 0, format!("{shared} receipts given to two responses"));
        Ok(())
    }

    /// Receipts to ask for: the last ones before the kill, which are most at risk, and some of all.
    fn sample(&self) -> Vec<&str> {
        let half = RECEIPTS / 2;
        let (early, late) = self.receipts.split_at(self.receipts.len().saturating_sub(half));
        let step = early.len().div_ceil(half).max(1);
        early.iter().step_by(step).chain(late).map(String::as_str).collect()
    }
}

/// Kills the server in the middle of a phase, starts it again and checks what is left: every receipt that
/// was given answers; no response is missing or doubled; sending again what got no answer, and some of what
/// did, stores each response once.
///
/// # Errors
/// The server can't be started again, or the stored responses can't be counted.
pub fn survive(
    plan: &Plan,
    otklik: &Otklik,
    server: Server,
    mut accepted: Accepted,
    section: &mut Section,
) -> anyhow::Result<Server> {
    let speed = section.rows.last().map_or(0.0, |row| row.per_second);
    let count = plan.count.unwrap_or((speed * plan.seconds.min(2.0)) as usize).max(2 * MANY);
    let requests = fill_in(plan, &server, count, section)?;
    let alarm = Some(Alarm { after: requests.len() / 2, act: server.killer() });
    let address = server.address;
    let deadly = Phase { alarm, ..phase(plan, address, MANY, &requests, Keep::Receipt) };
    let mut outcome = load::run(deadly, &requests)?;
    drop(server);
    let in_flight = std::mem::take(&mut outcome.unanswered);
    blame(&outcome, "responses before the kill", section);
    outcome.kept.sort_unstable();
    accepted.take(&outcome);

    let server = otklik.serve(Some(address))?;
    section.started(server.start);
    let (stored, sure) = (otklik.stored()?, accepted.count());
    let unsure = in_flight.len() as u64;
    section.check(
        (sure..=sure + unsure).contains(&stored),
        format!(
            "killed after {sure} accepted with {unsure} in flight, {stored} stored: from {sure} to {}",
            sure + unsure
        ),
    );
    ask_for_receipts(plan, &server, &accepted, section)?;

    // A person whose page never came sends again; so does one who reloads the page of thanks.
    let given: HashMap<usize, &str> = outcome
        .kept
        .iter()
        .rev()
        .take(REPEATED)
        .map(|(number, receipt)| (*number, receipt.as_str()))
        .collect();
    let numbers: Vec<usize> = in_flight.iter().chain(given.keys()).copied().collect();
    let again = Arc::new(pick(&requests, &numbers));
    let answers = load::run(phase(plan, address, MANY, &again, Keep::Receipt), &again)?;
    blame(&answers, "responses sent again", section);
    let (mut same, mut new) = (0, Vec::new());
    for (turn, receipt) in answers.kept {
        match given.get(&numbers[turn]) {
            Some(first) if *first == receipt => same += 1,
            Some(_) => {}
            None => new.push(receipt),
        }
    }
    section.check(same == given.len(), format!("{same} of {} sent again have the same receipt", given.len()));
    accepted.receipts.extend(new);
    accepted.compare(otklik, section)?;
    Ok(server)
}

fn ask_for_receipts(
    plan: &Plan,
    server: &Server,
    accepted: &Accepted,
    section: &mut Section,
) -> anyhow::Result<()> {
    let mut requests = Requests::default();
    for receipt in accepted.sample() {
        requests.push(get(server.address, &format!("/r/{receipt}"), 0).as_bytes());
    }
    let requests = Arc::new(requests);
    let outcome = load::run(phase(plan, server.address, 4, &requests, Keep::Nothing), &requests)?;
    blame(&outcome, "receipts after the kill", section);
    let (asked, found) = (requests.len() as u64, outcome.succeeded());
    section.check(found == asked, format!("{found} of {asked} receipts answer after the kill"));
    Ok(())
}

fn pick(requests: &Requests, numbers: &[usize]) -> Requests {
    let mut picked = Requests::default();
    for number in numbers {
        picked.push(requests.get(*number));
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_the_last_receipts_and_some_of_all() {
        let accepted =
            |count: usize| Accepted { receipts: (0..count).map(|number| number.to_string()).collect() };
        assert_eq!(accepted(0).sample(), Vec::<&str>::new());
        assert_eq!(accepted(300).sample().len(), 300);
        let many = accepted(100_001);
        let sample = many.sample();
        assert!((490..=RECEIPTS).contains(&sample.len()), "{}", sample.len());
        assert_eq!((sample[0], sample[sample.len() - 1]), ("0", "100000"));
        assert!(sample.contains(&"99751"));
    }
}
