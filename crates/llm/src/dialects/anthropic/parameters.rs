use crate::{
    PrepareError,
    ir::{Chat, Effort, Format, Reasoning, ToolChoice},
    json::Object,
    losses::Losses,
};

/// The least budget that Anthropic accepts.
const LEAST_BUDGET: u64 = 1_024;

/// From this version on Claude decides itself how long it thinks, and later versions take no budget any more
/// (docs.claude.com/en/docs/build-with-claude/adaptive-thinking).
const ADAPTIVE: (u32, u32) = (4, 6);

/// From this version on Claude refuses `temperature`, `top_p` and `top_k`
/// (docs.claude.com/en/docs/about-claude/models/migration-guide).
const WITHOUT_SAMPLING: (u32, u32) = (4, 7);

/// Everything of a request that is neither conversation nor tools.
pub(super) fn write_parameters(
    chat: &Chat<'_>,
    model: &str,
    limit: u64,
    losses: &mut Losses,
    body: &mut Object<'_>,
) -> Result<(), PrepareError> {
    let thinks = write_reasoning(chat, model, limit, losses, body)?;
    if version(model) >= WITHOUT_SAMPLING {
        lose_sampling(chat, losses)?;
    } else {
        write_sampling(chat, thinks, losses, body)?;
    }
    if !chat.stop.is_empty() {
        body.field("stop_sequences", &chat.stop);
    }
    let absent = [
        ("seed", chat.seed.is_some()),
        ("presence_penalty", chat.presence_penalty.is_some()),
        ("frequency_penalty", chat.frequency_penalty.is_some()),
        ("n", chat.choices.is_some()),
        ("logprobs", chat.logprobs.is_some()),
    ];
    for (field, asked) in absent {
        if asked {
            losses.lose(field, "Anthropic's models have no such parameter")?;
        }
    }
    match chat.service_tier.as_deref() {
        None | Some("auto") => {}
        Some("default" | "standard") => {
            body.field("service_tier", "standard_only");
        }
        Some(_) => losses.lose("service_tier", "this tier is not offered here")?,
    }
    if let Some(user) = &chat.user {
        body.object("metadata", |metadata| {
            metadata.field("user_id", user);
        });
    }
    Ok(())
}

/// What the model does by itself may be said all the same.
fn lose_sampling(chat: &Chat<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let asked = [
        ("temperature", chat.temperature.is_some_and(|temperature| temperature != 1.0)),
        ("top_p", chat.top_p.is_some_and(|top_p| top_p != 1.0)),
        ("top_k", chat.top_k.is_some()),
    ];
    for (field, _) in asked.into_iter().filter(|(_, asked)| *asked) {
        losses.lose(field, "this model does not take it any more")?;
    }
    Ok(())
}

fn write_sampling(
    chat: &Chat<'_>,
    thinks: bool,
    losses: &mut Losses,
    body: &mut Object<'_>,
) -> Result<(), PrepareError> {
    match chat.temperature {
        Some(temperature) if temperature > 1.0 => losses.lose("temperature", "it is at most 1 here")?,
        Some(temperature) if thinks && temperature != 1.0 => {
            losses.lose("temperature", "it can't be set while the model thinks")?
        }
        temperature => {
            body.some("temperature", temperature);
        }
    }
    body.some("top_p", chat.top_p).some("top_k", chat.top_k);
    Ok(())
}

