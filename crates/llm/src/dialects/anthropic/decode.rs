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
    if let Some(system) = top.take("system") {
        let parts = decode_content(system, "system", losses)?;
        chat.messages.push(Message { role: Role::System, parts });
    }
    for (index, message) in top.list("messages")?.into_iter().enumerate() {
        chat.messages.push(decode_message(message, index, losses)?);
    }
    for (index, tool) in top.list("tools")?.into_iter().enumerate() {
        chat.tools.extend(decode_tool(tool, index, losses)?);
    }
    if let Some(choice) = top.object("tool_choice")? {
        decode_choice(choice, &mut chat, losses)?;
    }
    chat.temperature = top.number("temperature")?;
    chat.top_p = top.number("top_p")?;
    chat.top_k = top.whole("top_k")?;
    chat.stop = top.texts("stop_sequences")?;
    chat.reasoning = top.object("thinking")?.map(|thinking| decode_thinking(thinking, losses)).transpose()?.flatten();
    if let Some(mut config) = top.object("output_config")? {
        if let Some(format) = config.object("format")? {
            chat.format = decode_format(format, losses)?;
        }
        if let Some(text) = config.text("effort")?
            && chat.reasoning != Some(Reasoning::Off)
        {
            chat.reasoning = Effort::parse(&text).map(Reasoning::Effort);
        }
        config.finish(losses)?;
    }
    if let Some(format) = top.object("output_format")? {
        chat.format = decode_format(format, losses)?;
    }
    chat.user = top.take("metadata").and_then(|metadata| metadata.some("user_id")?.string());
    top.ignore(&["model", "max_tokens", "stream", "service_tier"]);
    top.note(&["cache_control"], losses);
    top.finish(losses)?;
    Ok(chat)
}

fn decode_thinking(mut thinking: Reading<'_>, losses: &mut Losses) -> Result<Option<Reasoning>, PrepareError> {
    let kind = thinking.required("type")?;
    let budget = thinking.whole("budget_tokens")?;
    thinking.ignore(&["display"]);
    thinking.finish(losses)?;
    Ok(match (&*kind, budget) {
        ("disabled", _) => Some(Reasoning::Off),
        ("enabled", Some(tokens)) => Some(Reasoning::Budget(tokens)),
        ("enabled" | "adaptive", _) => Some(Reasoning::Free),
        _ => return Err(ReadError::wrong("thinking.type", "enabled, adaptive or disabled").into()),
    })
}

fn decode_format<'a>(mut format: Reading<'a>, losses: &mut Losses) -> Result<Format<'a>, PrepareError> {
    let kind = format.required("type")?;
    let schema = format.take("schema").map(Json::from);
    format.finish(losses)?;
    match (&*kind, schema) {
        ("json_schema", Some(schema)) => {
            Ok(Format::Schema(Schema { name: None, description: None, schema, strict: Some(true) }))
        }
        _ => Err(ReadError::wrong("output_config.format", "a json_schema with a schema").into()),
    }
}

fn decode_choice<'a>(mut choice: Reading<'a>, chat: &mut Chat<'a>, losses: &mut Losses) -> Result<(), PrepareError> {
    let kind = choice.required("type")?;
    chat.parallel_tools = choice.boolean("disable_parallel_tool_use")?.map(|disabled| !disabled);
    chat.tool_choice = Some(match &*kind {
        "auto" => ToolChoice::Auto,
        "any" => ToolChoice::Required,
        "none" => ToolChoice::None,
        "tool" => ToolChoice::Named(choice.required("name")?),
        _ => return Err(ReadError::wrong("tool_choice.type", "auto, any, tool or none").into()),
    });
    choice.finish(losses)
}

fn decode_tool<'a>(tool: Node<'a>, index: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, PrepareError> {
    let mut reading = Reading::of(tool, format!("tools[{index}]"))?;
    if reading.text("type")?.is_some_and(|kind| kind != "custom") {
        losses.lose(&format!("tools[{index}].type"), "the provider's own tools are not offered here")?;
        return Ok(None);
    }
    let tool = Tool {
        name: reading.required("name")?,
        description: reading.text("description")?,
        parameters: reading.take("input_schema").map(Json::from),
        strict: reading.boolean("strict")?,
    };
    reading.note(&["cache_control", "input_examples", "eager_input_streaming"], losses);
    reading.finish(losses)?;
    Ok(Some(tool))
}

