use saphyr::{ScalarStyle, Yaml, YamlLoader};
use saphyr_parser::Parser;
use serde_json::Value;

use super::ConvertError;

/// A YAML value whose scalars are still text, so that a price is read digit by digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Text(String),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(String, Node)>),
}

/// The one mapping of a file.
pub(super) fn parse(text: &str) -> Result<Node, ConvertError> {
    let mut loader = YamlLoader::<Yaml<'_>>::default();
    loader.early_parse(false);
    Parser::new_from_str(text).load(&mut loader, true)?;
    if let Some(error) = loader.error() {
        return Err(error.clone().into());
    }
    let mut documents = loader.into_documents().into_iter();
    match (documents.next().map(Node::from), documents.next()) {
        (None | Some(Node::Null), None) => Err(ConvertError::Shape("nothing")),
        (Some(map @ Node::Map(_)), None) => Ok(map),
        (_, None) => Err(ConvertError::Shape("a list or a text")),
        (_, Some(_)) => Err(ConvertError::Shape("several documents")),
    }
}

impl From<Yaml<'_>> for Node {
    fn from(yaml: Yaml<'_>) -> Self {
        match yaml {
            Yaml::Representation(text, ScalarStyle::Plain, _)
                if matches!(&*text, "" | "~" | "null" | "Null" | "NULL") =>
            {
                Self::Null
            }
            Yaml::Representation(text, _, _) => Self::Text(text.into_owned()),
            Yaml::Sequence(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Yaml::Mapping(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (Self::from(key).into_text(), Self::from(value)));
                Self::Map(entries.collect())
            }
            Yaml::Tagged(_, inner) => Self::from(*inner),
            Yaml::Value(_) | Yaml::Alias(_) | Yaml::BadValue => Self::Null,
        }
    }
}

impl Node {
    /// A key; only scalars name anything.
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Null | Self::List(_) | Self::Map(_) => String::new(),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        let entries = if let Self::Map(entries) = self { entries.as_slice() } else { &[] };
        entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn is_true(&self) -> bool {
        self.text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// A whole number, also one written as `60.0`.
    pub(super) fn whole(&self) -> Option<u64> {
        let text = self.text()?.replace('_', "");
        text.strip_suffix(".0").unwrap_or(&text).parse().ok()
    }

    /// As a request parameter.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => match serde_json::from_str(text) {
                Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
                _ => Value::String(text.clone()),
            },
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_digits() {
        let node = parse("a: 0.000000150\nb: '1'\nc:\nd: [~, x]\ne: &e {f: True}\ng: *e\n").unwrap();
        assert_eq!(node.get("a").and_then(Node::text), Some("0.000000150"));
        assert_eq!(node.get("b").and_then(Node::whole), Some(1));
        assert_eq!(node.get("c"), Some(&Node::Null));
        assert_eq!(node.get("d").unwrap().items(), [Node::Null, Node::Text("x".to_owned())]);
        assert!(node.get("g").and_then(|g| g.get("f")).is_some_and(Node::is_true));
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        };
        check("", "not nothing");
        check("- a\n", "not a list");
        check("a: 1\n---\nb: 2\n", "several documents");
        check("a: [1\nb: 2\n", "line 2");
        check("a: 1\na: 2\n", "line 2");
    }
}
