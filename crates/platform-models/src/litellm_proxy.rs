//! A LiteLLM proxy configuration (`config.yaml`) → a platform file for `glaux apply`.
//!
//! `litellm_params` of a deployment name an account and a model: they become a provider and a model of it. A
//! `model_name` is what clients write: with one deployment it becomes an alias, with several, with fallbacks or with
//! parameters a feature, assigned in every environment. What has no equivalent is a [`Gap`]; nothing is left out in
//! silence, and no secret is copied: credentials become references to the environment.
//!
//! Format: docs.litellm.ai/docs/proxy/config_settings.

mod account;
mod assembly;
mod deployment;
pub mod document;
mod settings;
mod yaml;

use std::fmt;

use serde::Serialize;

pub use document::PlatformFile;
use yaml::Node;

/// What a configuration becomes.
#[derive(Debug)]
pub struct Conversion {
    /// To be applied.
    pub file: PlatformFile,
    /// What the file does not say, in the order of the configuration.
    pub gaps: Vec<Gap>,
}

/// A setting without an equivalent, or one that is made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Where it stands: `router_settings.cooldown_time`.
    pub path: String,
    /// What to know about it.
    pub detail: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail)
    }
}

/// Why a configuration can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Not YAML; the reason names line and column.
    #[error("not YAML: {0}")]
    Yaml(#[from] saphyr::ScanError),
    /// No mapping, or several documents.
    #[error("a LiteLLM configuration is one YAML mapping, not {0}")]
    Shape(&'static str),
    /// A part that can't be of this form.
    #[error("{path} is not {expected}")]
    Form {
        /// Where.
        path: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The file can't be written.
    #[error("can't write the platform file: {0}")]
    Toml(#[from] toml::ser::Error),
}

/// Converts the text of a configuration.
pub fn convert(text: &str) -> Result<Conversion, ConvertError> {
    let root = yaml::parse(text)?;
    let mut gaps = Vec::new();
    let settings = settings::read(&root, &mut gaps)?;
    let deployments = deployment::read_all(&root, &mut gaps)?;
    let file = assembly::assemble(deployments, settings, &mut gaps);
    for (key, _) in root.entries().filter(|(key, _)| !SECTIONS.contains(key)) {
        gaps.push(Gap::without_equivalent(key));
    }
    Ok(Conversion { file, gaps })
}

impl Conversion {
    /// The platform file with the gaps as comments at its head.
    pub fn to_toml(&self) -> Result<String, ConvertError> {
        let mut text = String::new();
        for gap in &self.gaps {
            text.push_str(&format!("# {}\n", gap.to_string().replace(char::is_control, " ")));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&toml::to_string(&self.file)?);
        Ok(text)
    }
}

/// Sections that are read.
const SECTIONS: [&str; 5] =
    ["model_list", "litellm_settings", "router_settings", "general_settings", "environment_variables"];

impl Gap {
    fn new(path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { path: path.into(), detail: detail.into() }
    }

    fn without_equivalent(path: impl Into<String>) -> Self {
        Self::new(path, "has no equivalent")
    }
}

/// The mapping at `path`, an absent or empty one included.
fn section<'a>(node: Option<&'a Node>, path: &str) -> Result<&'a [(String, Node)], ConvertError> {
    match node {
        None | Some(Node::Null) => Ok(&[]),
        Some(Node::Map(entries)) => Ok(entries),
        Some(Node::Text(_) | Node::List(_)) => Err(ConvertError::Form { path: path.to_owned(), expected: "a mapping" }),
    }
}
