//! Wiring: which slice gets what from which.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use otklik_access::Authority;
use otklik_jobs::{HandlerError, Periodic, PeriodicJob, Worker};
use otklik_journal::SigningKey;
use otklik_kernel::{Instant, Zone};
use otklik_monitoring::deliveries::depot::Depot;
use otklik_monitoring::hub::Hub;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_responses::figures::Cube;
use otklik_responses::{Acceptor, DeviceMarks, OnAcceptance};
use otklik_web::{Access, Attention, Context, Ctx, Live, Metrics, Part, Routes};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::installation::Installation;
use crate::settings::Settings;

/// How often a node looks whether bodies have changed on another.
const REFRESH: Duration = Duration::from_secs(1);

/// The programme, put together.
pub struct Wired {
    /// What handlers share.
    pub ctx: Ctx,
    /// Every route.
    pub part: Part,
    /// The offices in memory.
    pub offices: SharedOffices,
    figures: Cube,
    worker: Worker,
    mailer: otklik_notifications::Mailer,
}

/// What handlers share, of an installation that listens on an address.
pub fn context(installation: &Installation, address: SocketAddr) -> Ctx {
    Arc::new(Context {
        db: installation.db.clone(),
        clock: installation.clock.clone(),
        random: installation.random.clone(),
        ids: installation.ids.clone(),
        secret: installation.secret.clone(),
        settings: Arc::new(installation.settings.for_web(address)),
        authenticator: Arc::new(otklik_organisations::Sessions::new(
            installation.db.clone(),
            installation.clock.clone(),
            Authority::issue(),
        )),
        live: Live::default(),
        metrics: Arc::new(Metrics::default()),
    })
}

/// The lake of the monitoring, and where files of deliveries lie.
///
/// # Errors
/// When the setting is wrong or its place can't be used.
pub fn lake(ctx: &Ctx, settings: &Settings) -> Result<(Hub, Depot)> {
    let hub = Hub::open(&ctx.db, settings.lake()?, ctx.clock.clone(), ctx.random.clone())?;
    Ok((hub, Depot::at(&settings.deliveries()?)))
}

/// Puts the programme together.
///
/// # Errors
/// When the database is away, or a key or the mail setting is wrong.
pub async fn wire(installation: &Installation, address: SocketAddr) -> Result<Wired> {
    let ctx = context(installation, address);
    let settings = &installation.settings;
    let offices = SharedOffices::open(&ctx.db).await?;
    let questionnaires = Questionnaires::open(&ctx.db).await?;
    let devices = Arc::new(DeviceMarks::new(ctx.db.clone(), ctx.random.clone()));
    let transport = otklik_mail::Transport::from_setting(&settings.mail)
        .with_context(|| format!("настройка mail: «{}»", settings.mail))?;
    let mailer = otklik_notifications::Mailer::new(&ctx, transport, &offices, &questionnaires);
    let key = Arc::new(SigningKey::open(&settings.data_dir)?);

    let handlers = otklik_responses::handlers();
    let mut schedules = otklik_journal::schedules(&ctx.db, key, settings.data_dir.clone());
    schedules.push(Periodic::new(
        "responses.forget",
        Duration::from_secs(3600),
        Arc::new(Forget(devices.clone())),
    ));
    schedules.extend(otklik_responses::offices::schedules(&ctx.db));
    schedules.extend(otklik_responses::retention::schedules(&ctx, settings.texts_days));
    schedules.extend(otklik_notifications::schedules(&ctx, &offices, &mailer.waker(), settings.mail_days));
    let (hub, depot) = lake(&ctx, settings)?;
    let monitoring = otklik_monitoring::Monitoring {
        ctx: ctx.clone(),
        offices: offices.clone(),
        depot,
        hub,
        folders: otklik_monitoring::partners::folder::Roots::new(settings.monitoring_folders.clone()),
        received: otklik_jobs::Waker::default(),
        to_send: otklik_jobs::Waker::default(),
    };
    schedules.extend(otklik_monitoring::jobs::schedules(&monitoring).map_err(anyhow::Error::msg)?);
    let worker =
        Worker::new(ctx.db.clone(), ctx.clock.clone(), handlers).with_schedules(schedules, &*ctx.random);

    let along: Vec<Arc<dyn OnAcceptance>> = vec![Arc::new(mailer.outbox())];
    let acceptor = Acceptor::start(&ctx, along, worker.waker()).await?;
    let setup = otklik_operations::Setup {
        offices: offices.clone(),
        migrations: crate::installation::migrations(),
        metrics_from: settings.metrics_from.clone().unwrap_or_else(otklik_operations::loopback),
        mail: mailer.waker(),
        events: worker.waker(),
    };
    let figures = Cube::default();
    let days = otklik_notifications::daily::Days::new(&figures);
    let recipients = Arc::new(otklik_notifications::Recipients::new(&ctx, &offices, &days));
    let attention: Vec<Arc<dyn Attention>> =
        vec![recipients.clone(), Arc::new(otklik_materials::Posters::new(&ctx))];
    let mut part = otklik_survey::routes(&ctx, offices.clone(), questionnaires.clone(), acceptor, devices)
        .and(otklik_organisations::routes(&ctx, &offices))
        .and(otklik_responses::routes(&ctx, &offices, &questionnaires, attention, recipients, &figures))
        .and(otklik_dashboards::routes(&ctx, &figures, &questionnaires))
        .and(otklik_notifications::routes(&ctx, &offices, &days))
        .and(otklik_materials::routes(&ctx))
        .and(otklik_monitoring::routes(&monitoring))
        .and(otklik_operations::routes(&ctx, setup))
        .and(own(&ctx));
    part.router = part.router.method_not_allowed_fallback(otklik_web::wrong_method);
    Ok(Wired { ctx, part, offices, figures, worker, mailer })
}

