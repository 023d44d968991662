//! `/r/<receipt>`: what became of a response (CASE-5).

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::Instant;
use otklik_responses::{Receipt, store};

use crate::Survey;
use crate::pages::{Code, segment};
use crate::view::{HelpKind, L, MomentView, OutcomeView, ReceiptFormPage, ReceiptPage, ReceiptUnknownPage};

/// Shows what became of a response.
pub async fn receipt(
    State(survey): State<Arc<Survey>>,
    typed: Result<Path<String>, PathRejection>,
    query: Result<Query<Code>, QueryRejection>,
) -> Response {
    let contrast = query.is_ok_and(|Query(query)| !query.contrast.is_empty());
    let (l, typed) = (L::default(), segment(typed));
    let unknown = || survey.page(StatusCode::NOT_FOUND, &ReceiptUnknownPage { l, typed: &typed, contrast });
    let Some(receipt) = Receipt::parse(&typed) else { return unknown() };
    let found = match store::find_by_receipt(survey.ctx.db.read(), &survey.receipts, &receipt).await {
        Ok(Some(found)) => found,
        Ok(None) => return unknown(),
        Err(error) => {
            tracing::error!(%error, "a receipt can't be looked up");
            survey.ctx.metrics.errors.inc();
            let mut page = survey.help(StatusCode::SERVICE_UNAVAILABLE, HelpKind::Unavailable, "", contrast);
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            return page;
        }
    };
    let offices = survey.offices.current();
    let Some(office) = offices.get(found.body) else { return unknown() };
    let words = |at: Instant| Words { shown: at.show_in(&office.zone), exact: at.html() };
    let received = words(found.received_at);
    let looked = found.looked.as_ref().map(|(at, _)| words(*at));
    let outcome = found.outcome.as_ref().map(|(at, text)| (words(*at), text));
    let page = ReceiptPage {
        l,
        receipt: &receipt.to_string(),
        office_name: &office.name,
        received: received.view(),
        looked: looked.as_ref().map(Words::view),
        outcome: outcome.as_ref().map(|(at, text)| OutcomeView { when: at.view(), text }),
        contrast,
    };
    survey.page(StatusCode::OK, &page)
}

/// A moment in the office's zone, in words.
struct Words {
    shown: String,
    exact: String,
}

impl Words {
    fn view(&self) -> MomentView<'_> {
        MomentView { shown: &self.shown, exact: &self.exact }
    }
}

/// `/r/?code=…`: asks for a receipt, or leads to its page.
pub async fn find(State(survey): State<Arc<Survey>>, query: Result<Query<Code>, QueryRejection>) -> Response {
    let Query(query) = query.unwrap_or_default();
    match Receipt::parse(&query.code) {
        Some(receipt) => Redirect::to(&format!("/r/{receipt}")).into_response(),
        None if query.code.is_empty() => {
            survey.page(StatusCode::OK, &ReceiptFormPage { l: L::default(), contrast: false })
        }
        None => {
            let page = ReceiptUnknownPage { l: L::default(), typed: &query.code, contrast: false };
            survey.page(StatusCode::NOT_FOUND, &page)
        }
    }
}
