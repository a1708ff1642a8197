//! platform.openai.com/docs/api-reference/responses, as clients speak it.

mod answer;
mod decode;
mod write_stream;

pub(crate) use answer::write;
pub(crate) use decode::decode;
pub(crate) use write_stream::Writer;
