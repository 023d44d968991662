//! What other slices may know: offices that have too few posters, or a prescribed place without one. QR-11

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_organisations::store as bodies;
use sea_orm::ConnectionTrait;

use crate::model::{LEAST_POSTERS, Place, Standing, prescribed_in_office};
use crate::place::is_open_office;
use crate::store::placements;

/// The page with the offices of [`Gaps::below_minimum`].
pub const BELOW_MINIMUM_HREF: &str = "/admin/placements?gap=below";
/// The page with the offices of [`Gaps::place_empty`].
pub const PLACE_EMPTY_HREF: &str = "/admin/placements?gap=place";

/// How many open offices don't keep the rule; an office may be in both counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Offices with fewer than two posters.
    pub below_minimum: u64,
    /// Offices with a prescribed place without a poster.
    pub place_empty: u64,
}

impl Gaps {
    /// Counts the offices.
    #[must_use]
    pub fn of(standings: &[Standing]) -> Self {
        let count = |is_so: fn(&Standing) -> bool| standings.iter().filter(|office| is_so(office)).count();
        Self {
            below_minimum: count(Standing::is_below_minimum) as u64,
            place_empty: count(Standing::has_empty_place) as u64,
        }
    }
}

/// How many open offices of the scope don't keep the rule.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn gaps<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Gaps, DbErr> {
    let placed = placements::tallies(conn, scope).await?;
    let mut gaps = Gaps::default();
    for (body, kind, has_terminal) in bodies::kinds_of_open_offices(conn, scope).await? {
        let tally = placed.get(&body).copied().unwrap_or_default();
        gaps.below_minimum += u64::from(tally.posters < i64::from(LEAST_POSTERS));
        let is_empty = |place| match place {
            Place::InfoStand => tally.on_stand == 0,
            Place::QueueTerminal => tally.at_terminal == 0,
            Place::Other => false,
        };
        gaps.place_empty += u64::from(prescribed_in_office(kind, has_terminal).any(is_empty));
    }
    Ok(gaps)
}

/// Every open office of the scope against the rule, in the order of names.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn standings<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Standing>, DbErr> {
    let placed = placements::placed(conn, scope).await?;
    let all = bodies::all(conn, scope).await?;
    let offices = all.into_iter().filter(is_open_office);
    Ok(offices
        .map(|body| {
            let hangs = placed.get(&body.id).cloned().unwrap_or_default();
            Standing::of(body, &hangs)
        })
        .collect())
}
