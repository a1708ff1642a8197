//! cloud.google.com/vision/docs/reference/rest/v1/images/annotate.

use super::{KeyHeader, Provider, Reply};
use crate::{Operation, Target, Wire};

pub(super) const PROVIDER: Provider =
    Provider { wire, path, key: KeyHeader::Named("x-goog-api-key"), chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    (client.operation() == Operation::Chat).then_some(Wire::VisionAnnotate)
}

fn path(_: &Target<'_>, _: Wire, _: Reply) -> String {
    "/images:annotate".to_owned()
}
