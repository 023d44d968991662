//! The lake's tables: what is true, and what is derived from it.
//!
//! Moments are whole seconds since 1970 in UTC (the daily data know no finer), days `YYYYMMDD` in the office,
//! durations seconds. A text that was not given is empty, a number that was not given is null.

use std::sync::LazyLock;

use otklik_lake::arrow::datatypes::{DataType, Field, Schema};
use otklik_lake::{Packing, Table};

use crate::derive::{CODES, STAGES};

/// What questions are about and rows lie together by, beside days: pages without it are left out.
const ASKED: [&str; 3] = ["service", "region", "body"];

/// Every delivery that was ever accepted; the highest revision of a sender's day holds.
pub static DELIVERIES: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "deliveries",
        Schema::new(vec![
            number("delivery"),
            text("sender"),
            int("day"),
            int("revision"),
            text("digest"),
            number("at"),
            number("services"),
            number("applications"),
            number("events"),
            number("payments"),
            number("ratings"),
            number("complaints"),
        ]),
    )
});

/// What was told of services.
pub static SERVICES: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "services",
        Schema::new(vec![
            number("delivery"),
            text("service"),
            text("variant"),
            text("name"),
            text("direction"),
            maybe("norm_days", DataType::Int16),
            maybe("norm_working", DataType::Boolean),
            maybe("norm_from", DataType::Int16),
            maybe("norm_to", DataType::Int16),
            int("valid_from"),
        ]),
    )
});

/// What was told of applications, each time.
pub static APPLICATIONS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "applications",
        Schema::new(vec![
            number("delivery"),
            int("line"),
            text("request"),
            text("service"),
            text("variant"),
            text("topic"),
            tiny("channel_in"),
            tiny("channel_out"),
            text("mnemonic"),
            small("region"),
            text("body_name"),
            text("body_code"),
            text("applicant"),
            tiny("sex"),
            maybe("age", DataType::Int16),
            maybe("ogrn", DataType::Int64),
        ]),
    )
    .packed(Packing::Prefix, &["request"])
    .packed(Packing::Plain, &["applicant"])
    .packed(Packing::Delta, &["delivery", "line"])
    .looked_up_by(&["request"])
    .filtered_by(&["delivery", "request"])
    .level(1)
});

/// Events as they were told: the truth.
pub static EVENTS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "events",
        Schema::new(vec![
            number("delivery"),
            text("request"),
            tiny("process"),
            small("item"),
            small("status"),
            number("at"),
            small("offset"),
            int("seq"),
            text("mnemonic"),
        ]),
    )
    .packed(Packing::Prefix, &["request"])
    .packed(Packing::Delta, &["at", "offset", "seq"])
    .looked_up_by(&["request"])
    .filtered_by(&["delivery", "request"])
    .level(1)
});

fn told(name: &str, more: Vec<Field>) -> Table {
    let mut fields = vec![number("delivery"), int("line"), text("request"), number("request_key")];
    fields.extend(more);
    fields.extend([number("at"), small("offset")]);
    Table::new(name, Schema::new(fields))
        .packed(Packing::Prefix, &["request"])
        .packed(Packing::Plain, &["request_key"])
        .packed(Packing::Delta, &["delivery", "at", "line"])
        .looked_up_by(&["request"])
        .filtered_by(&["delivery", "request"])
        .level(1)
}

/// Events of fees.
pub static PAYMENTS: LazyLock<Table> = LazyLock::new(|| told("payments", vec![tiny("event")]));

/// Ratings. Marks stand as they were given, beside the scale that was agreed with their sender when they were taken in;
/// files of before scales were kept have none: their marks are of the scale from 1 to 5.
pub static RATINGS: LazyLock<Table> = LazyLock::new(|| {
    let scale = ["mark_least", "mark_most"].map(|name| maybe(name, DataType::Int16));
    let own = [small("mark"), text("criteria"), text("comment")];
    told("ratings", own.into_iter().chain(scale).collect())
});

/// Events of complaints.
pub static COMPLAINTS: LazyLock<Table> =
    LazyLock::new(|| told("complaints", vec![text("complaint"), tiny("event")]));

