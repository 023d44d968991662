//! Serving: listening, background work, an orderly end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::installation::Installation;
use crate::settings::Settings;
use crate::wire;

/// How long open connections may finish what they began.
const FAREWELL: Duration = Duration::from_secs(20);

/// Logs go to the standard error, as text or as a JSON object a line.
pub fn start_logging(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if settings.is_json_log {
        builder.json().flatten_event(true).init();
    } else {
        builder.with_ansi(false).init();
    }
}

/// `otklik serve`.
///
/// # Errors
/// When the installation can't be opened or the address can't be listened on.
pub async fn serve(settings: Settings) -> Result<ExitCode> {
    let (listener, address) = listen(&settings).await?;
    let installation = Installation::open(settings).await?;
    run(installation, listener, address).await
}

/// Listens on the address of the settings; the port may be 0, then the system chooses it.
///
/// # Errors
/// When the address can't be listened on.
pub async fn listen(settings: &Settings) -> Result<(TcpListener, SocketAddr)> {
    let wanted = settings.listen;
    let listener =
        TcpListener::bind(wanted).await.with_context(|| format!("адрес {wanted} занять не удалось"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until the programme is asked to end.
///
/// # Errors
/// When the parts can't be wired together.
pub async fn run(installation: Installation, listener: TcpListener, address: SocketAddr) -> Result<ExitCode> {
    let shutdown = CancellationToken::new();
    let wired = wire::wire(&installation, address).await?;
    tracing::info!(%address, public_url = wired.ctx.settings.public_url, "serving");
    let service = wired.part.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let background = wired.start_background(shutdown.clone());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let stopping = shutdown.clone();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopping.cancelled().await });
    let server = tokio::spawn(async move { server.await });
    asked_to_end().await;
    tracing::info!("ending");
    shutdown.cancel();
    if tokio::time::timeout(FAREWELL, server).await.is_err() {
        tracing::warn!("connections still open are cut");
    }
    let _ = tokio::time::timeout(FAREWELL, background).await;
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
