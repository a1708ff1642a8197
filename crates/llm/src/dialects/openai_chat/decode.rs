use crate::{
    PrepareError, ReadError,
    dialects::Reading,
    ir::{
        Chat, Effort, Format, Json, Media, MediaKind, Message, Part, Reasoning, Role, Schema, Source, Text, Tool,
        ToolCall, ToolChoice, ToolResult,
    },
    json::Node,
    losses::Losses,
};

/// A client's request.
pub(crate) fn decode<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Chat<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let mut chat = Chat::default();
    for (index, message) in top.list("messages")?.into_iter().enumerate() {
        decode_message(message, index, &mut chat.messages, losses)?;
    }
    for (index, tool) in top.list("tools")?.into_iter().enumerate() {
        chat.tools.extend(decode_tool(tool, index, losses)?);
    }
    for (index, function) in top.list("functions")?.into_iter().enumerate() {
        chat.tools.push(decode_function(Reading::of(function, format!("functions[{index}]"))?, losses)?);
    }
    let choice = top.take("tool_choice").or_else(|| top.take("function_call"));
    chat.tool_choice = choice.map(|choice| tool_choice(choice, "tool_choice")).transpose()?;
    chat.parallel_tools = top.boolean("parallel_tool_calls")?;
    if let Some(format) = top.object("response_format")? {
        chat.format = decode_format(format, losses)?;
    }
    chat.temperature = top.number("temperature")?;
    chat.top_p = top.number("top_p")?;
    chat.top_k = top.whole("top_k")?;
    chat.stop = top.texts("stop")?;
    chat.seed = top.integer("seed")?;
    chat.presence_penalty = top.number("presence_penalty")?.filter(|penalty| *penalty != 0.0);
    chat.frequency_penalty = top.number("frequency_penalty")?.filter(|penalty| *penalty != 0.0);
    chat.choices = top.whole("n")?.filter(|choices| *choices != 1);
    let alternatives = top.whole("top_logprobs")?.unwrap_or(0);
    chat.logprobs = top.boolean("logprobs")?.unwrap_or(false).then_some(alternatives);
    chat.reasoning = top.text("reasoning_effort")?.map(|text| effort(&text, "reasoning_effort")).transpose()?;
    let user = top.text("user")?;
    chat.user = top.text("safety_identifier")?.or(user);
    chat.service_tier = top.text("service_tier")?.filter(|tier| tier != "auto");
    let modalities = top.texts("modalities")?;
    if modalities.iter().any(|modality| modality != "text") {
        losses.lose("modalities", "only text is answered here")?;
    }
    top.ignore(&["model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "metadata", "store"]);
    top.note(&["prompt_cache_key", "prompt_cache_retention", "prediction", "verbosity"], losses);
    top.finish(losses)?;
    Ok(chat)
}

/// `none`, `minimal`, `low`…
pub(crate) fn effort(text: &str, path: &str) -> Result<Reasoning, PrepareError> {
    if text == "none" {
        return Ok(Reasoning::Off);
    }
    let effort =
        Effort::parse(text).ok_or_else(|| ReadError::wrong(path, "one of none, minimal, low, medium, high, xhigh"))?;
    Ok(Reasoning::Effort(effort))
}

/// A word, or an object that names a function; with or without the inner `function`.
pub(crate) fn tool_choice<'a>(choice: Node<'a>, path: &str) -> Result<ToolChoice<'a>, PrepareError> {
    let wrong = || ReadError::wrong(path, "none, auto, required or the name of a function");
    if let Some(word) = choice.string() {
        return Ok(match &*word {
            "none" => ToolChoice::None,
            "auto" => ToolChoice::Auto,
            "required" => ToolChoice::Required,
            _ => return Err(wrong().into()),
        });
    }
    let name = choice.some("function").unwrap_or(choice).some("name").and_then(Node::string);
    name.map(ToolChoice::Named).ok_or_else(|| wrong().into())
}

