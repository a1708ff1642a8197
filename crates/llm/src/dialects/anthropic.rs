//! docs.claude.com/en/api/messages.

mod answer;
mod decode;
mod encode;
mod parameters;
mod read_stream;
mod write_stream;

pub(crate) use answer::{finish_text, parse_finish, read, write, write_usage};
pub(crate) use decode::decode;
pub(crate) use encode::encode;
pub(crate) use read_stream::Reader;
pub(crate) use write_stream::Writer;
