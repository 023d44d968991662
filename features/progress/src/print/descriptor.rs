//! `datapackage.json`: what a package holds, and whose it is.

use serde_json::{Map, Value, json};

use super::rows;
use crate::delivery::Head;

/// The descriptor of a package with the files named: its head under `otklik`, and where each file lies.
#[must_use]
pub fn descriptor(head: &Head, files: &[&'static str]) -> Vec<u8> {
    let resource = |file: &&'static str| {
        json!({
            "name": file.trim_end_matches(".csv"),
            "path": file,
            "dialect": {"delimiter": char::from(rows::DELIMITER).to_string(), "lineTerminator": "\r\n"},
            "encoding": "utf-8",
        })
    };
    let mut package = Map::new();
    package.insert("name".to_owned(), Value::from("otklik-daily"));
    package.insert("otklik".to_owned(), head_value(head));
    package.insert("resources".to_owned(), files.iter().map(resource).collect());
    let mut bytes = serde_json::to_vec_pretty(&Value::Object(package)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn head_value(head: &Head) -> Value {
    json!({"sender": head.sender, "day": head.day.to_string(), "revision": head.revision})
}