fn decode_message<'a>(
    node: Node<'a>,
    index: usize,
    messages: &mut Vec<Message<'a>>,
    losses: &mut Losses,
) -> Result<(), PrepareError> {
    let mut reading = Reading::of(node, format!("messages[{index}]"))?;
    let role = reading.required("role")?;
    let content = reading.take("content");
    let path = reading.path("content");
    let mut parts = content.map(|content| decode_content(content, &path, losses)).transpose()?.unwrap_or_default();
    let role = match &*role {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => {
            assistant_parts(&mut reading, &mut parts, losses)?;
            Role::Assistant
        }
        "tool" | "function" => {
            let name = reading.text("name")?;
            let id = reading.text("tool_call_id")?.or_else(|| name.clone());
            let id = id.ok_or_else(|| ReadError::wrong(&reading.path("tool_call_id"), "given"))?;
            parts = vec![Part::ToolResult(ToolResult { id, name, parts, is_error: false })];
            Role::User
        }
        _ => return Err(ReadError::wrong(&reading.path("role"), "system, developer, user, assistant or tool").into()),
    };
    reading.note(&["name"], losses);
    reading.finish(losses)?;
    push(messages, Message { role, parts });
    Ok(())
}

/// Results of tools that follow one another belong to one turn.
fn push<'a>(messages: &mut Vec<Message<'a>>, message: Message<'a>) {
    let is_result = |message: &Message<'_>| message.parts.iter().all(|part| matches!(part, Part::ToolResult(_)));
    match messages.last_mut() {
        Some(last) if last.role == Role::User && !last.parts.is_empty() && is_result(last) && is_result(&message) => {
            last.parts.extend(message.parts);
        }
        _ => messages.push(message),
    }
}

fn assistant_parts<'a>(
    reading: &mut Reading<'a>,
    parts: &mut Vec<Part<'a>>,
    losses: &mut Losses,
) -> Result<(), PrepareError> {
    let thoughts = reading.text("reasoning_content")?;
    if let Some(text) = thoughts.or(reading.text("reasoning")?).filter(|text| !text.is_empty()) {
        parts.insert(0, Part::Reasoning { text, signature: None });
    }
    parts.extend(reading.text("refusal")?.map(Part::Refusal));
    let legacy = reading.take("function_call");
    for (index, call) in reading.list("tool_calls")?.into_iter().enumerate() {
        let mut call = Reading::of(call, reading.path(&format!("tool_calls[{index}]")))?;
        let signature =
            call.take("extra_content").and_then(|extra| extra.some("google")?.some("thought_signature")?.string());
        let id = call.required("id")?;
        let function = call.take("function").unwrap_or(Node::trusted("{}"));
        parts.push(function_call(id, function, signature, &call.path("function"))?);
        call.ignore(&["type", "index"]);
        call.finish(losses)?;
    }
    if let Some(function) = legacy {
        let id = function.some("name").and_then(Node::string).unwrap_or_default();
        parts.push(function_call(id, function, None, &reading.path("function_call"))?);
    }
    reading.note(&["audio", "annotations"], losses);
    Ok(())
}

fn function_call<'a>(
    id: Text<'a>,
    function: Node<'a>,
    signature: Option<Text<'a>>,
    path: &str,
) -> Result<Part<'a>, PrepareError> {
    let mut reading = Reading::of(function, path.to_owned())?;
    let name = reading.required("name")?;
    let arguments = reading.text("arguments")?.filter(|text| !text.trim().is_empty()).unwrap_or("{}".into());
    if !Node::parse(arguments.as_bytes()).is_ok_and(Node::is_object) {
        return Err(ReadError::wrong(&reading.path("arguments"), "a JSON object as text").into());
    }
    Ok(Part::ToolCall(ToolCall { id, name, arguments, signature }))
}

fn decode_content<'a>(content: Node<'a>, path: &str, losses: &mut Losses) -> Result<Vec<Part<'a>>, PrepareError> {
    if content.is_string() {
        let text = content.string().ok_or_else(|| ReadError::wrong(path, "a string of valid Unicode"))?;
        return Ok(vec![Part::Text(text)]);
    }
    if !content.is_array() {
        return Err(ReadError::wrong(path, "a string or an array of parts").into());
    }
    let parts = content.elements().into_iter().enumerate();
    parts.filter_map(|(index, part)| decode_part(part, format!("{path}[{index}]"), losses).transpose()).collect()
}

