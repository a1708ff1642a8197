//! The order in which the models of a route are tried.

use std::sync::Arc;

use glaux_kernel::Money;
use smallvec::SmallVec;

use crate::{Model, Route, document::Balancing};

/// What the order may depend on besides the configuration.
pub struct Conditions<'a> {
    /// A uniform number of this call.
    pub random: u64,
    /// A hash that calls of one session, user or prompt prefix share.
    pub affinity: &'a dyn Fn() -> u64,
    /// Recent microseconds to a model's first byte; absent: never seen.
    pub latency: &'a dyn Fn(&Model) -> Option<u64>,
    /// The most that this call can cost at a model.
    pub bound: &'a dyn Fn(&Model) -> Option<Money>,
}

/// Models in the order in which they are tried: those of the policy, then the fallbacks, each once.
pub fn order<'a>(route: &'a Route, conditions: &Conditions<'_>) -> SmallVec<[&'a Arc<Model>; 4]> {
    let assignment = match route {
        Route::Model(model, _) => return SmallVec::from_slice(&[model]),
        Route::Feature(_, assignment) => assignment,
    };
    let mut weighted: SmallVec<[(&Arc<Model>, u32); 4]> =
        assignment.models.iter().map(|(model, weight)| (model, *weight)).collect();
    if weighted.len() > 1 {
        match assignment.policy.balancing {
            Balancing::Ordered => {}
            Balancing::Weighted => shuffle(&mut weighted, conditions.random),
            // A model that was never seen is tried first: it has no other way to be measured.
            Balancing::Latency => weighted.sort_by_key(|(model, _)| (conditions.latency)(model).unwrap_or(0)),
            Balancing::Cost => {
                weighted.sort_by_key(|(model, _)| (conditions.bound)(model).map_or(i64::MAX, Money::nanos));
            }
            Balancing::CacheAffine => shuffle(&mut weighted, (conditions.affinity)()),
        }
    }
    let mut order: SmallVec<[&Arc<Model>; 4]> = SmallVec::new();
    for model in weighted.into_iter().map(|(model, _)| model).chain(&assignment.fallbacks) {
        if !order.iter().any(|seen| seen.id == model.id) {
            order.push(model);
        }
    }
    order
}

/// Draws without replacement, each by its weight; the same seed gives the same order.
fn shuffle(models: &mut [(&Arc<Model>, u32)], seed: u64) {
    let mut state = seed;
    for start in 0..models.len() {
        let rest = &models[start..];
        let total: u64 = rest.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if total == 0 {
            return;
        }
        state = split_mix(state);
        let mut ticket = state % total;
        let drawn = rest.iter().position(|(_, weight)| match ticket.checked_sub(u64::from(*weight)) {
            Some(left) => {
                ticket = left;
                false
            }
            None => true,
        });
        models.swap(start, start + drawn.unwrap_or(0));
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
