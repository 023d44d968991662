//! What happens to an application: its events, fees, ratings and complaints.

use super::chance::{Chance, Duration};
use super::draw::{Draw, Way};
use super::world::{DAY, World, is_planned};
use crate::model::{Channel, Process};

use Process::{Authority, Epgu, Mfc, Vis};

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// An application's own row; its value is the channel of the result, or 0.
    Application,
    /// An event of progress.
    Event,
    /// An event of a fee.
    Payment,
    /// A rating; its value is the mark.
    Rating,
    /// An event of a complaint.
    Complaint,
}

/// A row to come.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Seconds since the plan's first midnight, on the office's clock.
    pub at: u32,
    /// The application.
    pub number: u32,
    /// The day of the plan that it began on.
    pub began: u16,
    /// The sender's place.
    pub sender: u16,
    /// The status, or another value of the kind.
    pub status: i16,
    /// The order within the application.
    pub order: u8,
    /// What it is of.
    pub kind: Kind,
    /// The process of an event.
    pub process: Process,
    /// The mnemonic's place.
    pub mnemonic: u8,
}

/// An application's rows as they are made.
pub struct Trace<'w> {
    world: &'w World,
    draw: Draw,
    chance: Chance,
    now: i64,
    order: u8,
    region: u16,
    slowness: i64,
    /// Rows with the day of the plan on which they are sent.
    rows: &'w mut Vec<(u16, Row)>,
}

impl<'w> Trace<'w> {
    /// Appends all rows of an application, those after the plan's end too.
    pub fn write(world: &'w World, draw: Draw, rows: &'w mut Vec<(u16, Row)>) {
        let region = world.places[draw.place].region;
        let chance = Chance::of(world.plan.seed, u64::from(draw.number), 2);
        let slowness = world.slowness[draw.place];
        let mut trace = Self { world, draw, chance, now: draw.begins, order: 0, region, slowness, rows };
        match draw.way {
            Way::Consultation => trace.consultation(),
            Way::Centre => trace.centre(),
            Way::Automatic => trace.automatic(Epgu),
            Way::OwnAutomatic => trace.automatic(Vis),
            Way::Portal => trace.portal(),
            Way::Authority => trace.authority(),
            Way::Own => trace.own_system(),
            Way::Draft => trace.draft(),
        }
    }

    fn consultation(&mut self) {
        if self.chance.per_mille(60) {
            self.book(Mfc, Some(26));
        }
        if self.visit() {
            self.wait(|durations| &durations.talk);
            self.event(Mfc, 1008);
            if self.chance.per_mille(150) {
                self.rate(Mfc);
            }
        }
    }

    fn centre(&mut self) {
        if self.chance.per_mille(250) {
            self.book(Mfc, Some(26));
        }
        if !self.visit() {
            return;
        }
        self.fee(Authority);
        self.wait(|durations| &durations.talk);
        self.event(Mfc, 1013);
        self.centre_work(|durations| &durations.hand_over);
        self.event(Mfc, 17);
        if self.chance.per_mille(30) {
            self.centre_work(|durations| &durations.step);
            self.event(Mfc, 14);
        }
        self.work(|durations| &durations.register);
        self.event(Authority, 1);
        let Some(is_granted) = self.consider(Authority) else { return };
        self.after_decision(Authority, is_granted, true);
    }

    fn automatic(&mut self, process: Process) {
        if !self.send(process) {
            return;
        }
        self.wait(|durations| &durations.send);
        self.event(process, 1);
        self.wait(|durations| &durations.machine);
        if self.chance.per_mille(20 + self.refused() * 5) {
            self.event(process, 41);
            return;
        }
        self.event(process, 40);
        self.wait(|durations| &durations.send);
        self.issue(process, 1015);
    }

    fn portal(&mut self) {
        if !self.send(Epgu) {
            return;
        }
        self.fee(Epgu);
        if !self.register(Epgu) {
            return;
        }
        let Some(is_granted) = self.consider(Epgu) else { return };
        let to_centre = !self.world.centres.is_empty() && self.chance.per_mille(140);
        self.after_decision(Epgu, is_granted, to_centre);
    }

