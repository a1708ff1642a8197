use glaux_kernel::{PriceRuleId, Rate};
use glaux_llm::{Conditions, Meter, ProviderKind};
use glaux_platform_kit::{Change, Context, find};
use glaux_routing::document::{PriceRule, ProviderLimits};
use glaux_web::{Caller, Problem, Write};

use crate::{Model, ModelState, ModelType, Provider, ProviderState};

const SANDBOX: &str = "sandbox";

/// The sandbox's models, and dollars per million tokens read and written: invented, so that spending can be tried out.
const MODELS: [(&str, ModelType, &str, &str); 3] = [
    ("echo", ModelType::Llm, "0.40", "1.60"),
    ("say-100+pace-20", ModelType::Llm, "0.40", "1.60"),
    ("embed", ModelType::Embedding, "0.02", "0"),
];

/// Makes sure that there is a provider that answers without an account or a network.
pub async fn bootstrap(context: &Context, system: &Caller) -> Result<(), Problem> {
    let mut change = Change::begin(context, Write::by(system.clone(), "first start")).await?;
    if find::<Provider>(change.read(), SANDBOX).await?.is_some() {
        return Ok(());
    }
    let state = ProviderState {
        kind: ProviderKind::Sandbox,
        base_url: None,
        api_version: None,
        region: None,
        credential: None,
        limits: ProviderLimits::default(),
    };
    let provider = change.create::<Provider>(SANDBOX, state).await?;
    for (name, model_type, input, output) in MODELS {
        let price = |meter, rate: &str| {
            Ok::<_, Problem>(PriceRule {
                id: PriceRuleId::new(context.clock.now(), &*context.rng),
                meter,
                rate: Rate::parse_per_million(rate).map_err(Problem::internal)?,
                conditions: Conditions::default(),
            })
        };
        let state = ModelState {
            provider: provider.id,
            model_type,
            upstream_name: None,
            context_window: None,
            max_output_tokens: Some(4096),
            prices: vec![price(Meter::InputTokens, input)?, price(Meter::OutputTokens, output)?],
        };
        change.create::<Model>(&format!("{SANDBOX}/{name}"), state).await?;
    }
    change.commit().await
}
