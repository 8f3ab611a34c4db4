//! A Rust file as a flat list of tokens, which is all that [`super::rust`]'s rules look at.
//!
//! Comments and doc comments are gone, so a rule never trips over prose. It knows nothing of types.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token with its place.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Counted from 1.
    pub(super) line: usize,
    /// How many groups it is inside of.
    pub(super) depth: usize,
    /// Whether it is inside a `#[cfg(test)]` item.
    pub(super) in_test: bool,
}

/// What a token is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    Mark(char),
    /// The text of a string literal, escapes as written.
    Text(String),
    Open(char),
    Close(char),
    /// A number or character.
    Other,
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(found) if found == word)
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// Reads a file's tokens; `None` when it is not Rust.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let stream: TokenStream = text.parse().ok()?;
    let mut tokens = Vec::new();
    flatten(stream, 0, false, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, depth: usize, in_test: bool, out: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    // Set by `#[cfg(test)]` until the item that it stands on ends.
    let mut test_item = false;
    while let Some(tree) = trees.next() {
        let start = tree.span().start().line;
        let in_item = in_test || test_item;
        let mut push = |kind, line| out.push(Token { kind, line, depth, in_test: in_item });
        match tree {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let inner =
                    matches!(trees.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
                if inner {
                    trees.next();
                }
                if let Some(TokenTree::Group(group)) = trees.peek() {
                    let attribute = group.stream().to_string();
                    if attribute.starts_with("doc =") {
                        trees.next();
                        continue;
                    }
                    test_item |= attribute == "cfg (test)" || attribute == "cfg(test)";
                }
                push(Kind::Mark('#'), start);
            }
            TokenTree::Punct(mark) => {
                if mark.as_char() == ';' {
                    test_item = false;
                }
                push(Kind::Mark(mark.as_char()), start);
            }
            TokenTree::Ident(word) => push(Kind::Word(word.to_string()), start),
            TokenTree::Literal(literal) => push(literal_kind(&literal.to_string()), start),
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                push(Kind::Open(open), start);
                flatten(group.stream(), depth + 1, in_item, out);
                let line = group.span_close().end().line;
                out.push(Token { kind: Kind::Close(close), line, depth, in_test: in_item });
                if open == '{' {
                    test_item = false;
                }
            }
        }
    }
}

fn delimiters(delimiter: Delimiter) -> (char, char) {
    match delimiter {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Brace => ('{', '}'),
        Delimiter::Bracket => ('[', ']'),
        Delimiter::None => (' ', ' '),
    }
}

fn literal_kind(literal: &str) -> Kind {
    let bare = literal.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    match bare.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) => Kind::Text(text.to_owned()),
        None => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    #[test]
    fn comments_are_not_tokens_and_strings_are_bare() {
        let found = tokens("/// \"doc\"\n// \"c\"\nconst A: &str = r#\"raw\"#;").unwrap();
        let texts: Vec<&Kind> = found
            .iter()
            .map(|token| &token.kind)
            .filter(|kind| matches!(kind, Kind::Text(_)))
            .collect();
        assert_eq!(texts, [&Kind::Text("raw".to_owned())]);
        assert_eq!(found.last().unwrap().line, 3);
    }

    #[test]
    fn only_the_item_under_cfg_test_is_a_test() {
        let found = tokens("#[cfg(test)]\nmod tests { fn a() {} }\nfn b() {}").unwrap();
        let flag = |word: &str| found.iter().find(|token| token.is_word(word)).unwrap().in_test;
        assert!(flag("a"));
        assert!(!flag("b"));
    }
}
