//! How the kernel's types are documented: `#[schema(value_type = MoneySchema)]`.

use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money.
#[derive(Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneySchema {
    /// A decimal number; nine places in answers.
    #[schema(example = "12.310000000")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageSchema<T> {
    /// At most `limit` rows.
    pub items: Vec<T>,
    /// For `cursor`; null on the last page.
    pub next_cursor: Option<String>,
}
