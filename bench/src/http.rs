//! As much of HTTP/1.1 and HTML as the generator needs, and no more: it shares two cores with the server
//! it measures.

use std::fmt::Write as _;

use memchr::memmem;

/// The shortest receipt that is believed: 80 random bits in base 32 (CASE-5).
const RECEIPT_DIGITS: usize = 16;

/// What the head of a response says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Bytes of the head with the empty line that ends it.
    pub length: usize,
    /// Bytes of the body.
    pub body: usize,
    /// Whether the server closes the connection after this response.
    pub close: bool,
}

/// Reads the head of a response; `None` while it isn't complete.
///
/// # Errors
/// What is wrong with it: not HTTP/1.x, or a body of unstated length (chunked coding isn't read).
pub fn parse_head(bytes: &[u8]) -> Result<Option<Head>, &'static str> {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let status = lines.next().and_then(status_of).ok_or("not an HTTP/1.x status line")?;
    let bodiless = matches!(status, 100..=199 | 204 | 304);
    let mut body = bodiless.then_some(0);
    let mut close = bytes.starts_with(b"HTTP/1.0");
    for line in lines {
        // Only two headers matter, and both begin with a C.
        if !matches!(line.first(), Some(b'c' | b'C')) {
            continue;
        }
        if let Some(value) = header(line, b"content-length")
            && !bodiless
        {
            body = Some(value.parse().map_err(|_| "a content-length that is not a number")?);
        } else if let Some(value) = header(line, b"connection") {
            close = value.eq_ignore_ascii_case("close");
        }
    }
    let body = body.ok_or("no content-length")?;
    Ok(Some(Head { status, length: end + 4, body, close }))
}

/// The status of an answer whose head is whole.
pub fn status(answer: &[u8]) -> Option<u16> {
    status_of(answer)
}

fn status_of(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.0 ").or_else(|| line.strip_prefix(b"HTTP/1.1 "))?;
    let digits = rest.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn header<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (start, rest) = line.split_at_checked(name.len())?;
    let value = start.eq_ignore_ascii_case(name).then_some(rest)?.strip_prefix(b":")?;
    std::str::from_utf8(value).ok().map(str::trim)
}

/// The form token of a questionnaire page: the value of the input named `token`, in any order of its
/// attributes.
pub fn form_token(page: &[u8]) -> Option<&str> {
    let name = memmem::find(page, b"name=\"token\"")?;
    let start = memchr::memrchr(b'<', &page[..name])?;
    let end = name + memchr::memchr(b'>', &page[name..])?;
    let tag = &page[start..end];
    let value = memmem::find(tag, b" value=\"")? + b" value=\"".len();
    let length = memchr::memchr(b'"', &tag[value..])?;
    std::str::from_utf8(&tag[value..value + length]).ok().filter(|token| !token.is_empty())
}

/// The receipt an accepted response carries: the code in the first address `/r/<receipt>` of the page or of
/// its `Location` header.
pub fn receipt(response: &[u8]) -> Option<&str> {
    memmem::find_iter(response, b"/r/").find_map(|at| {
        let rest = &response[at + 3..];
        let length =
            rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').unwrap_or(rest.len());
        if length < RECEIPT_DIGITS { None } else { std::str::from_utf8(&rest[..length]).ok() }
    })
}

/// Appends text in the coding of `application/x-www-form-urlencoded`.
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(byte.into()),
            b' ' => out.push('+'),
            // Writing to a string doesn't fail.
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_whole_or_not_at_all() {
        let response =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCONTENT-length:  12 \r\n\r\nhello, world";
        let head = Head { status: 200, length: response.len() - 12, body: 12, close: false };
        for cut in 0..response.len() - 12 {
            assert_eq!(parse_head(&response[..cut]), Ok(None), "cut at {cut}");
        }
        assert_eq!(parse_head(response), Ok(Some(head)));
    }

    #[test]
    fn a_closing_connection_is_noticed() {
        let head = |text: &str| parse_head(text.as_bytes()).unwrap().unwrap();
        assert!(head("HTTP/1.1 503 Busy\r\nconnection: Close\r\ncontent-length: 0\r\n\r\n").close);
        assert!(head("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n").close);
        assert!(!head("HTTP/1.1 303 See Other\r\nlocation: /\r\ncontent-length: 0\r\n\r\n").close);
    }

    #[test]
    fn lengths_that_cannot_be_trusted_are_errors() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(parse_head(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n").is_err());
        assert!(parse_head(b"SSH-2.0-OpenSSH\r\n\r\n").is_err());
        assert!(parse_head(b"HTTP/1.1 2x0 OK\r\ncontent-length: 1\r\n\r\n").is_err());
        let empty = parse_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((empty.status, empty.body), (204, 0));
    }

    #[test]
    fn the_token_is_found_in_any_order_of_attributes() {
        let page =
            |input: &str| format!("<form><input name=\"a\" value=\"1\">{input}<p name=\"token\"></form>");
        for input in [
            r#"<input type="hidden" name="token" value="AB-12_x">"#,
            r#"<input value="AB-12_x" type="hidden" name="token"/>"#,
        ] {
            assert_eq!(form_token(page(input).as_bytes()), Some("AB-12_x"), "{input}");
        }
        for input in
            [r#"<input name="token">"#, r#"<input name="token" value="">"#, "", "<input name=\"token\""]
        {
            assert_eq!(form_token(page(input).as_bytes()), None, "{input}");
        }
        assert_eq!(form_token(b"<input name=\"token\" value=\"cut off"), None);
    }

    #[test]
    fn the_receipt_is_found_in_a_page_and_in_a_redirect() {
        let page = br#"<a href="/qr/2701/">again</a> <a href="/r/7K3M-9QXZ-AAAA-BBBB">what was done</a>"#;
        assert_eq!(receipt(page), Some("7K3M-9QXZ-AAAA-BBBB"));
        assert_eq!(
            receipt(b"HTTP/1.1 303 See Other\r\nlocation: /r/7K3M9QXZAAAABBBB\r\n\r\n"),
            Some("7K3M9QXZAAAABBBB")
        );
        assert_eq!(receipt(br#"<a href="/r/short">x</a> <a href="/qr/1234567890123456/">y</a>"#), None);
        assert_eq!(receipt(br#"/r/short /r/0123456789ABCDEF"#), Some("0123456789ABCDEF"));
    }

    #[test]
    fn text_is_encoded_as_forms_are() {
        let mut out = String::new();
        encode("a-Z_0.9* &=+%ё\n\u{1F600}", &mut out);
        assert_eq!(out, "a-Z_0.9*+%26%3D%2B%25%D1%91%0A%F0%9F%98%80");
    }
}
