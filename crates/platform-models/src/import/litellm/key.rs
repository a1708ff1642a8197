/// What a key says besides the model's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// The provider's name for the model.
    pub(super) name: &'a str,
    /// Where the prices hold.
    pub(super) region: Option<&'a str>,
    /// A size, quality or commitment to which the prices are bound.
    pub(super) variant: Option<&'a str>,
}

const AZURE_REGIONS: [&str; 6] = ["eu", "us", "apac", "us-gov", "global", "global-standard"];

impl<'a> Key<'a> {
    /// Takes `key` apart.
    pub(super) fn read(key: &'a str, provider: &str) -> Self {
        let mut name = match key.split_once('/') {
            Some((first, rest)) if provider.starts_with(first) => rest,
            _ => key,
        };
        let mut region = None;
        let variant = name.split('/').rev().skip(1).find(|segment| is_variant(segment));
        if variant.is_none()
            && let Some((first, rest)) = name.split_once('/')
        {
            if is_region(provider, first) {
                (region, name) = (Some(first), rest);
            } else if provider.starts_with("bedrock") && matches!(first, "invoke" | "converse") {
                name = rest;
            }
        }
        Self { name, region, variant }
    }
}

fn is_region(provider: &str, segment: &str) -> bool {
    if provider.starts_with("bedrock") {
        let parts: Vec<&str> = segment.split('-').collect();
        return parts.len() >= 3 && parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    }
    provider.starts_with("azure") && AZURE_REGIONS.contains(&segment)
}

/// `1024-x-1024`, `50-steps`, `6-month-commitment`, `claude_platform` (another account of the same cloud).
fn is_variant(segment: &str) -> bool {
    segment.contains("-x-")
        || segment.ends_with("-steps")
        || segment.ends_with("-month-commitment")
        || matches!(segment, "claude_platform" | "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_apart() {
        let check = |key: &str, provider: &str, name: &str, region: Option<&str>, variant: Option<&str>| {
            assert_eq!(Key::read(key, provider), Key { name, region, variant }, "{key}");
        };
        check("m-1", "openai", "m-1", None, None);
        check("openai/m-1", "openai", "m-1", None, None);
        check("vertex_ai/maker/m-1@1", "vertex_ai-language-models", "maker/m-1@1", None, None);
        check("perplexity/perplexity/m-1", "perplexity", "perplexity/m-1", None, None);
        check("azure/eu/m-1", "azure", "m-1", Some("eu"), None);
        check("bedrock/us-gov-west-1/maker.m-1:0", "bedrock", "maker.m-1:0", Some("us-gov-west-1"), None);
        check("bedrock/invoke/maker.m-1:0", "bedrock", "maker.m-1:0", None, None);
        let commitment = "us-east-1/1-month-commitment/maker.m-1";
        check(&format!("bedrock/{commitment}"), "bedrock", commitment, None, Some("1-month-commitment"));
        check("high/1024-x-1024/m-1", "openai", "high/1024-x-1024/m-1", None, Some("1024-x-1024"));
        check("1024-x-1024/50-steps/m-1", "bedrock", "1024-x-1024/50-steps/m-1", None, Some("50-steps"));
    }
}
