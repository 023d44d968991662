//! What is known of the service and of the body that the page is about. MON-13

use std::collections::{BTreeMap, BTreeSet};

use otklik_access::Permission;
use otklik_kernel::CivilDay;
use otklik_organisations::{Office, store as bodies};
use otklik_web::{Fail, Who};

use super::{Asked, PATH, Words, broken};
use crate::answers::{Answers, By};
use crate::deliveries::completeness::{Day, days};
use crate::deliveries::store as deliveries;
use crate::pages::Monitoring;
use crate::pages::common::{Tab, encode, texts};
use crate::pages::completeness::came;
use crate::pages::records::{record_href, term};
use crate::pages::table::Value;
use crate::reference::in_force::{holds, norm_name};
use crate::reference::{Content, Kind, Record, service_name, split_service, store};
use crate::senders::{self, Sender};
use crate::texts::L;
use crate::visible::{Visible, below};

/// Lines of a fact that are shown at once.
const SHOWN: usize = 4;
/// Days of which it is told how complete the data are.
const BACK: i32 = 30;

/// A service or a body.
pub struct Subject {
    /// Its name in the page.
    pub id: &'static str,
    pub title: &'static str,
    pub facts: Vec<Fact>,
}

/// Something known.
pub struct Fact {
    pub name: &'static str,
    pub lines: Vec<Line>,
}

/// One of the things known, where more about it is, and what stands beside it, smaller; either may be empty.
pub struct Line {
    pub text: String,
    pub href: String,
    pub more: String,
}

impl Fact {
    /// The first lines; all of them where one more is all there is.
    pub fn shown(&self) -> &[Line] {
        let all = self.lines.len();
        &self.lines[..if all > SHOWN + 1 { SHOWN } else { all }]
    }

    pub fn rest(&self) -> &[Line] {
        &self.lines[self.shown().len()..]
    }
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: String::new(), more: String::new() }
    }
}

/// The service and the body that are chosen, if any are.
pub async fn subjects(
    monitoring: &Monitoring,
    who: &Who,
    (asked, words): (&Asked, &Words),
    answers: &Answers,
) -> Result<Vec<Subject>, Fail> {
    let finder = Finder { monitoring, who, asked, words, l: texts(who), today: today(monitoring, who) };
    let mut subjects = Vec::new();
    if !asked.service.is_empty() {
        let facts = finder.of_service(answers).await?;
        subjects.push(Subject { id: "about-service", title: finder.l.about_service(), facts });
    }
    let office = monitoring.offices.current().find(&asked.body).cloned();
    if let Some(office) = office {
        let facts = finder.of_body(&office).await?;
        subjects.push(Subject { id: "about-body", title: finder.l.about_body(), facts });
    }
    subjects.iter_mut().for_each(|subject| subject.facts.retain(|fact| !fact.lines.is_empty()));
    Ok(subjects)
}

fn today(monitoring: &Monitoring, who: &Who) -> CivilDay {
    monitoring.ctx.now().day_in(&monitoring.zone(&who.scope))
}

struct Finder<'a> {
    monitoring: &'a Monitoring,
    who: &'a Who,
    asked: &'a Asked,
    words: &'a Words,
    l: L,
    today: CivilDay,
}

