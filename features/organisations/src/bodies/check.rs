//! A body as it is typed, and whether that can be stored (ORG-1): the same rules for the form and for an
//! import file.

use otklik_kernel::{Id, Zone};
use serde_json::{Map, Value as Json};

use crate::model::{BodyFields, BodyKind, Level, is_code};
use crate::refusal::{Mistake, Wrong, line};

/// The columns of an import file, which are also the names of the form's fields.
pub const COLUMNS: [&str; 14] = [
    "code",
    "parent_code",
    "full_name",
    "short_name",
    "kind",
    "level",
    "region",
    "time_zone",
    "address",
    "latitude",
    "longitude",
    "site",
    "queue_terminal",
    "office",
];

/// «Yes» in a column.
pub const YES: &str = "да";
/// «No» in a column.
pub const NO: &str = "нет";

/// A body as text, by column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw([String; COLUMNS.len()]);

impl Raw {
    /// The text of a column; empty for an unknown one.
    #[must_use]
    pub fn get(&self, column: &str) -> &str {
        COLUMNS.iter().position(|&known| known == column).map_or("", |at| &self.0[at])
    }

    /// Sets the text of a column; an unknown one is left out.
    pub fn set(&mut self, column: &str, value: impl Into<String>) {
        if let Some(at) = COLUMNS.iter().position(|&known| known == column) {
            self.0[at] = value.into();
        }
    }

    /// The text of every column, in their order.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        COLUMNS.into_iter().zip(self.0.iter().map(String::as_str))
    }

    /// A stored body as text; `parent_code` is the code of the body above it.
    #[must_use]
    pub fn of(fields: &BodyFields, parent_code: &str) -> Self {
        let yes_no = |yes: bool| if yes { YES } else { NO }.to_owned();
        let degrees = |degrees: Option<f64>| degrees.map_or_else(String::new, |degrees| degrees.to_string());
        Self([
            fields.code.clone(),
            parent_code.to_owned(),
            fields.full_name.clone(),
            fields.short_name.clone(),
            fields.kind.code().to_owned(),
            fields.level.code().to_owned(),
            fields.region.clone(),
            fields.zone.name().to_owned(),
            fields.address.clone(),
            degrees(fields.place.map(|place| place.0)),
            degrees(fields.place.map(|place| place.1)),
            fields.site.clone(),
            yes_no(fields.has_queue_terminal),
            yes_no(fields.is_office),
        ])
    }

    /// The columns in which two bodies differ: name, before, after.
    pub fn differences<'a>(
        &'a self,
        after: &'a Self,
    ) -> impl Iterator<Item = (&'static str, &'a str, &'a str)> {
        let pairs = self.columns().zip(after.columns());
        pairs
            .filter(|((_, before), (_, after))| before != after)
            .map(|((c, before), (_, after))| (c, before, after))
    }

    /// For the journal.
    pub(crate) fn json(&self) -> Json {
        let filled = self.columns().filter(|(_, value)| !value.is_empty());
        Json::Object(filled.map(|(column, value)| (column.to_owned(), value.into())).collect())
    }

    /// For the journal: what changed, before and after.
    pub(crate) fn json_change(&self, after: &Self) -> (Json, Json) {
        let (mut was, mut is) = (Map::new(), Map::new());
        for (column, before, after) in self.differences(after) {
            was.insert(column.to_owned(), before.into());
            is.insert(column.to_owned(), after.into());
        }
        (Json::Object(was), Json::Object(is))
    }
}

/// Reads «yes» or «no».
fn flag(mistakes: &mut Vec<Mistake>, field: &'static str, value: &str) -> bool {
    match value.trim().to_lowercase().as_str() {
        "да" | "yes" | "true" | "1" | "+" => true,
        "нет" | "no" | "false" | "0" | "-" | "" => false,
        _ => {
            mistakes.push(Mistake { field, what: Wrong::Flag });
            false
        }
    }
}

fn degrees(
    mistakes: &mut Vec<Mistake>,
    field: &'static str,
    value: &str,
    most: f64,
    what: Wrong,
) -> Option<f64> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let degrees = value.replace(',', ".").parse::<f64>().ok().filter(|degrees| degrees.abs() <= most);
    if degrees.is_none() {
        mistakes.push(Mistake { field, what });
    }
    degrees
}

