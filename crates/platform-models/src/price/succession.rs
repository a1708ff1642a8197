use glaux_kernel::{PriceRuleId, Timestamp};
use glaux_llm::Conditions;
use glaux_routing::document::PriceRule;

/// The rules in force from `now` on are `next`; what was in force before stays, so that the past can be rated again.
///
/// A rule that says what an old one says keeps that one's id. `old` rules that are replaced end at `now`.
pub(crate) fn succeed(old: &[PriceRule], next: Vec<PriceRule>, now: Timestamp) -> Vec<PriceRule> {
    let mut rules = Vec::with_capacity(old.len() + next.len());
    for rule in old {
        if is_over(rule, now) || next.iter().any(|next| says_the_same(rule, next)) {
            rules.push(rule.clone());
        } else if rule.conditions.effective_from.is_none_or(|from| from < now) {
            let conditions = Conditions { effective_until: Some(now), ..rule.conditions.clone() };
            rules.push(PriceRule { conditions, ..rule.clone() });
        }
    }
    for rule in next {
        if old.iter().any(|old| says_the_same(old, &rule)) {
            continue;
        }
        let replaces =
            !is_over(&rule, now) && old.iter().any(|old| !is_over(old, now) && is_about_the_same(old, &rule));
        let effective_from = match rule.conditions.effective_from {
            Some(from) => Some(if replaces { from.max(now) } else { from }),
            None => replaces.then_some(now),
        };
        rules.push(PriceRule { conditions: Conditions { effective_from, ..rule.conditions }, ..rule });
    }
    rules
}

/// The rules by which what was in force in `past` holds again from `now` on. What `present` says of the time before stays.
pub(crate) fn bring_back(
    present: &[PriceRule],
    past: &[PriceRule],
    now: Timestamp,
    mut new_id: impl FnMut() -> PriceRuleId,
) -> Vec<PriceRule> {
    let holding = past.iter().filter(|rule| !is_over(rule, now));
    let next = holding.map(|rule| {
        if present.iter().any(|present| says_the_same(present, rule)) {
            return rule.clone();
        }
        // The rule of this id has ended; it is another one that begins.
        let effective_from = Some(rule.conditions.effective_from.map_or(now, |from| from.max(now)));
        PriceRule { id: new_id(), conditions: Conditions { effective_from, ..rule.conditions.clone() }, ..rule.clone() }
    });
    succeed(present, next.collect(), now)
}

/// The places of rules beside which an earlier one holds, from `now` on, at the same time: nothing decides between them.
pub(crate) fn find_overlaps(rules: &[PriceRule], now: Timestamp) -> impl Iterator<Item = usize> {
    rules.iter().enumerate().filter_map(move |(index, rule)| {
        let before = rules.get(..index)?;
        before.iter().any(|other| is_about_the_same(other, rule) && hold_together(other, rule, now)).then_some(index)
    })
}

fn hold_together(one: &PriceRule, other: &PriceRule, now: Timestamp) -> bool {
    let from = one.conditions.effective_from.max(other.conditions.effective_from).map_or(now, |from| from.max(now));
    [one, other].iter().all(|rule| rule.conditions.effective_until.is_none_or(|until| from < until))
}

fn is_over(rule: &PriceRule, now: Timestamp) -> bool {
    rule.conditions.effective_until.is_some_and(|until| until <= now)
}

fn undated(conditions: &Conditions) -> Conditions {
    Conditions { effective_from: None, effective_until: None, ..conditions.clone() }
}

fn is_about_the_same(old: &PriceRule, next: &PriceRule) -> bool {
    old.meter == next.meter && undated(&old.conditions) == undated(&next.conditions)
}

/// The old rule may know since when it holds where the new one does not.
fn says_the_same(old: &PriceRule, next: &PriceRule) -> bool {
    is_about_the_same(old, next)
        && old.rate == next.rate
        && old.conditions.effective_until == next.conditions.effective_until
        && (next.conditions.effective_from.is_none() || old.conditions.effective_from == next.conditions.effective_from)
}

