//! `otklik monitoring report applications`: the applications behind a figure, one by one.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;
use otklik_kernel::{Instant, Zone};
use otklik_monitoring::answers::{Allowed, Between, Cell, Listed, NoList, Sheet, Wanted, Which, stages};
use otklik_organisations::{Offices, SharedOffices};

use super::common::Opened;
use super::exchange::answers;
use super::part::PartArgs;
use super::report::{Shape, no_event, table, unknown, wrong};
use crate::commands::say;
use crate::settings::Settings;

/// Rows that are printed, unless said otherwise.
const ROWS: u32 = 50;
/// Rows that are printed at most: as many as a file of the page has.
const MOST_ROWS: u32 = 100_000;

/// Which applications.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Which applications (applications)
    #[arg(long, value_parser = PossibleValuesParser::new(Which::WORDS))]
    what: Option<String>,
    /// At which stage they stopped (--what stage)
    #[arg(long, value_parser = PossibleValuesParser::new(stages()))]
    stage: Option<String>,
    /// Which rule they break, by its number (--what rule)
    #[arg(long, value_parser = clap::value_parser!(u8).range(..=63))]
    rule: Option<u8>,
    /// Which kind of information was asked for; "" for requests of which none was told (--what exchange)
    #[arg(long)]
    mnemonic: Option<String>,
    /// How many rows to print (applications); 50 unless said
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_ROWS)))]
    limit: Option<u32>,
}

impl ListArgs {
    /// Whether anything is said.
    pub fn is_of_some(&self) -> bool {
        let Self { what, stage, rule, mnemonic, limit } = self;
        what.is_some() || stage.is_some() || rule.is_some() || mnemonic.is_some() || limit.is_some()
    }

    fn which(&self, pair: Option<Between>) -> Result<Which, String> {
        let Some(what) = self.what.as_deref() else {
            return Err(format!("какие заявления, говорит --what: {}", Which::WORDS.join(", ")));
        };
        let wanted = Wanted {
            what,
            stage: self.stage.as_deref(),
            rule: self.rule,
            mnemonic: self.mnemonic.as_deref(),
            pair,
        };
        Which::find(&wanted).map_err(|no_list| match no_list {
            NoList::Needs("from") => format!("для --what {what} нужны --from и --to — два статуса"),
            NoList::Needs(field) => format!("для --what {what} нужен --{field}"),
            NoList::Useless("from") => format!("--from и --to для --what {what} не имеют смысла"),
            NoList::Useless(field) => format!("--{field} для --what {what} не имеет смысла"),
            NoList::What | NoList::Stage => format!("--what {what}: такого списка нет"),
        })
    }
}

/// Prints the list: 2 when what is asked for makes no sense.
pub async fn run(
    settings: Settings,
    (args, part, pair): (&ListArgs, &PartArgs, Option<Between>),
    shape: Shape,
) -> Result<ExitCode> {
    let which = match args.which(pair) {
        Ok(which) => which,
        Err(what) => return wrong(&what),
    };
    let opened = Opened::open(settings).await?;
    if let Some(code) = unknown(&opened, pair).await? {
        opened.close().await;
        return no_event(code);
    }
    if let Which::Rule(rule) = which
        && opened.hub.rules().await?.rule(rule).is_none()
    {
        opened.close().await;
        return wrong(&format!("--rule {rule}: такого правила порядка нет"));
    }
    let answers = answers(&opened).await?;
    let (ask, limit) = (part.ask(&opened, Vec::new()).await?, args.limit.unwrap_or(ROWS));
    let listed = answers.list_with_total(&ask, &Allowed::All, &which, (limit.into(), 0)).await?;
    match shape {
        Shape::Json => say(&(serde_json::to_string_pretty(&listed)? + "\n"))?,
        Shape::Csv => {
            say(&listed.sheet.csv())?;
            eprintln!("otklik: {}", shown(&listed));
        }
        Shape::Words => {
            let offices = SharedOffices::open(&opened.ctx.db).await?.current();
            let shown = shown(&listed);
            say(&format!("{}{shown}\n", table(&by_clocks(listed.sheet, &offices))))?;
        }
    }
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

/// How much of the list was printed.
fn shown(listed: &Listed) -> String {
    let (shown, total) = (listed.sheet.rows.len() as u64, listed.total);
    match shown < total {
        true => format!("Показаны первые {shown} из {total}; сколько показать, говорит --limit."),
        false => format!("Показаны все: {total}."),
    }
}

/// With the moments on the clocks of the bodies, as the page shows them.
fn by_clocks(mut sheet: Sheet, offices: &Offices) -> Sheet {
    let Some((began, body)) = sheet.column("began").zip(sheet.column("body")) else { return sheet };
    for row in &mut sheet.rows {
        if let Some(at) = row[began].whole() {
            let office = row[body].text().and_then(|code| offices.find(code));
            let zone = office.map_or_else(Zone::utc, |office| office.zone.clone());
            row[began] = Cell::Text(Instant(at * Instant::SECOND).show_exact_in(&zone));
        }
    }
    sheet
}
