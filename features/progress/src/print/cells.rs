//! The canonical form of a field: in quotes where RFC 4180 needs them.

/// The mark at the beginning of a file by which spreadsheets recognise UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";
/// The end of a record.
pub const END: &[u8] = b"\r\n";

/// Appends a field, in quotes where it needs them.
pub fn write_field(out: &mut Vec<u8>, delimiter: u8, field: &str) {
    let needs = |byte: &u8| *byte == delimiter || matches!(*byte, b'"' | b'\r' | b'\n');
    if !field.as_bytes().iter().any(needs) {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in field.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}
