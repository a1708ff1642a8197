use std::collections::BTreeMap;

use axum::extract::State;
use glaux_kernel::{Cursor, Page};
use glaux_platform_kit::{Context, find, find_by_id};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Provider,
    adoption::find_entry,
    bundled,
    catalogue::{Disagreement, Source},
};

/// Something of a model on which the sources of the bundled catalogue disagree.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogFinding)]
pub(super) struct FindingView {
    /// The catalogue's name for the provider.
    #[schema(example = "openai")]
    provider: String,
    /// The provider's name for the model.
    #[schema(example = "gpt-4.1-mini")]
    model: String,
    /// A meter, with its conditions, or another figure; `prices` where a source gives all of them as zero.
    #[schema(example = "cached_input_tokens")]
    field: String,
    /// What the catalogue has; absent where it has nothing, since zero may mean "free" or "not known".
    kept: Option<Statement>,
    /// What other sources say.
    others: Vec<Statement>,
}

/// What a source says. Rates are in dollars, of tokens per million.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogStatement)]
struct Statement {
    #[schema(example = "0.1")]
    value: String,
    #[schema(value_type = String, example = "litellm")]
    source: Source,
}

/// Which findings are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// About this provider, by name or id, or by the catalogue's name.
    provider: Option<String>,
    /// About this model, by the provider's name for it.
    model: Option<String>,
}

impl FindingView {
    fn of(found: &Disagreement<'_>) -> Self {
        Self {
            provider: found.provider.to_owned(),
            model: found.model.to_owned(),
            field: found.field.unwrap_or("prices").to_owned(),
            kept: found.kept.map(|(value, source)| Statement { value: value.to_owned(), source }),
            others: Vec::new(),
        }
    }
}

/// Where the sources of the bundled catalogue disagree, and what was kept; by provider and model.
#[utoipa::path(get, path = "/api/platform/ai-management/models/findings", operation_id = "list_catalog_findings",
    tag = "models", params(Asked, PageParameters), responses((status = 200, body = PageSchema<FindingView>)))]
pub(super) async fn list_findings(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<FindingView>>, Problem> {
    let provider = match &asked.provider {
        Some(reference) => Some(find_catalog(&context, &caller, reference).await?),
        None => None,
    };
    let of_model = |found: &Disagreement<'_>| asked.model.as_deref().is_none_or(|model| found.model == model);
    let mut findings: BTreeMap<_, FindingView> = BTreeMap::new();
    for found in bundled::disagreements(provider.as_deref()).filter(of_model) {
        let about = (found.provider, found.model, found.field);
        let finding = findings.entry(about).or_insert_with(|| FindingView::of(&found));
        finding.others.push(Statement { value: found.value.to_owned(), source: found.source });
    }
    let seen = match &page.cursor {
        Some(cursor) => cursor.0.parse().map_err(|_| Problem::malformed("?cursor", "not a cursor of this list"))?,
        None => 0,
    };
    let numbered = findings.into_values().enumerate().skip(seen).take(page.limit as usize + 1).collect();
    let page = Page::from_overfetch(numbered, page.limit, |(place, _)| Cursor((place + 1).to_string()));
    Ok(Json(page.map(|(_, finding)| finding)))
}

/// The catalogue's name for what the organization calls so, if it does.
async fn find_catalog(context: &Context, caller: &Caller, reference: &str) -> Result<String, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let own = match reference.parse() {
        Ok(id) => find_by_id::<Provider>(&mut tx, id).await?,
        Err(_) => find::<Provider>(&mut tx, reference).await?,
    };
    let entry = own.map(|provider| find_entry(&provider.name, &provider.state)).transpose()?.flatten();
    Ok(entry.map_or_else(|| reference.to_owned(), |entry| entry.name.to_string()))
}