fn is_site(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.')
            && !text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '@'))
    })
}

/// What is said of a body; `parent_code` is not looked at.
///
/// # Errors
/// All mistakes, in the order of columns.
pub fn check(raw: &Raw) -> Result<BodyFields, Vec<Mistake>> {
    let mut wrong = Vec::new();
    let code = raw.get("code").trim();
    if code.is_empty() {
        wrong.push(Mistake { field: "code", what: Wrong::Empty });
    } else if !is_code(code) {
        wrong.push(Mistake { field: "code", what: Wrong::Code });
    }
    let full_name = line(&mut wrong, "full_name", raw.get("full_name"), true, 500);
    let short_name = line(&mut wrong, "short_name", raw.get("short_name"), true, 200);
    let kind = BodyKind::find(raw.get("kind").trim());
    if kind.is_none() {
        wrong.push(Mistake { field: "kind", what: Wrong::Kind });
    }
    let level = Level::find(raw.get("level").trim());
    if level.is_none() {
        wrong.push(Mistake { field: "level", what: Wrong::Level });
    }
    let region = raw.get("region").trim();
    if !matches!(region.as_bytes(), [] | [b'0'..=b'9', b'0'..=b'9']) {
        wrong.push(Mistake { field: "region", what: Wrong::Region });
    }
    let zone = Zone::find(raw.get("time_zone").trim());
    if zone.is_none() {
        wrong.push(Mistake { field: "time_zone", what: Wrong::Zone });
    }
    let address = line(&mut wrong, "address", raw.get("address"), false, 500);
    let latitude = degrees(&mut wrong, "latitude", raw.get("latitude"), 90.0, Wrong::Latitude);
    let longitude = degrees(&mut wrong, "longitude", raw.get("longitude"), 180.0, Wrong::Longitude);
    for (field, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
        if raw.get(field).trim().is_empty() && !raw.get(other).trim().is_empty() {
            wrong.push(Mistake { field, what: Wrong::HalfPlace });
        }
    }
    let site = line(&mut wrong, "site", raw.get("site"), false, 300);
    if !site.is_empty() && !is_site(&site) {
        wrong.push(Mistake { field: "site", what: Wrong::Site });
    }
    let has_queue_terminal = flag(&mut wrong, "queue_terminal", raw.get("queue_terminal"));
    let is_office = flag(&mut wrong, "office", raw.get("office"));
    let (Some(kind), Some(level), Some(zone), true) = (kind, level, zone, wrong.is_empty()) else {
        return Err(wrong);
    };
    Ok(BodyFields {
        code: code.to_owned(),
        full_name,
        short_name,
        kind,
        level,
        region: region.to_owned(),
        zone,
        address,
        place: latitude.zip(longitude),
        site,
        has_queue_terminal,
        is_office,
    })
}

