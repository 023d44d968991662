//! Do the kept sums come to what cases and transitions come to?

use otklik_progress::model::Channel;

use crate::tables::{ACTIVE, FIGURES_OF, TOTAL, WAITING, WHOLE};

/// How many keys of `spans` have another count or other seconds than transitions and cases give.
pub fn spans() -> String {
    let of_cases = |what: i16, day: &str, seconds: &str| {
        format!(
            "select {day} / 100, service, region, {TOTAL}, {what}, 1, {seconds} \
             from live_cases where known and {seconds} is not null"
        )
    };
    let parts = [
        "select day / 100 as month, service, region, from_status, to_status, 1 as n, \
         cast(seconds as bigint) as seconds from live_transitions"
            .to_owned(),
        of_cases(WHOLE, "ended_day", "total"),
        of_cases(ACTIVE, "ended_day", "total - coalesce(paused, 0)"),
        of_cases(WAITING, "began_day", "waited"),
        "select month, service, region, from_status, to_status, -count, -seconds from spans".to_owned(),
    ];
    format!(
        "select count(*) from (select month, service, region, from_status, to_status from ({}) \
         group by month, service, region, from_status, to_status having sum(n) <> 0 or sum(seconds) <> 0)",
        parts.join(" union all ")
    )
}

/// How many keys of `figures` have other sums than cases give.
pub fn figures() -> String {
    let digital: Vec<String> = Channel::ALL
        .into_iter()
        .filter(|channel| channel.is_digital())
        .map(|channel| (channel as u8).to_string())
        .collect();
    let flag = |condition: &str| format!("case when {condition} then 1 else 0 end");
    let began = [
        "1".to_owned(),
        flag(&format!("channel_in in ({})", digital.join(", "))),
        "asked".to_owned(),
        "answered".to_owned(),
        "failed".to_owned(),
        flag("findings <> 0"),
    ];
    let ended = [
        "1".to_owned(),
        flag("outcome = 1"),
        flag("outcome = 2"),
        flag("outcome = 3"),
        flag("outcome = 4"),
        flag("outcome = 5"),
        flag("is_within is not null"),
        flag("is_within"),
        "coalesce(total, 0)".to_owned(),
        "coalesce(paused, 0)".to_owned(),
    ];
    const KEYS: &str = "service, variant, region, body, channel_in";
    let zeros = |count: usize| vec!["0".to_owned(); count];
    let named = |values: Vec<String>| {
        let values = values.iter().zip(FIGURES_OF).map(|(value, name)| format!("{value} as {name}"));
        values.collect::<Vec<_>>().join(", ")
    };
    let begin = named(began.iter().cloned().chain(zeros(ended.len())).collect());
    let end = named(zeros(began.len()).into_iter().chain(ended).collect());
    let kept = named(FIGURES_OF.map(|name| format!("-{name}")).into());
    let is_some = FIGURES_OF.map(|name| format!("sum({name}) <> 0")).join(" or ");
    format!(
        "select count(*) from (select day, {KEYS} from (\
         select began_day as day, {KEYS}, {begin} from live_cases where known and began is not null union all \
         select ended_day, {KEYS}, {end} from live_cases where known and ended is not null union all \
         select day, {KEYS}, {kept} from figures) group by day, {KEYS} having {is_some})"
    )
}
