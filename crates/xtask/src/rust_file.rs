//! A Rust source file as a flat list of tokens, so that rules look at code and never at comments.
//!
//! Comments and documentation are gone; every token knows its line and whether it is only compiled for tests.

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A lexed source file.
pub(crate) struct RustFile {
    /// Relative to the root of the checkout.
    pub(crate) path: PathBuf,
    pub(crate) tokens: Vec<Token>,
}

/// One word, literal or punctuation character.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) in_test: bool,
}

/// A string literal.
pub(crate) struct Text<'a> {
    pub(crate) token: &'a Token,
    /// Without prefix and quotes; escapes are left as they are.
    pub(crate) content: &'a str,
    /// The function that it is the first argument of.
    pub(crate) argument_of: Option<&'a str>,
}

impl Token {
    fn content(&self) -> Option<&str> {
        let text = self.text.strip_prefix(['b', 'c']).unwrap_or(&self.text);
        let text = text.strip_prefix('r').unwrap_or(text).trim_matches('#');
        text.strip_prefix('"')?.strip_suffix('"')
    }
}

impl RustFile {
    /// Lexes `source`; fails where rustc would.
    pub(crate) fn lex(path: &Path, source: &str) -> Result<Self> {
        let stream: TokenStream = source.parse().map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let mut flattening = Flattening { tokens: Vec::new(), in_test: is_test_path(path) };
        flattening.stream(stream);
        Ok(Self { path: path.to_owned(), tokens: flattening.tokens })
    }

    /// The folder under `crates/` that the file belongs to.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        let mut components = self.path.components().filter_map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        (components.next() == Some("crates")).then(|| components.next()).flatten()
    }

    /// Every place where `pattern` stands, token by token.
    pub(crate) fn occurrences<'a>(&'a self, pattern: &'a [&str]) -> impl Iterator<Item = &'a Token> {
        self.tokens
            .windows(pattern.len())
            .filter(move |window| window.iter().zip(pattern).all(|(token, expected)| token.text == *expected))
            .map(|window| &window[0])
    }

    /// Every string literal.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Text<'_>> {
        self.tokens.iter().enumerate().filter_map(|(index, token)| {
            let content = token.content()?;
            let before = |distance: usize| Some(self.tokens.get(index.checked_sub(distance)?)?.text.as_str());
            let argument_of = (before(1) == Some("(")).then(|| before(2)).flatten();
            Some(Text { token, content, argument_of })
        })
    }
}

/// Integration tests, what they share, benches, and unit tests that have a file of their own.
fn is_test_path(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
        || path.starts_with("crates/testkit")
        || path.components().any(|component| component.as_os_str() == "tests" || component.as_os_str() == "benches")
}

struct Flattening {
    tokens: Vec<Token>,
    in_test: bool,
}

impl Flattening {
    fn stream(&mut self, stream: TokenStream) {
        let mut test_item_follows = false;
        for tree in stream {
            let line = tree.span().start().line;
            match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.group(&group, test_item_follows);
                    test_item_follows = false;
                }
                TokenTree::Group(group) => {
                    test_item_follows |= group.delimiter() == Delimiter::Bracket && is_cfg_test(&group);
                    if !is_documentation(&group) {
                        self.group(&group, false);
                    }
                }
                other => {
                    let text = other.to_string();
                    test_item_follows &= text != ";";
                    self.push(text, line);
                }
            }
        }
    }

    fn group(&mut self, group: &Group, opens_test: bool) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        let outside = self.in_test;
        self.in_test |= opens_test;
        self.push(open.to_owned(), group.span_open().start().line);
        self.stream(group.stream());
        self.push(close.to_owned(), group.span_close().start().line);
        self.in_test = outside;
    }

    fn push(&mut self, text: String, line: usize) {
        self.tokens.push(Token { text, line, in_test: self.in_test });
    }
}

fn is_cfg_test(group: &Group) -> bool {
    group.stream().to_string().split_whitespace().collect::<String>() == "cfg(test)"
}

fn is_documentation(group: &Group) -> bool {
    let mut inside = group.stream().into_iter();
    matches!(inside.next(), Some(TokenTree::Ident(word)) if word == "doc")
        && matches!(inside.next(), Some(TokenTree::Punct(mark)) if mark.as_char() == '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lex(source: &str) -> RustFile {
        RustFile::lex(Path::new("crates/kernel/src/id.rs"), source).unwrap()
    }

    #[test]
    fn comments_and_documentation_leave_no_tokens() {
        let file = lex("//! inner\n/// outer\n// plain\nfn f() {} /* block */");
        assert_eq!(file.occurrences(&["fn", "f"]).count(), 1);
        assert_eq!(file.texts().count(), 0);
    }

    #[test]
    fn string_literals_lose_prefix_and_quotes_and_know_their_function() {
        let file = lex(r###"const A: [&str; 2] = [r#"b "c""#, "d\n"]; const B: Sql = sql("e"); f(1, b"g");"###);
        let texts: Vec<_> = file.texts().map(|text| (text.content, text.argument_of)).collect();
        assert_eq!(texts, [("b \"c\"", None), ("d\\n", None), ("e", Some("sql")), ("g", None)]);
    }

    #[test]
    fn test_code_is_known() {
        let file = lex("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\n#[cfg(test)]\nmod more;\nfn c() {}");
        let in_test = |name: &str| file.tokens.iter().find(|token| token.text == name).unwrap().in_test;
        assert!(!in_test("a"));
        assert!(in_test("b"));
        assert!(!in_test("c"));
        let integration = RustFile::lex(Path::new("crates/web/tests/it/main.rs"), "fn a() {}").unwrap();
        assert!(integration.tokens[0].in_test);
    }

    #[test]
    fn the_crate_is_the_folder() {
        assert_eq!(lex("").crate_name(), Some("kernel"));
        assert_eq!(RustFile::lex(Path::new("fuzz/main.rs"), "").unwrap().crate_name(), None);
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(lex("\nfn f() {}").tokens[0].line, 2);
    }
}
