//! What the slice's handlers share.

use axum::http::StatusCode;
use otklik_access::{Permission, Scope};
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_organisations::act::Act;
use otklik_organisations::{SharedOffices, store as bodies};
use otklik_ui::{Choice, FlashKind, Page, Section, When};
use otklik_web::{Ctx, Fail, Form, Trace, Who};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::deliveries::depot::Depot;
use crate::hub::Hub;
use crate::partners::folder::Roots;
use crate::refusal::Mistake;
use crate::texts::L;
use crate::visible;

/// What the handlers share.
#[derive(Clone, Debug)]
pub struct Monitoring {
    /// What every slice's handlers share.
    pub ctx: Ctx,
    /// The tree in memory.
    pub offices: SharedOffices,
    /// Files of deliveries.
    pub depot: Depot,
    /// The lake.
    pub hub: Hub,
    /// Folders into which data may be sent.
    pub folders: Roots,
    /// Wakes the job that checks deliveries.
    pub received: otklik_jobs::Waker,
    /// Wakes the job that sends to partners.
    pub to_send: otklik_jobs::Waker,
}

impl Monitoring {
    /// The change that a caller makes.
    pub(crate) fn act<'a>(&'a self, who: &'a Who, trace: &'a Trace) -> Act<'a> {
        Act::of(&self.ctx, &who.caller, trace)
    }

    /// Whether the caller may change what holds for all.
    pub(crate) fn is_over_all(&self, who: &Who) -> bool {
        visible::is_over_all(&who.caller.scope(Permission::ManageMonitoring), &self.offices.current())
    }

    /// The zone in which moments are shown: that of the first body of the scope.
    pub(crate) fn zone(&self, scope: &Scope) -> Zone {
        let offices = self.offices.current();
        let top = scope.tops().first().and_then(|&top| offices.get(top));
        top.map_or_else(Zone::utc, |office| office.zone.clone())
    }

    /// The name of a body.
    pub(crate) fn body_name(&self, body: Id) -> String {
        self.offices.current().get(body).map_or_else(String::new, |office| office.name.clone())
    }

    /// Bodies to choose from by code: all of a small scope, none of a large one, where one types.
    pub(crate) async fn options(&self, scope: &Scope) -> Result<Vec<(String, String)>, Fail> {
        const MOST: u32 = 300;
        let found = bodies::search(self.ctx.db.read(), scope, "", MOST + 1).await?;
        let is_large = found.len() > MOST as usize;
        let few = found.into_iter().filter(|_| !is_large);
        Ok(few.map(|body| (body.fields.code, body.fields.short_name)).collect())
    }
}

/// The texts in the viewer's language.
pub(crate) fn texts(who: &Who) -> L {
    L(who.viewer.lang)
}

/// An id in an address; anything else is a page that doesn't exist.
pub(crate) fn id(text: &str) -> Result<Id, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

/// The query of an address, read as strictly as a form.
pub(crate) fn query(raw: Option<String>) -> Result<Form, Fail> {
    Ok(Form::parse(raw.unwrap_or_default().as_bytes())?)
}

/// A choice of one or of all; what was typed and isn't among them stays chosen.
pub(crate) fn choices(all: &str, some: impl Iterator<Item = (String, String)>, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", all, current)];
    choices.extend(some.map(|(code, name)| Choice::new(code, name, current)));
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(current, current, current));
    }
    choices
}

/// A day of this century, as an address gives it.
pub(crate) fn day(text: &str) -> Option<CivilDay> {
    CivilDay::parse(text).filter(|day| (20_000_101..20_900_101).contains(&day.0))
}

/// The fields of a filter as a query, without empty ones.
pub(crate) fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs = filled.map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A query as the end of an address, or nothing.
pub(crate) fn tail(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}

/// A moment as a page shows it, to the second.
pub(crate) fn when(at: Instant, zone: &Zone) -> When {
    When::new(at.plus(-at.0.rem_euclid(Instant::SECOND)), zone)
}

/// The status of a form's page.
pub(crate) const fn status(mistakes: &[Mistake]) -> StatusCode {
    if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// A part of the section, as the row of links under its title shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Analysis,
    Map,
    Application,
    Completeness,
    Deliveries,
    Senders,
    Records,
    Partners,
}

/// A link of the row.
pub(crate) struct TabView {
    pub href: &'static str,
    pub text: &'static str,
    pub is_current: bool,
}

impl Tab {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Analysis,
        Self::Map,
        Self::Application,
        Self::Completeness,
        Self::Deliveries,
        Self::Senders,
        Self::Records,
        Self::Partners,
    ];

    pub const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/admin/monitoring",
            Self::Analysis => "/admin/monitoring/analysis",
            Self::Map => "/admin/monitoring/map",
            Self::Application => "/admin/monitoring/application",
            Self::Completeness => "/admin/monitoring/completeness",
            Self::Deliveries => "/admin/monitoring/deliveries",
            Self::Senders => "/admin/monitoring/senders",
            Self::Records => "/admin/monitoring/records",
            Self::Partners => "/admin/monitoring/partners",
        }
    }

    pub fn text(self, l: L) -> &'static str {
        match self {
            Self::Overview => l.tab_overview(),
            Self::Analysis => l.tab_analysis(),
            Self::Map => l.tab_map(),
            Self::Application => l.tab_application(),
            Self::Completeness => l.tab_completeness(),
            Self::Deliveries => l.tab_deliveries(),
            Self::Senders => l.tab_senders(),
            Self::Records => l.tab_records(),
            Self::Partners => l.tab_partners(),
        }
    }

    /// The row, with this part marked.
    pub fn row(self, l: L) -> Vec<TabView> {
        Self::ALL.map(|tab| TabView { href: tab.href(), text: tab.text(l), is_current: tab == self }).into()
    }

    /// A page below this part.
    pub fn below(self, who: &Who, title: impl Into<String>) -> Page {
        let l = texts(who);
        let page = who.page(Section::Monitoring, title);
        page.crumb(l.section(), Self::Overview.href()).crumb(self.text(l), self.href())
    }
}

/// Says above the page what was just done, by the code after `?done=`.
pub(crate) fn flash(page: Page, l: L, query: &Form) -> Page {
    let text = match query.get("done") {
        "known" => return page.flash(FlashKind::Notice, l.done_known()),
        "sender-added" => l.done_sender_added(),
        "saved" => l.done_saved(),
        "token-ended" => l.done_token_ended(),
        "record" => l.done_record(),
        "record-derived" => l.done_record_derived(),
        "partner-added" => l.done_partner_added(),
        "again" => l.done_again(),
        _ => return page,
    };
    page.flash(FlashKind::Done, text)
}
