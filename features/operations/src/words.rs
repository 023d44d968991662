//! Codes of the journal as words: a dictionary in `locales/` with the code itself as the last resort.

use otklik_kernel::{Instant, Zone};
use serde_json::Value as Json;

use crate::texts::L;

/// What was done, such as «Орган добавлен»; an action without words is shown as its code.
#[must_use]
pub fn action(l: L, code: &str) -> String {
    l.find("action", code).unwrap_or_else(|| code.to_owned())
}

/// Who did it: a login, or the reason for which the system did it.
#[must_use]
pub fn actor(l: L, actor: &str) -> String {
    match actor.strip_prefix("system:") {
        Some(reason) => l.find("actor", reason).unwrap_or_else(|| l.system_other(reason.to_owned())),
        None => actor.to_owned(),
    }
}

/// The kind of a subject: «орган», «учётная запись».
#[must_use]
pub fn subject(l: L, kind: &str) -> String {
    l.find("subject", kind).unwrap_or_else(|| kind.to_owned())
}

/// A field with the objects it stands in: «Координаты · широта».
#[must_use]
pub fn field(l: L, path: &[String]) -> String {
    let names = path.iter().map(|name| l.find("field", name).unwrap_or_else(|| name.clone()));
    names.collect::<Vec<_>>().join(" · ")
}

/// A value of a field: moments in a zone, yes and no in words, codes of roles and kinds in words.
#[must_use]
pub fn value(l: L, path: &[String], value: &Json, zone: &Zone) -> String {
    let name = path.last().map_or("", String::as_str);
    match value {
        Json::Null => "—".to_owned(),
        Json::Bool(true) => l.value_yes().to_owned(),
        Json::Bool(false) => l.value_no().to_owned(),
        Json::Number(number) => match number.as_i64() {
            Some(micros) if name.ends_with("_at") || name.ends_with("_until") => {
                Instant(micros).show_exact_in(zone)
            }
            _ => number.to_string(),
        },
        Json::String(code) if name == "role" || name == "roles" => {
            otklik_access::Role::find(code).map_or_else(|| code.clone(), |role| role.title().to_owned())
        }
        Json::String(code) if name == "place" || name == "carrier" => {
            l.find(name, code).unwrap_or_else(|| code.clone())
        }
        Json::String(text) => text.clone(),
        whole => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn org7_codes_have_words_and_unknown_ones_stay() {
        let l = L::default();
        assert_ne!(action(l, "journal.erase"), "journal.erase");
        assert_eq!(action(l, "future.thing"), "future.thing");
        assert_eq!(actor(l, "iskra"), "iskra");
        assert_eq!(actor(l, "system:schedule"), "Система: по расписанию");
        assert_eq!(actor(l, "system:x"), "Система: x");
        // Nothing that a stranger typed may reach a message with values.
        assert_eq!(action(l, "../total"), "../total");
    }

    #[test]
    fn org7_values_are_for_people() {
        let told = |name: &str, json| value(L::default(), &[name.to_owned()], &json, &Zone::utc());
        assert_eq!(told("closed_at", json!(1_795_338_000_000_000_i64)), "22.11.2026 09:00:00 (UTC+0)");
        assert_eq!(told("role", json!("mer_observer")), "Наблюдатель Минэкономразвития");
        assert_eq!(told("has_queue_terminal", json!(true)), "да");
        assert_eq!(told("place", json!("info_stand")), "стенд № 1");
        assert_eq!(told("count", json!(3)), "3");
    }
}
