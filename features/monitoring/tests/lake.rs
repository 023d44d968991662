//! The lake of the daily data, by the real parts: Parquet files in a folder, queries by DataFusion.

#[path = "lake/damage.rs"]
mod damage;
#[path = "lake/exported.rs"]
mod exported;
#[path = "lake/faults.rs"]
mod faults;
#[path = "lake/forms.rs"]
mod forms;
#[path = "lake/generated.rs"]
mod generated;
#[path = "lake/inbox.rs"]
mod inbox;
#[path = "lake/oracle.rs"]
mod oracle;
#[path = "lake/order.rs"]
mod order;
#[path = "lake/python.rs"]
mod python;
#[path = "lake/resend.rs"]
mod resend;
#[path = "lake/scales.rs"]
mod scales;
#[path = "lake/told.rs"]
mod told;
#[path = "lake/trace.rs"]
mod trace;
