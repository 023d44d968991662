//! The data of a sender's day, read back from the lake and written in the canonical form (MON-8, MON-18).

use std::io::{Cursor, Write as _};

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_jobs::HandlerError;
use otklik_kernel::CivilDay;
use otklik_lake::Look;
use otklik_progress::delivery::Delivery as Data;
use otklik_progress::print::{self, Lost};
use otklik_progress::reference::Reference;

use crate::exchange;
use crate::hub::{Hub, HubError};
use crate::ingest::Book;
use crate::live::live;
use crate::partners::deliver::{Made, Producer};
use crate::partners::{Layout, Partner};
use crate::senders;

const SYSTEM: Scope = Scope::system("sending to partners by schedule");

/// What holds of a sender's day; nothing when nothing was taken.
///
/// # Errors
/// The lake can't be read.
pub async fn delivery(
    hub: &Hub,
    sender: &str,
    day: CivilDay,
    layout: Layout,
) -> Result<Option<Data>, HubError> {
    let snapshot = hub.lake().latest().await?;
    let book = Book::read(hub.engine(), &snapshot).await?;
    let Some(receipt) = book.current(sender, day) else { return Ok(None) };
    let session = live(hub.engine(), &snapshot, Look::Whole).await?;
    let layout = match layout {
        Layout::Package => exchange::Layout::Package,
        Layout::Wide => exchange::Layout::Wide,
    };
    Ok(Some(exchange::daily(&session, receipt, layout).await?))
}

/// A delivery as a file of a layout, with what the layout has no place for and leaves out.
///
/// # Errors
/// The data have no form of this layout.
pub fn file(data: &Data, layout: Layout, reference: &Reference) -> Result<(Made, Lost), String> {
    let stem = print::wide_name(&data.head);
    match layout {
        Layout::Package => {
            let bytes = print::archive(&print::package(data, &reference.regions))
                .map_err(|error| error.to_string())?;
            let name = format!("{}.zip", stem.trim_end_matches(".csv"));
            Ok((Made { name, bytes }, Lost::default()))
        }
        Layout::Wide => {
            let wide = print::wide(data, reference).map_err(|error| error.to_string())?;
            Ok((Made { name: stem, bytes: wide.bytes }, wide.lost))
        }
    }
}

/// Several files as one: the same files give the same bytes.
fn together(day: CivilDay, files: &[Made]) -> zip::result::ZipResult<Made> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for file in files {
        archive.start_file(file.name.as_str(), options)?;
        archive.write_all(&file.bytes)?;
    }
    Ok(Made { name: format!("{day}.zip"), bytes: archive.finish()?.into_inner() })
}

/// Makes the file of a partner's day from the lake.
#[derive(Clone, Debug)]
pub struct FromLake(pub Hub);

#[async_trait]
impl Producer for FromLake {
    async fn make(&self, partner: &Partner, day: CivilDay) -> Result<Option<Made>, HandlerError> {
        let later = |error: HubError| HandlerError::Later(error.to_string());
        let hub = &self.0;
        let offices = hub.below(partner.fields.body).await.map_err(later)?;
        let all = senders::store::all(hub.db().read(), &SYSTEM).await?;
        let wanted = all.into_iter().filter(|sender| match partner.fields.sender {
            Some(id) => sender.id == id,
            None => offices.contains(&sender.fields.body),
        });
        let reference = hub.reference(day).await.map_err(later)?;
        let mut files = Vec::new();
        for sender in wanted {
            let layout = partner.fields.layout;
            if let Some(data) = delivery(hub, &sender.fields.code, day, layout).await.map_err(later)? {
                let (made, _) = file(&data, layout, &reference).map_err(HandlerError::Later)?;
                files.push(made);
            }
        }
        match files.len() {
            0 => Ok(None),
            1 => Ok(files.pop()),
            _ => together(day, &files).map(Some).map_err(|error| HandlerError::Later(error.to_string())),
        }
    }
}
