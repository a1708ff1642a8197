use std::borrow::Cow;

use crate::{
    PrepareError, ReadError,
    ir::Text,
    json::{Field, Fields, Node},
    losses::Losses,
};

/// An object being read to the end: each member is taken by name, and what nobody took is a loss.
pub(crate) struct Reading<'a> {
    path: Cow<'static, str>,
    fields: Fields<'a>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(node: Node<'a>, path: impl Into<Cow<'static, str>>) -> Result<Self, PrepareError> {
        let path = path.into();
        if !node.is_object() {
            return Err(ReadError::wrong(&path, "an object").into());
        }
        Ok(Self { fields: node.fields(), path })
    }

    /// The path of a member.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn wrong(&self, name: &str, expected: &'static str) -> PrepareError {
        ReadError::wrong(&self.path(name), expected).into()
    }

    /// Takes the member; `null` counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node<'a>> {
        let index = self.fields.iter().position(|field| field.key == name)?;
        let Field { value, .. } = self.fields.remove(index);
        (!value.is_null()).then_some(value)
    }

    /// Takes the member under its camelCase or its snake_case name.
    pub(crate) fn take_either(&mut self, camel: &str, snake: &str) -> Option<Node<'a>> {
        let first = self.take(camel);
        first.or_else(|| self.take(snake))
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<Text<'a>>, PrepareError> {
        self.take(name)
            .map(|node| node.string().ok_or_else(|| self.wrong(name, "a string of valid Unicode")))
            .transpose()
    }

    pub(crate) fn required(&mut self, name: &str) -> Result<Text<'a>, PrepareError> {
        self.text(name)?.ok_or_else(|| self.wrong(name, "given"))
    }

    pub(crate) fn number(&mut self, name: &str) -> Result<Option<f64>, PrepareError> {
        self.take(name).map(|node| node.number().ok_or_else(|| self.wrong(name, "a number"))).transpose()
    }

    pub(crate) fn whole(&mut self, name: &str) -> Result<Option<u64>, PrepareError> {
        self.take(name).map(|node| node.whole().ok_or_else(|| self.wrong(name, "a whole number"))).transpose()
    }

    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, PrepareError> {
        self.take(name).map(|node| node.text().parse().map_err(|_| self.wrong(name, "an integer"))).transpose()
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>, PrepareError> {
        self.take(name).map(|node| node.boolean().ok_or_else(|| self.wrong(name, "true or false"))).transpose()
    }

    /// The elements of an array; none if it is absent.
    pub(crate) fn list(&mut self, name: &str) -> Result<smallvec::SmallVec<[Node<'a>; 8]>, PrepareError> {
        match self.take(name) {
            None => Ok(Default::default()),
            Some(node) if node.is_array() => Ok(node.elements()),
            Some(_) => Err(self.wrong(name, "an array")),
        }
    }

    /// A string or an array of strings.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<Text<'a>>, PrepareError> {
        let Some(node) = self.take(name) else { return Ok(Vec::new()) };
        if let Some(text) = node.string() {
            return Ok(vec![text]);
        }
        let texts = node.elements().iter().map(|item| item.string()).collect::<Option<Vec<_>>>();
        texts.filter(|_| node.is_array()).ok_or_else(|| self.wrong(name, "a string or an array of strings"))
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Reading<'a>>, PrepareError> {
        let path = self.path(name);
        self.take(name).map(|node| Reading::of(node, path)).transpose()
    }

    /// These members concern only the gateway or the provider's records.
    pub(crate) fn ignore(&mut self, names: &[&str]) {
        self.fields.retain(|field| !names.contains(&&*field.key));
    }

    /// These members are hints; the ones that are there are noted.
    pub(crate) fn note(&mut self, names: &[&str], losses: &mut Losses) {
        for name in names {
            if self.take(name).is_some() {
                losses.note(&self.path(name));
            }
        }
    }

    /// What is left and not empty is lost.
    pub(crate) fn finish(self, losses: &mut Losses) -> Result<(), PrepareError> {
        for field in &self.fields {
            let says_nothing = field.value.is_null() || matches!(field.value.text(), "[]" | "{}" | "false");
            if !says_nothing {
                losses.lose(&self.path(&field.key), "it has no equivalent at this provider")?;
            }
        }
        Ok(())
    }
}
