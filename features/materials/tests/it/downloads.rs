//! Link, QR code and sheets through the router, on both databases.

use axum::http::StatusCode;

use crate::common::{CYRILLIC, LINK, run, scan, with, with_url};

#[test]
fn qr9_the_button_shows_the_code_with_its_downloads() {
    with(async |site| {
        let before = site.get("responsible", "/admin/bodies/2/materials").await;
        assert_eq!((before.status, before.kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
        assert!(before.text().contains("Создать QR-код") && !before.text().contains("<svg"));

        let after = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(after.text().contains("<svg") && after.text().contains(&format!("<title>{LINK}</title>")));
        for file in ["qr.svg", "qr.png", "qr.pdf", "poster.pdf"] {
            assert!(after.text().contains(&format!("href=\"/admin/bodies/2/{file}\"")), "{file}");
        }
    });
}

#[test]
fn org6_link_and_code_carry_the_public_address_on_the_intranet_too() {
    with(async |site| {
        let folder = site.t.folder.path().to_owned();
        let page = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(page.text().contains(&format!("value=\"{LINK}\" readonly")));
        assert!(!page.text().contains("10.0.0.5"));

        let png = site.get("responsible", "/admin/bodies/2/qr.png").await;
        assert_eq!((png.status, png.kind.as_str()), (StatusCode::OK, "image/png"));
        assert_eq!(png.file, "attachment; filename=\"qr-7701.png\"");
        let path = folder.join("qr.png");
        std::fs::write(&path, &png.content).unwrap();
        assert_eq!(scan(&path), LINK);
    });
}

#[test]
fn qr9_the_pdf_has_the_name_as_it_is_and_the_code() {
    with(async |site| {
        let folder = site.t.folder.path().to_owned();
        let pdf = site.get("responsible", "/admin/bodies/2/qr.pdf").await;
        assert_eq!((pdf.status, pdf.kind.as_str()), (StatusCode::OK, "application/pdf"));
        assert_eq!(pdf.file, "attachment; filename=\"qr-7701.pdf\"");
        let path = folder.join("qr.pdf");
        std::fs::write(&path, &pdf.content).unwrap();
        let path = path.to_str().unwrap();
        let text = run("pdftotext", "poppler-utils", &[path, "-"]);
        let text: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(text.join(" "), format!("ИФНС № 1 «Центр» <и> #Ко {LINK}"));
        let page = folder.join("page");
        run("pdftoppm", "poppler-utils", &["-png", "-singlefile", "-r", "100", path, page.to_str().unwrap()]);
        assert_eq!(scan(&page.with_extension("png")), LINK);
    });
}

#[test]
fn qr9_the_svg_is_the_one_on_the_page() {
    with(async |site| {
        let svg = site.get("responsible", "/admin/bodies/2/qr.svg").await;
        assert_eq!((svg.status, svg.kind.as_str()), (StatusCode::OK, "image/svg+xml"));
        assert_eq!(svg.file, "attachment; filename=\"qr-7701.svg\"");
        let page = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        assert!(page.text().contains(svg.text()));
    });
}

#[test]
fn a_closed_office_has_no_code() {
    with(async |site| {
        let page = site.get("responsible", "/admin/bodies/4/materials?code=1").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Орган закрыт") && !page.text().contains("<svg"));
        assert_eq!(site.get("responsible", "/admin/bodies/4/qr.png").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn only_those_who_make_materials_and_only_in_their_scope() {
    with(async |site| {
        for page in ["materials", "materials?code=1", "qr.svg", "qr.png", "qr.pdf", "poster.pdf"] {
            let status =
                async |who: &str, id: &str| site.get(who, &format!("/admin/bodies/{id}/{page}")).await.status;
            assert_eq!(status("responsible", "2").await, StatusCode::OK, "{page}");
            assert_eq!(status("neighbour", "3").await, StatusCode::OK, "{page}");
            assert_eq!(status("neighbour", "2").await, StatusCode::NOT_FOUND, "{page}");
            assert_eq!(status("responsible", "3").await, StatusCode::NOT_FOUND, "{page}");
            for nobody in ["99", "0", "x", "%00", "9999999999999999999999"] {
                assert_eq!(status("responsible", nobody).await, StatusCode::NOT_FOUND, "{page} of {nobody}");
            }
            assert_eq!(status("observer", "2").await, StatusCode::FORBIDDEN, "{page}");
            assert_eq!(status("stranger", "2").await, StatusCode::SEE_OTHER, "{page}");
        }
    });
}

#[test]
fn qr10_a_cyrillic_address_is_typed_as_it_is_and_scanned_as_every_telephone_knows_it() {
    with_url(CYRILLIC, async |site| {
        let page = site.get("responsible", "/admin/bodies/2/materials?code=1").await;
        page.expect(StatusCode::OK).says("value=\"https://отклик.рф/qr/7701/\" readonly");
        for file in ["qr.pdf", "poster.pdf"] {
            let pdf =
                site.get("responsible", &format!("/admin/bodies/2/{file}")).await.expect(StatusCode::OK);
            let path = site.t.folder.path().join(file);
            std::fs::write(&path, &pdf.content).unwrap();
            let page = site.t.folder.path().join("page");
            let (path, page_path) = (path.to_str().unwrap(), page.to_str().unwrap());
            run("pdftoppm", "poppler-utils", &["-png", "-singlefile", "-r", "100", path, page_path]);
            assert_eq!(scan(&page.with_extension("png")), "https://xn--h1adbcny.xn--p1ai/qr/7701/");
            let text = run("pdftotext", "poppler-utils", &[path, "-"]);
            assert!(text.contains("https://отклик.рф/qr/7701/"), "{file}: {text}");
        }
    });
}
