use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// `model_prices_and_context_window.json` of BerriAI/litellm.
    #[serde(rename = "litellm")]
    Litellm,
    /// `prices/data.json` of pydantic/genai-prices.
    #[serde(rename = "genai-prices")]
    GenaiPrices,
    /// `api.json` of anomalyco/models.dev.
    #[serde(rename = "models.dev")]
    ModelsDev,
    /// The provider's own price page, read by a person.
    #[serde(rename = "provider")]
    Provider,
}

impl Source {
    /// Every source, the one that is believed first at the front.
    pub const BY_PRECEDENCE: [Self; 4] = [Self::Provider, Self::Litellm, Self::GenaiPrices, Self::ModelsDev];

    /// The text in the catalogue and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Litellm => "litellm",
            Self::GenaiPrices => "genai-prices",
            Self::ModelsDev => "models.dev",
            Self::Provider => "provider",
        }
    }
}

impl Source {
    /// Where the project that publishes it is; `None` for what a person reads.
    pub const fn url(self) -> Option<&'static str> {
        match self {
            Self::Litellm => Some("https://github.com/BerriAI/litellm"),
            Self::GenaiPrices => Some("https://github.com/pydantic/genai-prices"),
            Self::ModelsDev => Some("https://github.com/anomalyco/models.dev"),
            Self::Provider => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no source.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a source; use litellm, genai-prices, models.dev or provider")]
pub struct UnknownSource(String);

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::BY_PRECEDENCE
            .into_iter()
            .find(|source| source.as_str() == text)
            .ok_or_else(|| UnknownSource(text.chars().take(80).collect()))
    }
}

/// Which edition of a source was read. One per imported file; each figure refers to it by its [`Source`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// Who published it.
    pub source: Source,
    /// Commit or version.
    pub revision: Box<str>,
    /// The day of that revision, `YYYY-MM-DD`.
    pub date: Box<str>,
    /// Where it can be had.
    pub url: Box<str>,
    /// SPDX identifier of the licence under which the figures were published.
    pub licence: Box<str>,
}

impl Stamp {
    /// An edition of a project's list; all of them are published under the MIT licence.
    pub fn of(source: Source, revision: &str, date: &str) -> Self {
        let url = source.url().unwrap_or_default();
        Self { source, revision: revision.into(), date: date.into(), url: url.into(), licence: "MIT".into() }
    }
}
