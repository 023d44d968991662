use std::collections::{HashMap, HashSet};

use otklik_kernel::{Instant, Zone};

use super::calendar::Day;
use super::responses::{DemoResponse, VOLUME};
use super::*;

const UNTIL: Instant = Instant(1_795_291_200_000_000); // 2026-11-21T20:00:00Z

fn year() -> (Vec<DemoOffice>, Vec<DemoResponse>) {
    let offices = offices(&bodies());
    let year = responses(1, VOLUME, &offices, UNTIL).collect();
    (offices, year)
}

#[test]
fn org1_bodies_are_unique_and_follow_their_parents() {
    let bodies = bodies();
    assert!(bodies.len() >= 180, "{}", bodies.len());
    let mut seen = HashMap::new();
    for body in &bodies {
        let parent = (!body.parent_code.is_empty()).then(|| seen[body.parent_code.as_str()]);
        let fits = match (body.kind.as_str(), parent) {
            ("tax_central" | "government", None) => true,
            ("tax_region", Some("tax_central")) => {
                body.code == format!("{}00", body.region) && body.code.len() == 4
            }
            ("tax_inspection", Some("tax_region")) => {
                body.parent_code == format!("{}00", body.region)
                    && body.code.len() == 4
                    && body.code.starts_with(&body.region)
                    && body.office == "да"
            }
            ("tax_workplace", Some("tax_inspection")) => {
                body.code.starts_with(&format!("{}-", body.parent_code)) && body.office == "да"
            }
            ("executive" | "local_government", Some("government")) => true,
            ("territorial_unit" | "employment_centre" | "mfc", Some("executive")) => true,
            ("support", Some("tax_region")) => body.office == "нет",
            ("mfc_branch", Some("mfc")) => body.office == "да",
            _ => false,
        };
        assert!(fits, "{body:?} under {parent:?}");
        assert_eq!(Zone::find(&body.time_zone).as_ref().map(Zone::name), Some(body.time_zone.as_str()));
        assert!(seen.insert(body.code.as_str(), body.kind.as_str()).is_none(), "{body:?}");
    }
    assert_eq!(seen.values().collect::<HashSet<_>>().len(), 12);
}

#[test]
fn every_column_is_filled_as_the_import_wants_it() {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(BODIES.as_bytes());
    let columns = "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;site;queue_terminal;office";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(";"), columns);
    let mut names = HashSet::new();
    for row in reader.records() {
        let row = row.unwrap();
        assert!(row.iter().enumerate().all(|(at, cell)| at == 1 || !cell.trim().is_empty()), "{row:?}");
        assert!(row.iter().all(|cell| cell == cell.trim() && !cell.contains("  ")), "{row:?}");
        assert!(names.insert(row[3].to_owned()), "two bodies are called {}", &row[3]);
        assert!(matches!(&row[5], "federal" | "regional" | "local"));
        let (latitude, longitude): (f64, f64) = (row[9].parse().unwrap(), row[10].parse().unwrap());
        assert!((41.0..82.0).contains(&latitude) && (19.0..180.0).contains(&longitude), "{row:?}");
        assert!(row[11].starts_with("https://") && row[11].contains(".example/"), "{row:?}");
        assert!(row[12] == *"да" || row[12] == *"нет");
        assert!(row[13] == *"да" || (row[13] == *"нет" && row[12] == *"нет"), "{row:?}");
    }
}

