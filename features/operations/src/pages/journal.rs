//! The journal within a person's scope (ORG-7).

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_journal::{Filter, PAGE_SIZE};
use otklik_kernel::time::CivilDay;
use otklik_kernel::{Instant, Zone};
use otklik_organisations::Offices;
use otklik_ui::{Choice, Errors, Page, Pager, Section, When, thousands};
use otklik_web::{Fail, Form, Who, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::row::{EntryRow, Shown, own_zone};
use crate::Operations;
use crate::texts::L;

/// Groups of actions that the filter offers; an exact action may stand in the address.
const GROUPS: [&str; 13] = [
    "bodies.",
    "units.",
    "people.",
    "sessions.",
    "responsibles.",
    "recipients.",
    "alerts.",
    "responses.",
    "posters.",
    "placements.",
    "questionnaires.",
    "outbox.",
    "journal.",
];

/// The filter's fields, in the order of the form.
const FIELDS: [&str; 5] = ["from", "to", "actor", "action", "code"];

#[derive(Template)]
#[template(path = "operations/journal.html")]
struct JournalView {
    page: Page,
    l: L,
    sealed: Option<Sealed>,
    waiting: Option<String>,
    zone: String,
    asked: Asked,
    actions: Vec<Choice>,
    errors: Errors,
    rows: Vec<EntryRow>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "operations/entry.html")]
struct EntryView {
    page: Page,
    l: L,
    row: EntryRow,
}

/// How far the chain reaches.
struct Sealed {
    seq: String,
    when: When,
}

/// What was typed into the filter.
struct Asked {
    from: String,
    to: String,
    actor: String,
    code: String,
    has_any: bool,
}

/// A page of the journal, newest first.
pub async fn list(
    State(operations): State<Operations>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let (ctx, l) = (&operations.ctx, L(who.viewer.lang));
    let offices = operations.setup.offices.current();
    let zone = own_zone(&who, &offices);
    let conn = ctx.db.read();
    let mut errors = Errors::new();
    let filter = filter(&query, &zone, &offices, l, &mut errors);
    let found = match filter.body {
        Some(body) if !who.scope.contains(conn, body).await? => {
            errors.add("code", l.journal_body_unknown());
            None
        }
        _ if errors.is_empty() => Some(otklik_journal::list(conn, &who.scope, &filter).await?),
        _ => None,
    };
    let (rows, total) = found.map_or((Vec::new(), 0), |found| (found.rows, found.total));
    let shown = Shown { l, who: &who, offices: &offices, zone: &zone };
    let (sealed, waiting) = sealed(&operations, &zone).await?;
    let action = query.get("action");
    Ok(html(
        StatusCode::OK,
        &JournalView {
            page: who.page(Section::Journal, l.journal_title()),
            l,
            sealed,
            waiting: waiting.map(|count| l.journal_waiting(count, thousands(count))),
            zone: zone.name().to_owned(),
            asked: Asked {
                from: day_shown(&query, "from"),
                to: day_shown(&query, "to"),
                actor: query.get("actor").to_owned(),
                code: query.get("code").to_owned(),
                has_any: FIELDS.iter().any(|name| query.is_on(name)),
            },
            actions: actions(l, action),
            errors,
            rows: rows.into_iter().map(|row| shown.row(row)).collect(),
            pager: Pager::new(filter.page, PAGE_SIZE, total, base_query(&query)),
        },
    ))
}

/// One entry, with an address of its own.
pub async fn entry(
    State(operations): State<Operations>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = id.parse().map_err(|_| Fail::NotFound)?;
    let row = otklik_journal::one(operations.ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)?;
    let l = L(who.viewer.lang);
    let offices = operations.setup.offices.current();
    let zone = own_zone(&who, &offices);
    let row = Shown { l, who: &who, offices: &offices, zone: &zone }.row(row);
    let page = who
        .page(Section::Journal, row.action.clone())
        .crumb(l.journal_title(), Section::Journal.href())
        .here(row.when.exact.clone());
    Ok(html(StatusCode::OK, &EntryView { page, l, row }))
}

/// The filter as the address says it; what can't be read is pointed out beside its field.
fn filter(query: &Form, zone: &Zone, offices: &Offices, l: L, errors: &mut Errors) -> Filter {
    let mut day = |name: &str| {
        let text = query.get(name).trim();
        let day = CivilDay::parse(text);
        if day.is_none() && !text.is_empty() {
            errors.add(name, l.journal_day_wrong(text.to_owned()));
        }
        day
    };
    let (from, to) = (day("from"), day("to"));
    let text = |name: &str| Some(query.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let body = text("code").and_then(|code| {
        let office = offices.find(&code);
        if office.is_none() {
            errors.add("code", l.journal_body_unknown());
        }
        office.map(|office| office.id)
    });
    Filter {
        from: from.map(|day| day.start_in(zone)),
        to: to.map(|day| day.plus_days(1).start_in(zone)),
        actor: text("actor"),
        action: text("action"),
        body,
        page: query.get("page").parse().unwrap_or(1),
    }
}

/// A date field can show nothing but a date; a wrong one is in the message beside it.
fn day_shown(query: &Form, name: &str) -> String {
    CivilDay::parse(query.get(name).trim()).map(|day| day.to_string()).unwrap_or_default()
}

fn actions(l: L, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", l.journal_any_action(), current)];
    let group = |code: &str| l.find("group", code.trim_end_matches('.')).unwrap_or_else(|| code.to_owned());
    choices.extend(GROUPS.map(|code| Choice::new(code, group(code), current)));
    if !current.is_empty() && !GROUPS.contains(&current) {
        choices.push(Choice::new(current, crate::words::action(l, current), current));
    }
    choices
}

/// The filter for the addresses of other pages.
fn base_query(query: &Form) -> String {
    let asked = FIELDS.into_iter().filter(|name| query.is_on(name));
    let pair = |name| format!("{name}={}", utf8_percent_encode(query.get(name), NON_ALPHANUMERIC));
    asked.map(pair).collect::<Vec<_>>().join("&")
}

/// How far the whole chain reaches, and how many of the newest entries it doesn't hold yet.
async fn sealed(operations: &Operations, zone: &Zone) -> Result<(Option<Sealed>, Option<u64>), DbErr> {
    let scope = Scope::system("the chain is one for everybody; only its last number and moment are shown");
    let newest = otklik_journal::list(operations.ctx.db.read(), &scope, &Filter::default()).await?;
    let waiting = newest.rows.iter().filter(|row| row.seq.is_none()).count() as u64;
    let last = newest.rows.iter().filter_map(|row| Some((row.seq?, row.at))).max_by_key(|&(seq, _)| seq);
    let sealed =
        |(seq, at): (i64, Instant)| Sealed { seq: thousands(seq.unsigned_abs()), when: When::new(at, zone) };
    Ok((last.map(sealed), (waiting > 0).then_some(waiting)))
}
