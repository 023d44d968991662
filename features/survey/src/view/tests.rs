use askama::Template;

use crate::view;
use crate::view::{Mark, ProblemView, QuestionnairePage, ReceiptPage, ReceiptUnknownPage, STYLE};

#[path = "../../examples/render/sample.rs"]
mod sample;

/// What stands between two marks, once for every time they stand in the page.
fn between<'a>(page: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    page.split(start).skip(1).map(|rest| rest.split_once(end).expect("the end").0).collect()
}

fn empty() -> String {
    let criteria = sample::criteria([None; 5]);
    sample::questionnaire(&criteria, "hint").render().unwrap()
}

#[test]
fn x1_every_page_fits_8_kb_with_long_names_and_mistakes() {
    for text in [sample::LONG_NAME, sample::LONG_ADDRESS] {
        assert!(text.chars().count() >= 150, "{}", text.chars().count());
    }
    for (name, page) in sample::pages() {
        assert!(page.len() <= 8192, "{name}: {} bytes", page.len());
    }
}

#[test]
fn x1_no_page_has_a_script_a_style_attribute_or_a_second_request() {
    for (name, page) in sample::pages() {
        for banned in
            ["<script", " style=", "://", "src=", "@import", "url(", " onclick", "<img", "javascript:"]
        {
            assert!(!page.contains(banned), "{name}: {banned}");
        }
        assert_eq!(between(&page, "<style>", "</style>"), [STYLE], "{name}");
        // The browser would ask for /favicon.ico by itself.
        assert!(page.contains(r#"<link rel="icon" href="data:,">"#), "{name}");
        for link in between(&page, " href=\"", "\"") {
            assert!(link == "data:," || link.starts_with('/') || link.starts_with('#'), "{name}: {link}");
        }
    }
}

#[test]
fn style_is_squeezed_and_whole() {
    assert!(!STYLE.contains(['\n', '<']) && !STYLE.contains("/*") && !STYLE.contains("  "));
    assert_eq!(STYLE.matches('{').count(), STYLE.matches('}').count());
    for kept in [":root:has(#contrast:checked){", "fieldset :not(.n):checked{", "0 3px 3px 0", "--f,none"] {
        assert!(STYLE.contains(kept), "{kept}");
    }
}

#[test]
fn qr2_the_official_wording_and_two_faces_for_each_criterion() {
    let page = empty();
    assert_eq!(
        between(&page, "<legend>", "</legend>"),
        [
            "а) доступность информации о получении услуги",
            "б) комфортность условий в инспекции",
            "в) длительность ожидания в очереди",
            "г) длительность обслуживания",
            "д) вежливость и компетентность сотрудников",
        ]
    );
    for label in ["Хорошо</label>", "Плохо</label>", "Не оцениваю</label>"] {
        assert_eq!(page.matches(label).count(), 5, "{label}");
    }
    for (field, ..) in sample::CRITERIA {
        let name = format!("name=\"{field}\"");
        for value in ["1", "0", ""] {
            assert_eq!(page.matches(&format!("{name} value=\"{value}\"")).count(), 1, "{field} {value}");
        }
        assert!(page.contains(&format!("{name} value=\"\" checked>")), "{field}: nothing is chosen at first");
    }
    assert!(!page.contains("autofocus") && !page.contains("role=\"alert\""));
}

#[test]
fn x3_what_was_chosen_and_typed_stays() {
    let choices = [Some(Mark::Happy), Some(Mark::Sad), None, Some(Mark::Sad), None];
    let criteria = sample::criteria(choices);
    let page = QuestionnairePage {
        comment: "\nдве\n\nстроки ",
        contrast: true,
        ..sample::questionnaire(&criteria, "hint")
    };
    let page = page.render().unwrap();
    for ((field, ..), choice) in sample::CRITERIA.into_iter().zip(choices) {
        let chosen = match choice {
            Some(Mark::Happy) => "1",
            Some(Mark::Sad) => "0",
            None => "",
        };
        for value in ["1", "0", ""] {
            let checked = page.contains(&format!("name=\"{field}\" value=\"{value}\" checked>"));
            assert_eq!(checked, value == chosen, "{field} {value}");
        }
    }
    // A browser drops one line break after the tag; the person's own first line break must outlive that.
    assert!(page.contains("aria-describedby=\"hint\">\n\nдве\n\nстроки </textarea>"));
    assert!(page.contains("name=\"contrast\" value=\"1\" form=\"f\" checked>"));
}

#[test]
fn x3_mistakes_take_the_focus_and_lead_to_their_fields() {
    let mut criteria = sample::criteria([None; 5]);
    criteria[1].error = Some("что-то не так");
    let problems = vec![
        ProblemView { anchor: "b", message: "что-то не так" },
        ProblemView { anchor: "comment", message: "слишком длинно" },
    ];
    let page = QuestionnairePage {
        problems,
        comment_error: Some("слишком длинно"),
        notice: Some("не сохранилось"),
        ..sample::questionnaire(&criteria, "hint")
    };
    let page = page.render().unwrap();
    assert!(page.contains("<title>Ошибка: Оцените качество обслуживания</title>"));
    assert_eq!(page.matches(" autofocus>").count(), 1, "one thing can have the focus");
    let summary = between(&page, "role=\"alert\" tabindex=\"-1\" autofocus>", "</div>");
    for link in ["<a href=\"#b\">что-то не так</a>", "<a href=\"#comment\">слишком длинно</a>"]
    {
        assert!(summary[0].contains(link), "{link}");
    }
    for (id, owner) in
        [("b-e", "<fieldset aria-describedby=\"b-e\">"), ("comment-e", "aria-describedby=\"hint comment-e\"")]
    {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
        assert!(page.contains(owner), "{owner}");
    }
    assert!(page.contains("id=\"b-e\">Ошибка: что-то не так</p>"));
    assert_eq!(page.matches(" id=\"b\"").count() + page.matches(" id=\"comment\"").count(), 2);
}

#[test]
fn x3_a_notice_alone_takes_the_focus() {
    let criteria = sample::criteria([None; 5]);
    let page = QuestionnairePage {
        notice: Some("не сохранилось"),
        ..sample::questionnaire(&criteria, "hint")
    };
    assert!(page.render().unwrap().contains("role=\"alert\" tabindex=\"-1\" autofocus>не сохранилось</div>"));
}

#[test]
fn what_people_typed_is_escaped() {
    let evil = "</textarea></title><b>\"'&";
    let l = view::L::default();
    let criteria = sample::criteria([None; 5]);
    let form = QuestionnairePage {
        office_name: evil,
        office_address: Some(evil),
        action: evil,
        token: evil,
        comment: evil,
        comment_error: Some(evil),
        notice: Some(evil),
        problems: vec![ProblemView { anchor: evil, message: evil }],
        ..sample::questionnaire(&criteria, evil)
    };
    let moment = view::MomentView { shown: evil, exact: evil };
    let receipt = ReceiptPage {
        l,
        receipt: evil,
        office_name: evil,
        received: moment,
        looked: Some(moment),
        outcome: Some(view::OutcomeView { when: moment, text: evil }),
        contrast: false,
    };
    let thanks = view::ThanksPage { l, office_name: evil, receipt: evil, receipt_url: evil, contrast: false };
    let closed = view::HelpKind::ClosedOffice { name: evil, other: Some((evil, evil)) };
    let help = |kind| view::HelpPage { l, kind, code: evil, contrast: false };
    for (page, times) in [
        (form.render().unwrap(), 10),
        (receipt.render().unwrap(), 9),
        (thanks.render().unwrap(), 3),
        (ReceiptUnknownPage { l, typed: evil, contrast: false }.render().unwrap(), 1),
        (help(closed).render().unwrap(), 3),
        (help(view::HelpKind::UnknownOffice).render().unwrap(), 1),
    ] {
        assert!(!page.contains(evil) && !page.contains("<b>"), "{page}");
        assert_eq!(page.matches("&#60;b&#62;&#34;&#39;&#38;").count(), times, "{page}");
    }
}

#[test]
fn case5_the_receipt_is_whole_and_breaks_in_the_middle() {
    let pages = sample::pages();
    let thanks = &pages.iter().find(|(name, _)| *name == "thanks").expect("the page").1;
    assert_eq!(between(thanks, "<p class=\"c\">", "</p>"), ["<span>7K3M-9QX0-</span><span>2HVB-D4TW</span>"]);
    assert!(thanks.contains("href=\"/r/7K3M-9QX0-2HVB-D4TW\">Посмотреть, что сделано</a>"));
}

#[test]
fn case5_a_receipt_shows_how_far_it_got() {
    for (name, page) in sample::pages() {
        let done = page.matches("<li class=\"d\">").count();
        match name {
            "receipt-waiting" => assert_eq!((done, page.matches("<time ").count()), (1, 1)),
            "receipt-done" => assert_eq!((done, page.matches("<time ").count()), (3, 3)),
            _ => assert_eq!(done, 0, "{name}"),
        }
    }
}

#[test]
fn thousands_are_set_apart() {
    for (number, text) in [(0, "0"), (999, "999"), (4000, "4\u{a0}000"), (1_234_567, "1\u{a0}234\u{a0}567")] {
        assert_eq!(view::thousands(number), text);
    }
}
