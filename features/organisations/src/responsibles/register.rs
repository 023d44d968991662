//! The register as it is shown and sent on: the six columns of [1 §2.2].

use std::collections::HashMap;

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_sheet::{Cell, Column, Gone, Rows, Table};
use sea_orm::ConnectionTrait;

use super::{Responsible, store};
use crate::bodies::list::{Filter, list};
use crate::model::Body;
use crate::texts::L;

/// A row of the register with what the table says of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// № п/п.
    pub number: usize,
    /// The row.
    pub responsible: Responsible,
    /// The short name of the body; empty when the register is that of one body only.
    pub body: String,
}

impl Row {
    /// The structural unit, after the body's name where the register is that of several.
    #[must_use]
    pub fn unit(&self) -> String {
        let unit = &self.responsible.fields.unit;
        if self.body.is_empty() { unit.clone() } else { format!("{}, {unit}", self.body) }
    }

    /// The telephone in pieces, between which a line may break.
    pub(crate) fn phone(&self) -> Vec<String> {
        breaks(&self.responsible.fields.phone())
    }

    /// The address in pieces, between which a line may break.
    pub(crate) fn email(&self) -> Vec<String> {
        breaks(&self.responsible.fields.email)
    }
}

/// A telephone or an address in pieces, between which a line may break.
fn breaks(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        if c == '@' {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
        if matches!(c, '/' | '.') {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The register of a body, or of it with the open bodies under it: in the order of the tree, within a body
/// in the order in which rows were added.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn register<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: &Body,
    with_below: bool,
) -> Result<Vec<Row>, DbErr> {
    let found = store::of(conn, scope, body.id, with_below).await?;
    if !with_below {
        let row = |(number, responsible)| Row { number, responsible, body: String::new() };
        return Ok((1..).zip(found).map(row).collect());
    }
    let mut of_body: HashMap<Id, Vec<Responsible>> = HashMap::new();
    for responsible in found {
        of_body.entry(responsible.body).or_default().push(responsible);
    }
    let tree = list(conn, scope, &Filter::default()).await?.rows;
    let place = tree.iter().position(|row| row.body.id == body.id);
    let Some(at) = place else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for row in &tree[at..=at + tree[at].below] {
        if row.body.closed_at.is_some() && row.body.id != body.id {
            continue;
        }
        for responsible in of_body.remove(&row.body.id).unwrap_or_default() {
            let name = row.body.fields.short_name.clone();
            rows.push(Row { number: rows.len() + 1, responsible, body: name });
        }
    }
    Ok(rows)
}

/// The table's title and its six columns [1 §2.2].
pub(crate) fn table(l: L) -> Table {
    Table {
        title: l.register_sheet().to_owned(),
        columns: vec![
            Column::new(l.register_number(), 7),
            Column::wrapped(l.register_unit(), 44),
            Column::wrapped(l.register_position(), 36),
            Column::wrapped(l.register_name(), 34),
            Column::wrapped(l.register_phone(), 30),
            Column::wrapped(l.register_email(), 34),
        ],
    }
}

/// Writes the rows into a table to take along.
pub(crate) async fn write(rows: &[Row], mut out: Rows) -> Result<(), Gone> {
    for row in rows {
        let fields = &row.responsible.fields;
        out.add(&[
            Cell::Integer(i64::try_from(row.number).unwrap_or(i64::MAX)),
            Cell::Text(&row.unit()),
            Cell::Text(&fields.position),
            Cell::Text(&fields.name),
            Cell::Text(&fields.phone()),
            Cell::Text(&fields.email),
        ])
        .await?;
    }
    out.finish().await
}
