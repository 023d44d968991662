//! Roles and what they may do (ORG-4).

/// A role, given to a person on a body; it holds for the body and everything under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Keeps bodies, people and roles.
    Administrator,
    /// Сотрудник налогового органа, ответственный за работу с сервисом [1, глоссарий]: recipients, QR.
    ResponsibleEmployee,
    /// Начальник структурного подразделения: analyses and decides on measures [1 §5.2–5.4].
    UnitHead,
    /// Заместитель руководителя, курирующий мониторинг качества [1 §3.6].
    DeputyHead,
    /// Руководитель: decides on proposals [1 §5.3].
    Head,
    /// Должностные лица группы по качеству [1 §5.3].
    QualityGroup,
    /// Аналитический центр: method and instruments for many bodies [5 app. 7 §3].
    AnalyticalCentre,
    /// Представитель ОИВ: analyses and answers [5 app. 7 §3].
    OivRepresentative,
    /// Наблюдатель Минэкономразвития: sees results, changes nothing [5 app. 7 §3].
    MerObserver,
    /// ФКУ «Налог-Сервис», contractor: health, queues, backups; no content [1 §6.1].
    TechnicalOperator,
}

/// Something a route or an operation requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Read responses with their texts.
    ReadResponses,
    /// Mark responses as looked through and write what was done.
    HandleResponses,
    /// See bodies and their settings.
    ReadBodies,
    /// Add, change, move, close and import bodies and units.
    ManageBodies,
    /// See the register of responsible employees: names, telephones, addresses.
    ReadResponsibles,
    /// Change the recipients of an office and its register of responsible employees.
    ManageRecipients,
    /// Make QR codes and print materials.
    MakeMaterials,
    /// See and change accounts and roles.
    ManagePeople,
    /// Read the journal.
    ReadJournal,
    /// See how services run: daily data, deliveries, reference data.
    ReadMonitoring,
    /// Upload the daily data of the own bodies.
    SendMonitoring,
    /// Keep senders, reference data and partners of the monitoring.
    ManageMonitoring,
    /// See queues and health.
    Operate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::ReadResponses,
        Self::HandleResponses,
        Self::ReadBodies,
        Self::ManageBodies,
        Self::ReadResponsibles,
        Self::ManageRecipients,
        Self::MakeMaterials,
        Self::ManagePeople,
        Self::ReadJournal,
        Self::ReadMonitoring,
        Self::SendMonitoring,
        Self::ManageMonitoring,
        Self::Operate,
    ];

    /// The name in lists and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadResponses => "read_responses",
            Self::HandleResponses => "handle_responses",
            Self::ReadBodies => "read_bodies",
            Self::ManageBodies => "manage_bodies",
            Self::ReadResponsibles => "read_responsibles",
            Self::ManageRecipients => "manage_recipients",
            Self::MakeMaterials => "make_materials",
            Self::ManagePeople => "manage_people",
            Self::ReadJournal => "read_journal",
            Self::ReadMonitoring => "read_monitoring",
            Self::SendMonitoring => "send_monitoring",
            Self::ManageMonitoring => "manage_monitoring",
            Self::Operate => "operate",
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Administrator,
        Self::ResponsibleEmployee,
        Self::UnitHead,
        Self::DeputyHead,
        Self::Head,
        Self::QualityGroup,
        Self::AnalyticalCentre,
        Self::OivRepresentative,
        Self::MerObserver,
        Self::TechnicalOperator,
    ];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ResponsibleEmployee => "responsible_employee",
            Self::UnitHead => "unit_head",
            Self::DeputyHead => "deputy_head",
            Self::Head => "head",
            Self::QualityGroup => "quality_group",
            Self::AnalyticalCentre => "analytical_centre",
            Self::OivRepresentative => "oiv_representative",
            Self::MerObserver => "mer_observer",
            Self::TechnicalOperator => "technical_operator",
        }
    }

    /// The name in the interface.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Administrator => "Администратор",
            Self::ResponsibleEmployee => "Ответственный сотрудник",
            Self::UnitHead => "Начальник структурного подразделения",
            Self::DeputyHead => "Заместитель руководителя, курирующий мониторинг качества",
            Self::Head => "Руководитель",
            Self::QualityGroup => "Группа по качеству",
            Self::AnalyticalCentre => "Аналитический центр",
            Self::OivRepresentative => "Представитель ОИВ",
            Self::MerObserver => "Наблюдатель Минэкономразвития",
            Self::TechnicalOperator => "Технический оператор",
        }
    }

    /// Finds a role by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role grants the permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Administrator => !matches!(permission, P::Operate),
            Self::ResponsibleEmployee | Self::UnitHead => matches!(
                permission,
                P::ReadResponses
                    | P::HandleResponses
                    | P::ReadBodies
                    | P::ReadResponsibles
                    | P::ManageRecipients
                    | P::MakeMaterials
                    | P::ReadMonitoring
                    | P::SendMonitoring
            ),
            Self::DeputyHead | Self::Head => {
                matches!(
                    permission,
                    P::ReadResponses
                        | P::HandleResponses
                        | P::ReadBodies
                        | P::ReadResponsibles
                        | P::ReadJournal
                        | P::ReadMonitoring
                )
            }
            Self::QualityGroup => matches!(
                permission,
                P::ReadResponses
                    | P::HandleResponses
                    | P::ReadBodies
                    | P::ReadResponsibles
                    | P::ReadMonitoring
            ),
            Self::OivRepresentative => {
                matches!(
                    permission,
                    P::ReadResponses
                        | P::HandleResponses
                        | P::ReadBodies
                        | P::ReadMonitoring
                        | P::SendMonitoring
                )
            }
            Self::AnalyticalCentre => {
                matches!(
                    permission,
                    P::ReadResponses
                        | P::ReadBodies
                        | P::MakeMaterials
                        | P::ReadMonitoring
                        | P::SendMonitoring
                        | P::ManageMonitoring
                )
            }
            Self::MerObserver => {
                matches!(permission, P::ReadResponses | P::ReadBodies | P::ReadMonitoring)
            }
            Self::TechnicalOperator => matches!(permission, P::Operate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org4_codes_are_unique_and_found() {
        for role in Role::ALL {
            assert_eq!(Role::find(role.code()), Some(role));
        }
        assert_eq!(Role::find("nobody"), None);
    }

    #[test]
    fn org4_the_observer_changes_nothing_and_the_operator_sees_no_content() {
        let granted = |role: Role| Permission::ALL.into_iter().filter(|&p| role.may(p)).collect::<Vec<_>>();
        let seen = [Permission::ReadResponses, Permission::ReadBodies, Permission::ReadMonitoring];
        assert_eq!(granted(Role::MerObserver), seen);
        assert_eq!(granted(Role::TechnicalOperator), [Permission::Operate]);
        for permission in Permission::ALL {
            assert!(Role::ALL.into_iter().any(|role| role.may(permission)), "{permission:?}");
        }
    }
}
