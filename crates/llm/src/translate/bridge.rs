use bytes::Bytes;

use crate::{
    AnswerError, Request, StreamError, Usage, Wire,
    dialects::{anthropic, bedrock, gemini, openai_chat, openai_completions, openai_responses},
    ir::{Event, Finish, Part, Reply},
    json::Node,
};

/// A provider's stream into a client's: one side reads, the other writes.
#[derive(Debug)]
pub(crate) struct Bridge {
    reader: Reader,
    writer: Writer,
    answer_id: Box<str>,
    model: Box<str>,
}

#[derive(Debug)]
enum Reader {
    OpenAi(openai_chat::Reader),
    Anthropic(anthropic::Reader),
    Gemini(gemini::Reader),
    Bedrock(bedrock::Reader),
}

#[derive(Debug)]
enum Writer {
    OpenAi(openai_chat::Writer),
    Responses(openai_responses::Writer),
    Completions(openai_completions::Writer),
    Anthropic(anthropic::Writer),
    Gemini(gemini::Writer),
}

impl Bridge {
    pub(crate) fn new(request: &Request, wire: Wire, input_estimate: u64) -> Self {
        let with_usage = request.facts.wants_stream_usage;
        let reader = match wire {
            Wire::AnthropicMessages => Reader::Anthropic(anthropic::Reader::default()),
            Wire::GeminiGenerate => Reader::Gemini(gemini::Reader::default()),
            Wire::BedrockConverse => Reader::Bedrock(bedrock::Reader::default()),
            _ => Reader::OpenAi(openai_chat::Reader::default()),
        };
        let writer = match request.wire {
            Wire::OpenAiResponses => Writer::Responses(openai_responses::Writer::default()),
            Wire::OpenAiCompletions => Writer::Completions(openai_completions::Writer::new(with_usage)),
            Wire::AnthropicMessages => Writer::Anthropic(anthropic::Writer::new(input_estimate)),
            Wire::GeminiGenerate => Writer::Gemini(gemini::Writer::default()),
            _ => Writer::OpenAi(openai_chat::Writer::new(with_usage)),
        };
        Self { reader, writer, answer_id: request.answer_id.clone(), model: request.model.clone() }
    }

    /// One event of the provider; `kind` is its name, where the framing has names.
    pub(crate) fn event(&mut self, kind: &str, data: &[u8], out: &mut Vec<u8>) -> Result<(), StreamError> {
        if data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let node = Node::parse(data).map_err(|error| StreamError::Malformed(error.to_string().into()))?;
        let mut events = Vec::new();
        match &mut self.reader {
            Reader::OpenAi(reader) => reader.event(node, &mut events),
            Reader::Anthropic(reader) => reader.event(node, &mut events),
            Reader::Gemini(reader) => reader.event(node, &mut events),
            Reader::Bedrock(reader) => reader.event(kind, node, &mut events),
        }
        events.into_iter().for_each(|event| self.write(event, out));
        Ok(())
    }

    fn write(&mut self, mut event: Event<'_>, out: &mut Vec<u8>) {
        if let Event::Start { id, model, .. } = &mut event {
            if id.is_empty() {
                *id = self.answer_id.to_string().into();
            }
            if model.is_empty() {
                *model = self.model.to_string().into();
            }
        }
        match &mut self.writer {
            Writer::OpenAi(writer) => writer.event(&event, out),
            Writer::Responses(writer) => writer.event(&event, out),
            Writer::Completions(writer) => writer.event(&event, out),
            Writer::Anthropic(writer) => writer.event(&event, out),
            Writer::Gemini(writer) => writer.event(&event, out),
        }
    }

    /// A whole answer as a stream of few events, for a provider that has no streams.
    pub(crate) fn whole(&mut self, wire: Wire, body: &Bytes, out: &mut Vec<u8>) -> Result<(), AnswerError> {
        let reply = super::read(wire, Node::parse(body)?)?;
        events_of(reply).into_iter().for_each(|event| self.write(event, out));
        Ok(())
    }

    /// The client's terminator; `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        match &mut self.writer {
            Writer::OpenAi(writer) => writer.end(usage, cut, out),
            Writer::Responses(writer) => writer.end(usage, cut, out),
            Writer::Completions(writer) => writer.end(usage, cut, out),
            Writer::Anthropic(writer) => writer.end(usage, cut, out),
            Writer::Gemini(writer) => writer.end(usage, cut, out),
        }
    }
}

fn events_of(reply: Reply<'_>) -> Vec<Event<'_>> {
    let mut events = vec![Event::Start { id: reply.id, model: reply.model, created: reply.created }];
    for (choice, said) in (0u64..).zip(reply.choices) {
        let mut index = 0;
        for part in said.parts {
            match part {
                Part::Text(text) => events.push(Event::Text { choice, text }),
                Part::Refusal(text) => events.push(Event::Refusal { choice, text }),
                Part::Redacted(data) => events.push(Event::Redacted { choice, data }),
                Part::Reasoning { text, signature } => {
                    events.push(Event::Reasoning { choice, text });
                    events.extend(signature.map(|text| Event::Signature { choice, text }));
                }
                Part::ToolCall(call) => {
                    let (id, name, signature) = (call.id, call.name, call.signature);
                    events.push(Event::ToolStart { choice, index, id, name, signature });
                    events.push(Event::ToolArguments { choice, index, json: call.arguments });
                    index += 1;
                }
                Part::Media(_) | Part::ToolResult(_) => {}
            }
        }
        if !said.logprobs.is_empty() {
            events.push(Event::Logprobs { choice, tokens: said.logprobs });
        }
        events.push(Event::Finish { choice, finish: said.finish, stopped_by: said.stopped_by });
    }
    events
}