/// A row for each application, and again whenever it changed: the one of the highest version holds.
pub static CASES: LazyLock<Table> = LazyLock::new(|| {
    let mut fields = vec![
        number("request_key"),
        number("version"),
        text("request"),
        flag("known"),
        text("service"),
        text("variant"),
        tiny("channel_in"),
        tiny("channel_out"),
        text("mnemonic"),
        small("region"),
        text("body"),
        text("body_name"),
        tiny("sex"),
        maybe("age", DataType::Int16),
        maybe("ogrn", DataType::Int64),
        int("given_day"),
        text("given_sender"),
        int("given_line"),
        maybe("began", DataType::Int64),
        int("began_day"),
        maybe("ended", DataType::Int64),
        int("ended_day"),
        tiny("outcome"),
        int("events"),
        maybe("last_at", DataType::Int64),
        maybe("last_status", DataType::Int16),
        maybe("last_process", DataType::Int8),
        maybe("total", DataType::Int64),
        maybe("paused", DataType::Int64),
        flag("is_paused"),
        flag("is_open_ended"),
        int("asked"),
        int("answered"),
        int("failed"),
        number("findings"),
        maybe("norm", DataType::Int32),
        maybe("spent", DataType::Int32),
        maybe("is_within", DataType::Boolean),
        maybe("waited", DataType::Int64),
        maybe("called", DataType::Int64),
        Field::new("trail", DataType::Binary, false),
    ];
    let moments: Vec<String> = ["first", "last"]
        .iter()
        .flat_map(|which| CODES.iter().map(move |code| format!("{which}_{code}")))
        .collect();
    let moments: Vec<&str> = moments.iter().map(String::as_str).collect();
    fields.extend(moments.iter().map(|name| maybe(name, DataType::Int64)));
    let alike = ["version", "region", "given_day", "given_line", "began", "ended", "last_at", "total"];
    Table::new("cases", Schema::new(fields))
        .packed(Packing::Prefix, &["request"])
        .packed(Packing::Plain, &["request_key", "trail"])
        .packed(Packing::Delta, &moments)
        .packed(Packing::Delta, &alike)
        .looked_up_by(&["request"])
        .filtered_by(&[&ASKED[..], &["request", "began_day", "ended_day"]].concat())
        .level(1)
});

/// Rows of `cases` that no longer hold: those of an application below a version.
pub static CASES_GONE: LazyLock<Table> = LazyLock::new(|| gone("cases_gone"));

/// What `transitions` and `exchanges` say of the application, then their own.
fn of_application(name: &str, own: Vec<Field>) -> Table {
    let mut fields = vec![
        number("request_key"),
        number("version"),
        text("service"),
        text("variant"),
        small("region"),
        text("body"),
        tiny("channel_in"),
    ];
    fields.extend(own);
    Table::new(name, Schema::new(fields))
        .packed(Packing::Plain, &["request_key"])
        .packed(Packing::Delta, &["version", "region", "seconds"])
        .filtered_by(&[&ASKED[..], &["day"]].concat())
        .level(1)
}

/// Two events that follow one another, planned moments left out.
pub static TRANSITIONS: LazyLock<Table> = LazyLock::new(|| {
    let own = vec![
        tiny("process_from"),
        tiny("process_to"),
        small("from_status"),
        small("to_status"),
        int("day"),
        int("seconds"),
        int("paused"),
    ];
    of_application("transitions", own)
});

/// Answers and failures of interagency requests.
pub static EXCHANGES: LazyLock<Table> = LazyLock::new(|| {
    let own = vec![text("mnemonic"), small("status"), int("day"), maybe("seconds", DataType::Int32)];
    of_application("exchanges", own)
});

/// Rows of `transitions` and `exchanges` that no longer hold: those of an application below a version.
pub static STEPS_GONE: LazyLock<Table> = LazyLock::new(|| gone("steps_gone"));

