//! The numbers behind the charts, from kept figures.

use std::collections::{BTreeMap, HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::{Db, DbErr};
use otklik_kernel::Id;
use otklik_responses::figures::{Cube, Hours, Tally};

use crate::period::Period;
use crate::query::{Asked, Units};
use crate::stats::Count;
use crate::sums::{Kept, Parts, Place};
use crate::tree::Tree;

/// The numbers of what was asked for.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The period.
    pub total: Tally,
    /// The period it is compared with.
    pub before: Tally,
    /// The steps of the period, those without responses too.
    pub steps: Vec<(Period, Tally)>,
    /// The bodies compared, those with responses.
    pub units: Vec<(Id, Tally)>,
    /// By region's code.
    pub regions: BTreeMap<String, Tally>,
    /// By weekday and hour of the offices.
    pub hours: Hours,
}

/// What a share is made of: sad marks of a criterion, or negative responses.
#[must_use]
pub fn count(tally: &Tally, about: Option<char>) -> Count {
    match about {
        Some(criterion) => {
            let (sad, happy) = tally.marks(criterion);
            Count::new(sad, sad + happy)
        }
        None => Count::new(tally.negative, tally.all),
    }
}

impl Numbers {
    /// Gathers them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn gather(
        kept: &Kept,
        cube: &Cube,
        db: &Db,
        scope: &Scope,
        tree: &Tree,
        asked: &Asked,
    ) -> Result<Self, DbErr> {
        let (period, other) = (asked.period, asked.other_period());
        let place = Place { scope, body: asked.body, tree };
        let before = kept.sums(cube, db, place, other).await?.total();
        let parts = kept.sums(cube, db, place, period).await?;
        let steps = asked.steps().steps(period).into_iter().map(|step| (step, parts.of_days(step)));
        let mut numbers = Self {
            total: parts.total(),
            before,
            steps: steps.collect(),
            hours: parts.hours(),
            ..Self::default()
        };
        numbers.compare(tree, scope, asked, &parts);
        Ok(numbers)
    }

    /// By region, and by the bodies that are compared.
    fn compare(&mut self, tree: &Tree, scope: &Scope, asked: &Asked, parts: &Parts) {
        let compared: HashSet<Id> = match (asked.units, asked.body.and_then(|body| tree.get(body))) {
            (Units::Offices, _) => parts.by_body().map(|(body, _)| body).collect(),
            (Units::Below, Some(node)) => node.children.iter().copied().chain([node.id]).collect(),
            (Units::Below, None) => tree.tops(scope).iter().map(|node| node.id).collect(),
        };
        let mut units: HashMap<Id, Tally> = HashMap::new();
        for (body, tally) in parts.by_body() {
            if let Some(unit) = tree.upwards(body).find(|node| compared.contains(&node.id)) {
                units.entry(unit.id).or_default().add(tally);
            }
            if let Some(node) = tree.upwards(body).find(|node| !node.region.is_empty()) {
                self.regions.entry(node.region.clone()).or_default().add(tally);
            }
        }
        self.units = units.into_iter().collect();
        let share = |tally: &Tally| count(tally, asked.about).share().unwrap_or(-1.0);
        self.units.sort_by(|(id, one), (other_id, other)| {
            share(other).total_cmp(&share(one)).then(other.all.cmp(&one.all)).then(id.cmp(other_id))
        });
    }
}
