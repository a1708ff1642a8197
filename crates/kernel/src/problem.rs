//! The closed set of `code`s in RFC 9457 problem documents and in the gateway's `x-glaux-code` header.

use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong, in a word that clients may rely on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, for documentation and tests.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The wire text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// One line for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The body, a parameter or a header has the wrong form.
    InvalidRequest = "invalid_request", 400, "The request has the wrong form";
    /// No credential, or one that is not known.
    Unauthenticated = "unauthenticated", 401, "A valid credential is required";
    /// Known, but not allowed.
    Forbidden = "forbidden", 403, "The caller may not do this";
    /// No such object in the caller's organization.
    NotFound = "not_found", 404, "There is no such object";
    /// The method is not offered at this path.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not offered here";
    /// The object's state or a unique name forbids it.
    Conflict = "conflict", 409, "The object's state forbids this";
    /// `If-Match` names an older version.
    PreconditionFailed = "precondition_failed", 412, "Someone else changed it";
    /// More bytes than are read.
    PayloadTooLarge = "payload_too_large", 413, "The body is too large";
    /// The form is right but a rule is not kept.
    Unprocessable = "unprocessable", 422, "A rule is not kept";
    /// A limit per minute or of concurrency is reached.
    RateLimited = "rate_limited", 429, "A limit is reached";
    /// A budget that blocks has nothing left for this call.
    BudgetExceeded = "budget_exceeded", 402, "A budget is used up";
    /// No feature, alias or model of that name is open to the key.
    ModelNotFound = "model_not_found", 404, "There is no such model for this key";
    /// The feature is inactive or in maintenance.
    FeatureUnavailable = "feature_unavailable", 503, "The feature is not available";
    /// The target can't express what was asked.
    Unsupported = "unsupported", 400, "The target can't do this";
    /// The price is not known and a blocking budget applies.
    Unpriced = "unpriced", 402, "The price of this model is not known";
    /// The provider answered with an error.
    UpstreamError = "upstream_error", 502, "The provider answered with an error";
    /// The provider did not answer in time.
    UpstreamTimeout = "upstream_timeout", 504, "The provider did not answer in time";
    /// Every candidate's circuit is open or its queue full.
    Overloaded = "overloaded", 503, "No provider can take the call now";
    /// No room to record the call.
    LedgerUnavailable = "ledger_unavailable", 503, "The call can't be recorded";
    /// A dependency of the management API is away.
    Unavailable = "unavailable", 503, "The service is not available now";
    /// Our fault. Nothing internal is shown.
    Internal = "internal", 500, "Something went wrong on our side";
}
