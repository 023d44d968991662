//! Bodies and what must hold for them (ORG-1).

use otklik_kernel::{Id, Instant, Zone};

/// What kind of body it is: the shapes of the tree that must fit (ORG-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// ЦА ФНС России.
    TaxCentral,
    /// УФНС; may itself act as an inspection.
    TaxRegion,
    /// ИФНС.
    TaxInspection,
    /// Территориально обособленное рабочее место.
    TaxWorkplace,
    /// Government of a region.
    Government,
    /// ОИВ.
    Executive,
    /// Territorial unit of an authority.
    TerritorialUnit,
    /// Local self-government.
    LocalGovernment,
    /// МФЦ.
    Mfc,
    /// Branch of an МФЦ.
    MfcBranch,
    /// Employment centre.
    EmploymentCentre,
    /// Supporting organisation, such as ФКУ «Налог-Сервис».
    Support,
}

impl BodyKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::TaxCentral,
        Self::TaxRegion,
        Self::TaxInspection,
        Self::TaxWorkplace,
        Self::Government,
        Self::Executive,
        Self::TerritorialUnit,
        Self::LocalGovernment,
        Self::Mfc,
        Self::MfcBranch,
        Self::EmploymentCentre,
        Self::Support,
    ];

    /// The name it is stored under, also in import files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TaxCentral => "tax_central",
            Self::TaxRegion => "tax_region",
            Self::TaxInspection => "tax_inspection",
            Self::TaxWorkplace => "tax_workplace",
            Self::Government => "government",
            Self::Executive => "executive",
            Self::TerritorialUnit => "territorial_unit",
            Self::LocalGovernment => "local_government",
            Self::Mfc => "mfc",
            Self::MfcBranch => "mfc_branch",
            Self::EmploymentCentre => "employment_centre",
            Self::Support => "support",
        }
    }

    /// Finds a kind by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The level of a body [1 §3.3].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Federal.
    Federal,
    /// Regional.
    Regional,
    /// Local.
    Local,
}

impl Level {
    /// Every level, from above.
    pub const ALL: [Self; 3] = [Self::Federal, Self::Regional, Self::Local];

    /// The name it is stored under, also in import files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Federal => "federal",
            Self::Regional => "regional",
            Self::Local => "local",
        }
    }

    /// Finds a level by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }
}

/// What is said of a body when it is made or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyFields {
    /// СОУН code or another unique code; it stands in the address of the questionnaire.
    pub code: String,
    /// Full name.
    pub full_name: String,
    /// Short name, shown in lists and on the questionnaire.
    pub short_name: String,
    /// Kind.
    pub kind: BodyKind,
    /// Level.
    pub level: Level,
    /// Code of the subject of the Federation, two digits, or empty.
    pub region: String,
    /// IANA time zone.
    pub zone: Zone,
    /// Postal address, or empty.
    pub address: String,
    /// Latitude and longitude in degrees.
    pub place: Option<(f64, f64)>,
    /// Address of the official site, or empty.
    pub site: String,
    /// Whether it has a queue terminal (СУО).
    pub has_queue_terminal: bool,
    /// Whether people visit it.
    pub is_office: bool,
}

/// A body as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Its id.
    pub id: Id,
    /// The body above it.
    pub parent: Option<Id>,
    /// What is said of it.
    pub fields: BodyFields,
    /// When it was closed.
    pub closed_at: Option<Instant>,
}

/// Whether a code can stand in the address `/qr/<code>/` and be typed by hand: 2 to 32 digits, Latin
/// letters and hyphens.
#[must_use]
pub fn is_code(code: &str) -> bool {
    (2..=32).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !code.starts_with('-')
        && !code.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org1_codes_of_kinds_and_levels_are_found() {
        for kind in BodyKind::ALL {
            assert_eq!(BodyKind::find(kind.code()), Some(kind));
        }
        for level in Level::ALL {
            assert_eq!(Level::find(level.code()), Some(level));
        }
    }

    #[test]
    fn qr1_codes_can_be_typed() {
        for good in ["2724", "2724-1", "nso-mfc-01", "00"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "2", "27 24", "-27", "27-", "код", "a/b", "27%24", &"9".repeat(33)] {
            assert!(!is_code(bad), "{bad}");
        }
    }
}
