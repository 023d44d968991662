//! The published description of a package: a Frictionless Data Package, valid under its versions 1 and 2 (MON-9).

use serde_json::{Map, Value, json};

use crate::fields::{Field, Form, Table};
use crate::print::DELIMITER;
use crate::reference::{Reference, Regions, Statuses};

/// The list of regions that rows refer to. It is no file: its rows stand in the description.
const REGIONS: &str = "regions";

/// The description of a package in the canonical form, made of the fields that are read and written. What a table
/// schema can't say (the check digit of ОГРН, statuses that fit their items, moments in order) only our own check does.
///
/// A schema refers to rows of the same package, but applications and services may have come in an earlier one:
/// whether they are known only our own check tells.
#[must_use]
pub fn package(reference: &Reference) -> Value {
    let tables = Table::PACKAGE.map(|table| resource(table, &reference.statuses));
    let resources: Vec<Value> = tables.into_iter().chain([list_of(&reference.regions)]).collect();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "tabular-data-package",
        "name": "otklik-daily",
        "title": "Сведения о ходе предоставления услуг за день",
        "description": "Ежедневные данные о каждом заявлении: услуги, заявления, события, пошлины, оценки, жалобы. \
            Даты и время — местные для органа. Описание относится к канонической форме; принимаются и другие, \
            см. руководство отправителя.",
        "version": "1.0.0",
        "resources": resources,
    })
}

fn resource(table: Table, statuses: &Statuses) -> Value {
    let fields: Vec<Value> = table.fields().iter().map(|field| described(table, field, statuses)).collect();
    let mut schema = Map::new();
    schema.insert("fields".to_owned(), Value::from(fields));
    schema.insert("missingValues".to_owned(), json!([""]));
    if table == Table::Applications {
        let region = json!({"fields": ["region"], "reference": {"resource": REGIONS, "fields": ["name"]}});
        schema.insert("primaryKey".to_owned(), json!(["request_id"]));
        schema.insert("foreignKeys".to_owned(), json!([region]));
    }
    json!({
        "name": table.name(),
        "type": "table",
        "profile": "tabular-data-resource",
        "path": table.file(),
        "title": title(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "delimiter": char::from(DELIMITER).to_string(),
            "lineTerminator": "\r\n",
            "quoteChar": "\"",
            "doubleQuote": true,
            "header": true,
        },
        "schema": schema,
    })
}

/// The regions by the names that the canonical form has.
fn list_of(regions: &Regions) -> Value {
    let rows: Vec<Value> = regions.all().iter().map(|region| json!({"name": region.name})).collect();
    let name = json!({
        "name": "name",
        "title": "Наименование субъекта Российской Федерации",
        "type": "string",
        "constraints": {"required": true, "unique": true},
    });
    json!({
        "name": REGIONS,
        "type": "table",
        "profile": "tabular-data-resource",
        "title": "Субъекты Российской Федерации: перечень, а не файл пакета",
        "data": rows,
        "schema": {"fields": [name], "primaryKey": ["name"]},
    })
}

const fn title(table: Table) -> &'static str {
    match table {
        Table::Services => "Реестр услуг: один раз и при изменениях",
        Table::Applications => "Заявления",
        Table::Events => "События хода предоставления услуг",
        Table::Payments => "События пошлины",
        Table::Ratings => "Оценки",
        Table::Complaints => "Жалобы",
        Table::Wide => "Заявления с событиями",
    }
}

fn described(table: Table, field: &Field, statuses: &Statuses) -> Value {
    let (kind, format, mut constraints) = form(table, field, statuses);
    if field.is_required {
        constraints.insert("required".to_owned(), Value::from(true));
    }
    let mut of = Map::new();
    of.insert("name".to_owned(), Value::from(field.name));
    of.insert("title".to_owned(), Value::from(field.title));
    of.insert("type".to_owned(), Value::from(kind));
    if let Some(format) = format {
        of.insert("format".to_owned(), Value::from(format));
    }
    if !constraints.is_empty() {
        of.insert("constraints".to_owned(), Value::Object(constraints));
    }
    Value::Object(of)
}

/// Type, format, constraints.
fn form(
    table: Table,
    field: &Field,
    statuses: &Statuses,
) -> (&'static str, Option<&'static str>, Map<String, Value>) {
    let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    match field.form {
        Form::Code => {
            let mut constraints = one("pattern", json!(r"^\S(.*\S)?$"));
            constraints.insert("maxLength".to_owned(), json!(100));
            ("string", None, constraints)
        }
        Form::Text => ("string", None, Map::new()),
        Form::Word(words) => ("string", None, one("enum", json!(words))),
        Form::Status => {
            let codes: Vec<i16> = statuses.all().iter().map(|status| status.code.0).collect();
            ("integer", None, one("enum", json!(codes)))
        }
        Form::Item => ("string", None, one("pattern", json!("^([1-9]|[12][0-9]|3[0-2])[abn]?$"))),
        Form::Date => ("date", Some("%d-%m-%Y"), Map::new()),
        Form::Time => ("time", Some("%H:%M:%S"), Map::new()),
        Form::Number => {
            let mut constraints = one("minimum", json!(i32::from(table == Table::Services)));
            if table == Table::Services {
                constraints.insert("maximum".to_owned(), json!(3650));
            }
            ("integer", None, constraints)
        }
        Form::Age => ("string", None, one("pattern", json!("^[0-9]{3}$"))),
        Form::Ogrn => ("string", None, one("pattern", json!("^[0-9]{13}$"))),
        Form::Hash => (
            "string",
            None,
            one("pattern", json!("^(([0-9A-Fa-f]{2}){16,100}|[0-9A-Za-z+/_-]{22,198}={0,2})$")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon9_the_published_description_is_made_of_our_own_fields() {
        let published: Value = serde_json::from_str(include_str!("../data/datapackage.json")).unwrap();
        assert_eq!(
            published,
            package(Reference::built_in()),
            "cargo run -p otklik-progress --example describe > features/progress/data/datapackage.json"
        );
    }

    /// What version 2 asks beside what the validator of version 1 looks at.
    #[test]
    fn mon9_the_description_is_one_of_version_2_too() {
        let package = package(Reference::built_in());
        assert_eq!(package["$schema"], "https://datapackage.org/profiles/2.0/datapackage.json");
        let resources = package["resources"].as_array().unwrap();
        assert_eq!(resources.len(), 7);
        for resource in resources {
            assert_eq!(resource["type"], "table");
            assert_ne!(resource.get("path").is_some(), resource.get("data").is_some(), "one of both");
            for key in ["primaryKey", "missingValues"] {
                assert!(resource["schema"].get(key).is_none_or(Value::is_array), "{key}");
            }
            for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
                assert!(key["fields"].is_array() && key["reference"]["fields"].is_array());
                let to = &key["reference"]["resource"];
                assert!(resources.iter().any(|resource| resource["name"] == *to));
            }
            for field in resource["schema"]["fields"].as_array().unwrap() {
                assert!(["string", "integer", "date", "time"].contains(&field["type"].as_str().unwrap()));
            }
        }
    }
}
