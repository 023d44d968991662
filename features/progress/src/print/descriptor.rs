//! `datapackage.json`: whose data a package holds, and the published description of them (MON-9).

use serde_json::{Value, json};

use crate::delivery::Head;
use crate::describe;
use crate::reference::Reference;

/// The descriptor of a package: the published description by a reference, with the head under `otklik`.
#[must_use]
pub fn descriptor(head: &Head, reference: &Reference) -> Vec<u8> {
    let mut package = describe::package(reference);
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

#[cfg(test)]
mod tests {
    use otklik_kernel::CivilDay;

    use super::*;
    use crate::reference::Records;

    #[test]
    fn mon9_a_package_names_the_statuses_that_an_installation_has_added() {
        let mut records = Records::built_in();
        let mut own = records.statuses[0].clone();
        (own.code, own.name_ru) = (1999, "Свой".to_owned());
        (own.authority_item, own.mfc_item, own.epgu_item, own.vis_item) = (None, None, None, None);
        records.statuses.push(own);
        let head = Head { sender: "mfc".to_owned(), day: CivilDay(20_260_301), revision: 1 };
        let named = |reference: &Reference| {
            let package: Value = serde_json::from_slice(&descriptor(&head, reference)).unwrap();
            let fields = package["resources"][2]["schema"]["fields"].as_array().unwrap().clone();
            let field = fields.into_iter().find(|field| field["name"] == "status").unwrap();
            field["constraints"]["enum"].as_array().unwrap().contains(&json!(1999))
        };
        assert!(named(&Reference::of(&records).unwrap()));
        assert!(!named(Reference::built_in()));
    }
}
