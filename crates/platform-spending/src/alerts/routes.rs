use axum::extract::State;
use glaux_kernel::{AlertId, Cursor, Page, Permission};
use glaux_platform_kit::{Context, find_id};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Problem, Query, permit};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Alert, store};

/// To read alerts, and to watch them come.
pub(super) const READ: Permission = Permission("spending.read");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(list_alerts)))
}

/// Which alerts are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Of this budget, by name or id; absent: all.
    budget: Option<String>,
}

/// What people were told about spending, the youngest first.
#[utoipa::path(get, path = "/api/platform/ai-management/spending/alerts", operation_id = "list_alerts",
    tag = "spending", params(Asked, PageParameters), responses((status = 200, body = PageSchema<Alert>)))]
async fn list_alerts(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<Alert>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let budget = find_id(&mut tx, "budget", asked.budget.as_deref()).await?;
    let before = page.cursor.as_ref().and_then(|cursor| cursor.0.parse::<AlertId>().ok());
    let alerts = store::list(&mut tx, budget, before, page.limit.saturating_add(1)).await?;
    Ok(Json(Page::from_overfetch(alerts, page.limit, |alert| Cursor(alert.id.to_string()))))
}
