//! What every page of the admin zone shares: who looks, where they are, what just happened.

use otklik_kernel::{Instant, Zone};
use otklik_locale::Lang;

use crate::L;

/// A section of the admin zone, in the order of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// «Сегодня»: what needs me, first.
    Today,
    /// Responses of the scope.
    Responses,
    /// Charts over kept figures.
    Analysis,
    /// How services run.
    Monitoring,
    /// Tree of bodies and its units.
    Bodies,
    /// People and their roles.
    People,
    /// The journal.
    Journal,
    /// Mail on its way.
    Outbox,
    /// My own account: in the person's menu, not in the navigation.
    Account,
}

impl Section {
    /// The sections of the navigation, in its order.
    pub const ALL: [Self; 8] = [
        Self::Today,
        Self::Responses,
        Self::Analysis,
        Self::Monitoring,
        Self::Bodies,
        Self::People,
        Self::Journal,
        Self::Outbox,
    ];

    /// The address of the section's first page.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Today => "/admin/",
            Self::Responses => "/admin/responses",
            Self::Analysis => "/admin/analysis",
            Self::Monitoring => "/admin/monitoring",
            Self::Bodies => "/admin/bodies",
            Self::People => "/admin/people",
            Self::Journal => "/admin/journal",
            Self::Outbox => "/admin/outbox",
            Self::Account => "/admin/account",
        }
    }

    /// The section's name.
    #[must_use]
    pub fn text(self, l: L) -> &'static str {
        match self {
            Self::Today => l.section_today(),
            Self::Responses => l.section_responses(),
            Self::Analysis => l.section_analysis(),
            Self::Monitoring => l.section_monitoring(),
            Self::Bodies => l.section_bodies(),
            Self::People => l.section_people(),
            Self::Journal => l.section_journal(),
            Self::Outbox => l.section_outbox(),
            Self::Account => l.section_account(),
        }
    }
}

/// One entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub text: &'static str,
    /// Whether the page belongs to this section.
    pub current: bool,
}

impl NavItem {
    /// The navigation of a person who may see these sections; [`Section::Account`] is never among them.
    #[must_use]
    pub fn list(l: L, allowed: &[Section], current: Option<Section>) -> Vec<Self> {
        Section::ALL
            .into_iter()
            .filter(|section| allowed.contains(section))
            .map(|section| Self {
                href: section.href(),
                text: section.text(l),
                current: Some(section) == current,
            })
            .collect()
    }
}

/// The signed-in person, as the top bar shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// Role and body in one line: «Куратор · УФНС по Тверской области».
    pub role: String,
}

/// Who looks at the page: made once per request by whoever authenticates it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Language of the interface.
    pub lang: Lang,
    /// The signed-in person; `None` before signing in and on errors met without a session.
    pub person: Option<Person>,
    /// Token of the sign-out form.
    pub csrf: String,
    /// Sections the person may open.
    pub sections: Vec<Section>,
    /// The version of what pages show, as the server knew it before this page was made.
    pub live: i64,
}

/// A step of the way from the top of the tree to this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its words.
    pub text: String,
    /// Where it leads; `None` for the page itself.
    pub href: Option<String>,
}

/// What just happened, in the tone it deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlashKind {
    /// The work is done.
    Done,
    /// Something to know before going on.
    Notice,
    /// Something failed.
    Problem,
}

impl FlashKind {
    /// The class of the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Notice => "notice",
            Self::Problem => "problem",
        }
    }
}

/// A message above the page's content, shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Its tone.
    pub kind: FlashKind,
    /// Its words.
    pub text: String,
}

/// The shared part of a page's view: templates that extend `ui/base.html` have it as `page`.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Shared texts; slices have their own `L` beside it.
    pub l: L,
    /// Title of the page: the browser's tab and, unless the block `heading` is replaced, the first heading.
    pub title: String,
    /// Section the page belongs to.
    pub section: Option<Section>,
    /// Only what the person may see.
    pub nav: Vec<NavItem>,
    /// The signed-in person.
    pub person: Option<Person>,
    /// Token for forms that change something.
    pub csrf: String,
    /// The way here.
    pub breadcrumb: Vec<Crumb>,
    /// What just happened.
    pub flash: Option<Flash>,
    /// The version of what pages show: a stream of live updates begins there.
    pub live: i64,
}