/// How many durations fell into each bucket, per civil day on which they ended; rows of equal keys add up, some are
/// negative.
///
/// How long durations are together stands with [`TOGETHER`], once for all buckets: by each it would be most of the table.
/// `from_status` is a status, or [`TOTAL`] with what is counted in `to_status`. Whole durations are counted by region,
/// transitions in all regions together: their region is 0.
pub static SPANS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "spans",
        Schema::new(vec![
            small("from_status"),
            small("to_status"),
            text("service"),
            small("region"),
            int("day"),
            small("bucket"),
            number("count"),
            number("seconds"),
        ]),
    )
    .row_group(1 << 17)
    .level(1)
});

/// `bucket` of all buckets together: none is counted in it.
pub const TOGETHER: i16 = -1;
/// `from_status` of spans that are no transitions.
pub const TOTAL: i16 = -1;
/// `to_status` of the whole duration.
pub const WHOLE: i16 = -1;
/// `to_status` of the duration without suspension.
pub const ACTIVE: i16 = -2;

/// The sums of `figures`, in order; those of [`STAGES`] follow.
pub const FIGURES_OF: [&str; 16] = [
    "began",
    "digital",
    "asked",
    "answered",
    "failed",
    "broken",
    "ended",
    "granted",
    "denied",
    "not_accepted",
    "cancelled",
    "finished",
    "measured",
    "within",
    "total_seconds",
    "paused_seconds",
];

/// All sums of `figures`.
pub const SUMS: [&str; FIGURES_OF.len() + STAGES.len()] = {
    let mut sums = [""; FIGURES_OF.len() + STAGES.len()];
    let mut place = 0;
    while place < sums.len() {
        sums[place] = match place < FIGURES_OF.len() {
            true => FIGURES_OF[place],
            false => STAGES[place - FIGURES_OF.len()].sum,
        };
        place += 1;
    }
    sums
};

/// Counts per civil day: of applications that began on it (the first six, and how many were stopped at each stage) and
/// that ended on it (the others). Those that began are told apart by the rules that they break, as bits (`findings`).
/// Rows of equal keys add up, some are negative.
pub static FIGURES: LazyLock<Table> = LazyLock::new(|| {
    let mut fields = vec![
        int("day"),
        text("service"),
        text("variant"),
        small("region"),
        text("body"),
        tiny("channel_in"),
        number("findings"),
    ];
    fields.extend(SUMS.iter().map(|name| number(name)));
    Table::new("figures", Schema::new(fields)).level(1)
});

/// The form of what is derived, counted up whenever tables or what stands in them change: what an older programme
/// wrote is made anew before anything else is done ([`crate::upkeep::fit`]).
pub const FORM: u64 = 2;

/// The columns of a table that add up over rows of equal keys, which are all others; none unless it is one of sums.
#[must_use]
pub fn sums_of(table: &str) -> &'static [&'static str] {
    match table {
        "spans" => &["count", "seconds"],
        "figures" => &SUMS,
        _ => &[],
    }
}

/// All of them.
pub fn all() -> Vec<Table> {
    let tables = [
        &DELIVERIES,
        &SERVICES,
        &APPLICATIONS,
        &EVENTS,
        &PAYMENTS,
        &RATINGS,
        &COMPLAINTS,
        &CASES,
        &CASES_GONE,
        &TRANSITIONS,
        &EXCHANGES,
        &STEPS_GONE,
        &SPANS,
        &FIGURES,
    ];
    tables.iter().map(|table| (**table).clone()).collect()
}

fn gone(name: &str) -> Table {
    Table::new(name, Schema::new(vec![number("request_key"), number("version")]))
        .packed(Packing::Plain, &["request_key"])
        .packed(Packing::Delta, &["version"])
        .level(1)
}

fn number(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

fn int(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

fn small(name: &str) -> Field {
    Field::new(name, DataType::Int16, false)
}

fn tiny(name: &str) -> Field {
    Field::new(name, DataType::Int8, false)
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn flag(name: &str) -> Field {
    Field::new(name, DataType::Boolean, false)
}

fn maybe(name: &str, of: DataType) -> Field {
    Field::new(name, of, true)
}
