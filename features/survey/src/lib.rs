#![doc = include_str!("../README.md")]

mod answer;
mod pages;
mod receipt;
pub mod token;
pub mod view;

use std::sync::Arc;

use axum::handler::Handler as _;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_responses::{Acceptor, DeviceMarks, Receipts};
use otklik_web::{Access, Ctx, Part, Routes};

mod texts {
    otklik_locale::texts!();
}

/// What the public pages share.
#[derive(Debug)]
pub struct Survey {
    ctx: Ctx,
    offices: SharedOffices,
    questionnaires: Questionnaires,
    acceptor: Acceptor,
    devices: Arc<DeviceMarks>,
    headers: pages::Headers,
    hint: String,
    tokens: token::Tokens,
    receipts: Receipts,
}

/// The routes of the public pages, and the page for every address where nothing is.
#[must_use]
pub fn routes(
    ctx: &Ctx,
    offices: SharedOffices,
    questionnaires: Questionnaires,
    acceptor: Acceptor,
    devices: Arc<DeviceMarks>,
) -> Part {
    let limit = questionnaires.newest().questionnaire.comment.limit;
    let survey = Arc::new(Survey {
        ctx: ctx.clone(),
        offices,
        questionnaires,
        acceptor,
        devices,
        headers: pages::Headers::new(),
        hint: view::comment_hint(view::L::default(), u32::try_from(limit).unwrap_or(u32::MAX)),
        tokens: token::Tokens::new(&ctx.secret),
        receipts: Receipts::new(&ctx.secret),
    });
    let nothing = pages::nothing.with_state(survey.clone());
    let otherwise = {
        let survey = survey.clone();
        move || std::future::ready(pages::otherwise(&survey))
    };
    let mut part = Routes::new(ctx, survey)
        .get("/", Access::Public, pages::home)
        .get("/qr", Access::Public, pages::find_office)
        .get("/qr/", Access::Public, pages::find_office)
        .get("/qr/{code}", Access::Public, pages::questionnaire)
        .get("/qr/{code}/", Access::Public, pages::questionnaire)
        .post("/qr/{code}", Access::Public, answer::answer)
        .post("/qr/{code}/", Access::Public, answer::answer)
        .get("/r", Access::Public, receipt::find)
        .get("/r/", Access::Public, receipt::find)
        .get("/r/{receipt}", Access::Public, receipt::receipt)
        .finish();
    part.router = part.router.method_not_allowed_fallback(otherwise).fallback_service(nothing);
    part
}
