//! OpenAI's models on Azure. The base is the resource: `https://{resource}.openai.azure.com`.
//!
//! With an `api-version` the deployment is part of the path; without one it is Azure's versionless `v1` API, which
//! takes the deployment as the model (learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle).

use super::{KeyHeader, Provider, Reply, openai, percent_encode};
use crate::{Target, Wire};

pub(super) const PROVIDER: Provider =
    Provider { wire, path, key: KeyHeader::Named("api-key"), chat_limit: "max_completion_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    match client {
        Wire::OpenAiResponses | Wire::OpenAiCompletions => Some(client),
        Wire::OpenAiModeration => None,
        _ => openai::by_operation(client.operation()),
    }
}

fn path(target: &Target<'_>, wire: Wire, _: Reply) -> String {
    let operation = openai::operation_path(wire);
    match target.api_version {
        None => format!("/openai/v1{operation}"),
        Some(version) if wire == Wire::OpenAiResponses => {
            format!("/openai/responses?api-version={}", percent_encode(version))
        }
        Some(version) => {
            let deployment = percent_encode(target.model);
            format!("/openai/deployments/{deployment}{operation}?api-version={}", percent_encode(version))
        }
    }
}