/// `thinking` and `output_config`, which holds both the effort and the format. Returns whether the model thinks.
fn write_reasoning(
    chat: &Chat<'_>,
    model: &str,
    limit: u64,
    losses: &mut Losses,
    body: &mut Object<'_>,
) -> Result<bool, PrepareError> {
    let adaptive = version(model) >= ADAPTIVE;
    let mut budget = match chat.reasoning {
        None | Some(Reasoning::Off) => None,
        Some(Reasoning::Effort(effort)) => Some(effort.budget()),
        Some(Reasoning::Budget(tokens)) => Some(tokens),
        Some(Reasoning::Free) => Some(Effort::Medium.budget()),
    };
    let forced = matches!(chat.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)));
    if forced && !adaptive && budget.is_some() {
        losses.lose("reasoning_effort", "a model that must call a tool can't think before")?;
        budget = None;
    }
    let mut effort = None;
    let mut thinks = budget.is_some();
    match budget {
        None if chat.reasoning.is_some() => {
            body.object("thinking", |thinking| {
                thinking.field("type", "disabled");
            });
        }
        None => {}
        Some(_) if adaptive => {
            effort = match chat.reasoning {
                Some(Reasoning::Effort(Effort::Max)) => Some("max"),
                Some(Reasoning::Effort(Effort::Minimal)) => Some("low"),
                Some(Reasoning::Effort(effort)) => Some(effort.as_str()),
                Some(Reasoning::Budget(tokens)) => Some(Effort::of_budget(tokens).as_str()),
                _ => None,
            };
            body.object("thinking", |thinking| {
                thinking.field("type", "adaptive");
            });
        }
        Some(_) if limit <= LEAST_BUDGET => {
            losses.lose("reasoning_effort", "the output limit leaves no room to think")?;
            thinks = false;
        }
        Some(budget) => {
            body.object("thinking", |thinking| {
                thinking.field("type", "enabled").field("budget_tokens", budget.clamp(LEAST_BUDGET, limit - 1));
            });
        }
    }
    if matches!(chat.format, Format::Object) {
        losses.lose("response_format", "Anthropic's models answer in JSON by a schema only")?;
    }
    let schema = if let Format::Schema(schema) = &chat.format { Some(schema) } else { None };
    if effort.is_some() || schema.is_some() {
        body.object("output_config", |config| {
            config.some("effort", effort);
            if let Some(schema) = schema {
                config.object("format", |format| {
                    format.field("type", "json_schema").field("schema", &schema.schema);
                });
            }
        });
    }
    Ok(thinks)
}

/// Major and minor version in the name of a model; zeros where it has none, or stands before the family.
fn version(model: &str) -> (u32, u32) {
    let Some(at) = model.find("claude-") else { return (0, 0) };
    let mut words = model[at + "claude-".len()..].split(['-', '.', '@', ':']);
    let family = words.next().unwrap_or_default();
    if family.starts_with(|first: char| first.is_ascii_digit()) {
        return (0, 0);
    }
    let mut number = || words.next().filter(|word| word.len() <= 2).and_then(|word| word.parse::<u32>().ok());
    let major = number().unwrap_or(0);
    (major, number().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{super::encode::encode, *};
    use crate::{Dialect, ProviderKind, UnsupportedPolicy, translate::Order};

    #[test]
    fn names_tell_the_version() {
        let check = |model: &str, expected: (u32, u32)| assert_eq!(version(model), expected, "{model}");
        check("claude-opus-4-6", (4, 6));
        check("claude-sonnet-5", (5, 0));
        check("claude-sonnet-5-20260901", (5, 0));
        check("claude-sonnet-4-5-20250929", (4, 5));
        check("claude-opus-4-20250514", (4, 0));
        check("claude-3-7-sonnet-20250219", (0, 0));
        check("anthropic.claude-opus-4-7-v1:0", (4, 7));
        check("gpt-5", (0, 0));
    }

    #[test]
    fn what_a_version_refuses_is_named() {
        let check = |model: &str, chat: Chat<'_>, lost: Option<&str>| {
            let mut losses = Losses::new(UnsupportedPolicy::Drop, Dialect::OpenAi);
            let order = Order {
                model,
                kind: ProviderKind::Anthropic,
                chat_limit: "max_tokens",
                limit: Some(9_000),
                stream: false,
                counts: false,
            };
            let body = String::from_utf8(encode(&chat, &order, &mut losses).unwrap()).unwrap();
            assert_eq!(losses.dropped.iter().map(|field| &**field).collect::<Vec<_>>(), Vec::from_iter(lost));
            let written = |field: &str| body.contains(&format!("\"{field}\":"));
            assert!(lost.is_none_or(|field| !written(field) && !body.contains("budget_tokens")), "{body}");
        };
        let warm = |temperature| Chat { temperature: Some(temperature), ..Chat::default() };
        check("claude-sonnet-4-5", warm(0.5), None);
        check("claude-opus-4-7", warm(0.5), Some("temperature"));
        check("claude-opus-4-7", warm(1.0), None);
        check("claude-sonnet-5", Chat { top_k: Some(5), ..Chat::default() }, Some("top_k"));
        let forced = || Chat {
            reasoning: Some(Reasoning::Budget(2_000)),
            tool_choice: Some(ToolChoice::Required),
            ..Chat::default()
        };
        check("claude-sonnet-4-5", forced(), Some("reasoning_effort"));
        check("claude-opus-4-6", forced(), None);
    }
}
