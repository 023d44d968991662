//! What only the whole delivery shows: known requests, moments, repeated rows, visits to МФЦ.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use otklik_kernel::Instant;

use super::code::{Code, Weight};
use super::excel;
use super::gather::{Gathered, at};
use super::register::{Known, Register};
use super::rows::rest::SCHEDULED;
use crate::delivery::{Text, Texts};
use crate::model::{Process, Status};

/// Something wrong with a row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub line: u32,
    pub place: At,
    pub code: Code,
    pub detail: String,
    pub value: String,
}

/// Where in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The request number.
    Request,
    /// The moment; of the wide file, of this cell.
    Moment(Cause),
    /// The row.
    Row(Cause),
}

/// What of a row has the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An item of a process, stored.
    Event(u8, i16),
    /// An event of a fee.
    Payment(u8),
    /// A rating.
    Rating,
    /// An event of a complaint.
    Complaint(u8),
}

/// A table of rows with a request and a moment.
struct Timed<'a> {
    line: &'a [u32],
    request: &'a [Text],
    at: &'a mut [i64],
    offset: &'a mut [i16],
}

/// Faults of the four tables with moments, in the order of lines: events, fees, ratings, complaints.
pub(crate) type Tables = [Vec<Fault>; 4];

/// Finds the applications that the delivery itself doesn't have.
pub(crate) fn known(
    gathered: &mut Gathered,
    register: &Register,
    known: &dyn Known,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let count = gathered.texts.len();
    gathered.zone_of.resize(count.max(gathered.zone_of.len()), 0);
    let mut is_asked = vec![false; count];
    let mut asked: Vec<Text> = Vec::new();
    let requests = [
        &gathered.events.request,
        &gathered.payments.request,
        &gathered.ratings.request,
        &gathered.complaints.request,
    ];
    for request in requests.into_iter().flatten() {
        let place = *request as usize;
        if gathered.zone_of[place] == 0 && !is_asked[place] {
            is_asked[place] = true;
            asked.push(*request);
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    // Many applications are of few bodies: codes and names are kept once.
    let mut names = Texts::default();
    let mut found: Vec<(Text, (u16, Text, Text))> = Vec::new();
    {
        let texts: Vec<&str> = asked.iter().map(|request| gathered.texts.get(*request)).collect();
        known.find(&texts, &mut |place, region, code, name| {
            if let Some(request) = asked.get(place) {
                found.push((*request, (region, names.add(code), names.add(name))));
            }
        })?;
    }
    let mut zones: HashMap<(u16, Text, Text), u16, RandomState> = HashMap::default();
    for (request, body) in found {
        let zone = *zones.entry(body).or_insert_with(|| {
            let (region, code, name) = body;
            gathered.zone_known(register, region, names.get(code), names.get(name))
        });
        at(&mut gathered.zone_of, request, zone + 1);
    }
    Ok(())
}

/// Turns local times into moments and finds what is wrong.
pub(crate) fn moments(gathered: &mut Gathered, received: Instant) -> Tables {
    let mut tables = Tables::default();
    let mut events = std::mem::take(&mut gathered.events);
    let timed = Timed {
        line: &events.line,
        request: &events.request,
        at: &mut events.at,
        offset: &mut events.offset,
    };
    let of = |row: usize| Cause::Event(events.process[row], events.item[row]);
    let may_be_ahead = |row: usize| events.status[row] == Status::SLOT.0;
    turn(gathered, timed, received, of, may_be_ahead, &mut tables[0]);
    gathered.events = events;
    let mut payments = std::mem::take(&mut gathered.payments);
    let timed = Timed {
        line: &payments.line,
        request: &payments.request,
        at: &mut payments.at,
        offset: &mut payments.offset,
    };
    turn(gathered, timed, received, |row| Cause::Payment(payments.event[row]), |_| false, &mut tables[1]);
    gathered.payments = payments;
    let mut ratings = std::mem::take(&mut gathered.ratings);
    let timed = Timed {
        line: &ratings.line,
        request: &ratings.request,
        at: &mut ratings.at,
        offset: &mut ratings.offset,
    };
    turn(gathered, timed, received, |_| Cause::Rating, |_| false, &mut tables[2]);
    gathered.ratings = ratings;
    let mut complaints = std::mem::take(&mut gathered.complaints);
    let timed = Timed {
        line: &complaints.line,
        request: &complaints.request,
        at: &mut complaints.at,
        offset: &mut complaints.offset,
    };
    let of = |row: usize| Cause::Complaint(complaints.event[row]);
    turn(gathered, timed, received, of, |row| complaints.event[row] == SCHEDULED, &mut tables[3]);
    gathered.complaints = complaints;
    tables
}

/// Turns the times of one table.
fn turn(
    gathered: &mut Gathered,
    rows: Timed<'_>,
    received: Instant,
    cause: impl Fn(usize) -> Cause,
    may_be_ahead: impl Fn(usize) -> bool,
    faults: &mut Vec<Fault>,
) {
    let (zone_of, zones) = (&gathered.zone_of, &mut gathered.zones);
    for row in 0..rows.at.len() {
        let request = rows.request[row];
        let zone = zone_of[request as usize];
        if zone == 0 {
            let text = gathered.texts.get(request);
            let code = if gathered.refused.contains(&request) {
                Code::RequestRefused
            } else {
                excel::damage(text).unwrap_or(Code::RequestUnknown)
            };
            let value = super::problem::shown(text);
            faults.push(Fault {
                line: rows.line[row],
                place: At::Request,
                code,
                detail: String::new(),
                value,
            });
            continue;
        }
        let local = rows.at[row];
        let moment = zones.moment(zone - 1, local);
        rows.at[row] = moment.at;
        rows.offset[row] = moment.offset;
        let is_late = moment.at > received.0 && !may_be_ahead(row);
        if is_late || moment.is_skipped {
            let code = if is_late { Code::MomentLate } else { Code::MomentSkipped };
            let place = At::Moment(cause(row));
            faults.push(Fault {
                line: rows.line[row],
                place,
                code,
                detail: String::new(),
                value: shown(local),
            });
        }
    }
}

/// `ДД-ММ-ГГГГ ЧЧ:ММ:СС`.
fn shown(local: i64) -> String {
    let zone = otklik_kernel::Zone::utc();
    let day = Instant(local * 1_000_000).day_in(&zone).show().replace('.', "-");
    let seconds = local.rem_euclid(super::moment::DAY);
    format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Finds events that stand twice and visits that are no visits; `bad` are lines that are refused already.
pub(crate) fn repeated(gathered: &Gathered, bad: &HashSet<u32>, faults: &mut Vec<Fault>) {
    let events = &gathered.events;
    let order = Groups::of(&events.request, gathered.texts.len());
    let mut group: Vec<u32> = Vec::new();
    for rows in order.groups() {
        if rows.len() < 2 && events.process[rows[0] as usize] != Process::Mfc as u8 {
            continue;
        }
        group.clear();
        group.extend(rows.iter().filter(|row| bad.is_empty() || !bad.contains(&events.line[**row as usize])));
        let is_ordered =
            group.windows(2).all(|pair| events.at[pair[0] as usize] <= events.at[pair[1] as usize]);
        if !is_ordered {
            group.sort_by_key(|row| events.at[*row as usize]);
        }
        same(gathered, &group, faults);
        if group.iter().any(|row| events.process[*row as usize] == Process::Mfc as u8) {
            let is_torn =
                group.len() < rows.len() || gathered.torn.contains(&events.request[rows[0] as usize]);
            visits(gathered, &group, is_torn, faults);
        }
    }
    faults.sort_by_key(|fault| fault.line);
}

/// Rows of each request together, in the order of the file.
struct Groups {
    starts: Vec<u32>,
    order: Vec<u32>,
}

impl Groups {
    fn of(requests: &[Text], texts: usize) -> Self {
        let mut starts = vec![0_u32; texts + 1];
        for request in requests {
            starts[*request as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut order = vec![0_u32; requests.len()];
        for (row, request) in (0..).zip(requests) {
            let place = &mut next[*request as usize];
            order[*place as usize] = row;
            *place += 1;
        }
        Self { starts, order }
    }

    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        self.starts
            .windows(2)
            .filter(|pair| pair[0] < pair[1])
            .map(|pair| &self.order[pair[0] as usize..pair[1] as usize])
    }
}

/// Events of a request that are the same in everything.
fn same(gathered: &Gathered, group: &[u32], faults: &mut Vec<Fault>) {
    let events = &gathered.events;
    let key = |row: u32| {
        let row = row as usize;
        (events.process[row], events.item[row], events.status[row], events.mnemonic[row])
    };
    let mut from = 0;
    while from < group.len() {
        let moment = events.at[group[from] as usize];
        let to = from + group[from..].iter().take_while(|row| events.at[**row as usize] == moment).count();
        let mut seen = BTreeMap::new();
        if to - from > 1 {
            for row in &group[from..to] {
                let line = events.line[*row as usize];
                match seen.get(&key(*row)) {
                    None => {
                        seen.insert(key(*row), line);
                    }
                    Some(first) => {
                        let row = *row as usize;
                        faults.push(Fault {
                            line,
                            place: At::Row(Cause::Event(events.process[row], events.item[row])),
                            code: Code::EventDuplicate,
                            detail: first.to_string(),
                            value: gathered.texts.get(events.request[row]).to_owned(),
                        });
                    }
                }
            }
        }
        from = to;
    }
}

/// МФЦ 6: exactly one of 6a, 6b in a visit, which a ticket (item 4) begins [5 app.3 §1.2, 6]. Where events of the
/// request are refused (`is_torn`), the missing one may be among them: what follows waits for the correction with it.
fn visits(gathered: &Gathered, group: &[u32], is_torn: bool, faults: &mut Vec<Fault>) {
    let events = &gathered.events;
    let (mut came, mut has_ticket) = (None, false);
    for row in group {
        let row = *row as usize;
        if events.process[row] != Process::Mfc as u8 {
            continue;
        }
        let mut fault = |code, detail: String| {
            let of_row = At::Row(Cause::Event(events.process[row], events.item[row]));
            faults.push(Fault {
                line: events.line[row],
                place: if code == Code::RequestRefused { At::Request } else { of_row },
                code,
                detail,
                value: gathered.texts.get(events.request[row]).to_owned(),
            });
        };
        match events.item[row] {
            40 => (came, has_ticket) = (None, true),
            61 | 62 => match came {
                Some(line) if has_ticket => fault(Code::VisitBoth, u32::to_string(&line)),
                _ => came = Some(events.line[row]),
            },
            70 => {
                if has_ticket && came.is_none() {
                    fault(if is_torn { Code::RequestRefused } else { Code::VisitNone }, String::new());
                }
                // A visit without a ticket of this day ends where the next begins.
                if !has_ticket {
                    came = None;
                }
            }
            _ => {}
        }
    }
}

/// Fees, ratings and complaints that stand twice.
pub(crate) fn rest_repeated(gathered: &Gathered, tables: &mut Tables) {
    let (payments, ratings, complaints) = (&gathered.payments, &gathered.ratings, &gathered.complaints);
    let keys =
        (0..payments.line.len()).map(|row| (payments.request[row], 0, payments.event[row], payments.at[row]));
    twice(gathered, &payments.line, keys, Cause::Payment, &mut tables[1]);
    let keys = (0..ratings.line.len()).map(|row| (ratings.request[row], 0, 0, ratings.at[row]));
    twice(gathered, &ratings.line, keys, |_| Cause::Rating, &mut tables[2]);
    let keys = (0..complaints.line.len()).map(|row| {
        (complaints.request[row], complaints.complaint[row], complaints.event[row], complaints.at[row])
    });
    twice(gathered, &complaints.line, keys, Cause::Complaint, &mut tables[3]);
}

fn twice(
    gathered: &Gathered,
    lines: &[u32],
    keys: impl Iterator<Item = (Text, Text, u8, i64)>,
    cause: impl Fn(u8) -> Cause,
    faults: &mut Vec<Fault>,
) {
    let mut seen: std::collections::HashMap<(Text, Text, u8, i64), u32> = std::collections::HashMap::new();
    let mut refused: BTreeSet<u32> = BTreeSet::new();
    refused
        .extend(faults.iter().filter(|fault| fault.code.weight() != Weight::Warning).map(|fault| fault.line));
    for (row, key) in keys.enumerate() {
        if refused.contains(&lines[row]) {
            continue;
        }
        if let Some(first) = seen.get(&key) {
            faults.push(Fault {
                line: lines[row],
                place: At::Row(cause(key.2)),
                code: Code::EventDuplicate,
                detail: first.to_string(),
                value: gathered.texts.get(key.0).to_owned(),
            });
        } else {
            seen.insert(key, lines[row]);
        }
    }
    faults.sort_by_key(|fault| fault.line);
}
