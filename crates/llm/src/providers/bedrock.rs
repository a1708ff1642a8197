//! docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
//! The base is the regional endpoint: `https://bedrock-runtime.{region}.amazonaws.com`.

use super::{KeyHeader, Provider, Reply, percent_encode};
use crate::{Operation, Target, Wire};

pub(super) const PROVIDER: Provider = Provider { wire, path, key: KeyHeader::Bearer, chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    (client.operation() == Operation::Chat).then_some(Wire::BedrockConverse)
}

fn path(target: &Target<'_>, _: Wire, reply: Reply) -> String {
    let verb = match reply {
        Reply::Whole => "converse",
        Reply::Stream => "converse-stream",
    };
    format!("/model/{}/{verb}", percent_encode(target.model))
}
