use super::schema::to_json_schema;
use crate::{
    PrepareError, ReadError,
    dialects::Reading,
    ir::{
        Chat, Effort, Format, Json, Media, MediaKind, Message, Part, Reasoning, Role, Schema, Source, Text, Tool,
        ToolCall, ToolChoice, ToolResult,
    },
    json::{Node, object},
    losses::Losses,
};

/// A client's request.
pub(crate) fn decode<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Chat<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let mut chat = Chat::default();
    if let Some(system) = top.take_either("systemInstruction", "system_instruction") {
        let parts = decode_parts(system, "systemInstruction", &mut Calls::default(), losses)?;
        chat.messages.push(Message { role: Role::System, parts });
    }
    let contents = top.take("contents").ok_or(ReadError::Missing("contents"))?;
    let turns = if contents.is_object() { [contents].into_iter().collect() } else { contents.elements() };
    let mut calls = Calls::default();
    for (index, content) in turns.into_iter().enumerate() {
        let path = format!("contents[{index}]");
        let role = match content.some("role").and_then(Node::string).as_deref() {
            None | Some("user" | "function") => Role::User,
            Some("model") => Role::Assistant,
            Some("system") => Role::System,
            Some(_) => return Err(ReadError::wrong(&format!("{path}.role"), "user or model").into()),
        };
        chat.messages.push(Message { role, parts: decode_parts(content, &path, &mut calls, losses)? });
    }
    for (index, tool) in top.list("tools")?.into_iter().enumerate() {
        decode_tools(Reading::of(tool, format!("tools[{index}]"))?, &mut chat, losses)?;
    }
    if let Some(config) = top.take_either("toolConfig", "tool_config") {
        decode_tool_config(Reading::of(config, "toolConfig")?, &mut chat, losses)?;
    }
    if let Some(config) = top.take_either("generationConfig", "generation_config") {
        decode_config(Reading::of(config, "generationConfig")?, &mut chat, losses)?;
    }
    top.ignore(&["model", "labels"]);
    top.finish(losses)?;
    Ok(chat)
}

/// Calls have no id in older versions of this format: the n-th result of a name answers the n-th call of it.
#[derive(Default)]
struct Calls {
    open: Vec<(String, String)>,
    count: usize,
}

impl Calls {
    fn call(&mut self, name: &str, id: Option<Text<'_>>) -> String {
        let id = id.map_or_else(|| format!("call_{}", self.count), Text::into_owned);
        self.count += 1;
        self.open.push((name.to_owned(), id.clone()));
        id
    }

    fn result(&mut self, name: &str, id: Option<Text<'_>>) -> String {
        let known = self.open.iter().position(|(called, known)| id.as_ref().map_or(called == name, |id| id == known));
        match known {
            Some(index) => self.open.remove(index).1,
            None => id.map_or_else(|| format!("call_{name}"), Text::into_owned),
        }
    }
}

fn decode_parts<'a>(
    content: Node<'a>,
    path: &str,
    calls: &mut Calls,
    losses: &mut Losses,
) -> Result<Vec<Part<'a>>, PrepareError> {
    if let Some(text) = content.string() {
        return Ok(vec![Part::Text(text)]);
    }
    let mut reading = Reading::of(content, path.to_owned())?;
    let parts = match reading.take("parts") {
        Some(part) if part.is_object() => [part].into_iter().collect(),
        parts => parts.map(Node::elements).unwrap_or_default(),
    };
    let parts = parts.into_iter().enumerate();
    let nested = parts.map(|(index, part)| decode_part(part, format!("{path}.parts[{index}]"), calls, losses));
    let mut whole: Vec<Part<'a>> = Vec::new();
    for part in nested {
        match (whole.last_mut(), part?) {
            // A stream tells a thought in pieces, with the seal on the last of them.
            (
                Some(Part::Reasoning { text, signature: sealed @ None }),
                Some(Part::Reasoning { text: more, signature }),
            ) => {
                text.to_mut().push_str(&more);
                *sealed = signature;
            }
            (_, part) => whole.extend(part),
        }
    }
    Ok(whole)
}

