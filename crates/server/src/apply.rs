//! `glaux apply`: a platform file, sent to the management API as one change set.

use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;

use crate::{management::Management, settings::Settings};

const PATH: &str = "/api/platform/ai-management/changesets/apply";

/// Options of `glaux apply`.
#[derive(Args)]
pub(crate) struct Options {
    /// The platform file, TOML; `${NAME}` in its texts stands for a variable of the environment
    file: PathBuf,
    /// Says what would change, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// The Glaux to change; absent: the one of these settings
    #[arg(long)]
    url: Option<String>,
    /// Why, for the journal
    #[arg(long)]
    reason: Option<String>,
}

/// Applies the file with the admin's token of these settings.
pub(crate) fn apply(settings: &Settings, options: &Options) -> anyhow::Result<()> {
    let text = fs::read_to_string(&options.file).with_context(|| format!("can't read {}", options.file.display()))?;
    let table: toml::Table = text.parse().with_context(|| format!("{} is no TOML", options.file.display()))?;
    let mut body = serde_json::to_value(table)?;
    expand(&mut body, &variable)?;
    let management = Management::new(settings, options.url.as_deref())?;
    let path = format!("{PATH}?dry_run={}", options.dry_run);
    let (status, answer) = management.post(&path, options.reason.as_deref(), &body)?;
    let mut out = io::stdout().lock();
    if !status.is_success() {
        for error in answer["errors"].as_array().into_iter().flatten() {
            writeln!(out, "{}: {}", shown(&error["pointer"]), shown(&error["detail"]))?;
        }
        bail!("nothing was applied: {status}: {}", shown(&answer["detail"]));
    }
    print(&mut out, &answer, options.dry_run)?;
    Ok(())
}

/// Says what changed, what is left as it was, and where the journal has it.
fn print(out: &mut impl Write, answer: &Value, dry_run: bool) -> io::Result<()> {
    let changes = answer["changes"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    for change in changes {
        writeln!(out, "{} {} {}", shown(&change["action"]), shown(&change["kind"]), shown(&change["name"]))?;
        for difference in change["differences"].as_array().into_iter().flatten() {
            match (&difference["old"], &difference["new"], shown(&difference["path"])) {
                // Of what is made or removed as a whole, kind and name say enough.
                (_, _, path) if path.is_empty() => {}
                (Value::Null, new, path) => writeln!(out, "    {path}: {new}")?,
                (old, Value::Null, path) => writeln!(out, "    {path}: {old} is removed")?,
                (old, new, path) => writeln!(out, "    {path}: {old} -> {new}")?,
            }
        }
    }
    let changed: HashSet<_> = changes.iter().map(|change| (shown(&change["kind"]), shown(&change["name"]))).collect();
    let stated: u64 = answer["stated"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    let left = stated.saturating_sub(changed.len() as u64);
    writeln!(out, "{} changed, {left} as the file states already", changed.len())?;
    match (dry_run, answer["journal_seq"].as_i64()) {
        (true, _) => writeln!(out, "nothing was changed: this was a dry run"),
        (false, Some(seq)) => writeln!(out, "applied; the last journal entry is {seq}"),
        (false, None) => writeln!(out, "everything is as the file states already"),
    }
}

/// Puts variables in the place of their references, in every text of the file.
fn expand(value: &mut Value, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    match value {
        Value::String(text) => *text = expand_text(text, variable)?,
        Value::Array(items) => items.iter_mut().try_for_each(|item| expand(item, variable))?,
        Value::Object(fields) => fields.values_mut().try_for_each(|field| expand(field, variable))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn expand_text(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once("${") {
        let (name, after) = reference.split_once('}').with_context(|| format!("`{text}` has a `${{` without `}}`"))?;
        expanded.push_str(before);
        expanded.push_str(&variable(name).with_context(|| format!("the environment has no variable {name}"))?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[expect(clippy::disallowed_methods, reason = "the file names variables of whoever applies it")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A text without its quotes.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_in_every_text() {
        let known = |name: &str| (name == "KEY").then(|| "sk-${not again}".to_owned());
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = expand_text(text, &known);
            assert_eq!(found.as_deref().map_err(ToString::to_string), expected.map_err(ToOwned::to_owned), "{text}");
        };
        check("plain $5 {x}", Ok("plain $5 {x}"));
        check("a ${KEY} b ${KEY}", Ok("a sk-${not again} b sk-${not again}"));
        check("${OTHER}", Err("the environment has no variable OTHER"));
        check("${KEY", Err("`${KEY` has a `${` without `}`"));
        let mut value = serde_json::json!({ "list": [{ "key": "${KEY}" }], "number": 1 });
        expand(&mut value, &known).unwrap();
        assert_eq!(value["list"][0]["key"], "sk-${not again}");
    }
}