impl Page {
    /// A page of a section as this person sees it.
    #[must_use]
    pub fn new(viewer: &Viewer, section: Section, title: impl Into<String>) -> Self {
        let l = L(viewer.lang);
        Self {
            l,
            title: title.into(),
            section: Some(section),
            nav: NavItem::list(l, &viewer.sections, Some(section)),
            person: viewer.person.clone(),
            csrf: viewer.csrf.clone(),
            live: viewer.live,
            ..Self::default()
        }
    }

    /// A page outside all sections: sign-in (nobody signed in yet) or an error.
    #[must_use]
    pub fn outside(viewer: &Viewer, title: impl Into<String>) -> Self {
        Self {
            section: None,
            nav: NavItem::list(L(viewer.lang), &viewer.sections, None),
            ..Self::new(viewer, Section::Account, title)
        }
    }

    /// Adds a step of the way here that can be opened.
    #[must_use]
    pub fn crumb(mut self, text: impl Into<String>, href: impl Into<String>) -> Self {
        self.breadcrumb.push(Crumb { text: text.into(), href: Some(href.into()) });
        self
    }

    /// Ends the way here with the page itself.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.breadcrumb.push(Crumb { text: text.into(), href: None });
        self
    }

    /// Says what just happened.
    #[must_use]
    pub fn flash(mut self, kind: FlashKind, text: impl Into<String>) -> Self {
        self.flash = Some(Flash { kind, text: text.into() });
        self
    }

    /// The code of the language, for `<html lang>`.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.l.0.0
    }

    /// The address of the style sheet.
    #[must_use]
    pub const fn css(&self) -> &'static str {
        crate::assets::ADMIN_CSS_PATH
    }

    /// The address of the script.
    #[must_use]
    pub const fn js(&self) -> &'static str {
        crate::assets::ADMIN_JS_PATH
    }

    /// The version of the programme, for the footer.
    #[must_use]
    pub const fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// How much a badge calls for attention; its words always say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing to do.
    Quiet,
    /// In work, new, chosen.
    Accent,
    /// Done, good.
    Good,
    /// Soon overdue, suspicious.
    Warning,
    /// Negative, failed, overdue.
    Problem,
}

/// A status in words with a tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Its words.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
}

impl Badge {
    /// A badge with these words.
    #[must_use]
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    /// The class of the style sheet.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.tone {
            Tone::Quiet => "quiet",
            Tone::Accent => "accent",
            Tone::Good => "good",
            Tone::Warning => "warning",
            Tone::Problem => "problem",
        }
    }
}

/// A moment as a page shows it: in the office's zone, exact on hover and in print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// For machines: RFC 3339 in UTC.
    pub iso: String,
    /// For reading in a list.
    pub shown: String,
    /// With seconds and zone.
    pub exact: String,
}

impl When {
    /// The moment in the office's zone.
    #[must_use]
    pub fn new(at: Instant, zone: &Zone) -> Self {
        Self { iso: at.html(), shown: at.show_in(zone), exact: at.show_exact_in(zone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(sections: Vec<Section>) -> Viewer {
        Viewer {
            person: Some(Person {
                name: "Проверяющий".into(), role: "Наблюдатель".into()
            }),
            csrf: "t".into(),
            sections,
            ..Viewer::default()
        }
    }

    #[test]
    fn navigation_holds_only_what_the_person_may_see_in_one_order() {
        let page = Page::new(
            &viewer(vec![Section::Journal, Section::Responses, Section::Account]),
            Section::Journal,
            "Журнал",
        );
        let hrefs: Vec<_> = page.nav.iter().map(|item| (item.href, item.current)).collect();
        assert_eq!(hrefs, [("/admin/responses", false), ("/admin/journal", true)]);
    }

    #[test]
    fn a_page_outside_sections_marks_none() {
        let page = Page::outside(&viewer(Section::ALL.to_vec()), "Ошибка");
        assert_eq!(page.section, None);
        assert!(page.nav.iter().all(|item| !item.current));
        assert_eq!(page.nav.len(), Section::ALL.len());
    }
}
