//! Bodies are JSON, event streams of JSON, or other text. In JSON each string is redacted by itself, so that the rest
//! stays byte for byte as it was; of an event stream, the pieces of one text are searched together, because a model
//! writes an address in several of them.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use glaux_llm::{json::Node, sse};

use super::{Found, Rules};

/// Half an address or a number is not recognized; so much of the end of a text that was cut is left out.
const UNSURE_END: usize = 64;

/// `body` without what the rules find.
pub(crate) fn redact(body: &str, is_cut: bool, rules: &Rules) -> String {
    let mut scan = Scan { body, pieces: BTreeMap::new(), texts: Vec::new() };
    scan.read();
    let mut edits = Vec::new();
    for pieces in scan.pieces.values() {
        edit(pieces, is_cut && pieces.len() > 1, rules, &mut edits);
    }
    for range in scan.texts {
        let is_end = range.end == body.len();
        let text = &body[range.clone()];
        edits.extend(find(text, is_cut && is_end, rules).into_iter().map(|found| {
            let at = range.start + found.range.start..range.start + found.range.end;
            (at, found.marker.to_owned())
        }));
    }
    edits.sort_by_key(|(at, _)| at.start);
    let redacted = apply(body, edits.into_iter());
    // What is left can only be in the names of members.
    let left = rules.find_built_in(&redacted);
    apply(&redacted, left.into_iter().map(|found| (found.range, found.marker.to_owned())))
}

/// Where the texts of a body are.
struct Scan<'a> {
    body: &'a str,
    /// By place in the JSON, in the order of the body.
    pieces: BTreeMap<String, Vec<Piece<'a>>>,
    /// What is not JSON.
    texts: Vec<Range<usize>>,
}

/// A string or number in JSON.
struct Piece<'a> {
    /// Where it is written.
    at: Range<usize>,
    text: Cow<'a, str>,
}

impl<'a> Scan<'a> {
    fn read(&mut self) {
        let body = self.body;
        if let Ok(node) = Node::parse(body.as_bytes()) {
            // A stream can be an array, too.
            let documents = if node.is_array() { node.elements() } else { [node].into_iter().collect() };
            documents.into_iter().for_each(|document| self.read_node(document, String::new()));
        } else if ["data:", "event:", "id:", "retry:", ":"].iter().any(|field| body.starts_with(field)) {
            sse::events(body.as_bytes()).for_each(|event| self.read_event(event));
        } else {
            self.texts.push(0..body.len());
        }
    }

    fn read_event(&mut self, event: sse::Event<'a>) {
        if let Cow::Borrowed(data) = event.data()
            && let Ok(node) = Node::parse(data)
        {
            return self.read_node(node, String::new());
        }
        self.texts.push(self.range(event.raw));
    }

    fn read_node(&mut self, node: Node<'a>, mut place: String) {
        if node.is_object() {
            let fields = node.fields();
            for field in &fields {
                if matches!(&*field.key, "index" | "output_index" | "content_index") {
                    place.push('#');
                    place.push_str(field.value.text());
                }
            }
            fields.into_iter().for_each(|field| self.read_node(field.value, format!("{place}/{}", field.key)));
        } else if node.is_array() {
            for (index, element) in node.elements().into_iter().enumerate() {
                self.read_node(element, format!("{place}/{index}"));
            }
        } else if node.is_string() {
            let text = node.string().unwrap_or(Cow::Borrowed(node.text()));
            self.add(place, node, text);
        } else if node.number().is_some() {
            // Numbers are not written in pieces.
            let place = format!("{place}@{}", self.range(node.text().as_bytes()).start);
            self.add(place, node, Cow::Borrowed(node.text()));
        }
    }

    fn add(&mut self, place: String, node: Node<'a>, text: Cow<'a, str>) {
        let at = self.range(node.text().as_bytes());
        self.pieces.entry(place).or_default().push(Piece { at, text });
    }

    /// Where a part of the body is.
    fn range(&self, part: &[u8]) -> Range<usize> {
        let start = part.as_ptr().addr() - self.body.as_ptr().addr();
        start..start + part.len()
    }
}

fn find(text: &str, is_cut: bool, rules: &Rules) -> Vec<Found> {
    let mut found = rules.find(text);
    if is_cut {
        let mut start = text.len().saturating_sub(UNSURE_END);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        found.push(Found { range: start..text.len(), marker: "…" });
    }
    super::merge(found)
}

/// Replaces what is found in the pieces of one text: the marker stands in the piece where it begins.
fn edit(pieces: &[Piece<'_>], is_cut: bool, rules: &Rules, edits: &mut Vec<(Range<usize>, String)>) {
    let whole: Cow<'_, str> = match pieces {
        [only] => Cow::Borrowed(&only.text),
        several => Cow::Owned(several.iter().map(|piece| &*piece.text).collect()),
    };
    let found = find(&whole, is_cut, rules);
    let mut start = 0;
    for piece in pieces {
        let end = start + piece.text.len();
        let inside = found.iter().filter(|one| one.range.start < end && one.range.end > start);
        let changes: Vec<(Range<usize>, String)> = inside
            .map(|one| {
                let begins_here = one.range.start >= start;
                let at = one.range.start.max(start) - start..one.range.end.min(end) - start;
                (at, if begins_here { one.marker.to_owned() } else { String::new() })
            })
            .collect();
        if !changes.is_empty() {
            let text = apply(&piece.text, changes.into_iter());
            edits.push((piece.at.clone(), serde_json::Value::String(text).to_string()));
        }
        start = end;
    }
}

/// `text` with parts replaced, which are in order and don't overlap.
fn apply(text: &str, edits: impl Iterator<Item = (Range<usize>, String)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, replacement) in edits {
        out.push_str(&text[done..at.start]);
        out.push_str(&replacement);
        done = at.end;
    }
    out.push_str(&text[done..]);
    out
}
