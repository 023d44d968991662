//! The data of a sender's day, read back from the lake and written in the canonical form (MON-8, MON-18).

use otklik_kernel::CivilDay;
use otklik_lake::Look;
use otklik_progress::delivery::Delivery as Data;
use otklik_progress::print::{self, Lost};
use otklik_progress::reference::Reference;

use crate::exchange;
use crate::hub::{Hub, HubError};
use crate::ingest::Book;
use crate::live::live;
use crate::partners::Layout;

/// A file to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the lake holds of whom and of which days.
///
/// # Errors
/// The lake can't be read.
pub async fn book(hub: &Hub) -> Result<Book, HubError> {
    let snapshot = hub.lake().latest().await?;
    Ok(Book::read(hub.engine(), &snapshot).await?)
}

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
            let bytes =
                print::archive(&print::package(data, reference)).map_err(|error| error.to_string())?;
            let name = format!("{}.zip", stem.trim_end_matches(".csv"));
            Ok((Made { name, bytes }, Lost::default()))
        }
        Layout::Wide => {
            let wide = print::wide(data, reference).map_err(|error| error.to_string())?;
            Ok((Made { name: stem, bytes: wide.bytes }, wide.lost))
        }
    }
}
