//! What the scan accepts can be looked into everywhere.
#![no_main]

use glaux_llm::json::{MAX_DEPTH, Node};
use libfuzzer_sys::fuzz_target;

fn walk(node: Node<'_>, depth: usize) {
    assert!(depth <= MAX_DEPTH);
    let _ = (node.string(), node.whole(), node.number(), node.compact());
    node.fields().iter().for_each(|field| walk(field.value, depth + 1));
    node.elements().iter().for_each(|element| walk(*element, depth + 1));
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(node) = Node::parse(bytes) {
        walk(node, 0);
        assert!(Node::parse(node.compact().as_bytes()).is_ok());
    }
});