    fn authority(&mut self) {
        if self.chance.per_mille(350) {
            self.book(Authority, None);
            let came = self.chance.per_mille(880);
            self.event(Authority, if came { 1017 } else { 1018 });
            if !came {
                return;
            }
        }
        self.wait(|durations| &durations.talk);
        self.event(Authority, 2);
        self.fee(Authority);
        if self.chance.per_mille(25) {
            self.wait(|durations| &durations.talk);
            self.event(Authority, 1019);
            return;
        }
        self.work(|durations| &durations.register);
        self.event(Authority, 1);
        let Some(is_granted) = self.consider(Authority) else { return };
        let to_centre = !self.world.centres.is_empty() && self.chance.per_mille(60);
        self.after_decision(Authority, is_granted, to_centre);
    }

    fn own_system(&mut self) {
        if self.chance.per_mille(80) {
            if self.chance.per_mille(100) {
                self.event(Vis, 1022);
                self.wait(|durations| &durations.send);
            }
            self.book(Vis, Some(25));
            let came = self.chance.per_mille(900);
            self.event(Vis, if came { 1005 } else { 1006 });
            if !came {
                return;
            }
        }
        if !self.send(Vis) || !self.register(Vis) {
            return;
        }
        let Some(is_granted) = self.consider(Vis) else { return };
        self.after_decision(Vis, is_granted, false);
    }

    fn draft(&mut self) {
        if self.chance.per_mille(120) {
            if self.chance.per_mille(150) {
                self.event(Epgu, 1022);
                self.wait(|durations| &durations.send);
            }
            let note = if self.chance.per_mille(700) { 26 } else { 25 };
            self.book(Epgu, Some(note));
        } else {
            self.event(Epgu, 0);
        }
    }

    /// An appointment: made, chosen, told of, and come.
    fn book(&mut self, process: Process, note: Option<i16>) {
        self.event(process, 1001);
        let hours = if process == Mfc { &self.world.centre_hours } else { &self.world.authority_hours };
        let ahead = self.world.durations.ahead.draw(&mut self.chance) + 3 * 3600;
        let slot = hours.after(self.now + ahead, 0) / 900 * 900 + 900;
        self.push(Kind::Event, process, slot, 1002, 0, self.now);
        if let Some(note) = note {
            self.wait(|durations| &durations.send);
            self.event(process, note);
        }
        self.now = self.now.max(slot - 300 + i64::from(self.chance.below(600)));
    }

    /// A visit to a centre up to the beginning of service; false when the ticket was cancelled.
    fn visit(&mut self) -> bool {
        self.now = self.world.centre_hours.after(self.now, 0);
        self.event(Mfc, 1003);
        loop {
            let wait = self.world.durations.queue.draw(&mut self.chance) * self.slowness / 16;
            self.now += wait.min(3 * 3600);
            self.event(Mfc, 1004);
            self.wait(|durations| &durations.walk);
            if self.chance.per_mille(945) {
                break;
            }
            self.event(Mfc, 1006);
            if self.chance.per_mille(600) {
                return false;
            }
            self.wait(|durations| &durations.talk);
            self.event(Mfc, 1003);
        }
        self.event(Mfc, 1005);
        self.wait(|durations| &durations.walk);
        self.event(Mfc, 1007);
        true
    }

    /// A request filled in, signed, sent and received; false when it never was.
    fn send(&mut self, process: Process) -> bool {
        self.event(process, 0);
        self.wait(|durations| &durations.draft);
        if process == Epgu && self.chance.per_mille(30) {
            self.event(Epgu, 81);
            self.wait(|durations| &durations.think);
            let answer = [32, 82, 83][self.chance.weighted(&[85, 9, 6])];
            self.event(Epgu, answer);
            if answer != 32 {
                return false;
            }
            self.wait(|durations| &durations.send);
        }
        while self.chance.per_mille(25) {
            let error = if process == Vis { 5 } else { [5, 22, 24][self.chance.weighted(&[5, 3, 2])] };
            self.event(process, error);
            self.wait(|durations| &durations.notice);
        }
        self.event(process, 17);
        self.wait(|durations| &durations.send);
        self.event(process, 2);
        true
    }

