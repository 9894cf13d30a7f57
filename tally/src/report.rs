//! A result for people: an HTML page with charts, tables for staff, a `.pb` file of totals.
//!
//! All of it is made from the [`crate::result::ResultDocument`] alone. Same document, same bytes:
//! nothing here has a date of its own.

mod chart;
mod contest;
mod csv;
mod html;
mod html_parts;
mod pb;
mod rankings;
mod words;
mod xlsx;

pub use csv::csv;
pub use html::html;
pub use pb::pb;
pub(crate) use rankings::rankings;
pub use words::Language;
pub use xlsx::{XlsxError, xlsx};

#[cfg(test)]
mod tests;
