//! Reading a usage object never invents input: classes sum to no more than what the object's figures sum to.
#![no_main]

use glaux_llm::{MeterGroup, extract, json::Node};
use libfuzzer_sys::fuzz_target;

fn sum(node: Node<'_>) -> u128 {
    let inside: u128 = node.fields().iter().map(|field| sum(field.value)).sum();
    let elements: u128 = node.elements().iter().map(|element| sum(*element)).sum();
    inside + elements + u128::from(node.whole().unwrap_or(0))
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(node) = Node::parse(bytes) else { return };
    if let Some(reported) = extract::recognize(node) {
        let total =
            u128::from(reported.usage.total(MeterGroup::Input)) + u128::from(reported.usage.total(MeterGroup::Output));
        assert!(total <= sum(node));
    }
});
