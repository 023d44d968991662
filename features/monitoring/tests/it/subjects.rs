//! What the first page and the pages of one service and of one body tell.

use axum::http::StatusCode;
use otklik_progress::model::Channel;

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::records::ONE;
use crate::site::{Answer, DAY, Site, with};

const OVERVIEW: &str = "/admin/monitoring";
const ANALYSIS: &str = "/admin/monitoring/analysis";
/// The 18th of November 2026.
const BEGAN: i64 = 1_795_000_000;
const HOUR: i64 = 3600;
const DAYS: i64 = 86_400;

/// Tells of applications for the service 100 that began so many days before and ended after so many hours; the first ones
/// were refused.
fn applications(told: &mut Told, body: &str, (days, hours): (i64, i64), (refused, all): (usize, usize)) {
    for n in 0..all {
        let (request, began) = (format!("{body}-{days}-{n}"), BEGAN - days * DAYS);
        told.application(&request, "100", 27, body, Channel::ALL[0]);
        told.event(&request, 1, 1, began, "");
        told.event(&request, 1, if n < refused { 4 } else { 3 }, began + hours * HOUR, "");
    }
}

/// The figure of the first page with these words.
fn figure(page: &Answer, words: &str) -> String {
    let tiles = page.text().split("<li class=\"tile\">");
    let found = tiles.filter(|tile| tile.contains(&format!("<span>{words}</span>"))).collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "«{words}» in {}", page.text());
    found[0].split("</li>").next().unwrap().to_owned()
}

async fn overview(site: &Site, who: &str) -> Answer {
    site.get(who, OVERVIEW).await.expect(StatusCode::OK)
}

#[test]
fn mon13_the_first_page_tells_how_services_ran_in_the_last_full_days_within_what_may_be_seen() {
    with(async |site| {
        overview(&site, "near").await.says("Отправителей пока нет").hides("Показателей пока нет");
        site.sender("r27", "2700", "whole").await;
        site.sender("r69", "6900", "whole").await;
        overview(&site, "near").await.says("Показателей пока нет").hides("начато заявлений");
        let mut told = Told::new("r27", DAY.0, 1, 1);
        applications(&mut told, "2700", (0, 5), (2, 10));
        applications(&mut told, "2700", (40, 7), (0, 8));
        applications(&mut told, "2700", (60, 7), (0, 1));
        (0..5).for_each(|n| told.rating(&format!("2700-0-{n}"), BEGAN + 9 * HOUR, 4));
        told.complaint("2700-0-0", BEGAN + 9 * HOUR, 1);
        take(&site, &told).await;
        let page = overview(&site, "near").await.says("с 20.10.2026 по 18.11.2026");
        let days = "from=2026%2D10%2D20&#38;to=2026%2D11%2D18";
        for (words, value, more, was, chart) in [
            ("начато заявлений", "10", "", "было 8", "dynamics"),
            ("завершено заявлений", "10", "", "было 8", "dynamics"),
            ("половина завершена не дольше", "5\u{a0}ч", "из 10 заявлений", "было 7\u{a0}ч", "durations"),
            (
                "завершено в срок",
                "100,0\u{a0}% <small>(72–100)</small>",
                "из 10 заявлений",
                "было 100,0\u{a0}%",
                "norm",
            ),
            (
                "завершено отказом",
                "20,0\u{a0}% <small>(6–51)</small>",
                "из 10 заявлений",
                "было 0,0\u{a0}%",
                "refusals",
            ),
            ("половина ждёт в МФЦ не дольше", "—", "", "", "waiting"),
            (
                "подано электронно",
                "100,0\u{a0}% <small>(72–100)</small>",
                "из 10 заявлений",
                "было 100,0\u{a0}%",
                "digital",
            ),
            ("с нарушением порядка", "100,0\u{a0}% <small>(72–100)</small>", "из 10 заявлений", "", "order"),
            ("средняя оценка, от 1 до 5", "4,00", "5 оценок", "", "people"),
            ("с жалобой на тысячу", "100,00", "из 10 заявлений", "", "people"),
        ] {
            let told = figure(&page, words);
            for part in [
                format!("<strong>{value}</strong>"),
                format!("{ANALYSIS}?{days}#chart-{chart}"),
                more.to_owned(),
                was.to_owned(),
            ] {
                assert!(told.contains(&part), "{part} is not in {told}");
            }
            assert_eq!(told.contains("было"), !was.is_empty(), "{told}");
        }
        // The page that it leads to says the same.
        let analysis = site.get("near", &format!("{ANALYSIS}?{}", days.replace("&#38;", "&"))).await;
        analysis.expect(StatusCode::OK).says("Начато 10, завершено 10.").says("не дольше чем за 5\u{a0}ч");
        overview(&site, "observer").await.says("<strong>10</strong> <span>начато заявлений</span>");
        overview(&site, "far").await.says("Показателей пока нет").hides("начато заявлений");
        // Those whose data come from a sender of others see them, too.
        let mut told = Told::new("r27", DAY.0 - 1, 1, 2);
        applications(&mut told, "6900", (1, 5), (0, 3));
        take(&site, &told).await;
        let page = overview(&site, "far").await.says("с 19.10.2026 по 17.11.2026").says("Сравнить не с чем");
        assert!(figure(&page, "начато заявлений").contains("<strong>3</strong>"));
    });
}

