//! Published price lists → [`Catalogue`](crate::catalogue::Catalogue).
//!
//! Numbers are taken from the JSON text digit by digit, never through a float. A field that is a price and can't be
//! expressed becomes a finding; a field that is none is left alone.

mod decimal;
mod fields;
pub mod genai_prices;
pub mod litellm;
pub mod models_dev;
mod recorder;

use crate::catalogue::{Catalogue, Source};

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not JSON, or not the outermost shape of the source.
    #[error("not a {source_name} file: {reason}")]
    Malformed {
        /// What it was read as.
        source_name: Source,
        /// The JSON error, with line and column.
        reason: serde_json::Error,
    },
    /// The source has no file format.
    #[error("{0} has no file format to import")]
    NoFormat(Source),
}

/// Reads `text` as a file of `source`.
pub fn import(source: Source, text: &str) -> Result<Catalogue, ImportError> {
    match source {
        Source::Litellm => litellm::import(text),
        Source::GenaiPrices => genai_prices::import(text),
        Source::ModelsDev => models_dev::import(text),
        Source::Provider => Err(ImportError::NoFormat(source)),
    }
}

/// Which source a file looks like.
pub fn detect(text: &str) -> Option<Source> {
    if text.trim_start().starts_with('[') {
        return Some(Source::GenaiPrices);
    }
    let outer: fields::Fields<'_> = serde_json::from_str(text).ok()?;
    let has_provider = |key: &str| outer.object(key).is_some_and(|model| model.has("litellm_provider"));
    let keys = || outer.keys().take(50);
    Some(if keys().any(has_provider) { Source::Litellm } else { Source::ModelsDev })
}

/// A price per 10^`power` units as text per million units; `None` if it does not fit exactly.
pub(crate) fn per_million(text: &str, power: u32) -> Option<String> {
    let power = i32::try_from(power).ok()?;
    match decimal::Decimal::parse(text)?.shifted(-power).rate()? {
        decimal::Rated::Exact(rate) => Some(rate.per_million()),
        decimal::Rated::Rounded(_) => None,
    }
}
