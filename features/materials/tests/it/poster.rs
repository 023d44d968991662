//! The poster and its text down the tree. QR-10

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::common::{Answer, LINK, Site, run, scan, with};

/// The words of a poster.
async fn words(site: &Site, who: &str, office: u32) -> String {
    let pdf = site.get(who, &format!("/admin/bodies/{office}/poster.pdf")).await.expect(StatusCode::OK);
    let path = site.t.folder.path().join("poster.pdf");
    std::fs::write(&path, &pdf.content).unwrap();
    let text = run("pdftotext", "poppler-utils", &[path.to_str().unwrap(), "-"]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn set(site: &Site, who: &str, body: u32, heading: &str) -> Answer {
    let fields = [("heading", heading), ("invitation", "Наведите камеру"), ("footer", "раз\r\nдва")];
    site.post(who, &format!("/admin/bodies/{body}/poster"), &fields).await
}

#[test]
fn qr10_the_poster_has_invitation_code_link_and_name() {
    with(async |site| {
        let pdf = site.get("responsible", "/admin/bodies/2/poster.pdf").await.expect(StatusCode::OK);
        assert_eq!(pdf.kind, "application/pdf");
        assert_eq!(pdf.file, "attachment; filename=\"poster-7701.pdf\"");
        assert_eq!(
            words(&site, "responsible", 2).await,
            format!(
                "Оцените качество обслуживания в налоговом органе \
                 Отсканируйте QR-код или введите ссылку в адресную строку браузера {LINK} \
                 ИФНС № 1 «Центр» <и> #Ко Имя, телефон и почту указывать не нужно"
            )
        );
        let (path, page) = (site.t.folder.path().join("poster.pdf"), site.t.folder.path().join("page"));
        let (path, page_path) = (path.to_str().unwrap(), page.to_str().unwrap());
        for grey in [&[][..], &["-gray"][..]] {
            let options = [&["-png", "-singlefile", "-r", "100"][..], grey, &[path, page_path][..]].concat();
            run("pdftoppm", "poppler-utils", &options);
            assert_eq!(scan(&page.with_extension("png")), LINK);
        }
        let again = site.get("responsible", "/admin/bodies/2/poster.pdf").await;
        assert_eq!(pdf.content, again.content, "the same file whenever it is made");
        assert_eq!(site.get("responsible", "/admin/bodies/4/poster.pdf").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn qr10_a_text_holds_for_everything_below_that_has_none_of_its_own() {
    with(async |site| {
        set(&site, "administrator", 1, "Текст управления").await.expect(StatusCode::SEE_OTHER);
        assert!(words(&site, "responsible", 2).await.starts_with("Текст управления Наведите камеру"));
        assert!(words(&site, "responsible", 5).await.starts_with("Текст управления"));
        assert!(words(&site, "neighbour", 3).await.starts_with("Оцените качество обслуживания Отс"));
        // Somebody of the office alone sees the text, but not whose it is.
        let page = site.get("office", "/admin/bodies/2/poster").await.expect(StatusCode::OK);
        page.says("Текст управления").says("Задан вышестоящим органом").hides("УФНС России");
        let page = site.get("administrator", "/admin/bodies/2/poster").await;
        page.says("Задан вышестоящим органом: УФНС России по г. Москве");

        set(&site, "office", 2, "Свой текст").await.expect(StatusCode::SEE_OTHER);
        assert!(words(&site, "responsible", 2).await.starts_with("Свой текст"));
        assert!(words(&site, "responsible", 5).await.starts_with("Текст управления"));
        let page = site.get("office", "/admin/bodies/2/poster?done=text").await;
        page.says("Собственный текст этого органа")
            .says("Текст плаката сохранён.")
            .says("раз\nдва</textarea>");

        let done = site.post("office", "/admin/bodies/2/poster/inherit", &[]).await;
        assert_eq!(done.location, "/admin/bodies/2/poster?done=inherited");
        assert!(words(&site, "responsible", 2).await.starts_with("Текст управления"));
        assert_eq!(site.journal().await, ["posters.set", "posters.set", "posters.inherit"]);
        // The same once more changes nothing and writes nothing.
        set(&site, "administrator", 1, " Текст  управления ").await.expect(StatusCode::SEE_OTHER);
        site.post("office", "/admin/bodies/2/poster/inherit", &[]).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(site.journal().await.len(), 3);
    });
}

#[test]
fn qr10_a_preview_shows_what_was_typed_and_keeps_nothing() {
    with(async |site| {
        let typed = [("heading", "Ещё <не> сохранено"), ("invitation", ""), ("footer", ""), ("preview", "1")];
        let page = site.post("administrator", "/admin/bodies/2/poster", &typed).await.expect(StatusCode::OK);
        let start = "src=\"data:image/svg+xml;base64,";
        let rest = page.text().split_once(start).unwrap().1;
        let svg = STANDARD.decode(rest.split_once('"').unwrap().0).unwrap();
        assert!(svg.starts_with(b"<svg"));
        page.says("Текст ещё не сохранён").says("Ещё &#60;не&#62; сохранено").hides("<не>");
        assert!(words(&site, "responsible", 2).await.starts_with("Оцените качество"));
        assert!(site.journal().await.is_empty());
    });
}

#[test]
fn qr10_a_wrong_text_comes_back_with_words_and_nothing_is_kept() {
    with(async |site| {
        let long = "я".repeat(91);
        for (heading, said) in [("", "Введите заголовок."), (long.as_str(), "Сократите заголовок до 90")]
        {
            for preview in ["", "1"] {
                let typed = [("heading", heading), ("invitation", "зову"), ("preview", preview)];
                let page = site.post("administrator", "/admin/bodies/2/poster", &typed).await;
                page.expect(StatusCode::UNPROCESSABLE_ENTITY).says(said).says("зову</textarea>");
            }
        }
        assert!(site.journal().await.is_empty());
    });
}

#[test]
fn qr10_only_those_who_manage_a_body_change_its_text() {
    with(async |site| {
        for (who, body, status) in [
            ("responsible", 2, StatusCode::FORBIDDEN),
            ("observer", 2, StatusCode::FORBIDDEN),
            ("office", 1, StatusCode::NOT_FOUND),
            ("office", 3, StatusCode::NOT_FOUND),
            ("stranger", 2, StatusCode::UNAUTHORIZED),
        ] {
            assert_eq!(set(&site, who, body, "Чужой текст").await.status, status, "{who} {body}");
            let inherit = site.post(who, &format!("/admin/bodies/{body}/poster/inherit"), &[]).await;
            assert_eq!(inherit.status, status, "{who} {body}");
        }
        assert!(site.journal().await.is_empty());
    });
}
