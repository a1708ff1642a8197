use super::Top;
use crate::{Meter, Usage, json::Node};

/// How often a tool of the provider is taken to be used in a call, where the request does not say how often it may be.
const USES: u64 = 10;

/// Tools of the provider that a request may have used, and how often at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProviderTools {
    /// Searches of the web.
    pub web_searches: u64,
    /// Searches of uploaded files.
    pub file_searches: u64,
    /// A tool that costs something which no meter counts.
    pub unmetered: bool,
    /// What a tool finds is read as input beside the body.
    pub reads: bool,
}

impl ProviderTools {
    /// Those among the `tools` of a request that name a `type`; one without is the client's own.
    pub(super) fn typed(top: &Top<'_>) -> Self {
        let mut found = Self::default();
        for tool in top.some("tools").map(Node::elements).unwrap_or_default() {
            if let Some(kind) = tool.some("type").and_then(Node::string) {
                found.add(&kind, tool.some("max_uses").and_then(Node::whole));
            }
        }
        found
    }

    /// Adds a tool by the name of its kind. Dated kinds are known by how they begin.
    pub(super) fn add(&mut self, kind: &str, max_uses: Option<u64>) {
        let is = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
        let uses = max_uses.unwrap_or(USES);
        if is(&["function", "custom", "bash_", "text_editor_", "computer", "memory_", "local_shell", "apply_patch"]) {
            return;
        }
        self.reads = true;
        if is(&["web_search", "googleSearch", "google_search", "googleMaps", "google_maps", "enterpriseWebSearch"]) {
            self.web_searches = self.web_searches.saturating_add(uses);
        } else if is(&["file_search", "fileSearch"]) {
            self.file_searches = self.file_searches.saturating_add(uses);
        } else if !is(&["web_fetch", "mcp", "urlContext", "url_context", "codeExecution", "tool_search"]) {
            self.unmetered = true;
        }
    }

    /// The most that they can count.
    pub(super) fn bound(self, usage: &mut Usage) {
        usage.add(Meter::WebSearches, self.web_searches);
        usage.add(Meter::FileSearches, self.file_searches);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_of_the_provider_are_told_from_those_of_the_client() {
        let check = |kind: &str, max_uses: Option<u64>, expected: (u64, u64, bool, bool)| {
            let mut tools = ProviderTools::default();
            tools.add(kind, max_uses);
            let found = (tools.web_searches, tools.file_searches, tools.unmetered, tools.reads);
            assert_eq!(found, expected, "{kind}");
        };
        check("function", None, (0, 0, false, false));
        check("functionDeclarations", None, (0, 0, false, false));
        check("text_editor_20250728", None, (0, 0, false, false));
        check("web_search_20250305", None, (USES, 0, false, true));
        check("web_search_20250305", Some(3), (3, 0, false, true));
        check("googleSearch", None, (USES, 0, false, true));
        check("file_search", None, (0, USES, false, true));
        check("web_fetch_20250910", None, (0, 0, false, true));
        check("image_generation", None, (0, 0, true, true));
    }
}
