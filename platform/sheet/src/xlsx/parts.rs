//! The XML parts of a workbook, as far as a table needs them (ECMA-376, first edition).

use std::fmt::Write as _;

use crate::Table;
use crate::xlsx::write_text;

/// The style of a header cell, by its place in [`STYLES`].
const HEADER: u8 = 1;
/// The style of a text.
pub const TEXT: u8 = 2;
/// The style of a text broken into lines.
pub const WRAPPED: u8 = 3;
/// The style of a civil day.
pub const DAY: &str = " s=\"4\"";
/// The style of a moment.
pub const MOMENT: &str = " s=\"5\"";

pub const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

pub const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="2"><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId="165" formatCode="dd\.mm\.yyyy\ hh:mm:ss"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF7"/><bgColor indexed="64"/></patternFill></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF7F8FA6"/></bottom><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"#;

pub const SHEET_TAIL: &str = "</sheetData></worksheet>";

/// A sheet up to its first row: the frozen header, widths, the header itself.
pub fn sheet_head(out: &mut Vec<u8>, table: &Table) {
    let mut head = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>"#,
    );
    for (number, column) in (1..).zip(&table.columns) {
        let number: u32 = number;
        let _ = write!(
            head,
            r#"<col min="{number}" max="{number}" width="{}" customWidth="1"/>"#,
            column.width.max(1)
        );
    }
    head.push_str("</cols><sheetData><row>");
    out.extend_from_slice(head.as_bytes());
    for column in &table.columns {
        write_text(out, &column.title, HEADER);
    }
    out.extend_from_slice(b"</row>");
}

/// Names of sheets as spreadsheets take them: 31 characters, without some signs, each another.
pub fn sheet_names(title: &str, sheets: u32) -> Vec<String> {
    let kept: String = title.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).collect();
    let kept = if kept.trim().is_empty() { "1" } else { kept.trim() };
    let name = |number: u32| {
        let tail = if number == 1 { String::new() } else { format!(" ({number})") };
        let mut units = tail.len();
        let fits = |c: &char| {
            units += c.len_utf16();
            units <= 31
        };
        format!("{}{tail}", kept.chars().take_while(fits).collect::<String>())
    };
    (1..=sheets).map(name).collect()
}

pub fn workbook(names: &[String]) -> String {
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#,
    );
    for (number, name) in (1..).zip(names) {
        let number: u32 = number;
        let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = write!(text, r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#);
    }
    text.push_str("</sheets></workbook>");
    text
}

pub fn workbook_rels(sheets: u32) -> String {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    );
    for number in 1..=sheets {
        let _ = write!(
            text,
            r#"<Relationship Id="rId{number}" Type="{KIND}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
    }
    let _ = write!(
        text,
        r#"<Relationship Id="rId{}" Type="{KIND}/styles" Target="styles.xml"/></Relationships>"#,
        sheets + 1
    );
    text
}

pub fn content_types(sheets: u32) -> String {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>"#,
    );
    let mut part = |name: &str, kind: &str| {
        let _ = write!(text, r#"<Override PartName="/xl/{name}.xml" ContentType="{KIND}.{kind}+xml"/>"#);
    };
    part("workbook", "sheet.main");
    part("styles", "styles");
    for number in 1..=sheets {
        part(&format!("worksheets/sheet{number}"), "worksheet");
    }
    text.push_str("</Types>");
    text
}
