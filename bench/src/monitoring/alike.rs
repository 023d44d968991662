//! Whether both gave the same answers.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;

use super::duckdb::Groups;

/// How far a percentile may be from the peer's: above a stated size it comes from counted buckets.
const NEAR: f64 = 0.0101;

/// An answer beside the peer's.
#[derive(Clone, Debug, Serialize)]
pub struct Alike {
    what: String,
    /// Groups of ours and of the peer.
    groups: (usize, usize),
    /// Groups that one of them hasn't, or counts otherwise.
    other: usize,
    /// How much is counted in all, ours and the peer's.
    counted: (f64, f64),
    /// How far apart percentiles are at most, as a share of the peer's, in groups counted alike.
    apart: f64,
}

impl Alike {
    /// Compares them group by group.
    pub fn of(what: &str, ours: &Groups, theirs: &Groups) -> Self {
        let keys: BTreeMap<&String, ()> = ours.keys().chain(theirs.keys()).map(|key| (key, ())).collect();
        let (mut other, mut apart) = (0, 0.0_f64);
        for key in keys.into_keys() {
            match (ours.get(key), theirs.get(key)) {
                (Some([one, own @ ..]), Some([two, peer @ ..])) if one.total_cmp(two).is_eq() => {
                    for (own, peer) in own.iter().zip(peer) {
                        apart = apart.max((own - peer).abs() / peer.abs().max(1.0));
                    }
                }
                _ => other += 1,
            }
        }
        let counted = |groups: &Groups| groups.values().map(|[number, ..]| number).sum();
        Self {
            what: what.to_owned(),
            groups: (ours.len(), theirs.len()),
            other,
            counted: (counted(ours), counted(theirs)),
            apart,
        }
    }

    /// Whether it is as it must be.
    pub fn is_well(&self) -> bool {
        self.other == 0 && self.apart <= NEAR && self.groups.0 > 0
    }

    /// A line of the report.
    pub fn line(&self) -> String {
        let Self { what, groups, other, counted, apart } = self;
        let word = if self.is_well() { "- Held" } else { "FAILURE" };
        format!(
            "{word}: {what}: {} groups beside {}, {other} counted otherwise; {:.0} counted beside {:.0}; percentiles \
             at most {:.2} % apart.\n",
            groups.0,
            groups.1,
            counted.0,
            counted.1,
            apart * 100.0
        )
    }
}

/// The groups of a report.
///
/// # Errors
/// A column is missing.
pub fn groups(sheet: &Value, keys: &[&str]) -> anyhow::Result<Groups> {
    let columns = sheet["columns"].as_array().context("a report without columns")?;
    let place = |name: &str| {
        columns.iter().position(|column| column == name).with_context(|| format!("no column {name}"))
    };
    let keys = keys.iter().map(|name| place(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let values = [place("n")?, place("p50")?, place("p95")?];
    let rows = sheet["rows"].as_array().context("a report without rows")?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let group = |row: &Value| {
        let key = keys.iter().map(|place| text(&row[*place])).collect::<Vec<_>>().join(" ");
        (key, values.map(|place| row[place].as_f64().unwrap_or(f64::NAN)))
    };
    Ok(rows.iter().map(group).collect())
}

/// Groups whose keys end with the name of a region, with its code instead: packages name regions, answers have codes.
pub fn with_codes(groups: &Groups, codes: &BTreeMap<String, String>) -> Groups {
    let coded = |key: &String| {
        let (service, region) = key.split_once(' ')?;
        Some(format!("{service} {}", codes.get(region)?))
    };
    groups.iter().map(|(key, values)| (coded(key).unwrap_or_else(|| key.clone()), *values)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_seen() {
        let sheet = json!({
            "columns": ["service", "region", "n", "mean", "p50", "p75", "p90", "p95"],
            "rows": [["a", "01", 2, 1.0, 100.0, 1.0, 1.0, 200], ["b", "77", 1, 1.0, 7.0, 1.0, 1.0, 7.0]],
        });
        let ours = groups(&sheet, &["service", "region"]).unwrap();
        assert_eq!(ours["a 01"], [2.0, 100.0, 200.0]);
        assert!(groups(&sheet, &["body"]).is_err());
        let with = |key: &str, value: [f64; 3]| {
            let mut theirs = ours.clone();
            theirs.insert(key.to_owned(), value);
            Alike::of("x", &ours, &theirs)
        };
        assert!(with("a 01", [2.0, 100.5, 200.0]).is_well());
        assert!(!with("a 01", [2.0, 100.0, 206.0]).is_well());
        assert!(!with("a 01", [3.0, 100.0, 200.0]).is_well());
        let more = with("c 01", [1.0, 1.0, 1.0]);
        assert!(!more.is_well() && more.line().starts_with("FAILURE: x: 2 groups beside 3, 1 "), "{more:?}");
        assert!(!Alike::of("x", &Groups::new(), &Groups::new()).is_well());
    }

    #[test]
    fn named_regions_are_told_by_their_codes() {
        let codes = BTreeMap::from([("Республика Адыгея".to_owned(), "01".to_owned())]);
        let named = ["a Республика Адыгея", "b Где-то"].map(|key| (key.to_owned(), [1.0, 2.0, 3.0]));
        let keys: Vec<String> = with_codes(&Groups::from(named), &codes).into_keys().collect();
        assert_eq!(keys, ["a 01", "b Где-то"]);
    }
}
