//! Which part of the data a command is about.

use anyhow::Result;
use clap::Args;
use otklik_monitoring::answers::{Ask, By, Period};
use otklik_monitoring::visible::with_below;
use otklik_organisations::SharedOffices;
use otklik_progress::model::Channel;

use super::common::Opened;

/// Which part of the data; all of them when nothing is said.
#[derive(Args, Clone, Debug, Default)]
pub struct PartArgs {
    /// The days: ГГГГ-ММ-ДД..ГГГГ-ММ-ДД, ГГГГ-ММ or ГГГГ
    #[arg(long, value_parser = period)]
    period: Option<Period>,
    /// Of this service
    #[arg(long)]
    service: Option<String>,
    /// Of this variant of the service
    #[arg(long)]
    variant: Option<String>,
    /// Of this region, two digits
    #[arg(long, value_parser = region)]
    region: Option<u16>,
    /// Of this body and those below it
    #[arg(long)]
    body: Option<String>,
    /// Of this channel of the request
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
}

impl PartArgs {
    /// The days, when they are said.
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    /// Whether anything but days is said.
    pub fn is_of_some(&self) -> bool {
        let Self { period: _, service, variant, region, body, channel } = self;
        service.is_some() || variant.is_some() || region.is_some() || body.is_some() || channel.is_some()
    }

    /// The question about this part of an installation's data, broken down.
    ///
    /// # Errors
    /// The database is away.
    pub async fn ask(&self, opened: &Opened, by: Vec<By>) -> Result<Ask> {
        let bodies = match &self.body {
            Some(code) => with_below(code, &SharedOffices::open(&opened.ctx.db).await?.current()),
            None => Vec::new(),
        };
        Ok(Ask {
            by,
            services: self.service.iter().cloned().collect(),
            variants: self.variant.iter().cloned().collect(),
            regions: self.region.into_iter().collect(),
            bodies,
            channels: self.channel.into_iter().collect(),
            from: self.period.map(|period| period.from),
            to: self.period.map(|period| period.to),
        })
    }
}

fn period(text: &str) -> Result<Period, String> {
    let wrong =
        "ожидается ГГГГ-ММ-ДД..ГГГГ-ММ-ДД (от первого дня к последнему), ГГГГ-ММ-ДД, ГГГГ-ММ или ГГГГ";
    Period::parse(text).ok_or_else(|| wrong.to_owned())
}

fn channel(text: &str) -> Result<Channel, String> {
    Channel::find(text).ok_or_else(|| "ожидается ЕПГУ, РПГУ, ВИС, ОГВ или МФЦ".to_owned())
}

fn region(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "ожидается код региона, две цифры".to_owned())
}
