use crate::{
    PrepareError, ReadError,
    dialects::{Reading, openai_chat},
    ir::{Chat, Format, Json, Media, MediaKind, Message, Part, Role, Schema, Source, Text, Tool, ToolCall, ToolResult},
    json::Node,
    losses::Losses,
};

/// A client's request.
pub(crate) fn decode<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Chat<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let mut chat = Chat::default();
    if let Some(text) = top.text("instructions")? {
        chat.messages.push(Message { role: Role::System, parts: vec![Part::Text(text)] });
    }
    let input = top.take("input").ok_or(ReadError::Missing("input"))?;
    match input.string() {
        Some(text) => chat.messages.push(Message { role: Role::User, parts: vec![Part::Text(text)] }),
        None => {
            for (index, item) in input.elements().into_iter().enumerate() {
                decode_item(item, format!("input[{index}]"), &mut chat.messages, losses)?;
            }
        }
    }
    for (index, tool) in top.list("tools")?.into_iter().enumerate() {
        chat.tools.extend(decode_tool(tool, index, losses)?);
    }
    let choice = top.take("tool_choice");
    chat.tool_choice = choice.map(|choice| openai_chat::tool_choice(choice, "tool_choice")).transpose()?;
    chat.parallel_tools = top.boolean("parallel_tool_calls")?;
    chat.temperature = top.number("temperature")?;
    chat.top_p = top.number("top_p")?;
    chat.logprobs = top.whole("top_logprobs")?.filter(|count| *count > 0);
    if let Some(mut reasoning) = top.object("reasoning")? {
        let effort = reasoning.text("effort")?;
        chat.reasoning = effort.map(|text| openai_chat::effort(&text, "reasoning.effort")).transpose()?;
        reasoning.ignore(&["summary", "generate_summary"]);
        reasoning.finish(losses)?;
    }
    if let Some(mut text) = top.object("text")? {
        if let Some(format) = text.object("format")? {
            chat.format = decode_format(format, losses)?;
        }
        text.note(&["verbosity"], losses);
        text.finish(losses)?;
    }
    let user = top.text("user")?;
    chat.user = top.text("safety_identifier")?.or(user);
    chat.service_tier = top.text("service_tier")?.filter(|tier| tier != "auto");
    top.ignore(&["model", "stream", "stream_options", "max_output_tokens", "metadata", "store"]);
    top.note(&["include", "truncation", "prompt_cache_key", "prompt_cache_retention"], losses);
    top.finish(losses)?;
    Ok(chat)
}

fn decode_item<'a>(
    node: Node<'a>,
    path: String,
    messages: &mut Vec<Message<'a>>,
    losses: &mut Losses,
) -> Result<(), PrepareError> {
    let mut item = Reading::of(node, path)?;
    let kind = item.text("type")?;
    let (role, parts) = match kind.as_deref() {
        None | Some("message") => {
            let role = match &*item.required("role")? {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                "system" | "developer" => Role::System,
                _ => return Err(ReadError::wrong(&item.path("role"), "user, assistant, system or developer").into()),
            };
            let path = item.path("content");
            let content = item.take("content").unwrap_or(Node::trusted("[]"));
            (role, decode_content(content, &path, losses)?)
        }
        Some("function_call") => {
            let (id, name) = (item.required("call_id")?, item.required("name")?);
            let arguments = item.required("arguments")?;
            if !Node::parse(arguments.as_bytes()).is_ok_and(Node::is_object) {
                return Err(ReadError::wrong(&item.path("arguments"), "a JSON object as text").into());
            }
            (Role::Assistant, vec![Part::ToolCall(ToolCall { id, name, arguments, signature: None })])
        }
        Some("function_call_output") => {
            let path = item.path("output");
            let output = item.take("output").ok_or_else(|| ReadError::wrong(&path, "given"))?;
            let parts = decode_content(output, &path, losses)?;
            let result = ToolResult { id: item.required("call_id")?, name: None, parts, is_error: false };
            (Role::User, vec![Part::ToolResult(result)])
        }
        // Only OpenAI can read what its models thought.
        Some("reasoning") => {
            losses.note(&item.path("type"));
            return Ok(());
        }
        Some(_) => return losses.lose(&item.path("type"), "items of this type have no equivalent"),
    };
    item.ignore(&["id", "status", "phase"]);
    item.finish(losses)?;
    match messages.last_mut() {
        Some(last) if last.role == role && role != Role::System => last.parts.extend(parts),
        _ => messages.push(Message { role, parts }),
    }
    Ok(())
}

fn decode_content<'a>(content: Node<'a>, path: &str, losses: &mut Losses) -> Result<Vec<Part<'a>>, PrepareError> {
    if let Some(text) = content.string() {
        return Ok(vec![Part::Text(text)]);
    }
    let parts = content.elements().into_iter().enumerate();
    parts.filter_map(|(index, part)| decode_part(part, format!("{path}[{index}]"), losses).transpose()).collect()
}

fn decode_part<'a>(node: Node<'a>, path: String, losses: &mut Losses) -> Result<Option<Part<'a>>, PrepareError> {
    let mut part = Reading::of(node, path.clone())?;
    let kind = part.required("type")?;
    let media = |kind, source, name, detail| Part::Media(Media { kind, source, name, detail });
    let read = match &*kind {
        "input_text" | "output_text" | "text" => Part::Text(part.required("text")?),
        "refusal" => Part::Refusal(part.required("refusal")?),
        "input_image" => {
            let detail = part.text("detail")?;
            let source = match part.text("image_url")? {
                Some(url) => Source::of_url(url),
                None => Source::File(part.required("file_id")?),
            };
            media(MediaKind::Image, source, None, detail)
        }
        "input_file" => {
            let name: Option<Text<'a>> = part.text("filename")?;
            let source = match (part.text("file_data")?, part.text("file_url")?) {
                (Some(data), _) => Source::of_url(data),
                (None, Some(url)) => Source::Url(url),
                (None, None) => Source::File(part.required("file_id")?),
            };
            media(MediaKind::Document, source, name, None)
        }
        _ => {
            losses.lose(&format!("{path}.type"), "parts of this type have no equivalent")?;
            return Ok(None);
        }
    };
    part.ignore(&["annotations", "logprobs"]);
    part.finish(losses)?;
    Ok(Some(read))
}

fn decode_tool<'a>(tool: Node<'a>, index: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, PrepareError> {
    let mut reading = Reading::of(tool, format!("tools[{index}]"))?;
    if reading.text("type")?.as_deref() != Some("function") {
        losses.lose(&format!("tools[{index}].type"), "only functions are offered here")?;
        return Ok(None);
    }
    let tool = Tool {
        name: reading.required("name")?,
        description: reading.text("description")?,
        parameters: reading.take("parameters").map(Json::from),
        strict: reading.boolean("strict")?,
    };
    reading.finish(losses)?;
    Ok(Some(tool))
}

fn decode_format<'a>(mut format: Reading<'a>, losses: &mut Losses) -> Result<Format<'a>, PrepareError> {
    let read = match &*format.required("type")? {
        "text" => Format::Text,
        "json_object" => Format::Object,
        "json_schema" => Format::Schema(Schema {
            name: format.text("name")?,
            description: format.text("description")?,
            strict: format.boolean("strict")?,
            schema: format.take("schema").map_or(Json("{}".into()), Json::from),
        }),
        _ => return Err(ReadError::wrong("text.format.type", "text, json_object or json_schema").into()),
    };
    format.finish(losses)?;
    Ok(read)
}
