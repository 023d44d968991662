//! Which offices keep the rule, for the levels above. QR-11

use axum::http::StatusCode;
use otklik_kernel::Id;
use otklik_materials::model::{Place, Typed};
use otklik_materials::place::place;
use otklik_materials::read::{BELOW_MINIMUM_HREF, Gaps, PLACE_EMPTY_HREF, gaps, standings};
use otklik_materials::take_down::take_down;
use otklik_testkit::caller;

use crate::common::{NEIGHBOUR, OFFICE, REGION, SMALL, SYSTEM, Site, with};

async fn hang(site: &Site, body: Id, where_: &str) -> Id {
    let typed = Typed { place: where_, carrier: "open", day: "2026-11-20", note: "у входа" };
    place(&site.t.db, &SYSTEM, &site.act(), "", body, typed, None).await.unwrap()
}

#[test]
fn qr11_gaps_are_counted_in_the_scope_and_change_with_every_poster() {
    with(async |site| {
        let conn = site.t.db.read();
        let scope = caller(1, &[(otklik_access::Role::DeputyHead, REGION)])
            .scope(otklik_access::Permission::ReadBodies);
        let counted = async || gaps(conn, &scope).await.unwrap();
        let of = |below_minimum, place_empty| Gaps { below_minimum, place_empty };
        // Two open offices: the closed one and the region, which receives nobody, don't count.
        assert_eq!(counted().await, of(2, 2));
        assert_eq!(gaps(conn, &SYSTEM).await.unwrap(), of(3, 2), "the МФЦ has no prescribed place");
        hang(&site, OFFICE, "info_stand").await;
        hang(&site, OFFICE, "other").await;
        assert_eq!(counted().await, of(1, 2), "enough, but none beside the terminal");
        let beside = hang(&site, OFFICE, "queue_terminal").await;
        assert_eq!(counted().await, of(1, 1));
        hang(&site, SMALL, "info_stand").await;
        assert_eq!(counted().await, of(1, 0), "one poster, but where it is due");
        take_down(&site.t.db, &SYSTEM, &site.act(), "", (OFFICE, beside), "сорван").await.unwrap();
        assert_eq!(counted().await, of(1, 1));
        let all = standings(conn, &scope).await.unwrap();
        let office = all.iter().find(|office| office.body.id == OFFICE).unwrap();
        assert_eq!((office.posters, &office.missing[..]), (2, &[Place::QueueTerminal][..]));
        assert_eq!(gaps(conn, &otklik_access::Scope::nowhere()).await.unwrap(), of(0, 0));
    });
}

#[test]
fn qr11_the_levels_above_see_which_offices_have_gaps() {
    with(async |site| {
        hang(&site, OFFICE, "info_stand").await;
        hang(&site, OFFICE, "other").await;
        hang(&site, NEIGHBOUR, "other").await;
        let open = async |who: &str, address: &str| site.get(who, address).await.expect(StatusCode::OK);
        let all = open("observer", "/admin/placements").await;
        all.says("7701").says("7703").hides("7702").hides("mfc-27").hides("7700");
        open("observer", BELOW_MINIMUM_HREF).await.says("7703").hides("7701");
        open("observer", PLACE_EMPTY_HREF).await.says("7703").says("7701").says("у терминала СУО: пусто");
        open("observer", "/admin/placements?q=%D0%B8%D1%84%D0%BD%D1%81+%E2%84%96+3")
            .await
            .says("7703")
            .hides("7701");
        open("observer", "/admin/placements?region=27").await.says("Ничего не найдено");
        let places = |text: &str| (text.find("7701").unwrap(), text.find("7703").unwrap());
        let by_count = open("observer", "/admin/placements?sort=posters").await;
        let (office, small) = places(by_count.text());
        assert!(small < office);
        by_count.says("aria-sort=\"ascending\"").says("sort=%2Dposters");
        let turned = open("observer", "/admin/placements?sort=-posters").await;
        let (office, small) = places(turned.text());
        assert!(office < small);
        open("neighbour", "/admin/placements").await.says("mfc-27").hides("7701");
        assert_eq!(site.get("operator", "/admin/placements").await.status, StatusCode::FORBIDDEN);
    });
}
