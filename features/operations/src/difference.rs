//! What changed, so that a person can read it: only the fields that differ, with what went and what came.

use otklik_journal::Change;
use serde_json::Value as Json;

/// Values shown of one field; a list of ten thousand recipients stays readable.
const SHOWN: usize = 20;

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The way to the field: names of objects, outermost first; empty when the whole is a plain value.
    pub path: Vec<String>,
    /// What it held and holds no more.
    pub gone: Values,
    /// What it holds now and didn't before.
    pub come: Values,
}

/// Values of a field, the first of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Those that are shown.
    pub shown: Vec<Json>,
    /// How many more there are.
    pub more: usize,
}

impl Values {
    fn of(mut all: Vec<Json>) -> Self {
        let more = all.len().saturating_sub(SHOWN);
        all.truncate(SHOWN);
        Self { shown: all, more }
    }
}

/// The fields that differ, in the order of their names.
///
/// Of a list only the elements that went or came are told; the order of a list tells nothing.
#[must_use]
pub fn differences(change: &Change) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), &change.before, &change.after, &mut found);
    found
}

fn compare(path: &mut Vec<String>, before: &Json, after: &Json, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let nothing = serde_json::Map::new();
    let fields = match (before, after) {
        (Json::Object(before), Json::Object(after)) => Some((before, after)),
        (Json::Object(before), Json::Null) => Some((before, &nothing)),
        (Json::Null, Json::Object(after)) => Some((&nothing, after)),
        _ => None,
    };
    let Some((before_fields, after_fields)) = fields else {
        let (old, new) = (elements(before), elements(after));
        let gone: Vec<Json> = old.iter().filter(|value| !new.contains(value)).cloned().collect();
        let come: Vec<Json> = new.iter().filter(|value| !old.contains(value)).cloned().collect();
        if !gone.is_empty() || !come.is_empty() {
            found.push(Difference { path: path.clone(), gone: Values::of(gone), come: Values::of(come) });
        }
        return;
    };
    let mut names: Vec<&String> = before_fields.keys().chain(after_fields.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        path.push(name.clone());
        let of = |fields: &serde_json::Map<String, Json>| fields.get(name).cloned().unwrap_or(Json::Null);
        compare(path, &of(before_fields), &of(after_fields), found);
        path.pop();
    }
}

/// A list's elements; a plain value is a list of one, nothing and an empty text are none.
fn elements(value: &Json) -> Vec<Json> {
    match value {
        Json::Null => Vec::new(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(before: Json, after: Json, expected: &[(&str, Json, Json)]) {
        let found = differences(&Change { before, after });
        let told: Vec<(String, Json, Json)> = found
            .into_iter()
            .map(|one| (one.path.join("."), Json::Array(one.gone.shown), Json::Array(one.come.shown)))
            .collect();
        let expected: Vec<(String, Json, Json)> = expected
            .iter()
            .map(|(path, gone, come)| ((*path).to_owned(), gone.clone(), come.clone()))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn org7_only_what_differs_is_told() {
        check(
            json!({"name": "А", "code": "2721", "site": ""}),
            json!({"name": "Б", "code": "2721", "site": null}),
            &[("name", json!(["А"]), json!(["Б"]))],
        );
        check(
            Json::Null,
            json!({"name": "А", "open": false}),
            &[("name", json!([]), json!(["А"])), ("open", json!([]), json!([false]))],
        );
        check(
            json!({"place": {"latitude": 1.5}}),
            Json::Null,
            &[("place.latitude", json!([1.5]), json!([]))],
        );
        check(json!({"a": [1, 2, 3]}), json!({"a": [3, 2, 4]}), &[("a", json!([1]), json!([4]))]);
        check(json!("x"), json!("y"), &[("", json!(["x"]), json!(["y"]))]);
        check(json!({"a": [1, 2]}), json!({"a": [2, 1]}), &[]);
        check(Json::Null, Json::Null, &[]);
    }

    #[test]
    fn org7_a_long_list_is_counted() {
        let all: Vec<u32> = (0..10_000).collect();
        let found = differences(&Change { before: Json::Null, after: json!({ "recipients": all }) });
        assert_eq!((found[0].come.shown.len(), found[0].come.more), (SHOWN, 10_000 - SHOWN));
    }
}
