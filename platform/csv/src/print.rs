//! The canonical form: fields in quotes where RFC 4180 needs them, CRLF behind each record.

/// The mark at the beginning of a file by which spreadsheets recognise UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";
/// The end of a record.
pub const END: &[u8] = b"\r\n";

/// Appends a field, in quotes where it needs them.
pub fn write_field(out: &mut Vec<u8>, delimiter: u8, field: &str) {
    let bytes = field.as_bytes();
    if memchr::memchr3(b'"', b'\n', b'\r', bytes).is_none() && memchr::memchr(delimiter, bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    let mut from = 0;
    for quote in memchr::memchr_iter(b'"', bytes) {
        out.extend_from_slice(&bytes[from..=quote]);
        out.push(b'"');
        from = quote + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Appends a record with its end. A record of one empty field is written in quotes, so that it is no blank line.
pub fn write_record<'a>(out: &mut Vec<u8>, delimiter: u8, fields: impl IntoIterator<Item = &'a str>) {
    let start = out.len();
    for (number, field) in fields.into_iter().enumerate() {
        if number > 0 {
            out.push(delimiter);
        }
        write_field(out, delimiter, field);
    }
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(END);
}

#[cfg(test)]
mod tests {
    use super::write_record;

    #[test]
    fn mon8_quotes_stand_only_where_they_must() {
        let mut out = Vec::new();
        write_record(&mut out, b';', ["a b", "c;d", "e,\"f\"", "", "g\r\nh"]);
        write_record(&mut out, b',', [""]);
        assert_eq!(String::from_utf8(out).unwrap(), "a b;\"c;d\";\"e,\"\"f\"\"\";;\"g\r\nh\"\r\n\"\"\r\n");
    }
}
