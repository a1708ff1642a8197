//! The formats, each written once: how its requests, answers and streams are read and written.

pub(crate) mod anthropic;
pub(crate) mod bedrock;
pub(crate) mod gemini;
pub(crate) mod openai_chat;
pub(crate) mod openai_completions;
pub(crate) mod openai_responses;
mod reading;
pub(crate) mod vision;

pub(crate) use reading::Reading;
