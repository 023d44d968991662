//! For machines that watch: alive, ready, meters (QR-14).

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use otklik_web::client;

use crate::Operations;

/// How long the database may take to answer before the node counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Headers by which a proxy says that it speaks for somebody else.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "x-real-ip", "forwarded", "via"];

/// The process is alive: it says nothing of what it depends on, so that nobody restarts it in vain.
pub async fn alive() -> Response {
    text("ok\n".to_owned())
}

/// The database answers and every migration is done: 200; else 503 and what fails.
pub async fn ready(State(operations): State<Operations>) -> Response {
    let mut failing = Vec::new();
    match tokio::time::timeout(PATIENCE, operations.ctx.db.ping()).await {
        Err(_) => failing.push("database"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            failing.push("database");
        }
        Ok(Ok(())) if !migrated(&operations).await => failing.push("migrations"),
        Ok(Ok(())) => {}
    }
    let status = if failing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({ "ready": failing.is_empty(), "failing": failing }).to_string();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

/// Whether every step of this version is done: what is done once isn't asked again. Steps of a newer one,
/// which another node has done during an update, don't count: they only add.
async fn migrated(operations: &Operations) -> bool {
    if operations.migrated.load(Ordering::Relaxed) {
        return true;
    }
    let asked = otklik_db::pending(&operations.ctx.db, &operations.setup.migrations);
    let done = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(state)) => state.pending.is_empty(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the state of the migrations is unknown");
            false
        }
        Err(_) => false,
    };
    operations.migrated.fetch_or(done, Ordering::Relaxed);
    done
}

/// The meters, for those who may read them: see [`may_read_metrics`].
pub async fn metrics(State(operations): State<Operations>, request: Request) -> Response {
    let ctx = &operations.ctx;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let allowed = peer.is_some_and(|peer| {
        may_read_metrics(
            peer,
            request.headers(),
            &ctx.settings.trusted_proxies,
            &operations.setup.metrics_from,
        )
    });
    if !allowed {
        return StatusCode::FORBIDDEN.into_response();
    }
    // A database that is away leaves the last figures standing; `/readyz` tells that it is away.
    let _ = tokio::time::timeout(PATIENCE, crate::system::measure(ctx)).await;
    let mut response = text(ctx.metrics.text());
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Whether a request may read the meters: its client's address is within the networks, and nobody
/// forwarded it whom we don't trust. A proxy on the same machine that isn't listed among the trusted ones
/// would otherwise open the meters to the whole Internet.
fn may_read_metrics(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet], allowed: &[IpNet]) -> bool {
    let within = |nets: &[IpNet], address: IpAddr| nets.iter().any(|net| net.contains(&address));
    let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    if is_forwarded && !within(trusted, peer.ip().to_canonical()) {
        return false;
    }
    within(allowed, client::address(peer, headers, trusted))
}

fn text(body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

/// The flag that the migrations are done.
pub type Migrated = std::sync::Arc<AtomicBool>;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, headers: &[(&'static str, &str)], trusted: &str, expected: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.split_whitespace().map(|net| net.parse().unwrap()).collect();
        let allowed = crate::loopback();
        let told = may_read_metrics(peer.parse().unwrap(), &map, &trusted, &allowed);
        assert_eq!(told, expected, "{peer} {headers:?} {trusted:?}");
    }

    #[test]
    fn qr14_meters_are_for_the_machine_itself() {
        check("127.0.0.1:9", &[], "", true);
        check("[::1]:9", &[], "", true);
        check("[::ffff:127.0.0.1]:9", &[], "", true);
        check("192.0.2.7:9", &[], "", false);
        check("192.0.2.7:9", &[("x-forwarded-for", "127.0.0.1")], "", false);
    }

    #[test]
    fn qr14_a_proxy_on_the_machine_opens_the_meters_to_nobody() {
        check("127.0.0.1:9", &[("x-forwarded-for", "198.51.100.7")], "127.0.0.0/8", false);
        check("127.0.0.1:9", &[("x-forwarded-for", "198.51.100.7")], "", false);
        check("127.0.0.1:9", &[("via", "1.1 front")], "", false);
        check("10.0.0.2:9", &[("x-forwarded-for", "127.0.0.1, 198.51.100.7")], "10.0.0.0/8", false);
    }
}
