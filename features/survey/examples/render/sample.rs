//! Every public page filled with samples: for looking at, and for the tests of the pages.

use askama::Template;

use super::view::{
    CriterionView, HelpKind, HelpPage, L, Mark, MomentView, OutcomeView, ProblemView, QuestionnairePage,
    ReceiptFormPage, ReceiptPage, ReceiptUnknownPage, ThanksPage, comment_hint,
};

/// A name of 150 letters.
pub const LONG_NAME: &str = "Межрайонная инспекция Федеральной налоговой службы № 6 по Хабаровскому краю, территориально \
     обособленное рабочее место в районе имени Лазо и посёлке Переяславка";
/// An address of 150 letters.
pub const LONG_ADDRESS: &str = "682910, Хабаровский край, муниципальный район имени Лазо, рабочий посёлок Переяславка, \
     переулок Первомайский, дом 16, корпус 2, помещения с 101 по 118, вход со двора";
/// The five criteria (QR-2) `[1 §4.5]`.
pub const CRITERIA: [(&str, &str, &str); 5] = [
    ("a", "а", "доступность информации о получении услуги"),
    ("b", "б", "комфортность условий в инспекции"),
    ("c", "в", "длительность ожидания в очереди"),
    ("d", "г", "длительность обслуживания"),
    ("e", "д", "вежливость и компетентность сотрудников"),
];
/// A receipt.
pub const RECEIPT: &str = "7K3M-9QX0-2HVB-D4TW";

/// The criteria with these choices.
pub fn criteria(choices: [Option<Mark>; 5]) -> Vec<CriterionView<'static>> {
    let views = CRITERIA.into_iter().zip(choices);
    views
        .map(|((field, letter, text), choice)| CriterionView { field, letter, text, choice, error: None })
        .collect()
}

/// An empty questionnaire over these criteria.
pub fn questionnaire<'a>(criteria: &'a [CriterionView<'a>], hint: &'a str) -> QuestionnairePage<'a> {
    QuestionnairePage {
        l: L::default(),
        office_name: "ИФНС России по Центральному району г. Хабаровска",
        office_address: Some("680000, г. Хабаровск, ул. Дикопольцева, д. 17"),
        action: "/qr/2721/",
        token: "01JZ7QK3M9X02HVBD4TW5N8RCE01JZ7QK3M9X02HVBD4TW5N8RCE",
        criteria,
        comment: "",
        comment_hint: hint,
        comment_error: None,
        problems: Vec::new(),
        notice: None,
        contrast: false,
    }
}

/// Every page by its name, as HTML.
pub fn pages() -> Vec<(&'static str, String)> {
    let l = L::default();
    let hint = comment_hint(l, 4000);
    let none = criteria([None; 5]);
    let some = criteria([Some(Mark::Happy), Some(Mark::Sad), Some(Mark::Happy), None, Some(Mark::Sad)]);
    let mut wrong = some.clone();
    wrong[3].error = Some(l.problem_mark());
    let empty = questionnaire(&none, &hint);
    let typed = QuestionnairePage {
        office_name: LONG_NAME,
        office_address: Some(LONG_ADDRESS),
        criteria: &some,
        comment: "Ждали полтора часа, одно окно из четырёх.\nСотрудница в окне № 3 всё объяснила.",
        ..empty.clone()
    };
    let too_long = l.problem_comment_long("4\u{a0}000", "4\u{a0}312");
    let long_name =
        QuestionnairePage { office_name: LONG_NAME, office_address: Some(LONG_ADDRESS), ..empty.clone() };
    let refused = QuestionnairePage {
        problems: vec![ProblemView { anchor: "a", message: l.problem_empty() }],
        ..long_name.clone()
    };
    let mistakes = QuestionnairePage {
        criteria: &wrong,
        comment_error: Some(&too_long),
        problems: vec![
            ProblemView { anchor: "d", message: l.problem_mark() },
            ProblemView { anchor: "comment", message: &too_long },
        ],
        contrast: true,
        ..typed.clone()
    };
    let away = QuestionnairePage { notice: Some(l.notice_unavailable()), ..typed.clone() };
    let stale = QuestionnairePage { notice: Some(l.notice_stale()), ..typed.clone() };
    let thanks = ThanksPage {
        l,
        office_name: LONG_NAME,
        receipt: RECEIPT,
        receipt_url: "/r/7K3M-9QX0-2HVB-D4TW",
        contrast: false,
    };
    let received =
        MomentView { shown: "3 июня 2024 года, 14:05", exact: "2024-06-03T14:05:09+10:00" };
    let looked = MomentView { shown: "4 июня 2024 года, 09:30", exact: "2024-06-04T09:30:41+10:00" };
    let when = MomentView { shown: "6 июня 2024 года, 16:12", exact: "2024-06-06T16:12:00+10:00" };
    let text =
        "С 10 июня по понедельникам открыто второе окно приёма.\nДо обеда дежурит консультант у терминала.";
    let waiting = ReceiptPage {
        l,
        receipt: RECEIPT,
        office_name: LONG_NAME,
        received,
        looked: None,
        outcome: None,
        contrast: false,
    };
    let done =
        ReceiptPage { looked: Some(looked), outcome: Some(OutcomeView { when, text }), ..waiting.clone() };
    let help = |kind| HelpPage { l, kind, code: "272I", contrast: false };
    let closed = HelpKind::ClosedOffice { name: LONG_NAME, other: Some((LONG_NAME, "/qr/2724/")) };
    [
        ("questionnaire", empty.render()),
        ("questionnaire-long-name", long_name.render()),
        ("questionnaire-typed", typed.render()),
        ("questionnaire-refused", refused.render()),
        ("questionnaire-mistakes", mistakes.render()),
        ("questionnaire-unavailable", away.render()),
        ("questionnaire-stale", stale.render()),
        ("thanks", thanks.render()),
        ("receipt-waiting", waiting.render()),
        ("receipt-done", done.render()),
        ("receipt-form", ReceiptFormPage { l, contrast: false }.render()),
        ("receipt-unknown", ReceiptUnknownPage { l, typed: "7K3M-9QX0-2HVB-D4TX", contrast: true }.render()),
        ("help-no-code", HelpPage { l, kind: HelpKind::NoCode, code: "", contrast: false }.render()),
        ("help-unknown-office", help(HelpKind::UnknownOffice).render()),
        ("help-closed", help(closed).render()),
        ("help-closed-alone", help(HelpKind::ClosedOffice { name: LONG_NAME, other: None }).render()),
        ("help-unavailable", help(HelpKind::Unavailable).render()),
        ("help-too-large", help(HelpKind::TooLarge).render()),
        ("help-not-found", help(HelpKind::NotFound).render()),
        ("help-bad-request", help(HelpKind::BadRequest).render()),
    ]
    .into_iter()
    .map(|(name, page)| (name, page.unwrap_or_else(|error| panic!("{name}: {error}"))))
    .collect()
}
