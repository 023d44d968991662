//! The files of a delivery and their fields: one list for reading, writing and the published description (MON-8, 9).

/// A file of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The register of services [5 app.1 §1–2, fn.1].
    Services,
    /// Applications [5 app.1, app.2].
    Applications,
    /// Events of progress [5 app.3, app.8].
    Events,
    /// Events of fees [5 app.4].
    Payments,
    /// Ratings [5 app.5].
    Ratings,
    /// Events of complaints [5 app.6].
    Complaints,
    /// One row for each application, one column for each item.
    Wide,
}

impl Table {
    /// The files of a package, in the order in which they are read.
    pub const PACKAGE: [Self; 6] =
        [Self::Services, Self::Applications, Self::Events, Self::Payments, Self::Ratings, Self::Complaints];

    /// The name without its ending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Applications => "applications",
            Self::Events => "events",
            Self::Payments => "payments",
            Self::Ratings => "ratings",
            Self::Complaints => "complaints",
            Self::Wide => "wide",
        }
    }

    /// The name of the file in a package.
    #[must_use]
    pub fn file(self) -> String {
        format!("{}.csv", self.name())
    }

    /// The fields, in the order in which they are written. Of the wide file: those of an application.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Services => &SERVICES,
            Self::Applications | Self::Wide => &APPLICATIONS,
            Self::Events => &EVENTS,
            Self::Payments => &PAYMENTS,
            Self::Ratings => &RATINGS,
            Self::Complaints => &COMPLAINTS,
        }
    }
}

/// A field of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in headers.
    pub name: &'static str,
    /// The title in Russian, as in the source's appendix where it has one.
    pub title: &'static str,
    /// Whether each row must have it.
    pub is_required: bool,
    /// What it holds.
    pub form: Form,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number or code of someone's register: no blanks at its ends, at most 100 characters.
    Code,
    /// Free text.
    Text,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A status code of appendix 8.
    Status,
    /// An item of appendix 3, such as `6`, `6a`.
    Item,
    /// `ДД-ММ-ГГГГ`.
    Date,
    /// `ЧЧ:ММ:СС`.
    Time,
    /// A whole number from 0 on.
    Number,
    /// The age, three digits.
    Age,
    /// ОГРН, thirteen digits.
    Ogrn,
    /// A hash of an applicant's id: hexadecimal or base 64.
    Hash,
}

/// The channels of appendix 1 §4, §5.
pub const CHANNELS: [&str; 5] = ["ЕПГУ", "РПГУ", "ВИС", "ОГВ", "МФЦ"];
/// The processes of appendix 3.
pub const PROCESSES: [&str; 4] = ["authority", "mfc", "epgu", "vis"];
/// Events of fees, in the order of appendix 4.
pub const PAYMENT_EVENTS: [&str; 5] = ["uin_assigned", "paid", "payment_confirmed", "form_error", "refunded"];
/// Events of complaints, in the order of appendix 6.
pub const COMPLAINT_EVENTS: [&str; 4] = ["accepted", "scheduled", "upheld", "rejected"];
/// What days a norm counts.
pub const NORM_UNITS: [&str; 2] = ["working", "calendar"];
/// The sexes of appendix 2, fn. 2.
pub const SEXES: [&str; 2] = ["М", "Ж"];

const fn must(name: &'static str, title: &'static str, form: Form) -> Field {
    Field { name, title, is_required: true, form }
}

const fn may(name: &'static str, title: &'static str, form: Form) -> Field {
    Field { name, title, is_required: false, form }
}

const REQUEST: Field = must("request_id", "Уникальный номер запроса", Form::Code);
const SERVICE: Field = must("service_id", "Уникальный реестровый номер услуги", Form::Code);
const VARIANT: Field =
    may("variant_id", "Уникальный реестровый номер варианта услуги (подуслуги)", Form::Code);
const MNEMONIC: Field = may(
    "interagency_mnemonic",
    "Наименование (мнемоника) вида сведений, запрашиваемых в рамках межведомственного взаимодействия",
    Form::Text,
);
const DATE: Field = must("date", "Дата", Form::Date);
const TIME: Field = must("time", "Время", Form::Time);