    /// Registration or its refusal.
    fn register(&mut self, process: Process) -> bool {
        self.work(|durations| &durations.register);
        if self.chance.per_mille(35) {
            self.event(process, 1023);
            return false;
        }
        self.event(process, 1);
        true
    }

    /// Consideration: true for a grant, false for a refusal, nothing when it was cancelled.
    fn consider(&mut self, process: Process) -> Option<bool> {
        self.work(|durations| &durations.assign);
        self.event(process, 6);
        // The portal has no interagency statuses: the authority reports its requests itself.
        let asks_in = if process == Epgu { Authority } else { process };
        let mnemonics = &self.world.offer_mnemonics[self.draw.offer];
        let asks = self.world.offers[self.draw.offer].asks;
        if !mnemonics.is_empty() {
            let count = (asks / 10 + u32::from(self.chance.below(10) < asks % 10)).min(5);
            for number in 0..count {
                let mnemonic = mnemonics[number as usize % mnemonics.len()];
                self.ask(asks_in, mnemonic);
            }
        }
        if self.chance.per_mille(70) {
            self.suspend(process);
        }
        if process == Epgu && self.chance.per_mille(25) {
            self.wait(|durations| &durations.think);
            let is_kept = self.chance.per_mille(250);
            self.event(Epgu, if is_kept { 11 } else { 10 });
            if !is_kept {
                return None;
            }
        } else if process == Authority && self.chance.per_mille(12) {
            self.event(Authority, 10);
            return None;
        }
        if self.chance.per_mille(40) {
            self.work(|durations| &durations.step);
            let is_interim = process != Authority && self.chance.per_mille(400);
            self.event(process, if is_interim { 7 } else { 1021 });
        }
        let decide = self.world.durations.decide.draw(&mut self.chance) * self.slowness / 16;
        self.now = self.world.authority_hours.after(self.now, decide);
        let is_granted = !self.chance.per_mille(self.refused() * 10);
        self.event(process, if is_granted { 3 } else { 4 });
        Some(is_granted)
    }

    fn ask(&mut self, process: Process, mnemonic: u8) {
        self.work(|durations| &durations.step);
        self.event_of(process, 1010, mnemonic);
        while self.chance.per_mille(45) {
            self.wait(|durations| &durations.notice);
            self.event_of(process, 1012, mnemonic);
            self.work(|durations| &durations.step);
            self.event_of(process, 1010, mnemonic);
        }
        self.wait(|durations| &durations.answer);
        self.event_of(process, 1011, mnemonic);
    }

    fn suspend(&mut self, process: Process) {
        loop {
            self.work(|durations| &durations.step);
            let is_correction = process == Epgu && self.chance.per_mille(500);
            self.event(process, if is_correction { 15 } else { 14 });
            self.wait(|durations| &durations.pause);
            self.event(process, 1020);
            if self.chance.per_mille(850) {
                break;
            }
        }
    }

    /// Notice, hand-over and issue of the result.
    fn after_decision(&mut self, process: Process, is_granted: bool, to_centre: bool) {
        self.complain(is_granted);
        if !is_granted && self.chance.per_mille(600) {
            return;
        }
        self.wait(|durations| &durations.notice);
        if to_centre && !self.world.centres.is_empty() {
            self.event(process, 33);
            self.centre_work(|durations| &durations.hand_over);
            self.event(Mfc, 1009);
            self.wait(|durations| &durations.notice);
            self.event(Mfc, 1016);
            self.wait(|durations| &durations.fetch);
            if self.chance.per_mille(930) && self.visit() {
                self.wait(|durations| &durations.walk);
                self.issue(Mfc, 39);
            }
            return;
        }
        if process == Authority || self.chance.per_mille(60) {
            self.event(process, 1016);
            self.wait(|durations| &durations.fetch);
            self.now = self.world.authority_hours.after(self.now, 0);
            self.issue(process, 1014);
        } else {
            self.issue(process, 1015);
        }
    }

    fn issue(&mut self, process: Process, status: i16) {
        self.event(process, status);
        let channel = match process {
            Authority => Channel::Ogv,
            Mfc => Channel::Mfc,
            Vis => Channel::Vis,
            Epgu => self.draw.channel_in(),
        };
        self.push(Kind::Application, process, self.now, channel as i16, 0, self.now);
        if self.chance.per_mille(110) {
            self.rate(process);
        }
    }

