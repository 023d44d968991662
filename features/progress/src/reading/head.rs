//! Whose data a delivery holds, of which day, in which revision (MON-8, MON-11).

use otklik_kernel::CivilDay;
use serde_json::Value;

/// What a package or a file's name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub sender: Option<String>,
    pub day: Option<CivilDay>,
    pub revision: Option<u32>,
}

/// A description that can't be understood, with what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the description can't be understood: {0}")]
pub struct HeadFault(pub String);

/// Reads `datapackage.json`: what stands under `otklik`. Nothing there is no fault: the call may say it.
pub(crate) fn of_package(bytes: &[u8]) -> Result<Described, HeadFault> {
    let bytes = bytes.strip_prefix(otklik_csv::MARK).unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| HeadFault(error.to_string()))?;
    let Some(object) = value.as_object() else { return Err(HeadFault("not an object".to_owned())) };
    let Some(head) = object.get("otklik") else { return Ok(Described::default()) };
    let wrong = |field: &str| HeadFault(format!("otklik.{field} = {}", head[field]));
    let text = |field: &str| match &head[field] {
        Value::Null => Ok(None),
        Value::String(text) if !text.is_empty() => Ok(Some(text.clone())),
        _ => Err(wrong(field)),
    };
    if !head.is_object() {
        return Err(HeadFault(format!("otklik = {head}")));
    }
    let day = match text("day")? {
        None => None,
        Some(day) => Some(CivilDay::parse(&day).ok_or_else(|| wrong("day"))?),
    };
    let revision = match &head["revision"] {
        Value::Null => None,
        value => {
            let number =
                value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
            Some(number.ok_or_else(|| wrong("revision"))?)
        }
    };
    Ok(Described { sender: text("sender")?, day, revision })
}

/// Reads `<sender>_<ГГГГ-ММ-ДД>_r<revision>.csv`.
pub(crate) fn of_name(name: &str) -> Described {
    let read = || {
        let stem = name.rsplit(['/', '\\']).next()?;
        let stem = stem.strip_suffix(".csv").or_else(|| stem.strip_suffix(".CSV"))?;
        let (rest, revision) = stem.rsplit_once("_r")?;
        let (sender, day) = rest.rsplit_once('_')?;
        let is_number = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
        let revision = revision.parse().ok().filter(|number: &u32| is_number && *number > 0)?;
        let day = CivilDay::parse(day).filter(|_| day.len() == 10)?;
        (!sender.is_empty()).then(|| Described {
            sender: Some(sender.to_owned()),
            day: Some(day),
            revision: Some(revision),
        })
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(sender: &str, revision: u32) -> Described {
        Described {
            sender: Some(sender.to_owned()),
            day: Some(CivilDay(20_261_124)),
            revision: Some(revision),
        }
    }

    #[test]
    fn mon8_the_name_of_a_file_alone_says_whose_it_is() {
        assert_eq!(of_name("/tmp/mfc_01_2026-11-24_r2.csv"), described("mfc_01", 2));
        for name in [
            "events.csv",
            "a_2026-11-24_r0.csv",
            "a_2026-11-24_r.csv",
            "a_24-11-2026_r1.csv",
            "_2026-11-24_r1.csv",
            "a_2026-11-24_r1.zip",
        ] {
            assert_eq!(of_name(name), Described::default(), "{name}");
        }
    }

    #[test]
    fn mon8_a_package_says_whose_it_is() {
        let good = br#"{"name": "x", "otklik": {"sender": "mfc", "day": "2026-11-24", "revision": 1}}"#;
        assert_eq!(of_package(good), Ok(described("mfc", 1)));
        assert_eq!(of_package(&[otklik_csv::MARK, good].concat()), Ok(described("mfc", 1)));
        assert_eq!(of_package(b"{}"), Ok(Described::default()));
        for bad in [
            "[]",
            "{",
            r#"{"otklik": 1}"#,
            r#"{"otklik": {"day": "24-11-2026"}}"#,
            r#"{"otklik": {"revision": 0}}"#,
            r#"{"otklik": {"revision": "1"}}"#,
            r#"{"otklik": {"sender": 5}}"#,
        ] {
            assert!(of_package(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
