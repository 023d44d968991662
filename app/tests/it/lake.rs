//! Daily data of a region in the lake, and everything that routes tell of it: to those who may see it, to nobody else.

use std::path::Path;

use otklik::wire;
use otklik_access::Role;
use otklik_kernel::{CivilDay, Zone};
use otklik_monitoring::answers::Which;
use otklik_monitoring::ingest::Verdict;
use otklik_monitoring::senders::{Fields, Policy, store};
use otklik_monitoring::take::{check_with, register};
use otklik_progress::check::{Claim, NoneKnown};

use crate::routes::{Line, lines};
use crate::world::{FAR_MARK, FAR_OFFICE, OFFICE, World, form, on_both};

/// The day of the data.
pub const DAY: CivilDay = CivilDay(20_261_121);

const API: &str = "/api/v1/monitoring/";

/// What the data of one region say and those of the other don't.
#[derive(Clone)]
pub struct Lake {
    /// Stands in the number of its service, in its kind of information, in what was rated.
    pub mark: &'static str,
    /// The code of its sender.
    pub sender: String,
    /// The body and the region of its application.
    pub body: (&'static str, &'static str),
    /// A step that its application alone took: code and name of the status.
    pub step: (i16, &'static str),
}

/// The lake's data of the near region.
pub fn near(sender: String) -> Lake {
    let step = (1014, "Выдан результат на бумажном носителе");
    Lake { mark: "Ближн", sender, body: (OFFICE, "69"), step }
}

/// The lake's data of the far region.
pub fn far(sender: String) -> Lake {
    let step = (1015, "Выдан результат на электронном носителе");
    Lake { mark: FAR_MARK, sender, body: (FAR_OFFICE, "25"), step }
}

/// A question that a route answers.
pub struct Question {
    pub path: String,
    /// What the answer says when it tells of the region's data.
    pub says: Option<String>,
}

impl Lake {
    fn service(&self) -> String {
        format!("{}-1", self.mark)
    }

    /// The number of its application, which says nothing of the region: it is repeated when it is asked for.
    pub fn request(&self) -> String {
        format!("{}-1", self.body.0)
    }

    fn mnemonic(&self) -> String {
        format!("{} запрос", self.mark)
    }

    /// An application that has a part in every figure: with a queue, requests that were answered and not, a rule broken, a
    /// refusal, a mark, a complaint.
    fn package(&self, folder: &Path) {
        let (request, (office, region), mark) = (self.request(), self.body, self.mark);
        let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        write(
            "applications.csv",
            format!(
                "request_id;service_id;channel_in;region;body;body_code\n\
                 {request};{};МФЦ;{region};{mark} орган;{office}\n",
                self.service()
            ),
        );
        let mut events = "request_id;process;status;date;time;interagency_mnemonic\n".to_owned();
        for (process, status, time, mnemonic) in [
            ("mfc", 1003, "09:00:00", ""),
            ("mfc", 1004, "09:10:00", ""),
            ("mfc", 1005, "09:11:00", ""),
            ("mfc", 1007, "09:12:00", ""),
            ("authority", 2, "10:00:00", ""),
            ("authority", 1, "10:05:00", ""),
            ("authority", 1, "10:06:00", ""),
            ("authority", 1010, "10:10:00", &*self.mnemonic()),
            ("authority", 1011, "10:40:00", &*self.mnemonic()),
            ("authority", 1010, "10:45:00", &*self.mnemonic()),
            ("authority", 1012, "10:50:00", &*self.mnemonic()),
            ("authority", 4, "12:00:00", ""),
            ("authority", self.step.0, "12:30:00", ""),
        ] {
            events += &format!("{request};{process};{status};21-11-2026;{time};{mnemonic}\n");
        }
        write("events.csv", events);
        write(
            "ratings.csv",
            format!(
                "request_id;date;time;mark;criteria;comment\n\
                 {request};21-11-2026;13:00:00;2;{mark} вид=2;{mark} отзыв\n"
            ),
        );
        write(
            "complaints.csv",
            format!("request_id;complaint_id;event;date;time\n{request};Ж-1;accepted;21-11-2026;13:30:00\n"),
        );
    }