#[cfg(test)]
mod tests {
    use glaux_kernel::Rate;
    use glaux_llm::Meter;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_micros(hour * 3_600_000_000)
    }

    fn rule(femtos: i64, from: Option<i64>, until: Option<i64>) -> PriceRule {
        let conditions =
            Conditions { effective_from: from.map(at), effective_until: until.map(at), ..Conditions::default() };
        let id = PriceRuleId::from_uuid(Default::default());
        PriceRule { id, meter: Meter::InputTokens, rate: Rate::from_femtos(femtos), conditions }
    }

    #[test]
    fn one_rate_holds_at_a_time() {
        let check = |rules: &[PriceRule], expected: &[usize]| {
            assert_eq!(find_overlaps(rules, at(10)).collect::<Vec<_>>(), expected, "{rules:?}");
        };
        check(&[rule(1, None, None), rule(2, None, None)], &[1]);
        check(&[rule(1, None, None), rule(1, Some(20), None)], &[1]);
        check(&[rule(1, Some(12), Some(20)), rule(2, Some(30), None), rule(3, Some(19), Some(31))], &[2]);
        check(&[rule(1, None, Some(20)), rule(2, Some(20), None)], &[]);
        check(&[rule(1, None, Some(10)), rule(2, None, Some(5)), rule(3, Some(5), None)], &[]);
        let output = PriceRule { meter: Meter::OutputTokens, ..rule(1, None, None) };
        let conditions = Conditions { above_input_tokens: Some(200_000), ..Conditions::default() };
        check(&[rule(1, None, None), output, PriceRule { conditions, ..rule(1, None, None) }], &[]);
    }

    #[test]
    fn what_was_in_force_before_holds_again_from_now_on() {
        let check = |present: &[PriceRule], past: &[PriceRule], expected: &[PriceRule]| {
            let id = || PriceRuleId::from_uuid(Default::default());
            assert_eq!(bring_back(present, past, at(10), id), expected, "{present:?} {past:?}");
        };
        let (plain, changed) = ([rule(1, None, None)], [rule(1, None, Some(5)), rule(2, Some(5), None)]);
        check(&plain, &plain, &plain);
        // What was called between 5 and 10 stays at 2.
        let again = [rule(1, None, Some(5)), rule(2, Some(5), Some(10)), rule(1, Some(10), None)];
        check(&changed, &plain, &again);
        // A price that was taken away is not known for the time in which there was none.
        let gone = [rule(1, None, Some(5))];
        check(&gone, &plain, &[rule(1, None, Some(5)), rule(1, Some(10), None)]);
        check(&[], &[rule(1, None, Some(5))], &[]);
        // What is announced is announced again.
        check(
            &plain,
            &[rule(1, None, Some(20)), rule(3, Some(20), None)],
            &[rule(1, None, Some(10)), rule(1, Some(10), Some(20)), rule(3, Some(20), None)],
        );
    }

    #[test]
    fn what_was_in_force_stays_and_what_is_new_begins_now() {
        let plain = [rule(1, None, None)];
        let check = |old: &[PriceRule], next: &[PriceRule], expected: &[PriceRule]| {
            assert_eq!(succeed(old, next.to_vec(), at(10)), expected, "{old:?} {next:?}");
        };
        check(&[], &plain, &plain);
        check(&plain, &plain, &plain);
        check(&plain, &[rule(2, None, None)], &[rule(1, None, Some(10)), rule(2, Some(10), None)]);
        check(&plain, &[], &[rule(1, None, Some(10))]);
        // The rule that began with an earlier change still says what the list says.
        let changed = [rule(1, None, Some(5)), rule(2, Some(5), None)];
        check(&changed, &[rule(2, None, None)], &changed);
        // The list knows both the past and what is announced.
        let announced = [rule(1, None, Some(20)), rule(3, Some(20), None)];
        check(&announced, &announced, &announced);
        check(&plain, &announced, &[rule(1, None, Some(10)), rule(1, Some(10), Some(20)), rule(3, Some(20), None)]);
        // The list also tells what is over.
        let told = [rule(9, None, Some(5)), rule(1, Some(5), None)];
        check(&told, &told, &told);
        check(
            &[rule(1, None, None)],
            &told,
            &[rule(1, None, Some(10)), rule(9, None, Some(5)), rule(1, Some(10), None)],
        );
        // What had not begun yet and is no longer announced has never been.
        check(&[rule(1, None, None), rule(9, Some(30), None)], &[rule(1, None, None)], &[rule(1, None, None)]);
    }
}
