//! What differs between two states.

use serde::Serialize;
use serde_json::Value;

/// One difference, in the manner of RFC 6902 with the old value beside the new one. `path` is a JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Difference {
    /// There was nothing.
    Add {
        /// Where.
        path: String,
        /// What is there now.
        new: Value,
    },
    /// There is nothing any more.
    Remove {
        /// Where.
        path: String,
        /// What was there.
        old: Value,
    },
    /// There is something else.
    Replace {
        /// Where.
        path: String,
        /// What was there.
        old: Value,
        /// What is there now.
        new: Value,
    },
}

/// What turns `before` into `after`, applied in order. Arrays are compared place by place.
pub fn diff(before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
    let mut differences = Vec::new();
    match (before, after) {
        (None, None) => {}
        (None, Some(new)) => differences.push(Difference::Add { path: String::new(), new: new.clone() }),
        (Some(old), None) => differences.push(Difference::Remove { path: String::new(), old: old.clone() }),
        (Some(old), Some(new)) => compare(old, new, String::new(), &mut differences),
    }
    differences
}

fn compare(old: &Value, new: &Value, path: String, differences: &mut Vec<Difference>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let path = format!("{path}/{}", escape(name));
                match new.get(name) {
                    Some(other) => compare(value, other, path, differences),
                    None => differences.push(Difference::Remove { path, old: value.clone() }),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                differences.push(Difference::Add { path: format!("{path}/{}", escape(name)), new: value.clone() });
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for (place, (value, other)) in old.iter().zip(new).enumerate() {
                compare(value, other, format!("{path}/{place}"), differences);
            }
            // From the end, so that no removal moves the next one's place.
            for (place, value) in old.iter().enumerate().skip(new.len()).rev() {
                differences.push(Difference::Remove { path: format!("{path}/{place}"), old: value.clone() });
            }
            for (place, value) in new.iter().enumerate().skip(old.len()) {
                differences.push(Difference::Add { path: format!("{path}/{place}"), new: value.clone() });
            }
        }
        _ if old == new => {}
        _ => differences.push(Difference::Replace { path, old: old.clone(), new: new.clone() }),
    }
}

/// A member's name as a JSON pointer writes it.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*};
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_read_as_json_patch() {
        let before = json!({"name": "chatbot", "limits": [1, 2, 3], "a/b": {"~": true}, "gone": null});
        let after = json!({"name": "chatbot", "limits": [1, 5], "a/b": {"~": false}, "new": {}});
        let expected = json!([
            {"op": "replace", "path": "/a~1b/~0", "old": true, "new": false},
            {"op": "remove", "path": "/gone", "old": null},
            {"op": "replace", "path": "/limits/1", "old": 2, "new": 5},
            {"op": "remove", "path": "/limits/2", "old": 3},
            {"op": "add", "path": "/new", "new": {}},
        ]);
        assert_eq!(serde_json::to_value(diff(Some(&before), Some(&after))).unwrap(), expected);
        assert_eq!(diff(None, Some(&before)), [Difference::Add { path: String::new(), new: before.clone() }]);
        assert_eq!(diff(Some(&before), None), [Difference::Remove { path: String::new(), old: before.clone() }]);
        assert_eq!(diff(Some(&before), Some(&before)), []);
    }

    /// Applies one difference as RFC 6902 says.
    fn apply(document: &mut Value, difference: Difference) {
        let (path, new) = match difference {
            Difference::Add { path, new } | Difference::Replace { path, new, .. } => (path, Some(new)),
            Difference::Remove { path, .. } => (path, None),
        };
        let Some((parent, last)) = path.rsplit_once('/') else {
            *document = new.unwrap();
            return;
        };
        let last = last.replace("~1", "/").replace("~0", "~");
        match (document.pointer_mut(parent).unwrap(), new) {
            (Value::Object(members), Some(new)) => drop(members.insert(last, new)),
            (Value::Object(members), None) => drop(members.remove(&last).unwrap()),
            (Value::Array(items), Some(new)) if last.parse() == Ok(items.len()) => items.push(new),
            (Value::Array(items), Some(new)) => items[last.parse::<usize>().unwrap()] = new,
            (Value::Array(items), None) => drop(items.remove(last.parse().unwrap())),
            (other, _) => panic!("{other} has no members"),
        }
    }

    fn state() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3).prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                collection::btree_map("[a~/]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn applied_in_order_they_give_the_new_state(before in state(), after in state()) {
            let mut document = before.clone();
            for difference in diff(Some(&before), Some(&after)) {
                apply(&mut document, difference);
            }
            prop_assert_eq!(document, after);
        }
    }
}
