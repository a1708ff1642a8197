use std::fmt;

use serde::Serialize;

use super::Source;

/// Something that a source says and the catalogue does not, or not so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Who said it.
    pub source: Source,
    /// Of which provider, by the source's name for it.
    pub provider: Box<str>,
    /// Of which model; empty when it is about the provider.
    pub model: Box<str>,
    /// What.
    #[serde(flatten)]
    pub kind: FindingKind,
}

/// Why a statement was not taken over as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FindingKind {
    /// No meter and no condition of ours expresses this price.
    Inexpressible {
        /// The source's name for it.
        field: Box<str>,
        /// Its text.
        value: Box<str>,
    },
    /// The same charge is stated a second time in another unit; the first one counts.
    Alternative {
        /// The meter that was left out.
        field: Box<str>,
        /// Its rate.
        value: Box<str>,
    },
    /// More digits than a rate holds; it was rounded half to even at 10⁻¹⁵ per unit.
    Rounded {
        /// The source's name for it.
        field: Box<str>,
        /// Its text.
        value: Box<str>,
        /// What was kept, per million units.
        kept: Box<str>,
    },
    /// Not of the form that the source documents.
    Malformed {
        /// The source's name for it.
        field: Box<str>,
        /// Its text.
        value: Box<str>,
    },
    /// The model is of a type that is not served here.
    UnservedType {
        /// The source's word for the type.
        value: Box<str>,
    },
    /// Every price is zero, which sources write both for "free" and for "not known". Not taken over.
    AllZero,
    /// The description refers to a model that the source does not have.
    MissingBase {
        /// The name referred to.
        value: Box<str>,
    },
    /// Another source says otherwise.
    Conflict {
        /// What they disagree on.
        field: Box<str>,
        /// What the catalogue has.
        kept: Box<str>,
        /// Who says so.
        kept_source: Source,
        /// What this source says.
        value: Box<str>,
    },
}

impl FindingKind {
    /// The wire text of the kind.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Inexpressible { .. } => "inexpressible",
            Self::Alternative { .. } => "alternative",
            Self::Rounded { .. } => "rounded",
            Self::Malformed { .. } => "malformed",
            Self::UnservedType { .. } => "unserved_type",
            Self::AllZero => "all_zero",
            Self::MissingBase { .. } => "missing_base",
            Self::Conflict { .. } => "conflict",
        }
    }
}

/// The text of a disagreement as [`Finding`] writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement<'t> {
    /// Who said it.
    pub source: Source,
    /// Of which provider.
    pub provider: &'t str,
    /// Of which model.
    pub model: &'t str,
    /// About what; none where the source gives every price as zero.
    pub field: Option<&'t str>,
    /// What it said.
    pub value: &'t str,
    /// What the catalogue has, and who says so.
    pub kept: Option<(&'t str, Source)>,
}

impl<'t> Disagreement<'t> {
    /// Reads a line; `None`: it tells of something else.
    pub fn parse(line: &'t str) -> Option<Self> {
        let (source, rest) = line.split_once(' ')?;
        let (name, words) = rest.split_once(": ")?;
        let (provider, model) = name.split_once('/')?;
        let source = source.parse().ok()?;
        if words == FindingKind::AllZero.to_string() {
            return Some(Self { source, provider, model, field: None, value: "0", kept: None });
        }
        let (field, words) = words.split_once(": ")?;
        let (value, words) = words.split_once(", but ")?;
        let (kept_source, kept) = words.split_once(" says ")?;
        Some(Self { source, provider, model, field: Some(field), value, kept: Some((kept, kept_source.parse().ok()?)) })
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inexpressible { field, value } => write!(f, "no meter or condition expresses `{field}` = {value}"),
            Self::Alternative { field, value } => write!(f, "`{field}` = {value} states a charge that tokens carry"),
            Self::Rounded { field, value, kept } => write!(f, "`{field}` = {value} was rounded to {kept} per million"),
            Self::Malformed { field, value } => write!(f, "`{field}` has the wrong form: {value}"),
            Self::UnservedType { value } => write!(f, "models of type `{value}` are not served"),
            Self::AllZero => f.write_str("every price is zero: free or not known"),
            Self::MissingBase { value } => write!(f, "the base model `{value}` is not in the source"),
            Self::Conflict { field, kept, kept_source, value } => {
                write!(f, "{field}: {value}, but {kept_source} says {kept}")
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}: {}", self.source, self.provider, self.model, self.kind)
    }
}
