//! What is done again and again: checking what came, sending what is due, keeping the lake small and answers fresh.

use std::sync::Arc;
use std::time::Duration;

use otklik_jobs::Periodic;

use crate::Monitoring;
use crate::deliveries::work::Work;
use crate::hub::{Freshen, KeepUp};
use crate::partners::deliver::SendDaily;
use crate::partners::https;

/// The jobs; those that pages wake share their wakers.
///
/// # Errors
/// The client for partners can't be made.
pub fn schedules(monitoring: &Monitoring) -> Result<Vec<Periodic>, String> {
    let (ctx, hub) = (&monitoring.ctx, &monitoring.hub);
    let work = Work::new(ctx, &monitoring.depot, Arc::new(hub.clone()));
    let send = SendDaily::new(ctx, hub, https::client(&[])?, &monitoring.folders);
    let mut check = Periodic::new("monitoring.check", Duration::from_secs(5), Arc::new(work));
    check.waker = monitoring.received.clone();
    let mut send = Periodic::new("monitoring.send", Duration::from_secs(60), Arc::new(send));
    send.waker = monitoring.to_send.clone();
    let keep =
        Periodic::new("monitoring.keep_up", Duration::from_secs(86_400), Arc::new(KeepUp(hub.clone())));
    let freshen =
        Periodic::new("monitoring.freshen", Duration::from_secs(30), Arc::new(Freshen(hub.clone())));
    Ok(vec![check, send, keep, freshen])
}
