use glaux_kernel::{Money, PageRequest, Timestamp};
use glaux_ledger_store::{AdjustedAttempt, CallFilter, ListedCall, PAGE_EFFORT, list_calls};
use glaux_llm::{MeterGroup, UsageBasis};
use glaux_platform_models::{ModelPrices, ModelState};
use glaux_store::OrgRead;
use glaux_web::Problem;

use crate::{
    adjustments::{is_at_bound, rate},
    failed,
};

/// Attempts that one request looks at.
const MAX_ATTEMPTS: usize = 20_000;
/// Calls that are read at once.
const PAGE: u32 = 1000;
/// Pages that one request reads: where few calls came to an attempt, it ends before it has looked at so many.
const MAX_PAGES: usize = 30;

/// What was found of the calls, the youngest first.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Calls with an attempt that is compared.
    pub(super) calls: u64,
    /// Attempts that are compared.
    pub(super) attempts: u64,
    pub(super) before_nanos: i64,
    pub(super) after_nanos: i64,
    /// Attempts that used what the other model has no price for.
    pub(super) unpriced: u64,
    /// There are calls that were not looked at.
    pub(super) is_cut_off: bool,
    /// Attempts that used what had no price.
    before_unpriced: u64,
    /// Attempts whose usage the provider did not report.
    unreported: u64,
    /// Attempts of whose usage nothing is known.
    left_out: u64,
    /// Calls with more input than the model reads.
    too_long: u64,
    /// Calls with more output than the model writes.
    too_wordy: u64,
}

impl Tally {
    /// Looks at the calls until there are no more, or enough.
    pub(super) async fn read(
        tx: &mut OrgRead,
        filter: &CallFilter,
        model: &ModelState,
        prices: &ModelPrices,
    ) -> Result<Self, Problem> {
        let (mut tally, mut looked_at) = (Self::default(), 0);
        let mut page = PageRequest { limit: PAGE, cursor: None };
        for _ in 0..MAX_PAGES {
            let found = list_calls(tx, filter, &page, PAGE_EFFORT).await.map_err(failed)?;
            for listed in &found.items {
                looked_at += listed.attempts.len();
                if looked_at > MAX_ATTEMPTS {
                    return Ok(Self { is_cut_off: true, ..tally });
                }
                tally.add(listed, model, prices, filter.to);
            }
            page.cursor = found.next_cursor;
            if page.cursor.is_none() {
                return Ok(tally);
            }
        }
        Ok(Self { is_cut_off: true, ..tally })
    }

    fn add(&mut self, listed: &ListedCall, model: &ModelState, prices: &ModelPrices, at: Timestamp) {
        let sent = listed.attempts.iter().filter(|adjusted| !adjusted.attempt.released);
        let (unknown, compared): (Vec<_>, Vec<_>) = sent.map(AdjustedAttempt::figure).partition(is_at_bound);
        self.left_out += unknown.len() as u64;
        self.calls += u64::from(!compared.is_empty());
        self.attempts += compared.len() as u64;
        let (mut input, mut output) = (0, 0);
        for figure in compared {
            let after = rate(prices, &figure.usage, at, figure.service_tier);
            self.before_nanos = self.before_nanos.saturating_add(figure.cost.nanos);
            self.after_nanos = self.after_nanos.saturating_add(after.nanos);
            self.unpriced += u64::from(after.unpriced.is_some());
            self.before_unpriced += u64::from(figure.cost.unpriced.is_some());
            self.unreported += u64::from(figure.usage_basis != UsageBasis::Reported);
            input = input.max(figure.usage.total(MeterGroup::Input));
            output = output.max(figure.usage.total(MeterGroup::Output));
        }
        self.too_long += u64::from(model.context_window.is_some_and(|window| input > window));
        self.too_wordy += u64::from(model.max_output_tokens.is_some_and(|most| output > most));
    }

    /// `None` without calls.
    pub(super) fn per_call(&self, nanos: i64) -> Option<Money> {
        let calls = i64::try_from(self.calls).ok()?;
        nanos.checked_div(calls).map(Money::usd_nanos)
    }

    /// What stands against the comparison.
    pub(super) fn limits(&self, model: &ModelState) -> Vec<String> {
        let of_calls = |count| format!("{} of {} calls", grouped(count), grouped(self.calls));
        let of_attempts = |count| format!("{} of {} attempts", grouped(count), grouped(self.attempts));
        let mut limits = Vec::new();
        if let Some(window) = model.context_window.filter(|_| self.too_long > 0) {
            let (calls, window) = (of_calls(self.too_long), grouped(window));
            limits.push(format!("{calls} had more input than the model's context window of {window}"));
        }
        if let Some(most) = model.max_output_tokens.filter(|_| self.too_wordy > 0) {
            let (calls, most) = (of_calls(self.too_wordy), grouped(most));
            limits.push(format!("{calls} had more output than the {most} tokens that the model can write"));
        }
        if self.unreported > 0 {
            limits.push(format!("the usage of {} was not reported by the provider", of_attempts(self.unreported)));
        }
        if self.before_unpriced > 0 {
            limits.push(format!(
                "{} used what had no price: they cost more than is known",
                of_attempts(self.before_unpriced)
            ));
        }
        if self.left_out > 0 {
            limits.push(format!("attempts of whose usage nothing is known are left out: {}", grouped(self.left_out)));
        }
        limits
    }
}

/// The number with a comma between each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_threes() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (5_320, "5,320"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
    }
}