impl Wired {
    /// Starts what works beside the requests: events, mail, schedules, changes made on other nodes.
    pub fn start_background(self, shutdown: CancellationToken) -> JoinHandle<()> {
        let Self { ctx, offices, figures, worker, mailer, .. } = self;
        tokio::spawn(async move {
            tokio::spawn(warm(figures, ctx.clone()));
            let worker = tokio::spawn(worker.run(shutdown.clone()));
            let mailer = tokio::spawn(mailer.run(shutdown.clone()));
            let live = tokio::spawn(ctx.live.clone().run(ctx.db.clone(), shutdown.clone()));
            while tokio::time::timeout(REFRESH, shutdown.cancelled()).await.is_err() {
                if let Err(error) = offices.refresh(&ctx.db).await {
                    tracing::warn!(%error, "changes of bodies can't be read now");
                }
            }
            let _ = tokio::join!(worker, mailer, live);
        })
    }
}

/// Loads kept figures while nobody waits for them.
async fn warm(figures: Cube, ctx: Ctx) {
    if let Err(error) = figures.warm(&ctx.db, ctx.now().day_in(&Zone::utc())).await {
        tracing::warn!(%error, "figures can't be loaded now; the first page that needs them loads them");
    }
}

/// Destroys the keys of device marks of days that are over.
struct Forget(Arc<DeviceMarks>);

#[async_trait]
impl PeriodicJob for Forget {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        Ok(self.0.forget(now).await?)
    }
}

/// What belongs to no slice: styles and script of the admin zone, under addresses that change with their
/// content, and the zone's address without its slash.
fn own(ctx: &Ctx) -> Part {
    use axum::extract::Path;
    use axum::http::{StatusCode, header};
    use axum::response::{IntoResponse, Redirect};
    async fn asset(Path(name): Path<String>) -> axum::response::Response {
        match otklik_ui::asset(&format!("/admin/assets/{name}")) {
            Some((kind, bytes)) => {
                let headers = [
                    (header::CONTENT_TYPE, kind),
                    (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                ];
                (headers, bytes).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
    async fn admin() -> Redirect {
        Redirect::to("/admin/")
    }
    let live = Routes::new(ctx, ctx.clone()).get("/admin/live", Access::SignedIn, otklik_web::live::stream);
    Routes::new(ctx, ())
        .get("/admin", Access::Public, admin)
        .get("/admin/assets/{name}", Access::Public, asset)
        .finish()
        .and(live.finish())
}