fn decode_part<'a>(
    node: Node<'a>,
    path: String,
    calls: &mut Calls,
    losses: &mut Losses,
) -> Result<Option<Part<'a>>, PrepareError> {
    let mut part = Reading::of(node, path.clone())?;
    let thought = part.boolean("thought")?.unwrap_or(false);
    let signature = part.take_either("thoughtSignature", "thought_signature").and_then(Node::string);
    let read = if let Some(text) = part.text("text")? {
        if thought { Part::Reasoning { text, signature: signature.map(standard_base64) } } else { Part::Text(text) }
    } else if let Some(data) = part.take_either("inlineData", "inline_data") {
        let mut data = Reading::of(data, part.path("inlineData"))?;
        let mime = data.take_either("mimeType", "mime_type").and_then(Node::string).unwrap_or_default();
        let source = Source::Base64 { mime: mime.clone(), data: standard_base64(data.required("data")?) };
        let name = data.take_either("displayName", "display_name").and_then(Node::string);
        Part::Media(Media { kind: MediaKind::of_mime(&mime), source, name, detail: None })
    } else if let Some(file) = part.take_either("fileData", "file_data") {
        let uri = file.some("fileUri").or_else(|| file.some("file_uri")).and_then(Node::string).unwrap_or_default();
        let mime = file.some("mimeType").or_else(|| file.some("mime_type")).and_then(Node::string);
        let uploaded = uri.contains("generativelanguage.googleapis.com") || uri.starts_with("gs://");
        let kind = mime.map_or(MediaKind::Image, |mime| MediaKind::of_mime(&mime));
        let source = if uploaded { Source::File(uri) } else { Source::Url(uri) };
        Part::Media(Media { kind, source, name: None, detail: None })
    } else if let Some(call) = part.take_either("functionCall", "function_call") {
        let mut call = Reading::of(call, part.path("functionCall"))?;
        let name = call.required("name")?;
        let id = calls.call(&name, call.text("id")?).into();
        let arguments = call.take("args").map_or("{}".into(), Node::compact);
        Part::ToolCall(ToolCall { id, name, arguments, signature })
    } else if let Some(response) = part.take_either("functionResponse", "function_response") {
        let mut response = Reading::of(response, part.path("functionResponse"))?;
        let name = response.required("name")?;
        let id = calls.result(&name, response.text("id")?).into();
        let text = response.take("response").map_or("{}".into(), Node::compact);
        response.ignore(&["willContinue", "scheduling"]);
        response.finish(losses)?;
        Part::ToolResult(ToolResult { id, name: Some(name), parts: vec![Part::Text(text)], is_error: false })
    } else {
        part.finish(losses)?;
        return Ok(None);
    };
    part.note(&["videoMetadata", "mediaResolution"], losses);
    part.finish(losses)?;
    Ok(Some(read))
}

/// JSON of protocol buffers takes either alphabet of RFC 4648, and Google's SDKs send the one for URLs; other providers
/// read the standard one only.
fn standard_base64(text: Text<'_>) -> Text<'_> {
    if !text.contains(['-', '_']) && text.len().is_multiple_of(4) {
        return text;
    }
    let mut standard = text.replace('-', "+").replace('_', "/");
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    standard.into()
}

fn decode_tools<'a>(mut tool: Reading<'a>, chat: &mut Chat<'a>, losses: &mut Losses) -> Result<(), PrepareError> {
    let functions = tool.take_either("functionDeclarations", "function_declarations");
    for (index, function) in functions.map(Node::elements).unwrap_or_default().into_iter().enumerate() {
        let mut function = Reading::of(function, tool.path(&format!("functionDeclarations[{index}]")))?;
        let schema = function.take_either("parametersJsonSchema", "parameters_json_schema").map(Json::from);
        let parameters = function.take("parameters").map(converted);
        chat.tools.push(Tool {
            name: function.required("name")?,
            description: function.text("description")?,
            parameters: schema.or(parameters),
            strict: None,
        });
        function.note(&["response", "responseJsonSchema", "behavior"], losses);
        function.finish(losses)?;
    }
    tool.finish(losses)
}

fn converted(schema: Node<'_>) -> Json<'static> {
    let mut out = Vec::new();
    to_json_schema(schema, &mut out);
    Json(String::from_utf8_lossy(&out).into_owned().into())
}

fn decode_tool_config<'a>(
    mut config: Reading<'a>,
    chat: &mut Chat<'a>,
    losses: &mut Losses,
) -> Result<(), PrepareError> {
    if let Some(calling) = config.take_either("functionCallingConfig", "function_calling_config") {
        let allowed = calling.some("allowedFunctionNames").or_else(|| calling.some("allowed_function_names"));
        let allowed = allowed.map(Node::elements).unwrap_or_default();
        let mode = calling.some("mode").and_then(Node::string).map(|mode| mode.to_ascii_uppercase());
        chat.tool_choice = match mode.as_deref() {
            Some("NONE") => Some(ToolChoice::None),
            Some("ANY") => match allowed.as_slice() {
                [] => Some(ToolChoice::Required),
                [name] => Some(ToolChoice::Named(name.string().unwrap_or_default())),
                names => {
                    let names: Vec<_> = names.iter().filter_map(|name| name.string()).collect();
                    chat.tools.retain(|tool| names.contains(&tool.name));
                    Some(ToolChoice::Required)
                }
            },
            _ => Some(ToolChoice::Auto),
        };
    }
    config.finish(losses)
}