#[test]
fn x6_the_first_page_tells_no_figure_of_fewer_than_five_but_how_many_there_are() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        applications(&mut told, "2700", (0, 5), (0, 4));
        told.rating("2700-0-0", BEGAN + 9 * HOUR, 4);
        take(&site, &told).await;
        let page = overview(&site, "near").await;
        assert!(figure(&page, "начато заявлений").contains("<strong>4</strong>"));
        for words in [
            "половина завершена не дольше",
            "завершено в срок",
            "завершено отказом",
            "подано электронно",
            "с жалобой на тысячу",
        ] {
            let told = figure(&page, words);
            assert!(told.contains("<strong>—</strong>") && told.contains("мало: 4"), "{told}");
        }
        assert!(figure(&page, "средняя оценка, от 1 до 5").contains("мало: 1"));
    });
}

/// Says what a service is called and how long it may take.
async fn register(site: &Site, name: &str, title: &str, amount: &str) {
    let (code, variant) = name.split_once('/').unwrap_or((name, ""));
    let (first, second) = if amount.is_empty() { ("", "") } else { ("1", "3") };
    let fields = [
        ("kind_of", "services"),
        ("name", name),
        ("code", code),
        ("variant", variant),
        ("title", title),
        ("amount", amount),
        ("unit", if amount.is_empty() { "" } else { "calendar" }),
        ("first", first),
        ("second", second),
        ("valid_from", "2026-11-01"),
        ("reason", "регламент"),
    ];
    site.post("administrator", ONE, &fields).await.expect(StatusCode::SEE_OTHER);
}

#[test]
fn mon13_a_page_about_one_service_bears_its_name_and_tells_what_is_known_of_it() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        register(&site, "100", "Выписка", "5").await;
        register(&site, "100/1", "Выписка: срочная", "2").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        applications(&mut told, "2700", (0, 5), (0, 6));
        applications(&mut told, "2724", (0, 5), (0, 7));
        applications(&mut told, "6900", (0, 5), (0, 8));
        take(&site, &told).await;
        let days = "from=2026-11-01&to=2026-11-30";
        // From the table by services one comes to the service.
        let table = site.get("administrator", &format!("{ANALYSIS}?{days}&by=service")).await;
        let table = table.expect(StatusCode::OK).says("<h1>Как оказываются услуги</h1>").hides("Об услуге");
        table.says("<th scope=\"row\"><a href=\"/admin/monitoring/analysis?service=100");
        let page = site.get("administrator", &format!("{ANALYSIS}?service=100&{days}")).await;
        let page = page
            .expect(StatusCode::OK)
            .says("<title>Выписка — ")
            .says("<h1>Выписка</h1>")
            .says("Об услуге")
            .says("records/one?kind=services&#38;name=100\">100</a>")
            .says("variant=1")
            .says("Выписка: срочная</a> <small>1</small>")
            .says("records/one?kind=services&#38;name=100\">5 календарных дней</a>")
            .says("records/one?kind=services&#38;name=100%2F1\">2 календарных дня</a>")
            .says("records/one?kind=norms&#38;name=waiting%2F%2F\">Ожидание в очереди МФЦ")
            .says("records?kind=order\">")
            .hides("Решение по заявлению — за 30 дней");
        let (most, least) = (page.text().find("8 заявлений"), page.text().find("6 заявлений"));
        assert!(most.unwrap() < least.unwrap(), "the busiest body stands first");
        // Who sees a part sees that part alone, and changes no records.
        let page = site.get("near", &format!("{ANALYSIS}?service=100&{days}")).await.expect(StatusCode::OK);
        let page =
            page.says("<h1>Выписка</h1>").says("5 календарных дней").hides("/admin/monitoring/records/one");
        page.says("7 заявлений").says("6 заявлений").hides("8 заявлений").hides("body=6900");
        let both = site.get("near", &format!("{ANALYSIS}?service=100&body=2724&{days}")).await;
        let both = both.expect(StatusCode::OK).says("<h1>Выписка · ИФНС по Железнодорожному району</h1>");
        both.says("Об услуге").says("Об органе").hides("Кто оказывает");
    });
}

#[test]
fn mon13_what_the_register_says_of_no_term_is_told_from_the_norms() {
    with(async |site| {
        register(&site, "100", "Выписка", "").await;
        let page = site.get("observer", &format!("{ANALYSIS}?service=100")).await.expect(StatusCode::OK);
        page.says("Решение по заявлению — за 30 дней").hides("из реестра услуг").hides("records/one");
    });
}

#[test]
fn mon13_a_page_about_one_body_bears_its_name_and_tells_what_is_known_of_it() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        site.deliver(&token, "?day=2026-11-20", "rows 1").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        let page = site.get("near", &format!("{ANALYSIS}?body=2700")).await.expect(StatusCode::OK);
        page.says("<title>УФНС по Хабаровскому краю — ")
            .says("<h1>УФНС по Хабаровскому краю</h1>")
            .says("Об органе")
            .says("Хабаровский край · Europe/Moscow")
            .says("Отправитель r27</a> <small>r27</small>")
            // From the first day of the sender to the last that is due.
            .says("<a href=\"/admin/monitoring/completeness\">Получено 1 из 20")
            .says("ИФНС по Железнодорожному району</a> <small>2724</small>")
            .hides("Вышестоящий орган");
        let above = site.get("administrator", &format!("{ANALYSIS}?body=2700")).await.expect(StatusCode::OK);
        above.says("Вышестоящий орган").says("ФНС России</a> <small>0000</small>");
        // A body below has no sender of its own.
        let below = site.get("near", &format!("{ANALYSIS}?body=2724")).await.expect(StatusCode::OK);
        below.says("<h1>ИФНС по Железнодорожному району</h1>").says("не зарегистрированы").hides("Получено");
        let outside = site.get("far", &format!("{ANALYSIS}?body=2700")).await;
        let outside = outside.expect(StatusCode::UNPROCESSABLE_ENTITY).hides("Об органе");
        outside.says("<h1>Как оказываются услуги</h1>").hides("Отправитель r27");
    });
}