/// `services.csv`.
const SERVICES: [Field; 9] = [
    SERVICE,
    VARIANT,
    may("name", "Наименование услуги", Form::Text),
    may("direction", "Направление", Form::Text),
    may("norm_days", "Норматив срока, дней", Form::Number),
    may("norm_unit", "Единица норматива", Form::Word(&NORM_UNITS)),
    may("norm_from", "Норматив: от статуса", Form::Status),
    may("norm_to", "Норматив: до статуса", Form::Status),
    may("valid_from", "Действует с", Form::Date),
];

/// `applications.csv`, and the first columns of the wide file.
const APPLICATIONS: [Field; 14] = [
    REQUEST,
    SERVICE,
    VARIANT,
    may("consultation_topic", "Тема консультации (при осуществлении консультации)", Form::Text),
    must("channel_in", "Канал предоставления услуги (ЕПГУ, РГПУ, ВИС, ОГВ, МФЦ)", Form::Word(&CHANNELS)),
    may("channel_out", "Канал предоставления результата (ЕПГУ, РГПУ, ВИС, ОГВ, МФЦ)", Form::Word(&CHANNELS)),
    MNEMONIC,
    must("region", "Наименование субъекта Российской Федерации", Form::Text),
    must(
        "body",
        "Наименование территориального органа (структурного подразделения) органа, предоставляющего \
         государственную услугу, органа местного самоуправления, МФЦ",
        Form::Text,
    ),
    may("body_code", "Код территориального органа, МФЦ", Form::Code),
    may("applicant_hash", "Хешированный идентификатор заявителя (в случае интеграции с ЕСИА)", Form::Hash),
    may("sex", "Пол заявителя", Form::Word(&SEXES)),
    may("age", "Возраст заявителя", Form::Age),
    may("ogrn", "ОГРН организации", Form::Ogrn),
];

/// `events.csv`.
const EVENTS: [Field; 8] = [
    REQUEST,
    must("process", "Порядок подачи", Form::Word(&PROCESSES)),
    may("item", "Пункт согласно приложению № 3", Form::Item),
    may("status", "Код статуса", Form::Status),
    may("own_status", "Статус отправителя", Form::Text),
    DATE,
    TIME,
    MNEMONIC,
];

/// `payments.csv`.
const PAYMENTS: [Field; 4] = [REQUEST, must("event", "Событие", Form::Word(&PAYMENT_EVENTS)), DATE, TIME];

/// `ratings.csv`.
const RATINGS: [Field; 6] = [
    REQUEST,
    DATE,
    TIME,
    must("mark", "Оценка, выставленная заявителем", Form::Number),
    may("criteria", "Критерии, которые оценивал заявитель", Form::Text),
    may("comment", "Отзыв и мнение заявителя о качестве услуги (при наличии)", Form::Text),
];

/// `complaints.csv`.
const COMPLAINTS: [Field; 5] = [
    REQUEST,
    may("complaint_id", "Номер жалобы", Form::Code),
    must("event", "Событие", Form::Word(&COMPLAINT_EVENTS)),
    DATE,
    TIME,
];

/// Titles of the events of fees [5 app.4].
pub const PAYMENT_TITLES: [&str; 5] = [
    "Дата и время присвоения УИН для оплаты пошлины",
    "Дата и время произведения оплаты пошлины по услуге",
    "Дата и время получения уведомления о факте получения информации, подтверждающей оплату пошлины по услуге",
    "Дата и время фиксирования ошибки при открытии формы оплаты услуги",
    "Дата и время возврата денежных средств",
];
/// Titles of a rating [5 app.5].
pub const RATING_TITLES: [&str; 4] = [
    "Дата и время оценки услуги заявителем",
    "Оценка, выставленная заявителем",
    "Критерии, которые оценивал заявитель",
    "Отзыв и мнение заявителя о качестве услуги (при наличии)",
];
/// Titles of the events of complaints [5 app.6].
pub const COMPLAINT_TITLES: [&str; 4] = [
    "Дата и время принятия жалобы к рассмотрению",
    "Дата и время назначения рассмотрения жалобы",
    "Дата и время удовлетворения жалобы",
    "Дата и время отклонения жалобы",
];
