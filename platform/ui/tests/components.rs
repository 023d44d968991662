//! The components as a slice uses them: an import of `ui/macros.html` in a template of another crate.

use askama::Template;
use otklik_ui::{Badge, Choice, Errors, FlashKind, Page, Pager, Person, Section, Tone, Viewer, asset_path};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% import "ui/macros.html" as ui %}
{%- call ui::error_summary(page, errors) %}{% endcall %}
{%- call ui::field("email", "Почта", value = self.email, hint = "Рабочая", error = errors.of("email"), required = true) %}{% endcall %}
{%- call ui::area("text", "Текст", value = self.email) %}{% endcall %}
{%- call ui::select("days", "Период", choices) %}{% endcall %}
{%- call ui::badge(badge) %}{% endcall %}
{%- call ui::csrf(page) %}{% endcall %}"#
)]
struct FormView {
    page: Page,
    errors: Errors,
    email: &'static str,
    choices: Vec<Choice>,
    badge: Badge,
}

fn form(errors: Errors) -> String {
    let viewer = Viewer { csrf: "token-1".into(), ..Viewer::default() };
    FormView {
        page: Page::new(&viewer, Section::People, "Люди"),
        errors,
        email: "\"><script>alert(1)</script>",
        choices: vec![Choice::new("7", "Неделя", "30"), Choice::new("30", "Месяц", "30")],
        badge: Badge::new("новый <b>", Tone::Accent),
    }
    .render()
    .unwrap()
}

#[test]
fn a_mistake_is_tied_to_its_field_and_listed_in_the_summary() {
    let mut errors = Errors::new();
    errors.add("email", "Нет знака @.");
    let html = form(errors);
    assert!(html.contains(r#"aria-describedby="email-hint email-error" aria-invalid="true""#), "{html}");
    assert!(html.contains(r#"id="email-error">Нет знака @.</small>"#), "{html}");
    assert!(html.contains(r##"<a href="#email">Нет знака @.</a>"##), "{html}");
    assert!(html.contains("1 ошибка"), "{html}");
}

#[test]
fn mistakes_about_the_whole_form_are_plain_words() {
    let mut errors = Errors::new();
    errors.add("", "Адрес или пароль не подошли.");
    let html = form(errors);
    assert!(html.contains(r#"<p class="whole">Адрес или пароль не подошли.</p>"#), "{html}");
    assert!(!html.contains("ошибка"), "{html}");
}

#[test]
fn without_mistakes_nothing_claims_one() {
    let html = form(Errors::new());
    assert!(!html.contains("aria-invalid") && !html.contains("class=\"summary\""), "{html}");
    assert!(html.contains(r#"aria-describedby="email-hint""#), "{html}");
}

#[test]
fn values_are_kept_escaped_and_the_chosen_is_chosen() {
    let html = form(Errors::new());
    assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
    assert_eq!(html.matches("alert(1)").count(), 2, "in the input and in the text area: {html}");
    assert!(html.contains(r#"<option value="30" selected>Месяц</option>"#), "{html}");
    assert!(html.contains(r#"<option value="7">Неделя</option>"#), "{html}");
    assert!(html.contains(r#"name="csrf" value="token-1""#), "{html}");
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "ui/base.html" %}{% import "ui/macros.html" as ui %}
{% block content %}{% call ui::pager(page, pager) %}{% endcall %}{% endblock %}"#
)]
struct ListView {
    page: Page,
    pager: Pager,
}

fn list(person: Option<Person>, sections: Vec<Section>) -> String {
    let viewer = Viewer { person, sections, csrf: "token-2".into(), ..Viewer::default() };
    let page = Page::new(&viewer, Section::Journal, "Журнал & записи")
        .crumb("ФНС", "/admin/bodies/1")
        .here("Журнал")
        .flash(FlashKind::Problem, "Не удалось");
    ListView { page, pager: Pager::new(2, 10, 25, "q=%D0%B0&days=7") }.render().unwrap()
}

#[test]
fn the_layout_shows_where_i_am_and_only_what_i_may_see() {
    let person = Person { name: "Наблюдатель".into(), role: "МЭР".into() };
    let html = list(Some(person), vec![Section::Journal]);
    assert!(html.contains(r#"<html lang="ru">"#));
    assert!(html.contains("<title>Журнал &#38; записи — Отклик</title>"), "{html}");
    assert!(html.contains(r#"<a href="/admin/journal" aria-current="true">Журнал</a>"#), "{html}");
    assert!(!html.contains("/admin/outbox") && !html.contains("/admin/people"), "{html}");
    assert!(html.contains(r#"<span aria-current="page">Журнал</span>"#), "{html}");
    assert!(html.contains(r#"<p class="flash problem" role="alert">Не удалось</p>"#), "{html}");
    assert!(html.contains(r#"<form method="post" action="/admin/logout">"#), "{html}");
    assert!(
        html.contains(asset_path("admin.css").unwrap()) && html.contains(asset_path("admin.js").unwrap())
    );
    assert!(html.contains("?q=%D0%B0&#38;days=7&#38;page=3"), "{html}");
}

#[test]
fn without_a_person_there_is_neither_menu_nor_navigation() {
    let html = list(None, Vec::new());
    assert!(!html.contains("/admin/logout") && !html.contains("class=\"sections\""), "{html}");
}

#[test]
fn pages_hold_the_content_policy() {
    let html = list(Some(Person { name: "А".into(), role: "Б".into() }), Section::ALL.to_vec());
    for banned in [" style=", "<style", "onclick", "javascript:", "http://www.w3.org/1999"] {
        assert!(!html.contains(banned), "{banned}");
    }
    assert_eq!(html.matches("<script").count(), 1);
}
