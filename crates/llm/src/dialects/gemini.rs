//! ai.google.dev/api/generate-content.

mod answer;
mod decode;
mod encode;
mod read_stream;
mod schema;
mod write_stream;

pub(crate) use answer::{read, read_parts, write};
pub(crate) use decode::decode;
pub(crate) use encode::{encode, write_contents, write_tools};
pub(crate) use read_stream::Reader;
pub(crate) use write_stream::Writer;