#[test]
fn org1_subjects_have_their_codes_and_zones() {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(BODIES.as_bytes());
    let rows: HashMap<String, (String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .filter(|row| &row[4] == "tax_region")
        .map(|row| (row[0].to_owned(), (row[3].to_owned(), row[7].to_owned())))
        .collect();
    // 89 subjects, one office for Архангельская область and Ненецкий автономный округ.
    let codes: Vec<u8> = (1..=79).chain([86, 87, 89]).chain(90..=95).collect();
    assert_eq!(rows.len(), codes.len());
    assert!(codes.iter().all(|code| rows.contains_key(&format!("{code:02}00"))));
    for (code, name, zone) in [
        ("0200", "Республике Башкортостан", "Asia/Yekaterinburg"),
        ("0300", "Республике Бурятия", "Asia/Irkutsk"),
        ("1400", "Республике Саха (Якутия)", "Asia/Yakutsk"),
        ("1600", "Республике Татарстан", "Europe/Moscow"),
        ("1800", "Удмуртской Республике", "Europe/Samara"),
        ("2200", "Алтайскому краю", "Asia/Barnaul"),
        ("2400", "Красноярскому краю", "Asia/Krasnoyarsk"),
        ("2700", "Хабаровскому краю", "Asia/Vladivostok"),
        ("2800", "Амурской области", "Asia/Yakutsk"),
        ("3000", "Астраханской области", "Europe/Astrakhan"),
        ("3400", "Волгоградской области", "Europe/Volgograd"),
        ("3900", "Калининградской области", "Europe/Kaliningrad"),
        ("4100", "Камчатскому краю", "Asia/Kamchatka"),
        ("4200", "Кемеровской области – Кузбассу", "Asia/Novokuznetsk"),
        ("4300", "Кировской области", "Europe/Kirov"),
        ("4900", "Магаданской области", "Asia/Magadan"),
        ("5000", "Московской области", "Europe/Moscow"),
        ("5400", "Новосибирской области", "Asia/Novosibirsk"),
        ("5500", "Омской области", "Asia/Omsk"),
        ("6400", "Саратовской области", "Europe/Saratov"),
        ("6500", "Сахалинской области", "Asia/Sakhalin"),
        ("7000", "Томской области", "Asia/Tomsk"),
        ("7300", "Ульяновской области", "Europe/Ulyanovsk"),
        ("7500", "Забайкальскому краю", "Asia/Chita"),
        ("7700", "г. Москве", "Europe/Moscow"),
        ("8700", "Чукотскому автономному округу", "Asia/Anadyr"),
        ("9100", "Республике Крым", "Europe/Simferopol"),
    ] {
        assert_eq!(rows[code], (format!("УФНС России по {name}"), zone.to_owned()));
    }
}

#[test]
fn org4_accounts_stand_on_bodies_and_cover_the_roles() {
    let codes: HashSet<_> = bodies().into_iter().map(|body| body.code).collect();
    let mut grants = HashSet::new();
    for account in ACCOUNTS {
        assert!(codes.contains(account.body_code), "{account:?}");
        assert!(grants.insert((account.login, account.role, account.body_code)), "{account:?}");
        assert!(ACCOUNTS.iter().all(|other| other.login != account.login || other.title == account.title));
    }
    let roles: HashSet<_> = ACCOUNTS.iter().map(|account| account.role).collect();
    assert_eq!(roles.len(), 10);
}

#[test]
fn org4_an_account_with_several_roles_is_told_once() {
    let told: Vec<_> = once_each().map(|account| account.login).collect();
    let logins: HashSet<_> = ACCOUNTS.iter().map(|account| account.login).collect();
    assert_eq!(told.len(), logins.len());
    assert_eq!(told.iter().copied().collect::<HashSet<_>>(), logins);
    let observer = once_each().find(|account| account.role == "mer_observer").unwrap();
    assert_eq!(observer.body_code, "0000", "the widest of its roles is told");
}

#[test]
fn qr8_recipients_follow_the_template() {
    assert_eq!(recipients("2724", "27")[0], "vashkontrol2724@r27.nalog.example");
    assert_eq!(recipients("nso-mfc-1", "54")[0], "otklik.nso-mfc-1@r54.gov.example");
    assert!(recipients("2724-1", "27").iter().all(|address| address.ends_with(".example")));
}

#[test]
fn org5_the_register_names_roles_and_reserved_addresses() {
    let mut several = 0;
    for body in bodies() {
        let rows = register(&body);
        several += usize::from(rows.len() > 1);
        for row in &rows {
            assert!(row.name.starts_with("Сотрудник ") && row.email.ends_with(".example"), "{row:?}");
            assert!(row.phone_number.starts_with("000-"), "{row:?}");
        }
        if body.kind == "support" {
            assert_eq!(rows.len(), 1);
        }
    }
    assert!(several > 20);
}

#[test]
fn the_same_seed_gives_the_same_year_and_another_one_another() {
    let offices = offices(&bodies());
    let year: Vec<_> = responses(1, VOLUME, &offices, UNTIL).collect();
    assert!(responses(1, VOLUME, &offices, UNTIL).eq(year.iter().cloned()));
    assert!(!responses(2, VOLUME, &offices, UNTIL).eq(year));
    assert_eq!(responses(1, VOLUME, &[], UNTIL).count(), 0);
}

#[test]
fn qr3_no_response_is_empty_and_the_year_is_in_order() {
    let (offices, year) = year();
    assert_eq!(year.len(), VOLUME);
    assert!(year.is_sorted_by_key(|response| response.at));
    assert!(year[0].at > UNTIL.plus(-365 * Instant::DAY) && year[VOLUME - 1].at <= UNTIL);
    assert!(year[VOLUME - 1].at > UNTIL.plus(-2 * Instant::DAY));
    let mut counts = vec![0; offices.len()];
    for response in &year {
        counts[response.office] += 1;
        assert!(response.marks != [None; 5] || !response.comment.trim().is_empty());
        assert!(response.comment.chars().count() <= 900 && !response.comment.contains(['{', '}']));
    }
    assert!(counts.iter().all(|&count| count >= 10), "{counts:?}");
    let texts = year.iter().filter(|response| !response.comment.is_empty()).count();
    assert!((VOLUME * 32 / 100..=VOLUME * 38 / 100).contains(&texts), "{texts}");
    let alone = year.iter().filter(|response| response.marks == [None; 5]).count();
    assert!((VOLUME * 2 / 100..=VOLUME * 6 / 100).contains(&alone), "{alone}");
    let different: HashSet<_> =
        year.iter().map(|response| &response.comment).filter(|text| !text.is_empty()).collect();
    assert!(different.len() * 4 > texts, "{} of {texts}", different.len());
}

#[test]
fn x5_people_answer_on_working_days_by_the_local_clock() {
    let (offices, year) = year();
    let (mut inside, mut saturdays) = (0, 0);
    for response in &year {
        let zone = &offices[response.office].zone;
        let day = (Day::of(response.at).0 - 1..)
            .map(Day)
            .find(|day| day.civil() == response.at.day_in(zone))
            .unwrap();
        let minute = response.at.since(day.start_in(zone)) / Instant::MINUTE;
        let (open, close) = day.hours().expect("nobody answers on a day off");
        assert!((open..=22 * 60 + 30).contains(&minute), "{minute}");
        inside += usize::from(minute < close);
        saturdays += usize::from(day.weekday() == 5);
    }
    assert!((VOLUME * 90 / 100..=VOLUME * 95 / 100).contains(&inside), "{inside}");
    assert!((VOLUME * 3 / 100..=VOLUME * 10 / 100).contains(&saturdays), "{saturdays}");
}

fn happy(year: &[DemoResponse], criterion: usize, which: impl Fn(&DemoResponse) -> bool) -> (usize, usize) {
    let marks = year.iter().filter(|response| which(response)).filter_map(|one| one.marks[criterion]);
    marks.fold((0, 0), |(share, all), mark| (share + usize::from(mark), all + 1))
}

#[test]
fn the_stories_of_the_year_can_be_seen() {
    let (offices, year) = year();
    let find = |code: &str| offices.iter().position(|office| office.code == code).unwrap();
    let percent = |(happy, all): (usize, usize)| {
        assert!(all >= 20, "{all} marks are too few to show anything");
        happy * 100 / all
    };
    let age = |response: &DemoResponse| UNTIL.since(response.at) / Instant::DAY;
    let (bad, improving) = (find("2724"), find("4101"));
    let in_month = percent(happy(&year, 2, |one| one.office == bad && (90..120).contains(&age(one))));
    let after = percent(happy(&year, 2, |one| one.office == bad && age(one) < 90));
    assert!(in_month + 30 < after, "{in_month} {after}");
    let first = percent(happy(&year, 4, |one| one.office == improving && age(one) > 240));
    let last = percent(happy(&year, 4, |one| one.office == improving && age(one) < 120));
    assert!(first + 20 < last, "{first} {last}");
    let all: Vec<_> = (0..5).map(|criterion| percent(happy(&year, criterion, |_| true))).collect();
    assert!(all.iter().all(|share| (60..95).contains(share)) && all[2] < all[4], "{all:?}");
    let week = |from: i32, to: i32| {
        let moscow = Zone::find("Europe/Moscow").unwrap();
        year.iter().filter(|one| (from..=to).contains(&(one.at.day_in(&moscow).0 % 10_000))).count()
    };
    assert!(week(424, 430) > week(202, 208) * 3 / 2);
    assert!(week(1125, 1201) > week(202, 208) * 3 / 2);
}