    /// Brings them into the lake of the programme, checked as every delivery is.
    pub async fn deliver(&self, world: &World) {
        let folder = tempfile::tempdir().unwrap();
        self.package(folder.path());
        let (hub, _) = wire::lake(&world.ctx, &world.settings).unwrap();
        let mut register = register(&hub, DAY).await.unwrap();
        // The register of services is for everybody to see: this one stands in the data alone.
        register.services.entry(self.service()).or_default();
        let claim = Claim {
            sender: Some(self.sender.clone()),
            day: Some(DAY),
            revision: Some(1),
            ..Claim::at(world.ctx.now())
        };
        let report = tempfile::NamedTempFile::new().unwrap();
        let checked = check_with(&register, folder.path(), &claim, &NoneKnown, report.path()).unwrap();
        assert_eq!(checked.errors, 0, "{:?}", std::fs::read_to_string(report.path()));
        let verdicts = hub.importer().await.unwrap().import(&[checked.delivery.unwrap()]).await.unwrap();
        assert!(matches!(verdicts[..], [Verdict::Accepted(_)]), "{verdicts:?}");
    }

    /// What an answer of a route says when it tells of these data.
    pub fn says(&self, path: &str) -> &str {
        match path {
            path if path.starts_with("/admin/monitoring/map") => self.step.1,
            path if path.starts_with(&format!("{API}reports/completeness")) => &self.sender,
            _ => self.mark,
        }
    }

    /// Everything that a route answers of the lake, what tells most first; nothing of other routes.
    pub fn questions(&self, path: &str) -> Vec<Question> {
        let (page, kind) = path.rsplit_once('.').unwrap_or((path, ""));
        let is_file = !kind.is_empty();
        let ask = |path: &str, fields: &[(&str, &str)], is_told: bool| Question {
            says: is_told.then(|| self.says(path).to_owned()),
            path: format!("{path}?{}", form(fields)),
        };
        match page.trim_start_matches("/admin/monitoring/").trim_start_matches(API) {
            "analysis" if is_file => {
                let pair = [("from_status", "2"), ("to_status", "4"), ("by", "service")];
                let figure = |name| ask(path, &[&[("figure", name)], &pair[..]].concat(), name != "dynamics");
                FIGURES.map(figure).into()
            }
            "analysis" => {
                let by = |by| ask(path, &[("by", by), ("from_status", "2"), ("to_status", "4")], true);
                ["service", "body"].map(by).into()
            }
            "map" => vec![ask(path, &[("all", "1")], true), ask(path, &[], true)],
            "application" => vec![ask(path, &[("request", &self.request())], true)],
            "applications" => {
                let pair = if path.starts_with(API) { ["from", "to"] } else { ["from_status", "to_status"] };
                let mnemonic = self.mnemonic();
                // Nothing took longer than its norm allows.
                let list = |what| ask(path, &list(what, &mnemonic, pair), what != "overdue");
                Which::WORDS.map(list).into()
            }
            "applications/{request}" => {
                let path = path.replace("{request}", &self.request());
                vec![Question { says: Some(self.says(&path).to_owned()), path }]
            }
            "reports/{name}" => {
                let of = |name: &str| {
                    let path = path.replace("{name}", name);
                    let by: &[(&str, &str)] = if name == "completeness" { &[] } else { &[("by", "service")] };
                    [ask(&path, by, true), ask(&path, &[by, &[("format", "csv")]].concat(), true)]
                };
                REPORTS.into_iter().flat_map(of).collect()
            }
            "completeness" => vec![ask(path, &[], true)],
            _ => Vec::new(),
        }
    }
}

/// What is said to be given a list of applications.
fn list<'a>(what: &'a str, mnemonic: &'a str, [from, to]: [&'a str; 2]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("what", what)];
    match what {
        "stage" => fields.push(("stage", "denied")),
        "rule" => fields.push(("rule", "4")),
        "exchange" => fields.push(("mnemonic", mnemonic)),
        "step" => fields.extend([(from, "2"), (to, "1")]),
        "between" => fields.extend([(from, "2"), (to, "4")]),
        _ => {}
    }
    fields
}

