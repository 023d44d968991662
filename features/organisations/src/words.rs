//! Kinds and levels in words.

use otklik_ui::Choice;

use crate::model::{BodyKind, Level};
use crate::texts::L;

impl BodyKind {
    pub(crate) fn title(self, l: L) -> &'static str {
        match self {
            Self::TaxCentral => l.kind_tax_central(),
            Self::TaxRegion => l.kind_tax_region(),
            Self::TaxInspection => l.kind_tax_inspection(),
            Self::TaxWorkplace => l.kind_tax_workplace(),
            Self::Government => l.kind_government(),
            Self::Executive => l.kind_executive(),
            Self::TerritorialUnit => l.kind_territorial_unit(),
            Self::LocalGovernment => l.kind_local_government(),
            Self::Mfc => l.kind_mfc(),
            Self::MfcBranch => l.kind_mfc_branch(),
            Self::EmploymentCentre => l.kind_employment_centre(),
            Self::Support => l.kind_support(),
        }
    }

    /// All kinds to choose from, after an entry for none of them.
    pub(crate) fn choices(l: L, none: &str, current: &str) -> Vec<Choice> {
        let all = Self::ALL.map(|kind| Choice::new(kind.code(), kind.title(l), current));
        std::iter::once(Choice::new("", none, current)).chain(all).collect()
    }
}

impl Level {
    pub(crate) fn title(self, l: L) -> &'static str {
        match self {
            Self::Federal => l.level_federal(),
            Self::Regional => l.level_regional(),
            Self::Local => l.level_local(),
        }
    }

    /// All levels to choose from, after an entry for none of them.
    pub(crate) fn choices(l: L, none: &str, current: &str) -> Vec<Choice> {
        let all = Self::ALL.map(|level| Choice::new(level.code(), level.title(l), current));
        std::iter::once(Choice::new("", none, current)).chain(all).collect()
    }
}

/// A column of an import file in words, as the form calls the field.
pub(crate) fn column(l: L, column: &str) -> &'static str {
    match column {
        "code" => l.body_code(),
        "parent_code" => l.body_parent(),
        "full_name" => l.body_full_name(),
        "short_name" => l.body_short_name(),
        "kind" => l.body_kind(),
        "level" => l.body_level(),
        "region" => l.body_region(),
        "time_zone" => l.body_time_zone(),
        "address" => l.body_address(),
        "latitude" => l.body_latitude(),
        "longitude" => l.body_longitude(),
        "site" => l.body_site(),
        "queue_terminal" => l.body_queue_terminal(),
        "office" => l.body_office(),
        _ => "",
    }
}

/// The label of a form's field.
pub(crate) fn label(l: L, field: &str) -> &'static str {
    match field {
        "reason" => l.body_close_reason(),
        "name" => l.person_name(),
        "unit" => l.register_unit(),
        "position" => l.register_position(),
        "unit_name" => l.unit_name(),
        "login" => l.person_login(),
        "body" => l.people_body(),
        "role_body" => l.person_grant_body(),
        other => column(l, other),
    }
}