fn decode_part<'a>(node: Node<'a>, path: String, losses: &mut Losses) -> Result<Option<Part<'a>>, PrepareError> {
    let mut reading = Reading::of(node, path.clone())?;
    let kind = reading.required("type")?;
    let part = match &*kind {
        "text" => Part::Text(reading.required("text")?),
        "refusal" => Part::Refusal(reading.required("refusal")?),
        "image_url" => {
            let mut image =
                reading.object("image_url")?.ok_or_else(|| ReadError::wrong(&path, "an image with a url"))?;
            let (url, detail) = (image.required("url")?, image.text("detail")?);
            media(MediaKind::Image, Source::of_url(url), None, detail)
        }
        "input_audio" => {
            let mut audio = reading.object("input_audio")?.ok_or_else(|| ReadError::wrong(&path, "audio with data"))?;
            let mime = if audio.required("format")? == "wav" { "audio/wav" } else { "audio/mpeg" };
            let source = Source::Base64 { mime: mime.into(), data: audio.required("data")? };
            media(MediaKind::Audio, source, None, None)
        }
        "file" => {
            let mut file = reading.object("file")?.ok_or_else(|| ReadError::wrong(&path, "a file"))?;
            let (name, id) = (file.text("filename")?, file.text("file_id")?);
            let source = match (file.text("file_data")?, id) {
                (Some(data), _) => Source::of_url(data),
                (None, Some(id)) => Source::File(id),
                (None, None) => return Err(ReadError::wrong(&path, "a file with file_data or file_id").into()),
            };
            media(MediaKind::Document, source, name, None)
        }
        _ => {
            losses.lose(&format!("{path}.type"), "parts of this type have no equivalent")?;
            return Ok(None);
        }
    };
    reading.note(&["cache_control"], losses);
    reading.finish(losses)?;
    Ok(Some(part))
}

fn media<'a>(kind: MediaKind, source: Source<'a>, name: Option<Text<'a>>, detail: Option<Text<'a>>) -> Part<'a> {
    Part::Media(Media { kind, source, name, detail })
}

fn decode_tool<'a>(tool: Node<'a>, index: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, PrepareError> {
    let mut reading = Reading::of(tool, format!("tools[{index}]"))?;
    let kind = reading.text("type")?;
    match (kind.as_deref(), reading.object("function")?) {
        (Some("function") | None, Some(function)) => decode_function(function, losses).map(Some),
        _ => losses.lose(&format!("tools[{index}].type"), "only functions are offered here").map(|()| None),
    }
}

fn decode_function<'a>(mut function: Reading<'a>, losses: &mut Losses) -> Result<Tool<'a>, PrepareError> {
    let tool = Tool {
        name: function.required("name")?,
        description: function.text("description")?,
        parameters: function.take("parameters").map(Json::from),
        strict: function.boolean("strict")?,
    };
    function.finish(losses)?;
    Ok(tool)
}

fn decode_format<'a>(mut format: Reading<'a>, losses: &mut Losses) -> Result<Format<'a>, PrepareError> {
    let kind = format.required("type")?;
    Ok(match &*kind {
        "text" => Format::Text,
        "json_object" => Format::Object,
        "json_schema" => {
            let mut inner = format
                .object("json_schema")?
                .ok_or_else(|| ReadError::wrong("response_format.json_schema", "given"))?;
            let schema = Schema {
                name: inner.text("name")?,
                description: inner.text("description")?,
                strict: inner.boolean("strict")?,
                schema: inner.take("schema").map_or(Json("{}".into()), Json::from),
            };
            inner.finish(losses)?;
            Format::Schema(schema)
        }
        _ => return Err(ReadError::wrong("response_format.type", "text, json_object or json_schema").into()),
    })
}