impl Finder<'_> {
    async fn of_service(&self, answers: &Answers) -> Result<Vec<Fact>, Fail> {
        let (l, service) = (self.l, &self.asked.service);
        let held = async |kind| {
            let records: Vec<Record> = store::all(self.monitoring.ctx.db.read(), kind).await?;
            Ok::<_, Fail>(holds(kind, records, self.today))
        };
        let register = held(Kind::Service).await?;
        // A service may be known by its variants alone.
        let href = match register.contains_key(service) {
            true => self.record(Kind::Service, service),
            false => self.list(Kind::Service),
        };
        let number = Line { href, ..Line::plain(service) };
        let variants = self.words.variants(service).iter().map(|(variant, name)| Line {
            text: name.clone(),
            href: self.asked.address(PATH, &[("variant", variant)]),
            more: variant.clone(),
        });
        let rules = self.words.rules().order_on(self.today).record().rules.len();
        let order = Line { href: self.list(Kind::Rule), ..Line::plain(l.fact_rules(rules)) };
        Ok(vec![
            Fact { name: l.fact_number(), lines: vec![number] },
            Fact { name: l.fact_variants(), lines: variants.collect() },
            Fact { name: l.kind_norms(), lines: self.norms(&register, &held(Kind::Norm).await?) },
            Fact { name: l.kind_order(), lines: vec![order] },
            Fact { name: l.fact_providers(), lines: self.providers(answers).await? },
        ])
    }

    /// The address of a record, for those who may change it.
    fn record(&self, kind: Kind, name: &str) -> String {
        if self.may_change() { record_href(kind, name) } else { String::new() }
    }

    /// The address of the records of a kind, for those who may change them.
    fn list(&self, kind: Kind) -> String {
        let query = encode([("kind", kind.code())]);
        if self.may_change() { format!("{}?{query}", Tab::Records.href()) } else { String::new() }
    }

    fn may_change(&self) -> bool {
        self.who.caller.may(Permission::ManageMonitoring) && self.monitoring.is_over_all(self.who)
    }

    /// The norms in force: those of the register, then those of the reference; of the decision only where the register
    /// leaves it open.
    fn norms(&self, register: &BTreeMap<String, Content>, norms: &BTreeMap<String, Content>) -> Vec<Line> {
        let (l, service, variant) = (self.l, self.asked.service.as_str(), self.asked.variant.as_str());
        let own = match variant.is_empty() {
            true => register.keys().filter(|name| split_service(name).0 == service).cloned().collect(),
            false => vec![service_name(service, variant), service.to_owned()],
        };
        let own = own.into_iter().filter_map(|name| {
            let term = term(l, &name, register.get(&name)?);
            Some((name, term))
        });
        // What is said of a variant stands before what is said of its service.
        let own: Vec<(String, Option<String>)> =
            own.take(if variant.is_empty() { usize::MAX } else { 1 }).collect();
        let is_said = !own.is_empty() && own.iter().all(|(_, term)| term.is_some());
        let of_register = own.into_iter().filter_map(|(name, term)| {
            let more = match split_service(&name).1 {
                "" => l.fact_of_register().to_owned(),
                variant => self.words.variant(service, variant),
            };
            Some(Line { text: term?, href: self.record(Kind::Service, &name), more })
        });
        let names: BTreeSet<&str> = norms.keys().filter_map(|name| name.split('/').next()).collect();
        let general = names.into_iter().filter(|name| !(*name == "decision" && is_said)).filter_map(|name| {
            let nearest = [(service, variant), (service, ""), ("", variant), ("", "")];
            let of = |(service, variant)| norms.get_key_value(&norm_name(name, service, variant));
            match nearest.into_iter().find_map(of)? {
                (name, Content::Norm(norm)) => {
                    Some(Line { href: self.record(Kind::Norm, name), ..Line::plain(&norm.title) })
                }
                _ => None,
            }
        });
        of_register.chain(general).collect()
    }

    /// The bodies that had applications for it in these days, the busiest first.
    async fn providers(&self, answers: &Answers) -> Result<Vec<Line>, Fail> {
        if answers.commit() == 0 || self.asked.is_one_body {
            return Ok(Vec::new());
        }
        let ask = self.asked.ask(&[By::Body]);
        let sheet = answers.overview(&ask, &self.asked.allowed).await.map_err(broken)?;
        let whole = |row, column| sheet.whole(row, column).unwrap_or(0);
        let mut rows: Vec<usize> =
            (0..sheet.rows.len()).filter(|&row| whole(row, "began") + whole(row, "ended") > 0).collect();
        rows.sort_by_key(|&row| std::cmp::Reverse(whole(row, "began")));
        let line = |row: usize| {
            let (code, began) = (sheet.text(row, By::Body.word()), whole(row, "began"));
            let is_known = self.words.has_body(code);
            let changes = [("by", ""), (By::Body.word(), code)];
            Line {
                text: if code.is_empty() { self.l.not_said().to_owned() } else { self.words.body(code) },
                href: if is_known { self.asked.address(PATH, &changes) } else { String::new() },
                more: self.l.n_applications(began, Value::Count(began).words(self.l)),
            }
        };
        Ok(rows.into_iter().map(line).collect())
    }

    async fn of_body(&self, office: &Office) -> Result<Vec<Fact>, Fail> {
        let (l, conn, scope) = (self.l, self.monitoring.ctx.db.read(), &self.who.scope);
        let body = bodies::find(conn, scope, office.id).await?.ok_or(Fail::NotFound)?.fields;
        let place = [self.words.region(&body.region), body.zone.name().to_owned()];
        let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let full = Some(&body.full_name).filter(|full| **full != body.short_name);
        let (senders, complete) = self.senders(office).await?;
        let below = bodies::children(conn, scope, office.id).await?;
        let below = below.iter().map(|one| self.body(&one.fields.code, &one.fields.short_name));
        Ok(vec![
            Fact { name: l.fact_full_name(), lines: full.map(Line::plain).into_iter().collect() },
            Fact { name: l.column_code(), lines: vec![Line::plain(&body.code)] },
            Fact { name: l.fact_place(), lines: vec![Line::plain(place.join(" · "))] },
            Fact { name: l.fact_above(), lines: self.above(office).into_iter().collect() },
            Fact { name: l.fact_below(), lines: below.collect() },
            Fact { name: l.tab_senders(), lines: senders },
            Fact { name: l.fact_complete(), lines: complete.into_iter().collect() },
        ])
    }

    /// The body above it, if it may be seen.
    fn above(&self, office: &Office) -> Option<Line> {
        let offices = self.monitoring.offices.current();
        let above = offices.get(office.parent?)?;
        let is_seen = Visible::of(&self.who.scope, &offices).has(&above.code);
        is_seen.then(|| self.body(&above.code, &above.name))
    }

    /// The senders of a body and of those below it, and how complete the last days are.
    async fn senders(&self, office: &Office) -> Result<(Vec<Line>, Option<Line>), Fail> {
        let (l, conn, scope) = (self.l, self.monitoring.ctx.db.read(), &self.who.scope);
        let offices = self.monitoring.offices.current();
        let codes = below(&[office.id], &offices);
        let mut all = senders::store::all(conn, scope).await?;
        all.retain(|one| offices.get(one.fields.body).is_some_and(|office| codes.contains(&office.code)));
        if all.is_empty() {
            return Ok((vec![Line::plain(l.fact_no_senders())], None));
        }
        let period = (self.today.plus_days(-BACK), self.today.plus_days(-1));
        let (found, now) =
            (deliveries::between(conn, scope, period.0, period.1).await?, self.monitoring.ctx.now());
        let stood: Vec<Day> = all.iter().flat_map(|one| days(one, period, &found, now)).collect();
        let (there, owed) = came(stood.iter());
        let complete =
            Line { href: Tab::Completeness.href().into(), ..Line::plain(l.completeness_lead(owed, there)) };
        let line = |one: &Sender| Line {
            text: one.fields.name.clone(),
            href: format!("{}?sender={}", Tab::Deliveries.href(), one.id),
            more: one.fields.code.clone(),
        };
        Ok((all.iter().map(line).collect(), (owed > 0).then_some(complete)))
    }

    fn body(&self, code: &str, name: &str) -> Line {
        let href = self.asked.address(PATH, &[("by", ""), (By::Body.word(), code)]);
        Line { text: name.to_owned(), href, more: code.to_owned() }
    }
}
