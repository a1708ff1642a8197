//! The second book as the gateway sees it: segments, holds, balances, limits. No database.

pub mod record;
