use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use glaux_kernel::{BudgetId, CallId, HoldId, Money, Page, Period, Permission, Timestamp};
use glaux_platform_kit::{Change, Context, Object, get, list, time_zone};
use glaux_routing::document::BudgetAction;
use glaux_store::OrgRead;
use glaux_web::{
    Caller, Json, MoneySchema, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write, change, permit,
};
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Balances, Budget,
    budget::share,
    scope::ScopeView,
    service::{self, BudgetChange, NewBudget},
};

const READ: Permission = Permission("spending.read");
pub(crate) const WRITE: Permission = Permission("budgets.write");

pub(crate) fn routes(balances: Arc<dyn Balances>) -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(list_budgets)))
        .routes(change(WRITE, routes!(create_budget)))
        .routes(permit(READ, routes!(get_budget)))
        .routes(change(WRITE, routes!(update_budget, delete_budget)))
        .layer(Extension(balances))
}

/// A budget and where it stands in its current period.
#[derive(Serialize, ToSchema)]
#[schema(as = Budget)]
struct BudgetView {
    #[schema(value_type = String)]
    id: BudgetId,
    name: String,
    scope: ScopeView,
    #[schema(value_type = String, example = "monthly")]
    period_type: Period,
    #[schema(value_type = String, format = DateTime)]
    period_start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    period_end: Timestamp,
    #[schema(value_type = MoneySchema)]
    budget_amount: Money,
    /// Settled in this period.
    #[schema(value_type = MoneySchema)]
    spent: Money,
    /// Reserved by open calls: what they can still cost.
    #[schema(value_type = MoneySchema)]
    held: Money,
    /// What new calls may reserve.
    #[schema(value_type = MoneySchema)]
    available: Money,
    alert_thresholds: Vec<String>,
    action: BudgetAction,
    holds: Vec<HoldView>,
}

/// Money that an open call may still cost.
#[derive(Serialize, ToSchema)]
#[schema(as = Hold)]
struct HoldView {
    #[schema(value_type = String)]
    id: HoldId,
    #[schema(value_type = String)]
    call_id: CallId,
    #[schema(value_type = MoneySchema)]
    amount: Money,
    age_ms: u64,
}

type Standing = Extension<Arc<dyn Balances>>;

/// The bounds of the current period in the organization's time zone.
async fn period(context: &Context, tx: &mut OrgRead, period: Period) -> Result<(Timestamp, Timestamp), Problem> {
    let name = time_zone(tx).await?;
    let zone = TimeZone::get(&name).map_err(Problem::internal)?;
    Ok(period.bounds(context.clock.now(), &zone))
}

async fn view(
    context: &Context,
    tx: &mut OrgRead,
    balances: &dyn Balances,
    budget: Object<Budget>,
) -> Result<BudgetView, Problem> {
    let state = budget.state;
    let (period_start, period_end) = period(context, tx, state.period_type).await?;
    let (spent, held) = balances.balance(budget.id, period_start);
    let left = state.budget_amount.nanos().saturating_sub(spent).saturating_sub(held).max(0);
    let hold = |hold: crate::OpenHold| HoldView {
        id: hold.id,
        call_id: hold.call,
        amount: Money::usd_nanos(hold.nanos),
        age_ms: u64::try_from(hold.age.as_millis()).unwrap_or(u64::MAX),
    };
    Ok(BudgetView {
        id: budget.id,
        name: budget.name,
        scope: state.scope.into(),
        period_type: state.period_type,
        period_start,
        period_end,
        budget_amount: state.budget_amount,
        spent: Money::usd_nanos(spent),
        held: Money::usd_nanos(held),
        available: Money::usd_nanos(left),
        alert_thresholds: state.thresholds_permille.iter().map(|permille| share(*permille)).collect(),
        action: state.action,
        holds: balances.holds(budget.id).into_iter().map(hold).collect(),
    })
}

/// Budgets by name, and where they stand.
#[utoipa::path(get, path = "/api/platform/ai-management/spending/budgets", operation_id = "list_budgets",
    tag = "spending", params(PageParameters), responses((status = 200, body = PageSchema<BudgetView>)))]
async fn list_budgets(
    State(context): State<Context>,
    Extension(balances): Standing,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<BudgetView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let Page { items, next_cursor } = list::<Budget>(&mut tx, &page).await?;
    let mut views = Vec::with_capacity(items.len());
    for budget in items {
        views.push(view(&context, &mut tx, &*balances, budget).await?);
    }
    Ok(Json(Page { items: views, next_cursor }))
}

/// Sets a budget. With `block` it holds: calls that could pass it are refused.
///
/// It counts what is sent from now on: what was spent before, in the period that it begins in, is not part of `spent`.
#[utoipa::path(post, path = "/api/platform/ai-management/spending/budgets", operation_id = "create_budget",
    tag = "spending", request_body = NewBudget, responses((status = 201, body = BudgetView)))]
async fn create_budget(
    State(context): State<Context>,
    Extension(balances): Standing,
    write: Write,
    Json(new): Json<NewBudget>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let budget = service::create_budget(&mut change, new).await?;
    let tag = budget.tag()?;
    let view = view(&context, change.read(), &*balances, budget).await?;
    change.answer(StatusCode::CREATED, view, Some(tag)).await
}

/// A budget by name or id, and where it stands.
#[utoipa::path(get, path = "/api/platform/ai-management/spending/budgets/{budget}", operation_id = "get_budget",
    tag = "spending", params(("budget" = String, Path)), responses((status = 200, body = BudgetView)))]
async fn get_budget(
    State(context): State<Context>,
    Extension(balances): Standing,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<BudgetView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let budget = get::<Budget>(&mut tx, &reference).await?;
    Ok(Tagged { tag: budget.tag()?, body: view(&context, &mut tx, &*balances, budget).await? })
}

/// Changes a budget. What was spent in the period stays spent.
#[utoipa::path(patch, path = "/api/platform/ai-management/spending/budgets/{budget}", operation_id = "update_budget",
    tag = "spending", params(("budget" = String, Path)), request_body = BudgetChange,
    responses((status = 200, body = BudgetView)))]
async fn update_budget(
    State(context): State<Context>,
    Extension(balances): Standing,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<BudgetChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let budget = get::<Budget>(change.read(), &reference).await?;
    let budget = service::update_budget(&mut change, budget, asked).await?;
    let tag = budget.tag()?;
    let view = view(&context, change.read(), &*balances, budget).await?;
    change.answer(StatusCode::OK, view, Some(tag)).await
}

/// Removes a budget. What it held is no longer held against it.
#[utoipa::path(delete, path = "/api/platform/ai-management/spending/budgets/{budget}", operation_id = "delete_budget",
    tag = "spending", params(("budget" = String, Path)), responses((status = 200, body = BudgetView)))]
async fn delete_budget(
    State(context): State<Context>,
    Extension(balances): Standing,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let budget = get::<Budget>(change.read(), &reference).await?;
    change.delete(&budget).await?;
    let view = view(&context, change.read(), &*balances, budget).await?;
    change.answer(StatusCode::OK, view, None).await
}
