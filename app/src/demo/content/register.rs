//! Responsible employees of the demo's bodies: positions, not persons (ORG-5).

use otklik_organisations::responsibles::Fields;

use super::{DemoBody, recipients};

/// The register of a body: the unit's head and a specialist of an office, one engineer of a supporting
/// organisation, nobody where the demo shows that the register is still empty.
#[must_use]
pub fn register(body: &DemoBody) -> Vec<Fields> {
    const UNIT: &str = "Отдел работы с налогоплательщиками";
    let posts: &[(&str, &str)] = match body.kind.as_str() {
        "support" => &[("Отдел сопровождения информационных систем", "Главный инженер")],
        "tax_region" => &[("Отдел стандартов обслуживания", "Заместитель начальника отдела")],
        "tax_inspection" if body.code == "2723" => &[],
        "tax_inspection" => {
            &[(UNIT, "Начальник отдела"), (UNIT, "Главный государственный налоговый инспектор")]
        }
        "mfc_branch" => &[("Отдел приёма заявителей", "Начальник отдела")],
        _ => &[],
    };
    let addresses = recipients(&body.code, &body.region);
    let row = |(number, (unit, position)): (usize, &(&str, &str))| Fields {
        unit: (*unit).to_owned(),
        position: (*position).to_owned(),
        name: format!("Сотрудник {number}"),
        phone_code: format!("0{}", body.region),
        phone_vts: if body.kind.starts_with("tax") {
            format!("{}-{number:03}", body.region)
        } else {
            String::new()
        },
        phone_number: format!("000-00-{number:02}"),
        email: addresses.get(if number == 1 { 2 } else { 0 }).cloned().unwrap_or_default(),
        person: None,
    };
    (1..).zip(posts).map(row).collect()
}
