//! Time zones of Russia, from west to east, for choosing; any other IANA zone can come by import.

/// IANA names, and how people know them.
pub const ZONES: [(&str, &str); 27] = [
    ("Europe/Kaliningrad", "Калининград (МСК−1)"),
    ("Europe/Moscow", "Москва (МСК)"),
    ("Europe/Simferopol", "Симферополь (МСК)"),
    ("Europe/Kirov", "Киров (МСК)"),
    ("Europe/Volgograd", "Волгоград (МСК)"),
    ("Europe/Astrakhan", "Астрахань (МСК+1)"),
    ("Europe/Saratov", "Саратов (МСК+1)"),
    ("Europe/Ulyanovsk", "Ульяновск (МСК+1)"),
    ("Europe/Samara", "Самара (МСК+1)"),
    ("Asia/Yekaterinburg", "Екатеринбург (МСК+2)"),
    ("Asia/Omsk", "Омск (МСК+3)"),
    ("Asia/Novosibirsk", "Новосибирск (МСК+4)"),
    ("Asia/Barnaul", "Барнаул (МСК+4)"),
    ("Asia/Tomsk", "Томск (МСК+4)"),
    ("Asia/Novokuznetsk", "Новокузнецк (МСК+4)"),
    ("Asia/Krasnoyarsk", "Красноярск (МСК+4)"),
    ("Asia/Irkutsk", "Иркутск (МСК+5)"),
    ("Asia/Chita", "Чита (МСК+6)"),
    ("Asia/Yakutsk", "Якутск (МСК+6)"),
    ("Asia/Khandyga", "Хандыга (МСК+6)"),
    ("Asia/Vladivostok", "Владивосток (МСК+7)"),
    ("Asia/Ust-Nera", "Усть-Нера (МСК+7)"),
    ("Asia/Magadan", "Магадан (МСК+8)"),
    ("Asia/Sakhalin", "Южно-Сахалинск (МСК+8)"),
    ("Asia/Srednekolymsk", "Среднеколымск (МСК+8)"),
    ("Asia/Kamchatka", "Петропавловск-Камчатский (МСК+9)"),
    ("Asia/Anadyr", "Анадырь (МСК+9)"),
];

/// How people know a zone; its IANA name when it is not among the known ones.
#[must_use]
pub fn title(name: &str) -> &str {
    ZONES.iter().find(|(known, _)| *known == name).map_or(name, |(_, title)| title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_kernel::{Instant, Zone};

    #[test]
    fn x5_zones_exist_and_their_titles_tell_the_difference_from_moscow() {
        let moment = Instant(1_795_338_000_000_000);
        let hours = |zone: &Zone| -> i32 {
            let exact = moment.show_exact_in(zone);
            let offset = exact.split("UTC").nth(1).unwrap();
            offset.trim_end_matches(')').parse().unwrap()
        };
        let moscow = hours(&Zone::find("Europe/Moscow").unwrap());
        for (name, title) in ZONES {
            let zone = Zone::find(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(zone.name(), name);
            let told = title.split("МСК").nth(1).unwrap().trim_end_matches(')').replace('−', "-");
            let told: i32 = if told.is_empty() { 0 } else { told.parse().unwrap() };
            assert_eq!(hours(&zone) - moscow, told, "{title}");
        }
    }
}