fn decode_message<'a>(node: Node<'a>, index: usize, losses: &mut Losses) -> Result<Message<'a>, PrepareError> {
    let mut reading = Reading::of(node, format!("messages[{index}]"))?;
    let role = match &*reading.required("role")? {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => return Err(ReadError::wrong(&reading.path("role"), "user or assistant").into()),
    };
    let path = reading.path("content");
    let content = reading.take("content").ok_or_else(|| ReadError::wrong(&path, "given"))?;
    let parts = decode_content(content, &path, losses)?;
    reading.finish(losses)?;
    Ok(Message { role, parts })
}

fn decode_content<'a>(content: Node<'a>, path: &str, losses: &mut Losses) -> Result<Vec<Part<'a>>, PrepareError> {
    if content.is_string() {
        let text = content.string().ok_or_else(|| ReadError::wrong(path, "a string of valid Unicode"))?;
        return Ok(vec![Part::Text(text)]);
    }
    if !content.is_array() {
        return Err(ReadError::wrong(path, "a string or an array of blocks").into());
    }
    let blocks = content.elements().into_iter().enumerate();
    blocks.filter_map(|(index, block)| decode_block(block, format!("{path}[{index}]"), losses).transpose()).collect()
}

fn decode_block<'a>(node: Node<'a>, path: String, losses: &mut Losses) -> Result<Option<Part<'a>>, PrepareError> {
    let mut block = Reading::of(node, path.clone())?;
    let kind = block.required("type")?;
    let part = match &*kind {
        "text" => Part::Text(block.required("text")?),
        "image" => decode_media(MediaKind::Image, &mut block, losses)?,
        "document" => decode_media(MediaKind::Document, &mut block, losses)?,
        "thinking" => Part::Reasoning { text: block.required("thinking")?, signature: block.text("signature")? },
        "redacted_thinking" => Part::Redacted(block.required("data")?),
        "tool_use" => {
            let input = block.take("input").map_or("{}".into(), Node::compact);
            let (id, name) = (block.required("id")?, block.required("name")?);
            block.ignore(&["caller"]);
            Part::ToolCall(ToolCall { id, name, arguments: input, signature: None })
        }
        "tool_result" => {
            let content = block.take("content");
            let inner = block.path("content");
            let parts = content.map(|content| decode_content(content, &inner, losses)).transpose()?.unwrap_or_default();
            let is_error = block.boolean("is_error")?.unwrap_or(false);
            Part::ToolResult(ToolResult { id: block.required("tool_use_id")?, name: None, parts, is_error })
        }
        _ => {
            losses.lose(&format!("{path}.type"), "blocks of this type have no equivalent")?;
            return Ok(None);
        }
    };
    block.note(&["cache_control", "citations", "context"], losses);
    block.finish(losses)?;
    Ok(Some(part))
}

fn decode_media<'a>(kind: MediaKind, block: &mut Reading<'a>, losses: &mut Losses) -> Result<Part<'a>, PrepareError> {
    let path = block.path("source");
    let mut source = block.object("source")?.ok_or_else(|| ReadError::wrong(&path, "given"))?;
    let name: Option<Text<'a>> = block.text("title")?;
    let mime = source.text("media_type")?;
    let read = match &*source.required("type")? {
        "base64" => Source::Base64 { mime: mime.unwrap_or("application/pdf".into()), data: source.required("data")? },
        "url" => Source::Url(source.required("url")?),
        "file" => Source::File(source.required("file_id")?),
        "text" => Source::Plain(source.required("data")?),
        _ => return Err(ReadError::wrong(&source.path("type"), "base64, url, file or text").into()),
    };
    source.finish(losses)?;
    Ok(Part::Media(Media { kind, source: read, name, detail: None }))
}