    fn fee(&mut self, process: Process) {
        if !self.chance.per_mille(self.world.offers[self.draw.offer].fee * 10) {
            return;
        }
        let mut at = self.now + self.world.durations.send.draw(&mut self.chance);
        let pay =
            |trace: &mut Self, event: i16, at: i64| trace.push(Kind::Payment, process, at, event, 0, at);
        pay(self, 1, at);
        if self.chance.per_mille(40) {
            at += self.world.durations.send.draw(&mut self.chance);
            pay(self, 4, at);
        }
        at += self.world.durations.pay.draw(&mut self.chance);
        pay(self, 2, at);
        at += self.world.durations.notice.draw(&mut self.chance);
        pay(self, 3, at);
        if self.chance.per_mille(15) {
            at += self.world.durations.pause.draw(&mut self.chance);
            pay(self, 5, at);
        }
    }

    fn rate(&mut self, process: Process) {
        let at = self.now + self.world.durations.notice.draw(&mut self.chance);
        let slow = u32::try_from(self.slowness).unwrap_or(16);
        let mark = 1 + self.chance.weighted(&[slow / 4, slow / 6, slow / 3, 14, 60]);
        self.push(Kind::Rating, process, at, i16::try_from(mark).unwrap_or(5), 0, at);
    }

    fn complain(&mut self, is_granted: bool) {
        if !self.chance.per_mille(if is_granted { 3 } else { 60 }) {
            return;
        }
        let mut at = self.now + self.world.durations.fetch.draw(&mut self.chance);
        self.push(Kind::Complaint, Authority, at, 1, 0, at);
        let hearing = self.world.authority_hours.after(at + 5 * DAY, 0);
        self.push(Kind::Complaint, Authority, hearing, 2, 0, at);
        at = hearing + i64::from(self.chance.below(7200));
        let decision = if self.chance.per_mille(300) { 3 } else { 4 };
        self.push(Kind::Complaint, Authority, at, decision, 0, at);
    }

    fn refused(&self) -> u32 {
        self.world.offers[self.draw.offer].refused
    }

    fn event(&mut self, process: Process, status: i16) {
        self.event_of(process, status, 0);
    }

    fn event_of(&mut self, process: Process, status: i16, mnemonic: u8) {
        self.push(Kind::Event, process, self.now, status, mnemonic, self.now);
        self.now += 1;
    }

    /// Adds a row that happens at one moment and is known of at another.
    fn push(&mut self, kind: Kind, process: Process, at: i64, status: i16, mnemonic: u8, known: i64) {
        debug_assert!(at == known || is_planned(status) || kind == Kind::Complaint);
        let first = self.world.first * DAY;
        let day = u16::try_from((known - first) / DAY).unwrap_or(u16::MAX);
        let row = Row {
            at: u32::try_from(at - first).unwrap_or(0),
            number: self.draw.number,
            began: u16::try_from(self.draw.begins / DAY - self.world.first).unwrap_or(0),
            sender: self.world.sender(process, self.region),
            status,
            order: self.order,
            kind,
            process,
            mnemonic,
        };
        self.order = self.order.saturating_add(1);
        self.rows.push((day, row));
    }

    /// Time passes round the clock.
    fn wait(&mut self, of: impl Fn(&super::world::Durations) -> &Duration) {
        self.now += of(&self.world.durations).draw(&mut self.chance);
    }

    /// Time passes while the authority works, more of it at a slow body.
    fn work(&mut self, of: impl Fn(&super::world::Durations) -> &Duration) {
        let seconds = of(&self.world.durations).draw(&mut self.chance) * self.slowness / 16;
        self.now = self.world.authority_hours.after(self.now, seconds);
    }

    /// Time passes while the centre works.
    fn centre_work(&mut self, of: impl Fn(&super::world::Durations) -> &Duration) {
        let seconds = of(&self.world.durations).draw(&mut self.chance);
        self.now = self.world.centre_hours.after(self.now, seconds);
    }
}
