//! Later, better figures for attempts that were settled: what a provider counted or billed, and prices that were put right.
//!
//! - What was settled stays; each adjustment names the figure before and after it, and the decision that ordered it.
//! - An order is one decision: the journal entry and what it orders are written in one transaction.
//! - A cost is the provider's bill, or what `llm::price::rate` makes of usage and price rules.

mod view;

pub(crate) use view::AdjustmentView;