/// The figures of the page.
const FIGURES: [&str; 12] = [
    "durations",
    "dynamics",
    "norm",
    "bottlenecks",
    "between",
    "waiting",
    "refusals",
    "interagency",
    "order",
    "digital",
    "people",
    "criteria",
];

/// The reports of the API.
const REPORTS: [&str; 14] = [
    "overview",
    "durations",
    "transitions",
    "bottlenecks",
    "waiting",
    "refusals",
    "interagency",
    "mnemonics",
    "conformance",
    "digital",
    "complaints",
    "satisfaction",
    "criteria",
    "completeness",
];

impl World {
    /// Asks what a route answers of a region's data, everything or what tells most: it tells of them, and not of the other's.
    pub async fn ask(&self, line: &Line, session: &str, (own, other): (&Lake, &Lake), all: bool) {
        let questions = own.questions(&line.path);
        let most = if all { questions.len() } else { 1 };
        for Question { path, says } in questions.into_iter().take(most) {
            let answer = self.get_as(session, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let (told, hidden) = (says.unwrap_or_default(), other.says(&path));
            assert!(answer.text.contains(&told), "{path} doesn't tell of «{told}»: {}", answer.text);
            assert!(!answer.text.contains(hidden), "{path} tells of «{hidden}»: {}", answer.text);
        }
        if is_of_one(&line.path) {
            for Question { path, .. } in other.questions(&line.path) {
                let answer = self.get_as(session, &path).await;
                let expected = if line.path == SEARCH { 200 } else { 404 };
                assert_eq!(answer.status, expected, "{path}");
                assert!(!answer.text.contains(other.mark), "{path}: {}", answer.text);
            }
        }
    }
}

/// The search for an application: a page that says whether one was found.
const SEARCH: &str = "/admin/monitoring/application";

/// Whether a route is about one application, by its number.
fn is_of_one(path: &str) -> bool {
    path.ends_with("{request}") || path.split(['/', '.']).any(|part| part == "application")
}

async fn add_sender(world: &World, lake: &Lake) {
    let fields = Fields {
        code: lake.sender.clone(),
        name: format!("{} отправитель", lake.mark),
        body: world.body(lake.body.0).await,
        policy: Policy::Whole,
        marks: (1, 5),
        zone: Zone::utc(),
        due_hours: 12,
        since: DAY,
        until: None,
    };
    let tx = world.t.db.begin().await.unwrap();
    store::insert(&tx, world.t.new_id(), &fields, world.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn x6_what_the_lake_holds_is_told_within_the_scope_and_never_beyond_it() {
    on_both(async |world| {
        let (near, far) = (near("near".into()), far("far".into()));
        for lake in [&near, &far] {
            add_sender(&world, lake).await;
            lake.deliver(&world).await;
        }
        let reader = async |login: &str, body: &str| {
            let person = world.person(login, world.body(body).await, &[Role::Administrator], "").await;
            world.session(person).await
        };
        let (here, there) = (reader("here", "6900").await, reader("there", "2500").await);
        let over_both = reader("over-both", "0000").await;
        let mut routes = 0;
        for line in lines() {
            world.ask(&line, &here, (&near, &far), true).await;
            world.ask(&line, &there, (&far, &near), true).await;
            let questions = near.questions(&line.path);
            routes += usize::from(!questions.is_empty());
            for Question { path, says } in questions.into_iter().filter(|_| !is_of_one(&line.path)) {
                let answer = world.get_as(&over_both, &path).await;
                let is_told = |says: &str| answer.text.contains(says);
                // Of what one region alone has, there is nothing of the other.
                let is_of_one = says.is_none() || path.contains("mnemonic=");
                assert!(is_of_one || is_told(near.says(&path)) && is_told(far.says(&path)), "{path}");
            }
        }
        assert!(routes >= 23, "{routes}");
    });
}
