//! `datapackage.json`: whose data a package holds, and the published description of them (MON-9).

use serde_json::{Value, json};

use crate::delivery::Head;
use crate::describe;
use crate::reference::{Reference, Regions};

/// The descriptor of a package: the published description, with the head under `otklik`.
#[must_use]
pub fn descriptor(head: &Head, regions: &Regions) -> Vec<u8> {
    let mut package = describe::package_by(&Reference::built_in().statuses, regions);
    if let Some(package) = package.as_object_mut() {
        package.insert("otklik".to_owned(), head_value(head));
    }
    let mut bytes = serde_json::to_vec_pretty(&package).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn head_value(head: &Head) -> Value {
    json!({"sender": head.sender, "day": head.day.to_string(), "revision": head.revision})
}
