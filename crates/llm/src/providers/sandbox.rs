//! The gateway's own provider: it is asked in OpenAI's formats and answered by [`crate::sandbox`].

use super::{KeyHeader, Provider, openai};
use crate::Wire;

pub(super) const PROVIDER: Provider =
    Provider { wire, path: openai::path, key: KeyHeader::Bearer, chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    openai::by_operation(client.operation())
}
