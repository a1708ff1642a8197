//! platform.openai.com/docs/api-reference/chat.

mod answer;
mod decode;
mod encode;
mod read_stream;
mod write_stream;

pub(crate) use answer::{finish_text, parse_finish, read, write, write_usage};
pub(crate) use decode::{decode, effort, tool_choice};
pub(crate) use encode::encode;
pub(crate) use read_stream::Reader;
pub(crate) use write_stream::Writer;
