//! Which calls a client asks for.

use std::time::Duration;

use glaux_kernel::{Currency, Environment, FeatureId, Money, Timestamp};
use glaux_ledger::record::Status;
use glaux_ledger_store::{CallFilter, MAX_FEATURES, TextSearch};
use glaux_platform_kit::{find_id, list_references};
use glaux_store::OrgRead;
use glaux_web::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Without `from`, a list begins so long ago.
const DEFAULT_RANGE: Duration = Duration::from_secs(7 * 86_400);
/// Letters of a text that is looked for.
const MAX_TEXT: usize = 200;

/// What roll-ups know of calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Narrowing {
    /// Came at this moment or later; absent: seven days before `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Came before this moment; absent: now.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// A feature, by name or id.
    feature: Option<String>,
    /// A key, by name or id.
    key: Option<String>,
    /// The model of the last attempt, by `provider/model` or id.
    model: Option<String>,
    /// The provider of the last attempt, by name or id.
    provider: Option<String>,
    #[param(value_type = Option<String>)]
    environment: Option<Environment>,
    /// Of success, error, timeout, cancelled, blocked, unknown; with commas between.
    #[param(example = "error,timeout")]
    status: Option<String>,
    /// Answered from the response cache, or not.
    cached: Option<bool>,
}

/// What only the calls themselves show. A request looks through so many: a page may be short, and go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Seeking {
    /// An end user.
    user: Option<String>,
    /// Took more than one attempt, or did not.
    retried: Option<bool>,
    /// Took at least so long.
    min_duration_ms: Option<u32>,
    /// Cost at least so many dollars, a decimal number.
    #[param(example = "0.01")]
    min_cost: Option<String>,
    /// The id of a call or of an attempt, or a text in the feature's name, the model's, the user, the session or the error
    /// code.
    pub(super) q: Option<String>,
}

impl Narrowing {
    /// The filter, once everything that it names is found.
    pub(super) async fn resolve(&self, tx: &mut OrgRead, now: Timestamp) -> Result<CallFilter, Problem> {
        let to = self.to.unwrap_or(now);
        let statuses = self.status.as_deref().unwrap_or_default().split(',').filter(|text| !text.is_empty());
        let statuses = statuses
            .map(|text| text.parse::<Status>().map_err(|error| Problem::malformed("?status", error.to_string())));
        Ok(CallFilter {
            from: self.from.unwrap_or(to.minus(DEFAULT_RANGE)),
            to,
            feature: find_id(tx, "feature", self.feature.as_deref()).await?,
            key: find_id(tx, "key", self.key.as_deref()).await?,
            model: find_id(tx, "model", self.model.as_deref()).await?,
            provider: find_id(tx, "provider", self.provider.as_deref()).await?,
            environment: self.environment,
            statuses: statuses.collect::<Result<_, _>>()?,
            cached: self.cached,
            ..CallFilter::default()
        })
    }
}

impl Seeking {
    /// Narrows `filter` further.
    pub(super) async fn narrow(self, tx: &mut OrgRead, filter: CallFilter) -> Result<CallFilter, Problem> {
        let min_cost = self.min_cost.map(|amount| {
            Money::parse(&amount, Currency::USD).map_err(|error| Problem::malformed("?min_cost", error.to_string()))
        });
        Ok(CallFilter {
            user: self.user,
            retried: self.retried,
            min_duration_micros: self.min_duration_ms.map(|millis| i64::from(millis) * 1000),
            min_cost_nanos: min_cost.transpose()?.map(Money::nanos),
            text: match self.q {
                Some(text) => Some(search(tx, text).await?),
                None => None,
            },
            ..filter
        })
    }
}

async fn search(tx: &mut OrgRead, text: String) -> Result<TextSearch, Problem> {
    if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
        return Err(Problem::malformed("?q", format!("a text to look for has 1 to {MAX_TEXT} characters")));
    }
    let lower = text.to_ascii_lowercase();
    let mut named = list_references::<FeatureId>(tx, "feature").await?;
    named.retain(|feature| feature.name.to_ascii_lowercase().contains(&lower));
    if named.len() > MAX_FEATURES {
        let detail = format!("more than {MAX_FEATURES} features have this in their names; say more, or use `feature`");
        return Err(Problem::malformed("?q", detail));
    }
    Ok(TextSearch { text, features: named.into_iter().map(|feature| feature.id).collect() })
}
