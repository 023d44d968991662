//! Placing, taking down, photos. QR-11

use axum::http::StatusCode;
use image::{ImageFormat, Rgb, RgbImage};
use otklik_materials::model::{Carrier, Place, Typed};
use otklik_materials::photo::MOST_BYTES;
use otklik_materials::place::place;
use otklik_materials::store::{photos, placements};
use otklik_materials::take_down::take_down;

use crate::common::{Answer, OFFICE, SYSTEM, Site, with};

const GOOD: [(&str, &str); 4] =
    [("place", "info_stand"), ("carrier", "pocket"), ("day", "2026-11-20"), ("note", "зал № 2")];

fn jpeg() -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(40, 30, Rgb([200, 30, 30])).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

async fn place_with(site: &Site, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
    let csrf = site.csrf("responsible");
    site.upload("responsible", "/admin/bodies/2/placements/new", &csrf, fields, file).await
}

#[test]
fn qr11_a_poster_is_written_down_with_its_photo_and_taken_down_with_a_reason() {
    with(async |site| {
        let empty = site.get("responsible", "/admin/bodies/2/placements").await.expect(StatusCode::OK);
        empty.says("Плакатов не меньше 2, сейчас 0").says("пусто").says("Размещённых плакатов нет");
        site.get("responsible", "/admin/bodies/2/placements/new")
            .await
            .expect(StatusCode::OK)
            .says("value=\"2026-11-22\"")
            .says("Рядом с терминалом");

        let done = place_with(&site, &GOOD, ("stand.jpg", &jpeg())).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(done.location, "/admin/bodies/2/placements?done=placed");
        let stored = placements::of(site.t.db.read(), &SYSTEM, OFFICE).await.unwrap();
        let [poster] = &stored[..] else { panic!("{stored:?}") };
        assert_eq!((poster.fields.place, poster.fields.carrier), (Place::InfoStand, Carrier::Pocket));
        assert_eq!((poster.placed_by.as_str(), poster.photo), ("Сотрудник 11", Some((40, 30))));

        let list = site.get("observer", "/admin/bodies/2/placements").await.expect(StatusCode::OK);
        list.says("зал № 2").says("20.11.2026").says("Сотрудник 11").hides("Записать размещение");
        let here = format!("/admin/bodies/2/placements/{}", poster.id);
        let photo = site.get("observer", &format!("{here}/photo")).await.expect(StatusCode::OK);
        assert_eq!(photo.kind, "image/jpeg");
        assert_eq!(image::guess_format(&photo.content).unwrap(), ImageFormat::Jpeg);

        let page = site.post("responsible", &format!("{here}/remove"), &[("reason", " ")]).await;
        page.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Напишите, почему плакат снят.");
        let done = site.post("responsible", &format!("{here}/remove"), &[("reason", "ремонт зала")]).await;
        assert_eq!(done.location, "/admin/bodies/2/placements?done=removed");
        // Once more changes nothing.
        site.post("responsible", &format!("{here}/remove"), &[]).await.expect(StatusCode::SEE_OTHER);
        let list = site.get("responsible", "/admin/bodies/2/placements").await;
        list.says("сейчас 0").says("Сняты").says("ремонт зала").says("зал № 2");
        let page = site.get("responsible", &here).await.expect(StatusCode::OK);
        page.says("ремонт зала").says("Сотрудник 11").hides("Плакат снят</button>").hides("type=\"file\"");
        let csrf = site.csrf("responsible");
        let photo = format!("{here}/photo");
        let late = site.upload("responsible", &photo, &csrf, &[], ("a.jpg", &jpeg())).await;
        assert_eq!(late.status, StatusCode::NOT_FOUND);
        assert_eq!(site.journal().await, ["placements.add", "placements.remove"]);
    });
}

#[test]
fn qr11_a_flip_stand_is_refused_with_the_rule_and_the_form_keeps_what_was_typed() {
    with(async |site| {
        let fields =
            [("place", "info_stand"), ("carrier", "flip_stand"), ("day", "2026-11-20"), ("note", "у окна")];
        let page = place_with(&site, &fields, ("stand.jpg", &jpeg())).await;
        page.expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("нельзя размещать в перекидной системе (пункт 3.10 Порядка)")
            .says("Выберите снимок ещё раз")
            .says("value=\"flip_stand\" checked")
            .says("value=\"у окна\"");
        // The same without the page: the operation refuses too.
        let typed = Typed { place: "info_stand", carrier: "flip_stand", day: "2026-11-20", note: "" };
        assert!(place(&site.t.db, &SYSTEM, &site.act(), "", OFFICE, typed, None).await.is_err());
        assert!(placements::of(site.t.db.read(), &SYSTEM, OFFICE).await.unwrap().is_empty());
        assert!(site.journal().await.is_empty());
    });
}

