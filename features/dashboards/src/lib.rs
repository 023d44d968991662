#![doc = include_str!("../README.md")]

mod charts;
mod figure;
mod numbers;
mod pages;
mod period;
mod query;
pub mod stats;
mod sums;
mod tiles;
mod tree;

use std::sync::Arc;

use otklik_access::Permission;
use otklik_questionnaires::Questionnaires;
use otklik_responses::figures::Cube;
use otklik_responses::topics::KeptTopics;
use otklik_web::{Access, Ctx, Part, Routes};

mod texts {
    otklik_locale::texts!();
}

/// The pages of this slice, over the kept figures of the node.
#[must_use]
pub fn routes(ctx: &Ctx, cube: &Cube, questionnaires: &Questionnaires) -> Part {
    let pages = pages::Pages {
        ctx: ctx.clone(),
        questionnaires: Arc::new(questionnaires.clone()),
        cube: cube.clone(),
        tree: tree::SharedTree::default(),
        sums: sums::Kept::default(),
        topics: KeptTopics::default(),
    };
    let read = Access::Needs(Permission::ReadResponses);
    Routes::new(ctx, pages)
        .get("/admin/analysis", read, pages::show)
        .get("/admin/analysis/words", read, pages::words)
        .get("/admin/analysis/export.csv", read, pages::export)
        .finish()
}