/// A parent and its code, as text.
pub(crate) async fn code_of<C: sea_orm::ConnectionTrait>(
    conn: &C,
    id: Option<Id>,
) -> Result<String, otklik_db::DbErr> {
    let Some(id) = id else { return Ok(String::new()) };
    let scope = otklik_access::Scope::system("the code of the body above is shown with a body");
    Ok(crate::store::find(conn, &scope, id).await?.map(|body| body.fields.code).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn good() -> Raw {
        let mut raw = Raw::default();
        for (column, value) in [
            ("code", "2724"),
            ("full_name", "Инспекция"),
            ("short_name", "ИФНС № 4"),
            ("kind", "tax_inspection"),
            ("level", "local"),
            ("region", "27"),
            ("time_zone", "Asia/Vladivostok"),
            ("address", "г. Хабаровск"),
            ("latitude", "48,4827"),
            ("longitude", "135.0838"),
            ("site", "https://www.nalog.example/"),
            ("queue_terminal", "ДА"),
            ("office", "да"),
        ] {
            raw.set(column, value);
        }
        raw
    }

    #[test]
    fn org1_a_body_is_read_as_a_person_types_it() {
        let fields = check(&good()).unwrap();
        assert_eq!(fields.place, Some((48.4827, 135.0838)));
        assert!(fields.has_queue_terminal && fields.is_office);
        let text = Raw::of(&fields, "2700");
        assert_eq!((text.get("latitude"), text.get("parent_code")), ("48.4827", "2700"));
        assert_eq!(check(&text).unwrap(), fields);
    }

    #[test]
    fn x3_each_mistake_is_named_beside_its_column() {
        for (column, value, what) in [
            ("code", "", Wrong::Empty),
            ("code", "27 24", Wrong::Code),
            ("full_name", " \u{200b} ", Wrong::Empty),
            ("short_name", "a\r\nb", Wrong::Control),
            ("short_name", &"я".repeat(201), Wrong::Long(200)),
            ("full_name", "=HYPERLINK(1)", Wrong::Formula),
            ("kind", "ifns", Wrong::Kind),
            ("level", "", Wrong::Level),
            ("region", "7", Wrong::Region),
            ("time_zone", "Mars/Olympus", Wrong::Zone),
            ("latitude", "91", Wrong::Latitude),
            ("latitude", "NaN", Wrong::Latitude),
            ("longitude", "", Wrong::HalfPlace),
            ("longitude", "север", Wrong::Longitude),
            ("site", "javascript:alert(1)", Wrong::Site),
            ("site", "https://u@h.example", Wrong::Site),
            ("office", "может", Wrong::Flag),
        ] {
            let mut raw = good();
            raw.set(column, value);
            let found = check(&raw).unwrap_err();
            assert_eq!(
                (found.len(), found[0].field, &found[0].what),
                (1, column, &what),
                "{column} {value:?}"
            );
        }
    }

    /// What may stand in each column; most of it is right.
    fn typed() -> impl Strategy<Value = Raw> {
        let one_of = |texts: &[&'static str]| prop::sample::select(texts.to_vec()).prop_map(str::to_owned);
        let degrees = |most: f64| (-most..=most).prop_map(|degrees| degrees.to_string().replace('.', ","));
        let place = prop_oneof![
            3 => (degrees(90.0), degrees(180.0)),
            1 => Just((String::new(), String::new())),
            1 => ("[0-9]{0,3}", "-?[0-9]{1,3}(\\.[0-9]{1,3})?"),
        ];
        let flag = || one_of(&["да", "нет", "ДА", "yes", "0", "+", "-", ""]);
        let who = (
            "[A-Za-z0-9][A-Za-z0-9-]{0,8}[A-Za-z0-9]",
            "\\PC{1,12}|[+-]?[0-9 ()-]{2,8}",
            "\\PC{1,12}",
            prop::sample::select(BodyKind::ALL.to_vec()).prop_map(|kind| kind.code().to_owned()),
            prop::sample::select(Level::ALL.to_vec()).prop_map(|level| level.code().to_owned()),
        );
        let site = "(https?://[a-z]{1,8}\\.[a-zа-я]{2,4}(/[a-zа-я0-9?#=%]{0,8})?)?";
        let zones = one_of(&["Europe/Moscow", "Asia/Vladivostok", "Asia/Kathmandu"]);
        let where_ = ("([0-9]{2})?", zones, "\\PC{0,12}", place, site, flag(), flag());
        let blanks = prop::array::uniform14("[ \t\u{a0}]{0,2}");
        (who, where_, blanks).prop_map(|(who, where_, blanks)| {
            let (code, full, short, kind, level) = who;
            let (region, zone, address, (latitude, longitude), site, terminal, office) = where_;
            let values = [
                code,
                String::new(),
                full,
                short,
                kind,
                level,
                region,
                zone,
                address,
                latitude,
                longitude,
                site,
                terminal,
                office,
            ];
            let mut blanks = blanks.into_iter();
            Raw(values.map(|value| {
                blanks.next().map_or_else(String::new, |blank| format!("{blank}{value}{blank}"))
            }))
        })
    }

    proptest! {
        #[test]
        fn x3_any_text_is_read_or_refused(values in prop::array::uniform14("\\PC{0,12}|да|нет|[0-9]{1,4}")) {
            let found = check(&Raw(values));
            prop_assert!(found.map_or_else(|mistakes| !mistakes.is_empty(), |fields| !fields.code.is_empty()));
        }

        /// Those that are refused don't count; too many of them would fail it.
        #[test]
        fn x3_what_is_read_is_read_again(raw in typed()) {
            let read = check(&raw);
            prop_assume!(read.is_ok());
            let fields = read.unwrap();
            prop_assert_eq!(check(&Raw::of(&fields, "")), Ok(fields));
        }
    }
}
