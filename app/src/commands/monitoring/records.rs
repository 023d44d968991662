//! `otklik monitoring records`: the reference data that hold on a day.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _, ValueParser};
use otklik_kernel::{CivilDay, Zone};
use otklik_monitoring::answers::{Cell, Sheet};
use otklik_monitoring::reference::in_force::holds;
use otklik_monitoring::reference::{Content, FIELDS, Kind, Raw, place, store};
use otklik_monitoring::senders;
use serde_json::{Value, json};

use super::common::{Opened, SYSTEM, day};
use super::report::table;
use crate::commands::Json;
use crate::settings::Settings;

/// Fields that a table leaves out: the name tells them already, or they are too long for it.
const LEFT_OUT: [&str; 5] = ["code", "service", "variant", "printed", "more"];

/// Which reference data are listed.
#[derive(Args, Debug)]
pub struct RecordsArgs {
    /// What they are about
    #[arg(value_parser = kinds())]
    kind: Kind,
    /// The day on which they hold [default: today]
    #[arg(long, value_parser = day)]
    day: Option<CivilDay>,
    #[command(flatten)]
    json: Json,
}

fn kinds() -> ValueParser {
    let codes = PossibleValuesParser::new(Kind::ALL.map(Kind::code));
    codes.try_map(|code| Kind::find(&code).ok_or("такого справочника нет")).into()
}

/// Lists what holds on a day by name: what is built in, with what was edited over it.
pub async fn run(settings: Settings, args: RecordsArgs) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let day = args.day.unwrap_or_else(|| opened.ctx.now().day_in(&Zone::utc()));
    let conn = opened.installation.db.read();
    let mut held = holds(args.kind, store::all(conn, args.kind).await?, day);
    if args.kind == Kind::OwnStatus {
        let codes = senders::store::all(conn, &SYSTEM).await?;
        let codes = codes.into_iter().map(|sender| (sender.id.to_string(), sender.fields.code)).collect();
        held = by_sender(held, &codes);
    }
    let mut held: Vec<(String, Content)> = held.into_iter().collect();
    held.sort_by_key(|(name, _)| place(args.kind, name));
    let records: Vec<Value> =
        held.iter().map(|(name, content)| json!({ "name": name, "content": content })).collect();
    let answer = json!({ "kind": args.kind.code(), "day": day.to_string(), "records": records });
    args.json.print(&answer, &table(&sheet(args.kind, &held)))?;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Senders' own statuses under the senders' codes instead of their ids.
fn by_sender(held: BTreeMap<String, Content>, codes: &BTreeMap<String, String>) -> BTreeMap<String, Content> {
    let named = |name: String| match name.split_once('/') {
        Some((id, own)) => codes.get(id).map_or_else(|| name.clone(), |code| format!("{code}/{own}")),
        None => name,
    };
    held.into_iter().map(|(name, content)| (named(name), content)).collect()
}

/// The records as a table: the columns that say something of any of them.
fn sheet(kind: Kind, held: &[(String, Content)]) -> Sheet {
    let rows: Vec<(&str, Raw)> =
        held.iter().map(|(name, content)| (name.as_str(), Raw::saying(kind, name, content))).collect();
    let says =
        |field: &&str| !LEFT_OUT.contains(field) && rows.iter().any(|(_, raw)| !raw.get(field).is_empty());
    let shown: Vec<&str> = FIELDS.into_iter().filter(says).collect();
    let cell = |text: &str| if text.is_empty() { Cell::None } else { Cell::Text(text.to_owned()) };
    let row = |(name, raw): &(&str, Raw)| {
        std::iter::once(*name).chain(shown.iter().map(|field| raw.get(field))).map(cell).collect()
    };
    Sheet {
        columns: std::iter::once("name").chain(shown.iter().copied()).map(ToOwned::to_owned).collect(),
        rows: rows.iter().map(row).collect(),
        is_exact: true,
    }
}
