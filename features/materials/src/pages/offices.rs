//! Every office of the scope against the rule: who has too few posters, where a prescribed place is empty. QR-11

use std::cmp::Reverse;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_kernel::text;
use otklik_organisations::bodies::regions;
use otklik_ui::{Badge, Choice, Page, Pager, Section, Tone, thousands};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Materials, encode, query, texts};
use crate::model::{Place, Standing};
use crate::read::{self, Gaps};
use crate::texts::L;

const PER_PAGE: u64 = 50;

#[derive(Template)]
#[template(path = "materials/offices.html")]
struct OfficesView {
    page: Page,
    l: L,
    q: String,
    regions: Vec<Choice>,
    gaps: Vec<Choice>,
    /// Count, words, address, and whether there is something to do.
    tiles: Vec<(String, &'static str, &'static str, bool)>,
    by_name: SortView,
    by_posters: SortView,
    by_last: SortView,
    rows: Vec<Row>,
    pager: Pager,
    is_scope_empty: bool,
}

struct SortView {
    text: &'static str,
    href: String,
    order: &'static str,
}

struct Row {
    href: String,
    name: String,
    code: String,
    region: String,
    posters: u32,
    missing: Vec<Badge>,
    last: String,
}

/// What the list is ordered by; `-` before it turns the order round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Name,
    Posters,
    Last,
}

impl Sort {
    const ALL: [Self; 3] = [Self::Name, Self::Posters, Self::Last];

    const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Posters => "posters",
            Self::Last => "last",
        }
    }

    /// Reads `posters` or `-posters`; anything else is the order of names.
    fn read(text: &str) -> (Self, bool) {
        let (code, is_turned) = text.strip_prefix('-').map_or((text, false), |code| (code, true));
        let found = Self::ALL.into_iter().find(|sort| sort.code() == code);
        found.map_or((Self::Name, false), |sort| (sort, is_turned))
    }

    /// Puts offices, which come in the order of names, into this order.
    fn apply(self, is_turned: bool, rows: &mut [Standing]) {
        match (self, is_turned) {
            (Self::Name, false) => {}
            (Self::Name, true) => rows.reverse(),
            (Self::Posters, false) => rows.sort_by_key(|office| office.posters),
            (Self::Posters, true) => rows.sort_by_key(|office| Reverse(office.posters)),
            (Self::Last, false) => rows.sort_by_key(|office| office.last),
            (Self::Last, true) => rows.sort_by_key(|office| Reverse(office.last)),
        }
    }
}

/// Whether an office is among those asked for.
fn fits(query: &Form, wanted: &str, office: &Standing) -> bool {
    let fields = &office.body.fields;
    let is_named = wanted.is_empty()
        || [&fields.code, &fields.short_name, &fields.full_name, &fields.address]
            .iter()
            .any(|value| text::search_text(value).contains(wanted));
    let region = query.get("region");
    is_named
        && (region.is_empty() || region == fields.region)
        && match query.get("gap") {
            "any" => office.is_below_minimum() || office.has_empty_place(),
            "below" => office.is_below_minimum(),
            "place" => office.has_empty_place(),
            _ => true,
        }
}

/// A place in the fewest words.
fn short(l: L, place: Place) -> &'static str {
    match place {
        Place::InfoStand => l.place_short_info_stand(),
        Place::QueueTerminal => l.place_short_queue_terminal(),
        Place::Other => l.place_short_other(),
    }
}

fn row(l: L, office: Standing) -> Row {
    let few = office.is_below_minimum().then(|| Badge::new(l.gap_few(), Tone::Problem));
    let empty = office.missing.iter().map(|&place| Badge::new(l.gap_empty(short(l, place)), Tone::Warning));
    Row {
        href: format!("/admin/bodies/{}/placements", office.body.id),
        posters: office.posters,
        missing: few.into_iter().chain(empty).collect(),
        last: office.last.map_or_else(String::new, |day| day.show()),
        name: office.body.fields.short_name,
        code: office.body.fields.code,
        region: office.body.fields.region,
    }
}

/// The list.
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let all = read::standings(materials.ctx.db.read(), &who.scope).await?;
    let gaps = Gaps::of(&all);
    let known: BTreeSet<String> = all.iter().map(|office| office.body.fields.region.clone()).collect();
    let is_scope_empty = all.is_empty();
    let wanted = text::search_text(query.get("q"));
    let mut rows: Vec<Standing> = all.into_iter().filter(|office| fits(&query, &wanted, office)).collect();
    let (sort, is_turned) = Sort::read(query.get("sort"));
    sort.apply(is_turned, &mut rows);
    let filters = ["q", "region", "gap"].map(|key| (key, query.get(key)));
    let base = encode(filters.into_iter().chain([("sort", query.get("sort"))]));
    let pager = Pager::new(query.get("page").parse().unwrap_or(1), PER_PAGE, rows.len() as u64, base);
    let from = usize::try_from((pager.page - 1) * PER_PAGE).unwrap_or_default();
    let rows = rows.into_iter().skip(from).take(usize::try_from(PER_PAGE).unwrap_or_default());
    let sorted = |column: Sort, text: &'static str| {
        let is_here = column == sort;
        let turn = if is_here && !is_turned { "-" } else { "" };
        let code = format!("{turn}{}", column.code());
        let href = format!("?{}", encode(filters.into_iter().chain([("sort", code.as_str())])));
        let order = match (is_here, is_turned) {
            (false, _) => "",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        SortView { text, href, order }
    };
    let choice = |value: &'static str, text: &str| Choice::new(value, text, query.get("gap"));
    let region = |code: &String| Choice::new(code.as_str(), regions::title(code), query.get("region"));
    let view = OfficesView {
        page: who
            .page(Section::Bodies, l.offices_title())
            .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
            .here(l.offices_title()),
        l,
        q: query.get("q").to_owned(),
        regions: std::iter::once(Choice::new("", l.offices_any_region(), query.get("region")))
            .chain(known.iter().filter(|code| !code.is_empty()).map(region))
            .collect(),
        gaps: vec![
            choice("", l.offices_all()),
            choice("any", l.offices_any_gap()),
            choice("below", l.offices_below()),
            choice("place", l.offices_place()),
        ],
        tiles: [
            (gaps.below_minimum, l.tile_below(), read::BELOW_MINIMUM_HREF),
            (gaps.place_empty, l.tile_place(), read::PLACE_EMPTY_HREF),
        ]
        .map(|(count, text, href)| (thousands(count), text, href, count > 0))
        .into(),
        by_name: sorted(Sort::Name, l.offices_office()),
        by_posters: sorted(Sort::Posters, l.offices_posters()),
        by_last: sorted(Sort::Last, l.offices_last()),
        rows: rows.map(|office| row(l, office)).collect(),
        pager,
        is_scope_empty,
    };
    Ok(html(StatusCode::OK, &view))
}
