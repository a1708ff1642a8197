//! JSON as the codecs need it: a strict validating scan, a lazy view of the scanned text, a writer.
//!
//! No tree is built. [`validate`] walks the bytes once (RFC 8259, at most [`MAX_DEPTH`] levels, valid UTF-8);
//! a [`Node`] is then a slice of text known to be valid. Numbers and raw values survive byte for byte.

mod node;
mod scan;
mod write;

pub use node::{Field, Fields, Node};
pub use scan::{JsonError, MAX_DEPTH, validate};
pub(crate) use scan::{Scanner, scan_object, scan_text, utf8};
pub(crate) use write::{Array, Object, Write, array, object};
