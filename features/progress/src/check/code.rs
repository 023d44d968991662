//! What can be wrong, by stable codes: senders' programs may rely on them (MON-10).

use otklik_locale::Lang;

use crate::L;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth knowing; nothing is refused for it.
    Warning,
    /// The row is refused.
    Row,
    /// The delivery is refused.
    Delivery,
}

macro_rules! codes {
    ($said:ident; $($name:ident $code:literal $weight:ident $method:ident($($detail:ident)?);)*) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the texts in locales say what each code means")]
        pub enum Code { $($name,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code in reports; never changed.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How bad it is.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }

            /// What is wrong and what to do.
            #[must_use]
            pub fn message(self, lang: Lang, $said: String) -> String {
                let _ = &$said;
                match self { $(Self::$name => L(lang).$method($($detail)?).into(),)* }
            }
        }
    };
}

codes! {
    detail;
    PackageUnreadable "package_unreadable" Delivery code_package_unreadable();
    PackagePath "package_path" Delivery code_package_path();
    PackageDuplicate "package_duplicate" Delivery code_package_duplicate();
    PackageLarge "package_large" Delivery code_package_large(detail);
    PackageFiles "package_files" Delivery code_package_files(detail);
    PackageBomb "package_bomb" Delivery code_package_bomb();
    PackageRows "package_rows" Delivery code_package_rows(detail);
    PackageEmpty "package_empty" Delivery code_package_empty();
    PackageFile "package_file" Warning code_package_file();
    PackageDescription "package_description" Delivery code_package_description();
    HeadSender "head_sender" Delivery code_head_sender();
    HeadDay "head_day" Delivery code_head_day();
    HeadRevision "head_revision" Delivery code_head_revision();
    HeadDiffers "head_differs" Delivery code_head_differs(detail);
    DayFuture "day_future" Delivery code_day_future();
    SenderUnknown "sender_unknown" Delivery code_sender_unknown();
    FileUnreadable "file_unreadable" Delivery code_file_unreadable();
    FileEmpty "file_empty" Delivery code_file_empty();
    FileUtf16 "file_utf16" Delivery code_file_utf16();
    FileWorkbook "file_workbook" Delivery code_file_workbook();
    FileHeader "file_header" Delivery code_file_header();
    FileKind "file_kind" Delivery code_file_kind();
    FileLineEnds "file_line_ends" Warning code_file_line_ends();
    HeaderMissing "header_missing" Delivery code_header_missing();
    HeaderDuplicate "header_duplicate" Delivery code_header_duplicate();
    HeaderUnknown "header_unknown" Warning code_header_unknown();
    CsvQuote "csv_quote" Row code_csv_quote();
    CsvBrokenQuotes "csv_broken_quotes" Row code_csv_broken_quotes();
    CsvLoneReturn "csv_lone_return" Row code_csv_lone_return();
    CsvFieldLong "csv_field_long" Row code_csv_field_long();
    CsvRecordLong "csv_record_long" Row code_csv_record_long();
    CsvFields "csv_fields" Row code_csv_fields(detail);
    CsvBlank "csv_blank" Warning code_csv_blank();
    CsvEncoding "csv_encoding" Row code_csv_encoding();
    Required "required" Row code_required();
    BlankEnds "blank_ends" Row code_blank_ends();
    TooLong "too_long" Row code_too_long(detail);
    ControlCharacter "control_character" Row code_control_character();
    ExcelNumber "excel_number" Row code_excel_number();
    ExcelFormula "excel_formula" Row code_excel_formula();
    ExcelError "excel_error" Row code_excel_error();
    ExcelZeros "excel_zeros" Row code_excel_zeros();
    ExcelDateTurned "excel_date_turned" Row code_excel_date_turned();
    ExcelDateShort "excel_date_short" Row code_excel_date_short();
    ExcelDateSerial "excel_date_serial" Row code_excel_date_serial();
    ExcelTimeShort "excel_time_short" Row code_excel_time_short();
    ExcelTimeFraction "excel_time_fraction" Row code_excel_time_fraction();
    DateIso "date_iso" Row code_date_iso();
    DateImpossible "date_impossible" Row code_date_impossible();
    DateForm "date_form" Row code_date_form();
    TimeImpossible "time_impossible" Row code_time_impossible();
    TimeForm "time_form" Row code_time_form();
    MomentForm "moment_form" Row code_moment_form();
    MomentEarly "moment_early" Row code_moment_early();
    MomentLate "moment_late" Row code_moment_late();
    MomentSkipped "moment_skipped" Warning code_moment_skipped();
    RequestUnknown "request_unknown" Row code_request_unknown();
    RequestRefused "request_refused" Row code_request_refused();
    RequestDuplicate "request_duplicate" Row code_request_duplicate(detail);
    ServiceUnknown "service_unknown" Row code_service_unknown();
    VariantUnknown "variant_unknown" Row code_variant_unknown();
    ServiceDuplicate "service_duplicate" Row code_service_duplicate();
    NormPartial "norm_partial" Row code_norm_partial();
    NormDays "norm_days" Row code_norm_days();
    NormUnit "norm_unit" Row code_norm_unit();
    Channel "channel" Row code_channel();
    RegionUnknown "region_unknown" Row code_region_unknown();
    BodyRegion "body_region" Row code_body_region(detail);
    BodyUnknown "body_unknown" Warning code_body_unknown();
    HashPlain "hash_plain" Row code_hash_plain();
    HashForm "hash_form" Row code_hash_form();
    Sex "sex" Row code_sex();
    Age "age" Row code_age();
    PersonOrEntity "person_or_entity" Row code_person_or_entity();
    OgrnLength "ogrn_length" Row code_ogrn_length(detail);
    OgrnDigit "ogrn_digit" Row code_ogrn_digit();
    Process "process" Row code_process();
    EventEmpty "event_empty" Row code_event_empty();
    ItemUnknown "item_unknown" Row code_item_unknown();
    ItemLetter "item_letter" Row code_item_letter();
    StatusUnknown "status_unknown" Row code_status_unknown();
    StatusAmbiguous "status_ambiguous" Row code_status_ambiguous(detail);
    StatusProcess "status_process" Row code_status_process();
    StatusItem "status_item" Row code_status_item(detail);
    OwnStatusUnknown "own_status_unknown" Row code_own_status_unknown();
    OwnStatusDiffers "own_status_differs" Row code_own_status_differs(detail);
    EventDuplicate "event_duplicate" Row code_event_duplicate(detail);
    VisitBoth "visit_both" Row code_visit_both(detail);
    VisitNone "visit_none" Row code_visit_none();
    PaymentEvent "payment_event" Row code_payment_event();
    MarkForm "mark_form" Row code_mark_form();
    MarkScale "mark_scale" Row code_mark_scale(detail);
    CriteriaForm "criteria_form" Row code_criteria_form();
    RatingMoment "rating_moment" Row code_rating_moment();
    ComplaintEvent "complaint_event" Row code_complaint_event();
}
