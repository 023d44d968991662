//! Styles and scripts of the admin zone, under addresses that change with their content.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of `admin.css` or `admin.js`, with eight hexadecimal digits of its SHA-256, so that browsers
/// may keep the file for ever; `None` for other names.
#[must_use]
pub fn asset_path(name: &str) -> Option<&'static str> {
    match name {
        "admin.css" => Some(ADMIN_CSS_PATH),
        "admin.js" => Some(ADMIN_JS_PATH),
        _ => None,
    }
}

/// Content type and bytes of the file at an address that [`asset_path`] gave; `None` for any other address,
/// also for one of an older build.
#[must_use]
pub fn asset(path: &str) -> Option<(&'static str, &'static [u8])> {
    match path {
        ADMIN_CSS_PATH => Some(("text/css; charset=utf-8", ADMIN_CSS)),
        ADMIN_JS_PATH => Some(("text/javascript; charset=utf-8", ADMIN_JS)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_carries_hash_and_leads_back_to_the_file() {
        for (name, start, end) in [("admin.css", "admin-", ".css"), ("admin.js", "admin-", ".js")] {
            let path = asset_path(name).unwrap();
            let file = path.strip_prefix("/admin/assets/").unwrap();
            let mark = file.strip_prefix(start).unwrap().strip_suffix(end).unwrap();
            assert_eq!(mark.len(), 8);
            assert!(mark.bytes().all(|b| b.is_ascii_hexdigit()));
            assert!(!asset(path).unwrap().1.is_empty());
        }
        assert_eq!(asset_path("other.css"), None);
        assert!(asset("/admin/assets/admin-00000000.css").is_none());
    }

    #[test]
    fn files_ask_nothing_from_outside() {
        let css = std::str::from_utf8(ADMIN_CSS).unwrap();
        for (at, _) in css.match_indices("url(") {
            let target = css[at + 4..].trim_start_matches(['"', '\'']);
            assert!(target.starts_with("data:image/") || target.starts_with('#'), "{}", &css[at..at + 60]);
        }
        assert!(!css.contains("@import"));
        assert!(!css.contains("@font-face"));
        let js = std::str::from_utf8(ADMIN_JS).unwrap();
        for banned in ["http://", "https://", "import(", "eval(", "new Function", ".style."] {
            assert!(!js.contains(banned), "{banned}");
        }
    }
}
