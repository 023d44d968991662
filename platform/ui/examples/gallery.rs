//! Writes one page of each kind into a folder: `cargo run -p otklik-ui --example gallery -- DIR`.
//!
//! The pages name their style sheet and script `/admin/assets/…`; both are written too, so that a plain file
//! server over the folder shows everything.

use std::path::Path;

use askama::Template;
use otklik_kernel::{Instant, Zone};
use otklik_ui::{
    ADMIN_CSS, ADMIN_JS, Badge, Choice, ErrorPage, Errors, FlashKind, Page, Pager, Person, Section, Share,
    Tone, Viewer, When, asset_path, thousands,
};

struct Row {
    href: String,
    office: &'static str,
    marks: Badge,
    comment: &'static str,
    when: When,
    status: Badge,
}

#[derive(Template)]
#[template(path = "gallery/list.html")]
struct ListView {
    page: Page,
    rows: Vec<Row>,
    pager: Pager,
    periods: Vec<Choice>,
    kinds: Vec<Choice>,
    q: &'static str,
}

#[derive(Template)]
#[template(path = "gallery/form.html")]
struct FormView {
    page: Page,
    errors: Errors,
    name: &'static str,
    emails: &'static str,
    levels: Vec<Choice>,
    zones: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "gallery/card.html")]
