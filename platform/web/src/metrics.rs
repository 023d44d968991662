//! Meters in the text form that Prometheus reads.

use std::sync::Mutex;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The meters of one process; cheap to raise from anywhere.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    /// Public questionnaire pages given.
    pub pages: Counter,
    /// Responses accepted for good.
    pub accepted: Counter,
    /// The same response sent again.
    pub repeated: Counter,
    /// Responses refused with a message to the person.
    pub refused: Counter,
    /// Responses that could not be stored now (503).
    pub unavailable: Counter,
    /// Transactions of the group commit.
    pub groups: Counter,
    /// Messages delivered.
    pub mail_sent: Counter,
    /// Attempts at delivery that failed.
    pub mail_failed: Counter,
    /// Messages waiting for delivery.
    pub mail_waiting: Gauge,
    /// Events waiting for their handlers.
    pub events_waiting: Gauge,
    /// Journal entries not yet chained.
    pub journal_unsealed: Gauge,
    /// Requests to the admin zone.
    pub admin_requests: Counter,
    /// Requests that ended in an error of ours.
    pub errors: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Mutex::default(),
            pages: Counter::default(),
            accepted: Counter::default(),
            repeated: Counter::default(),
            refused: Counter::default(),
            unavailable: Counter::default(),
            groups: Counter::default(),
            mail_sent: Counter::default(),
            mail_failed: Counter::default(),
            mail_waiting: Gauge::default(),
            events_waiting: Gauge::default(),
            journal_unsealed: Gauge::default(),
            admin_requests: Counter::default(),
            errors: Counter::default(),
        };
        if let Ok(mut registry) = metrics.registry.lock() {
            let counters = [
                ("otklik_survey_pages", "Public questionnaire pages given", &metrics.pages),
                ("otklik_responses_accepted", "Responses accepted for good", &metrics.accepted),
                ("otklik_responses_repeated", "The same response sent again", &metrics.repeated),
                ("otklik_responses_refused", "Responses refused with a message", &metrics.refused),
                ("otklik_responses_unavailable", "Responses that could not be stored", &metrics.unavailable),
                ("otklik_acceptance_groups", "Transactions of the group commit", &metrics.groups),
                ("otklik_mail_sent", "Messages delivered", &metrics.mail_sent),
                ("otklik_mail_failed", "Attempts at delivery that failed", &metrics.mail_failed),
                ("otklik_admin_requests", "Requests to the admin zone", &metrics.admin_requests),
                ("otklik_errors", "Requests that ended in an error of ours", &metrics.errors),
            ];
            for (name, help, counter) in counters {
                registry.register(name, help, counter.clone());
            }
            let gauges = [
                ("otklik_mail_waiting", "Messages waiting for delivery", &metrics.mail_waiting),
                ("otklik_events_waiting", "Events waiting for their handlers", &metrics.events_waiting),
                ("otklik_journal_unsealed", "Journal entries not yet chained", &metrics.journal_unsealed),
            ];
            for (name, help, gauge) in gauges {
                registry.register(name, help, gauge.clone());
            }
        }
        metrics
    }
}

impl Metrics {
    /// All meters in the text form.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Ok(registry) = self.registry.lock() {
            let _ = encode(&mut text, &registry);
        }
        text
    }
}