fn decode_config<'a>(mut config: Reading<'a>, chat: &mut Chat<'a>, losses: &mut Losses) -> Result<(), PrepareError> {
    chat.temperature = config.number("temperature")?;
    chat.top_p = config.take_either("topP", "top_p").and_then(Node::number);
    chat.top_k = config.take_either("topK", "top_k").and_then(Node::whole);
    chat.seed = config.integer("seed")?;
    let stop = config.take_either("stopSequences", "stop_sequences").map(Node::elements).unwrap_or_default();
    chat.stop = stop.iter().filter_map(|text| text.string()).collect();
    chat.presence_penalty = config.take_either("presencePenalty", "presence_penalty").and_then(Node::number);
    chat.frequency_penalty = config.take_either("frequencyPenalty", "frequency_penalty").and_then(Node::number);
    chat.choices = config.take_either("candidateCount", "candidate_count").and_then(Node::whole).filter(|n| *n != 1);
    let alternatives = config.whole("logprobs")?.unwrap_or(0);
    let wants = config.take_either("responseLogprobs", "response_logprobs").and_then(Node::boolean);
    chat.logprobs = wants.unwrap_or(false).then_some(alternatives);
    let mime = config.take_either("responseMimeType", "response_mime_type").and_then(Node::string);
    let schema = config.take_either("responseSchema", "response_schema").map(converted);
    let json_schema = config.take_either("responseJsonSchema", "response_json_schema").map(Json::from);
    let json_schema = json_schema.or_else(|| config.take("_responseJsonSchema").map(Json::from));
    chat.format = match (json_schema.or(schema), mime.as_deref()) {
        (Some(schema), _) => Format::Schema(Schema { name: None, description: None, schema, strict: None }),
        (None, Some("application/json")) => Format::Object,
        (None, Some("text/plain") | None) => Format::Text,
        (None, Some(_)) => return losses.lose("response_format", "only text and JSON are written here"),
    };
    if let Some(thinking) = config.take_either("thinkingConfig", "thinking_config") {
        chat.reasoning = decode_thinking(thinking);
    }
    let modalities =
        config.take_either("responseModalities", "response_modalities").map(Node::elements).unwrap_or_default();
    if modalities.iter().any(|modality| modality.string().is_some_and(|name| !name.eq_ignore_ascii_case("text"))) {
        losses.lose("generationConfig.responseModalities", "only text is answered here")?;
    }
    config.ignore(&["maxOutputTokens", "max_output_tokens"]);
    config.note(&["mediaResolution"], losses);
    config.finish(losses)
}

fn decode_thinking(thinking: Node<'_>) -> Option<Reasoning> {
    let either = |camel: &str, snake: &str| thinking.some(camel).or_else(|| thinking.some(snake));
    if let Some(level) = either("thinkingLevel", "thinking_level").and_then(Node::string) {
        return Effort::parse(&level).map(Reasoning::Effort);
    }
    match either("thinkingBudget", "thinking_budget").map(|budget| budget.text().parse::<i64>()) {
        Some(Ok(0)) => Some(Reasoning::Off),
        Some(Ok(budget)) if budget > 0 => Some(Reasoning::Budget(budget.unsigned_abs())),
        Some(_) => Some(Reasoning::Free),
        None => None,
    }
}

/// A result's text as the object that this format demands.
pub(super) fn response_object(text: &str, is_error: bool) -> Json<'_> {
    match Node::parse(text.as_bytes()) {
        Ok(node) if node.is_object() && !is_error => node.into(),
        _ => {
            let mut out = Vec::new();
            object(&mut out, |object| {
                object.field(if is_error { "error" } else { "result" }, text);
            });
            Json(String::from_utf8_lossy(&out).into_owned().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, UnsupportedPolicy};

    fn parts(contents: &str) -> Vec<Part<'_>> {
        let mut losses = Losses::new(UnsupportedPolicy::Refuse, Dialect::Gemini);
        let chat = decode(Node::parse(contents.as_bytes()).unwrap(), &mut losses).unwrap();
        chat.messages.into_iter().flat_map(|message| message.parts).collect()
    }

    #[test]
    fn bytes_are_read_in_either_alphabet_of_base64() {
        let check = |data: &str, expected: &str| {
            let contents =
                format!(r#"{{"contents":{{"parts":[{{"inlineData":{{"mimeType":"image/png","data":"{data}"}}}}]}}}}"#);
            let read = parts(&contents);
            let [Part::Media(Media { source: Source::Base64 { data, .. }, .. })] = read.as_slice() else {
                panic!("{read:?}")
            };
            assert_eq!(data, expected);
        };
        check("-_-_", "+/+/");
        check("-_8=", "+/8=");
        check("-_8", "+/8=");
        check("+/8=", "+/8=");
    }

    #[test]
    fn a_thought_that_came_in_pieces_is_one_with_its_seal() {
        let read = parts(
            r#"{"contents":{"role":"model","parts":[
                {"text":"Owls ","thought":true},{"text":"see.","thought":true},
                {"text":"","thought":true,"thoughtSignature":"-_8="},
                {"functionCall":{"name":"weather","args":{}}}]}}"#,
        );
        let sealed = Part::Reasoning { text: "Owls see.".into(), signature: Some("+/8=".into()) };
        assert_eq!((&read[0], read.len()), (&sealed, 2));
    }
}