struct CardView {
    page: Page,
    when: When,
    status: Badge,
    criteria: Vec<(&'static str, Badge)>,
}

#[derive(Template)]
#[template(path = "gallery/empty.html")]
struct EmptyView {
    page: Page,
}

#[derive(Template)]
#[template(path = "gallery/today.html")]
struct TodayView {
    page: Page,
    fresh: String,
    share: Share,
    few: Share,
}

#[derive(Template)]
#[template(path = "gallery/login.html")]
struct LoginView {
    page: Page,
    errors: Errors,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: gallery DIR")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("admin/assets"))?;
    for (name, content) in [("admin.css", ADMIN_CSS), ("admin.js", ADMIN_JS)] {
        let path = asset_path(name).ok_or("an asset without address")?;
        std::fs::write(folder.join(path.trim_start_matches('/')), content)?;
    }
    let viewer = Viewer {
        person: Some(Person {
            name: "Куратор Тверской области".into(),
            role: "Куратор · УФНС по Тверской области".into(),
        }),
        csrf: "d41d8cd98f00b204".into(),
        sections: Section::ALL.to_vec(),
        ..Viewer::default()
    };
    let nobody = Viewer::default();
    for (name, html) in [
        ("today", today(&viewer).render()?),
        ("list", list(&viewer).render()?),
        ("form", form(&viewer).render()?),
        ("card", card(&viewer).render()?),
        ("empty", empty(&viewer).render()?),
        ("login", login(&nobody).render()?),
        ("error-403", ErrorPage::new(&viewer, 403).render()?),
        ("error-404", ErrorPage::new(&nobody, 404).render()?),
        ("error-500", ErrorPage::new(&viewer, 500).trace("0f8c-41d2-77ab").render()?),
        ("error-503", ErrorPage::new(&nobody, 503).render()?),
    ] {
        std::fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}

fn moment(minutes: i64) -> When {
    let zone = Zone::find("Europe/Moscow").expect("Moscow has a zone");
    When::new(Instant(1_760_000_000_000_000 - minutes * 60_000_000), &zone)
}

fn today(viewer: &Viewer) -> TodayView {
    TodayView {
        page: Page::new(viewer, Section::Today, "Сегодня")
            .crumb("ФНС России", "/admin/bodies/1")
            .here("Тверская область"),
        fresh: thousands(12),
        share: Share::new(211, 340),
        few: Share::new(3, 4),
    }
}

fn list(viewer: &Viewer) -> ListView {
    let offices = [
        "ИФНС № 10, Тверь",
        "ИФНС № 3, Ржев",
        "ИФНС № 6, Бежецк",
        "ИФНС № 12, Вышний Волочёк",
        "ИФНС № 7, Конаково",
    ];
    let comments = [
        "Ждал сорок минут, хотя записывался на 10:00. Окно № 4 было закрыто.",
        "",
        "Спасибо сотруднику третьего окна, всё объяснил и помог заполнить заявление.",
        "Терминал электронной очереди не печатает талоны второй день.",
        "",
    ];
    let rows = (0..14).map(|n: usize| Row {
        href: format!("/admin/responses/{n}"),
        office: offices[n % 5],
        marks: match n % 5 {
            0 => Badge::new("плохо: 2 из 5", Tone::Problem),
            3 => Badge::new("плохо: 1 из 5", Tone::Problem),
            _ => Badge::new("хорошо", Tone::Good),
        },
        comment: comments[n % 5],
        when: moment(17 * n as i64),
        status: match n % 4 {
            0 => Badge::new("новый", Tone::Accent),
            1 => Badge::new("просмотрен", Tone::Quiet),
            2 => Badge::new("меры приняты", Tone::Good),
            _ => Badge::new("слишком быстро", Tone::Warning),
        },
    });
    ListView {
        page: Page::new(viewer, Section::Responses, "Отклики")
            .crumb("ФНС России", "/admin/bodies/1")
            .crumb("Тверская область", "/admin/bodies/69")
            .here("Отклики"),
        rows: rows.collect(),
        pager: Pager::new(5, 50, 12_304, "days=7"),
        periods: [("1", "Сегодня"), ("7", "7 дней"), ("30", "30 дней")]
            .map(|(v, t)| Choice::new(v, t, "7"))
            .into(),
        kinds: [("", "Все"), ("bad", "Есть «плохо»"), ("text", "С отзывом")]
            .map(|(v, t)| Choice::new(v, t, ""))
            .into(),
        q: "окно",
    }
}

fn form(viewer: &Viewer) -> FormView {
    let mut errors = Errors::new();
    errors.add("name", "Укажите название: его увидят люди на анкете.");
    errors.add("emails", "Во второй строке адрес без знака @: «otdel.example.ru».");
    FormView {
        page: Page::new(viewer, Section::Bodies, "Новый орган")
            .crumb("Органы", "/admin/bodies")
            .crumb("Тверская область", "/admin/bodies/69")
            .here("Новый орган"),
        errors,
        name: "",
        emails: "priem@example.ru\notdel.example.ru",
        levels: [("federal", "Федеральный"), ("regional", "Региональный"), ("local", "Местный")]
            .map(|(v, t)| Choice::new(v, t, "local"))
            .into(),
        zones: [("Europe/Moscow", "Москва (UTC+3)"), ("Asia/Yekaterinburg", "Екатеринбург (UTC+5)")]
            .map(|(v, t)| Choice::new(v, t, "Europe/Moscow"))
            .into(),
    }
}

fn card(viewer: &Viewer) -> CardView {
    CardView {
        page: Page::new(viewer, Section::Responses, "Отклик 4F7K-92MD")
            .crumb("Отклики", "/list.html")
            .here("4F7K-92MD")
            .flash(FlashKind::Done, "Отмечено: отклик просмотрен."),
        when: moment(0),
        status: Badge::new("новый", Tone::Accent),
        criteria: vec![
            ("Доступность информации", Badge::new("хорошо", Tone::Good)),
            ("Время ожидания в очереди", Badge::new("плохо", Tone::Problem)),
            ("Компетентность сотрудника", Badge::new("хорошо", Tone::Good)),
            ("Вежливость сотрудника", Badge::new("хорошо", Tone::Good)),
            ("Комфортность помещения", Badge::new("не оценено", Tone::Quiet)),
        ],
    }
}

fn empty(viewer: &Viewer) -> EmptyView {
    EmptyView {
        page: Page::new(viewer, Section::Responses, "Отклики")
            .flash(FlashKind::Notice, "Анкета органа ещё не открыта: у него нет адресов для писем."),
    }
}

fn login(viewer: &Viewer) -> LoginView {
    let mut errors = Errors::new();
    errors.add("", "Адрес или пароль не подошли. Проверьте раскладку и Caps Lock.");
    LoginView { page: Page::outside(viewer, "Вход"), errors }
}
