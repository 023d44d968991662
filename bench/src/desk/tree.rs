//! The tax service of a country: a root, its regions, their inspections, workplaces of some of those.

/// Regions, by the tax service's two digits.
pub const REGIONS: [&str; 89] = [
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34",
    "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "50", "51",
    "52", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62", "63", "64", "65", "66", "67", "68",
    "69", "70", "71", "72", "73", "74", "75", "76", "77", "78", "79", "83", "86", "87", "89", "90", "91",
    "92", "93", "94", "95",
];
/// Inspections of a region.
const INSPECTIONS: usize = 12;
/// Each inspection of this place among those of its region has a workplace elsewhere.
const WITH_WORKPLACE: usize = 3;
/// Zones from west to east.
const ZONES: [&str; 8] = [
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Vladivostok",
    "Europe/Kaliningrad",
];
/// The code of the root.
pub const ROOT: &str = "0000";

/// The tree as `otklik bodies import` reads it, and the codes of its offices.
pub struct Tree {
    /// The file.
    pub csv: String,
    /// Where people come.
    pub offices: Vec<String>,
}

/// The code of a region's own body.
pub fn region(number: usize) -> String {
    format!("{}00", REGIONS[number % REGIONS.len()])
}

/// The code of an inspection.
pub fn inspection(region: usize, number: usize) -> String {
    format!("{}{:02}", REGIONS[region % REGIONS.len()], 1 + number % INSPECTIONS)
}

const HEADER: &str = "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;\
    site;queue_terminal;office\n";

/// So many offices more, right below the root.
pub fn fresh(count: usize) -> String {
    let office = |number: usize| {
        format!(
            "new-{number};{ROOT};Новый офис № {number};Новый офис № {number};tax_inspection;local;77;Europe/Moscow;;;;;\
             нет;да\n"
        )
    };
    std::iter::once(HEADER.to_owned()).chain((0..count).map(office)).collect()
}

/// The file of the root alone.
pub fn root() -> String {
    format!(
        "{HEADER}{ROOT};;Федеральная налоговая служба;ФНС России;tax_central;federal;77;Europe/Moscow;;;;;нет;нет\n"
    )
}

/// Makes the tree.
pub fn tree() -> Tree {
    let mut csv = root();
    let mut offices = Vec::new();
    for (place, digits) in REGIONS.iter().enumerate() {
        let (above, zone) = (region(place), ZONES[place % ZONES.len()]);
        csv.push_str(&format!(
            "{above};{ROOT};Управление ФНС России, регион {digits};УФНС {digits};tax_region;regional;{digits};{zone};\
             ;;;;нет;да\n"
        ));
        offices.push(above.clone());
        for number in 0..INSPECTIONS {
            let code = inspection(place, number);
            csv.push_str(&format!(
                "{code};{above};Инспекция ФНС России № {code};ИФНС № {code};tax_inspection;local;{digits};{zone};;;;;\
                 да;да\n"
            ));
            offices.push(code.clone());
            if number % WITH_WORKPLACE == 0 {
                csv.push_str(&format!(
                    "{code}-1;{code};Рабочее место ИФНС № {code};ТОРМ {code}-1;tax_workplace;local;{digits};{zone};;;\
                     ;;нет;да\n"
                ));
                offices.push(format!("{code}-1"));
            }
        }
    }
    Tree { csv, offices }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_that_of_a_country() {
        let Tree { csv, offices } = tree();
        assert_eq!(offices.len(), 89 * (1 + 12 + 4));
        assert!(csv.lines().all(|line| line.split(';').count() == 14));
        assert_eq!(csv.lines().count(), offices.len() + 2);
        let codes: std::collections::HashSet<_> = offices.iter().collect();
        assert_eq!(codes.len(), offices.len());
        assert!(codes.contains(&inspection(26, 0)) && codes.contains(&region(26)));
    }
}
