//! Names of log fields. Where `tracing` needs a literal, the literal is the text given here.

/// The request that a line belongs to; the answer's `x-glaux-request-id`.
pub const REQUEST_ID: &str = "request.id";
/// The HTTP method.
pub const METHOD: &str = "http.method";
/// The path template that was matched, never the path itself.
pub const ROUTE: &str = "http.route";
/// The HTTP status that was answered.
pub const STATUS: &str = "http.status";
/// Milliseconds from the first byte read to the headers written.
pub const ELAPSED_MS: &str = "elapsed.ms";
/// The tenant.
pub const ORGANIZATION: &str = "organization.id";
/// Who asked: an id, never a name or an address.
pub const ACTOR: &str = "actor.id";
/// A number of the journal.
pub const JOURNAL_SEQ: &str = "journal.seq";
/// A kind of configuration object.
pub const OBJECT_KIND: &str = "object.kind";
/// The id of a configuration object.
pub const OBJECT_ID: &str = "object.id";
/// A provider's id.
pub const PROVIDER: &str = "provider.id";
/// A model's id.
pub const MODEL: &str = "model.id";
/// A call's id.
pub const CALL: &str = "call.id";
/// An attempt's id.
pub const ATTEMPT: &str = "attempt.id";
/// This process.
pub const NODE: &str = "node.id";
/// The error and its causes, outermost first.
pub const ERROR: &str = "error";