#[test]
fn qr11_wrong_files_are_refused_by_their_content_with_the_form_kept() {
    with(async |site| {
        let mut bomb = Vec::new();
        let mut encoder = png::Encoder::new(&mut bomb, 60_000, 60_000);
        encoder.set_color(png::ColorType::Rgb);
        drop(encoder.write_header().unwrap());
        let large = vec![0xFF; MOST_BYTES + 1];
        for (file, said) in [
            (&b"only a text"[..], "Это не снимок в формате JPEG, PNG или WebP"),
            (&bomb, "больше 50 миллионов точек"),
            (&large, "Файл больше 10 МБ"),
            (&jpeg()[..200], "Файл повреждён"),
        ] {
            let page = place_with(&site, &GOOD, ("photo.jpg", file)).await;
            page.expect(StatusCode::UNPROCESSABLE_ENTITY)
                .says(said)
                .says("value=\"info_stand\" checked")
                .says("value=\"зал № 2\"");
        }
        let endless = vec![0xFF; 65 * 1024 * 1024];
        let page = place_with(&site, &GOOD, ("photo.jpg", &endless)).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(placements::of(site.t.db.read(), &SYSTEM, OFFICE).await.unwrap().is_empty());
        // No file at all is no mistake: a photo may be added later.
        place_with(&site, &GOOD, ("", b"")).await.expect(StatusCode::SEE_OTHER);
    });
}

#[test]
fn qr11_a_photo_is_added_later_and_replaced() {
    with(async |site| {
        let typed = Typed { place: "other", carrier: "open", day: "2026-11-22", note: "у входа" };
        let id = place(&site.t.db, &SYSTEM, &site.act(), "", OFFICE, typed, None).await.unwrap();
        let here = format!("/admin/bodies/2/placements/{id}");
        let csrf = site.csrf("responsible");
        let photo = format!("{here}/photo");
        assert_eq!(site.get("responsible", &photo).await.status, StatusCode::NOT_FOUND);
        site.get("responsible", &here).await.says("Фотографии нет.").says("Добавить фотографию");
        let send = async |file: &[u8]| site.upload("responsible", &photo, &csrf, &[], ("a.jpg", file)).await;
        send(b"").await.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Выберите файл со снимком.");
        send(b"text").await.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Это не снимок");
        assert_eq!(send(&jpeg()).await.location, format!("{here}?done=photo"));
        let first = site.get("responsible", &photo).await.expect(StatusCode::OK).content;
        let mut other = std::io::Cursor::new(Vec::new());
        RgbImage::from_pixel(10, 10, Rgb([0; 3])).write_to(&mut other, ImageFormat::Png).unwrap();
        send(other.get_ref()).await.expect(StatusCode::SEE_OTHER);
        let second = site.get("responsible", &photo).await.expect(StatusCode::OK).content;
        assert_ne!(first, second);
        site.get("observer", &here).await.says("width=\"10\" height=\"10\"").hides("Заменить фотографию");
        assert_eq!(site.journal().await, ["placements.add", "placements.photo", "placements.photo"]);
    });
}

#[test]
fn qr11_the_register_keeps_to_scope_and_permission() {
    with(async |site| {
        let typed = Typed { place: "info_stand", carrier: "open", day: "2026-11-22", note: "" };
        let id = place(&site.t.db, &SYSTEM, &site.act(), "", OFFICE, typed, None).await.unwrap();
        let here = format!("/admin/bodies/2/placements/{id}");
        for path in ["/admin/bodies/2/placements", here.as_str(), &format!("{here}/photo")] {
            assert_eq!(site.get("neighbour", path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(site.get("operator", path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        // A poster is found under its own office only.
        for path in
            [format!("/admin/bodies/5/placements/{id}"), format!("/admin/bodies/5/placements/{id}/photo")]
        {
            assert_eq!(site.get("responsible", &path).await.status, StatusCode::NOT_FOUND);
        }
        for (who, status) in [("neighbour", StatusCode::NOT_FOUND), ("observer", StatusCode::FORBIDDEN)] {
            for path in
                ["/admin/bodies/2/placements/new", &format!("{here}/photo"), &format!("{here}/remove")]
            {
                let csrf = site.csrf(who);
                if !path.ends_with("remove") {
                    let answer = site.upload(who, path, &csrf, &GOOD, ("a.jpg", &jpeg())).await;
                    assert_eq!(answer.status, status, "{who} {path}");
                }
                assert_eq!(site.post(who, path, &[("reason", "x")]).await.status, status, "{who} {path}");
            }
        }
        for csrf in ["", &site.csrf("another")] {
            let new = "/admin/bodies/2/placements/new";
            let answer = site.upload("responsible", new, csrf, &GOOD, ("a.jpg", &jpeg())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
        }
        for body in [1, 4] {
            let new = format!("/admin/bodies/{body}/placements/new");
            assert_eq!(site.get("responsible", &new).await.status, StatusCode::NOT_FOUND, "{body}");
            assert_eq!(site.post("responsible", &new, &GOOD).await.status, StatusCode::NOT_FOUND, "{body}");
        }
        assert_eq!(site.journal().await, ["placements.add"]);
        assert!(photos::find(site.t.db.read(), &SYSTEM, OFFICE, id).await.unwrap().is_none());
        let elsewhere = take_down(&site.t.db, &SYSTEM, &site.act(), "", (5, id), "x").await;
        assert!(elsewhere.is_err());
    });
}
