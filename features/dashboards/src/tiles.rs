//! The tile map: a square per subject of the Federation, placed so that neighbours stay neighbours.

/// A square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The code of the subject, as the tax service uses it.
    pub region: &'static str,
    /// A name short enough for the square.
    pub short: &'static str,
    /// Column and row, from 1.
    pub place: (u8, u8),
}

/// The squares from west to east by federal district: on a phone they flow in this order.
pub const TILES: [Tile; 89] = [
    tile("39", "Клнг", 1, 4),
    tile("78", "СПб", 3, 3),
    tile("47", "Лен", 3, 4),
    tile("60", "Псков", 2, 4),
    tile("53", "Новг", 4, 4),
    tile("10", "Карел", 4, 3),
    tile("51", "Мурм", 5, 2),
    tile("35", "Волог", 5, 4),
    tile("29", "Арх", 6, 3),
    tile("83", "НАО", 8, 2),
    tile("11", "Коми", 8, 3),
    tile("67", "Смол", 3, 6),
    tile("32", "Брян", 3, 7),
    tile("46", "Курск", 3, 8),
    tile("31", "Белг", 4, 9),
    tile("57", "Орёл", 4, 8),
    tile("40", "Калуга", 4, 7),
    tile("69", "Тверь", 4, 5),
    tile("77", "Мск", 5, 6),
    tile("50", "МО", 4, 6),
    tile("71", "Тула", 5, 7),
    tile("48", "Липецк", 5, 8),
    tile("36", "Ворон", 5, 9),
    tile("76", "Яросл", 5, 5),
    tile("33", "Влад", 6, 6),
    tile("62", "Рязань", 6, 7),
    tile("68", "Тамбов", 6, 8),
    tile("44", "Костр", 6, 4),
    tile("37", "Иван", 6, 5),
    tile("92", "Севаст", 1, 11),
    tile("91", "Крым", 2, 11),
    tile("95", "Херс", 1, 10),
    tile("90", "Запор", 2, 10),
    tile("93", "ДНР", 3, 10),
    tile("94", "ЛНР", 4, 10),
    tile("61", "Рост", 5, 10),
    tile("23", "Кубань", 4, 11),
    tile("01", "Адыгея", 4, 12),
    tile("34", "Волгр", 6, 9),
    tile("30", "Астр", 7, 9),
    tile("08", "Калм", 6, 10),
    tile("26", "Ставр", 5, 11),
    tile("09", "КЧР", 5, 12),
    tile("07", "КБР", 6, 12),
    tile("15", "Осетия", 7, 12),
    tile("06", "Ингуш", 6, 11),
    tile("20", "Чечня", 7, 11),
    tile("05", "Даг", 8, 11),
    tile("52", "Нижег", 7, 6),
    tile("13", "Морд", 7, 7),
    tile("21", "Чув", 8, 6),
    tile("12", "МарЭл", 7, 5),
    tile("43", "Киров", 7, 4),
    tile("16", "Тат", 8, 5),
    tile("73", "Ульян", 9, 6),
    tile("58", "Пенза", 8, 7),
    tile("64", "Сарат", 7, 8),
    tile("63", "Самара", 9, 7),
    tile("56", "Оренб", 10, 7),
    tile("02", "Башк", 9, 5),
    tile("18", "Удм", 8, 4),
    tile("59", "Пермь", 9, 4),
    tile("66", "Сверд", 10, 4),
    tile("74", "Челяб", 10, 5),
    tile("45", "Курган", 11, 5),
    tile("72", "Тюмень", 11, 4),
    tile("86", "Югра", 11, 3),
    tile("89", "Ямал", 11, 2),
    tile("55", "Омск", 12, 5),
    tile("54", "НСО", 13, 5),
    tile("70", "Томск", 12, 4),
    tile("22", "АлтКр", 13, 6),
    tile("04", "Алтай", 14, 6),
    tile("42", "Кузб", 14, 5),
    tile("19", "Хакас", 15, 5),
    tile("24", "КрасЯр", 13, 3),
    tile("17", "Тыва", 15, 6),
    tile("38", "Иркут", 14, 4),
    tile("03", "Бурят", 15, 4),
    tile("75", "Забай", 16, 5),
    tile("14", "Якутия", 16, 2),
    tile("28", "Амур", 16, 4),
    tile("79", "ЕАО", 17, 4),
    tile("27", "Хабар", 17, 3),
    tile("25", "Прим", 17, 5),
    tile("49", "Магад", 17, 2),
    tile("65", "Сахал", 18, 3),
    tile("41", "Камч", 18, 2),
    tile("87", "Чук", 18, 1),
];

const fn tile(region: &'static str, short: &'static str, column: u8, row: u8) -> Tile {
    Tile { region, short, place: (column, row) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_organisations::bodies::regions::REGIONS;
    use std::collections::BTreeSet;

    /// The style sheet has a class for each column and row of the map.
    const SIZE: (u8, u8) = (18, 12);

    #[test]
    fn qr13_every_subject_has_a_square_of_its_own() {
        let placed: BTreeSet<&str> = TILES.iter().map(|tile| tile.region).collect();
        // Baikonur is no subject of the Federation.
        let subjects = REGIONS.iter().map(|(code, _)| *code).filter(|&code| code != "99");
        assert_eq!(placed, subjects.collect());
        assert_eq!(TILES.iter().map(|tile| tile.place).collect::<BTreeSet<_>>().len(), TILES.len());
        for tile in TILES {
            assert!((1..=SIZE.0).contains(&tile.place.0) && (1..=SIZE.1).contains(&tile.place.1), "{tile:?}");
            assert!(tile.short.chars().count() <= 6, "{tile:?}");
        }
    }
}
