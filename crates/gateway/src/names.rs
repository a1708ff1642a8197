//! The names of the gateway's own headers, parsed once.

use http::HeaderName;

macro_rules! names {
    ($($name:ident = $text:literal;)*) => {$(
        pub(crate) const $name: HeaderName = HeaderName::from_static($text);
    )*};
}

names! {
    ACCEL_BUFFERING = "x-accel-buffering";
    API_KEY = "x-api-key";
    ATTEMPTS = "x-glaux-attempts";
    CACHE = "x-glaux-cache";
    CODE = "x-glaux-code";
    COST = "x-glaux-cost";
    DROPPED = "x-glaux-dropped";
    FEATURE = "x-glaux-feature";
    GOOGLE_API_KEY = "x-goog-api-key";
    JOURNAL = "x-glaux-journal";
    MAX_OUTPUT_TOKENS = "x-glaux-max-output-tokens";
    MODEL = "x-glaux-model";
    RATE_LIMIT = "ratelimit";
    RATE_LIMIT_POLICY = "ratelimit-policy";
    REQUEST_ID = "x-glaux-request-id";
    SESSION = "x-glaux-session";
    TAGS = "x-glaux-tags";
    TRACE_PARENT = "traceparent";
    USER = "x-glaux-user";
    VERSION = "x-glaux-version";
}
