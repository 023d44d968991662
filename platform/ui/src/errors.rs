//! Pages for what went wrong: what happened, what is kept, what to do.

use askama::Template;

use crate::{L, Page, Viewer};

/// A page instead of the one asked for.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/error.html")]
pub struct ErrorPage {
    /// The shared part.
    pub page: Page,
    /// The status of the answer.
    pub status: u16,
    /// What is kept: nothing typed is lost, nothing was changed.
    pub kept: String,
    /// What to do now.
    pub advice: String,
    /// The id by which the operator finds this case in the log.
    pub trace: Option<String>,
}

impl ErrorPage {
    /// The page of a status: 403, 404, 405, 500 or 503; any other is told as 500, keeping its number.
    #[must_use]
    pub fn new(viewer: &Viewer, status: u16) -> Self {
        let l = L(viewer.lang);
        let (what, kept, advice) = match status {
            403 => (l.error_403_what(), l.error_403_kept(), l.error_403_advice()),
            404 => (l.error_404_what(), l.error_404_kept(), l.error_404_advice()),
            405 => (l.error_405_what(), l.error_405_kept(), l.error_405_advice()),
            503 => (l.error_503_what(), l.error_503_kept(), l.error_503_advice()),
            _ => (l.error_500_what(), l.error_500_kept(), l.error_500_advice()),
        };
        let page = Page::outside(viewer, what);
        Self { page, status, kept: kept.to_owned(), advice: advice.to_owned(), trace: None }
    }

    /// Adds the id by which the operator finds this case in the log.
    #[must_use]
    pub fn trace(mut self, trace: impl Into<String>) -> Self {
        self.trace = Some(trace.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_tells_its_own_story() {
        let mut pages = Vec::new();
        for status in [403, 404, 405, 500, 503] {
            let error = ErrorPage::new(&Viewer::default(), status).trace("7f3a");
            let html = error.render().unwrap();
            for part in [&error.page.title, &error.kept, &error.advice] {
                assert!(html.contains(part.as_str()), "{status}: {part}");
            }
            assert!(html.contains("7f3a"));
            pages.push(error.page.title);
        }
        pages.dedup();
        assert_eq!(pages.len(), 5);
    }

    #[test]
    fn what_comes_from_outside_is_escaped() {
        let html = ErrorPage::new(&Viewer::default(), 500).trace("<script>x</script>").render().unwrap();
        assert!(!html.contains("<script>x"));
    }
}
