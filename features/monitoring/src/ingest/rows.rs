//! Rows of the lake, put back into a delivery.

use otklik_lake::Result;
use otklik_lake::arrow::array::{
    Array as _, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use otklik_progress::delivery::Delivery;

use super::known::{text, typed};

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;

/// The line of a file at which a row stands that comes after so many, below the heading.
pub fn line(rows: usize) -> u32 {
    u32::try_from(rows + 2).unwrap_or(u32::MAX)
}

/// Rows of [`crate::tables::APPLICATIONS`].
pub struct ApplicationRows<'b> {
    requests: StringArray,
    services: StringArray,
    variants: StringArray,
    topics: StringArray,
    mnemonics: StringArray,
    bodies: StringArray,
    codes: StringArray,
    applicants: StringArray,
    lines: &'b Int32Array,
    channels_in: &'b Int8Array,
    channels_out: &'b Int8Array,
    regions: &'b Int16Array,
    sexes: &'b Int8Array,
    ages: &'b Int16Array,
    ogrns: &'b Int64Array,
}

impl<'b> ApplicationRows<'b> {
    /// The rows of a batch.
    ///
    /// # Errors
    /// A column is missing or of another type.
    pub fn of(batch: &'b RecordBatch) -> Result<Self> {
        Ok(Self {
            requests: text(batch, "request")?,
            services: text(batch, "service")?,
            variants: text(batch, "variant")?,
            topics: text(batch, "topic")?,
            mnemonics: text(batch, "mnemonic")?,
            bodies: text(batch, "body_name")?,
            codes: text(batch, "body_code")?,
            applicants: text(batch, "applicant")?,
            lines: typed(batch, "line")?,
            channels_in: typed(batch, "channel_in")?,
            channels_out: typed(batch, "channel_out")?,
            regions: typed(batch, "region")?,
            sexes: typed(batch, "sex")?,
            ages: typed(batch, "age")?,
            ogrns: typed(batch, "ogrn")?,
        })
    }

    /// The request of a row.
    pub fn request(&self, row: usize) -> &str {
        self.requests.value(row)
    }

    /// The line on which it stood.
    pub fn line(&self, row: usize) -> u32 {
        self.lines.value(row).cast_unsigned()
    }

    /// Adds a row to a delivery, as of a line.
    pub fn add(&self, row: usize, line: u32, delivery: &mut Delivery) {
        let (texts, to) = (&mut delivery.texts, &mut delivery.applications);
        to.line.push(line);
        to.request.push(texts.add(self.requests.value(row)));
        to.service.push(texts.add(self.services.value(row)));
        to.variant.push(texts.add(self.variants.value(row)));
        to.topic.push(texts.add(self.topics.value(row)));
        to.channel_in.push(self.channels_in.value(row).cast_unsigned());
        to.channel_out.push(self.channels_out.value(row).cast_unsigned());
        to.mnemonic.push(texts.add(self.mnemonics.value(row)));
        to.region.push(self.regions.value(row).cast_unsigned());
        to.body.push(texts.add(self.bodies.value(row)));
        to.body_code.push(texts.add(self.codes.value(row)));
        to.applicant.push(texts.add(self.applicants.value(row)));
        to.sex.push(self.sexes.value(row).cast_unsigned());
        to.age.push(if self.ages.is_null(row) { -1 } else { self.ages.value(row) });
        to.ogrn.push(if self.ogrns.is_null(row) { 0 } else { self.ogrns.value(row) });
    }
}

/// Rows of [`crate::tables::EVENTS`].
pub struct EventRows<'b> {
    requests: StringArray,
    mnemonics: StringArray,
    processes: &'b Int8Array,
    items: &'b Int16Array,
    statuses: &'b Int16Array,
    ats: &'b Int64Array,
    offsets: &'b Int16Array,
}

impl<'b> EventRows<'b> {
    /// The rows of a batch.
    ///
    /// # Errors
    /// A column is missing or of another type.
    pub fn of(batch: &'b RecordBatch) -> Result<Self> {
        Ok(Self {
            requests: text(batch, "request")?,
            mnemonics: text(batch, "mnemonic")?,
            processes: typed(batch, "process")?,
            items: typed(batch, "item")?,
            statuses: typed(batch, "status")?,
            ats: typed(batch, "at")?,
            offsets: typed(batch, "offset")?,
        })
    }

    /// The request of a row.
    pub fn request(&self, row: usize) -> &str {
        self.requests.value(row)
    }

    /// Adds a row to a delivery, below those it has.
    pub fn add(&self, row: usize, delivery: &mut Delivery) {
        let (texts, to) = (&mut delivery.texts, &mut delivery.events);
        to.line.push(line(to.request.len()));
        to.request.push(texts.add(self.requests.value(row)));
        to.process.push(self.processes.value(row).cast_unsigned());
        to.item.push(self.items.value(row));
        to.status.push(self.statuses.value(row));
        to.at.push(self.ats.value(row) * SECOND);
        to.offset.push(self.offsets.value(row));
        to.mnemonic.push(texts.add(self.mnemonics.value(row)));
    }
}
