use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Verdict, Watch, visible_length};
use crate::{Wire, extract, json::Node};

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"usage\""));
static CONTENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"content\""));
static TEXT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"text\""));
static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"finish_reason\""));

impl Watch {
    pub(super) fn chat(&mut self, data: &[u8]) -> Verdict {
        if data == b"[DONE]" {
            self.complete = true;
            return Verdict::Pass;
        }
        if self.finding.model.is_none()
            && self.events < 4
            && let Ok(node) = Node::parse(data)
        {
            self.note_first(node);
        }
        self.events += 1;
        self.finding.truncated |= string_after(data, &FINISH) == Some(b"length");
        let text = string_after(data, &CONTENT).or_else(|| string_after(data, &TEXT));
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.wrote(text.len()),
            None => self.chat_without_text(data),
        }
        if reports(data)
            && let Ok(node) = Node::parse(data)
        {
            return self.chat_usage(node);
        }
        Verdict::Pass
    }

    /// Tool calls, reasoning, audio, refusals, errors: whatever else a delta holds.
    fn chat_without_text(&mut self, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        if node.some("error").is_some() && node.some("choices").is_none() {
            return self.fail(
                node.some("error")
                    .and_then(|e| e.some("code"))
                    .and_then(Node::whole)
                    .map_or(500, |c| c.clamp(400, 599) as u16),
                data,
            );
        }
        for choice in node.some("choices").map(Node::elements).unwrap_or_default() {
            for field in choice.some("delta").map(Node::fields).unwrap_or_default() {
                let empty = field.value.is_null() || matches!(field.value.text(), "\"\"" | "[]" | "{}");
                if &*field.key != "role" && !empty {
                    self.wrote(visible_length(field.value));
                }
            }
        }
    }

    fn chat_usage(&mut self, node: Node<'_>) -> Verdict {
        // Groq's older streams keep it in an object of their own.
        let usage = node.some("usage").or_else(|| node.some("x_groq")?.some("usage"));
        let Some(usage) = usage.filter(|usage| usage.is_object()) else { return Verdict::Pass };
        self.finding.report(usage, extract::recognize(usage));
        if let Some(tier) = node.some("service_tier").and_then(Node::string) {
            self.finding.service_tier = extract::tier_of(&tier);
        }
        let only_usage = node.some("choices").is_some_and(|choices| choices.elements().is_empty());
        if self.strips_usage && only_usage { Verdict::TakeOut } else { Verdict::Pass }
    }

    /// Events that carry their type: responses, images, audio.
    pub(super) fn typed(&mut self, data: &[u8]) {
        if data == b"[DONE]" {
            return;
        }
        let Ok(node) = Node::parse(data) else { return };
        let kind = node.some("type").and_then(Node::string).unwrap_or_default();
        let response = node.some("response").unwrap_or(node);
        if self.finding.model.is_none() {
            self.note_first(response);
        }
        if let Some(usage) = response.some("usage").filter(|usage| usage.is_object()) {
            self.finding.report(usage, extract::recognize(usage));
        }
        if let Some(tier) = response.some("service_tier").and_then(Node::string) {
            self.finding.service_tier = extract::tier_of(&tier);
        }
        match &*kind {
            "response.completed" | "response.incomplete" => {
                self.complete = true;
                self.finding.truncated |= kind == "response.incomplete";
            }
            "response.failed" | "error" => self.fail(500, data),
            kind if kind.ends_with(".delta") => {
                self.wrote(node.some("delta").map_or(0, |delta| delta.text().len().saturating_sub(2)))
            }
            "image_generation.partial_image" => self.wrote(0),
            kind if self.wire != Wire::OpenAiResponses && (kind.ends_with(".done") || kind.ends_with(".completed")) => {
                self.has_content = true;
                self.complete = true;
            }
            _ => {}
        }
    }
}

/// The event has a `usage` that is not `null`. Inside a string the quotes would be escaped.
fn reports(data: &[u8]) -> bool {
    USAGE.find_iter(data).any(|at| {
        let rest = data[at + 7..].trim_ascii_start();
        rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    })
}

/// The string that follows that key, as it is written.
fn string_after<'d>(data: &'d [u8], key: &Finder<'_>) -> Option<&'d [u8]> {
    let at = key.find(data)? + key.needle().len();
    let rest = data[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let mut length = 0;
    loop {
        length += memchr::memchr2(b'"', b'\\', rest.get(length..)?)?;
        if rest[length] == b'"' {
            return Some(&rest[..length]);
        }
        length += 2;
    }
}
