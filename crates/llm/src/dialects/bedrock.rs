//! Amazon Bedrock's Converse (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).

mod answer;
mod encode;
mod read_stream;

pub(crate) use answer::{parse_finish, read};
pub(crate) use encode::encode;
pub(crate) use read_stream::Reader;
