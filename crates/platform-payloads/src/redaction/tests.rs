use super::*;

#[track_caller]
fn check(body: &str, expected: &str) {
    check_with(&[], body, expected);
}

#[track_caller]
fn check_with(own: &[&str], body: &str, expected: &str) {
    let own: Vec<String> = own.iter().map(|expression| (*expression).to_owned()).collect();
    assert_eq!(redact(body, false, &Rules::new(&own).unwrap()), expected);
}

#[test]
fn addresses() {
    check("write to ann.lee+x@mail.example.com, please", "write to [email], please");
    check("<ann@example.com>; bob@example.org.", "<[email]>; [email].");
    check("jürgen@bücher.example", "[email]");
    for text in ["@here", "a@b", "3 @ 4.5", "no address"] {
        check(text, text);
    }
}

/// Numbers that the networks publish for tests.
#[test]
fn card_numbers() {
    for card in ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117", "4222222222222"] {
        check(&format!("pay with {card}."), "pay with [card].");
        check(&format!("{card} 12/28"), "[card] 12/28");
        check(&format!("order 17 {card}"), "order 17 [card]");
    }
    for text in ["4111111111111112", "14111111111111111", "1700000000000", "2026-11-21 09:00:00", "0000000000000000"] {
        check(text, text);
    }
}

#[test]
fn credentials() {
    for key in [
        "sk-proj-abcdefghijklmnop1234",
        "glx_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk",
        "AKIAIOSFODNN7EXAMPLEX",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEow",
    ] {
        check(&format!("it is {key}"), "it is [key]");
    }
    check("Authorization: Bearer abcdefghijklmnop12", "Authorization: [key]");
    for text in ["task-force-of-the-nation", "sk-short", "a bearer of bad news", "graphs_0123456789abcdefghijkl"] {
        check(text, text);
    }
}

#[test]
fn expressions_of_a_policy() {
    check_with(&["(?i)project \\w+", "[0-9]{6}"], "Project Owl, badge 123456", "[redacted], badge [redacted]");
    check_with(&["example"], "ann@example.com and example", "[email] and [redacted]");
}

#[test]
fn json_stays_as_it_was_but_for_its_strings() {
    check(
        r#"{ "z":1.50, "messages":[{"content":"mail\nann@example.com \u00e4"}], "a":"x", "n":4111111111111111}"#,
        r#"{ "z":1.50, "messages":[{"content":"mail\n[email] ä"}], "a":"x", "n":"[card]"}"#,
    );
    check(r#"{"metadata":{"ann@example.com":"ok"}}"#, r#"{"metadata":{"[email]":"ok"}}"#);
    check(r#"{"a":"sk-abcdefgh","b":"ijklmnop12345678"}"#, r#"{"a":"sk-abcdefgh","b":"ijklmnop12345678"}"#);
}

#[test]
fn a_streamed_text_is_searched_as_one() {
    check(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"to an\"}}]}\n\n\
         data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"two\"}}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"n@exa\"}}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"mple.com now\"}}]}\n\n\
         data: [DONE]\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"to [email]\"}}]}\n\n\
         data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"two\"}}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" now\"}}]}\n\n\
         data: [DONE]\n\n",
    );
    check(
        r#"[{"candidates":[{"content":{"parts":[{"text":"4111 1111"}]}}]},
 {"candidates":[{"content":{"parts":[{"text":" 1111 1111"}]}}]}]"#,
        r#"[{"candidates":[{"content":{"parts":[{"text":"[card]"}]}}]},
 {"candidates":[{"content":{"parts":[{"text":""}]}}]}]"#,
    );
}

#[test]
fn what_was_cut_loses_its_end() {
    let rules = Rules::new(&[]).unwrap();
    let filler = "word ".repeat(20);
    let text = redact(&format!("{filler}ann@exa"), true, &rules);
    assert!(text.ends_with('…') && !text.contains("ann") && text.starts_with("word word"), "{text}");

    let piece = |text: &str| format!("data: {{\"delta\":{{\"text\":\"{text}\"}}}}\n\n");
    let stream = redact(&format!("{}{}{}data: {{\"del", piece(&filler), piece("ann@e"), piece("xam")), true, &rules);
    assert!(!stream.contains("ann") && !stream.contains("xam") && stream.contains("word word"), "{stream}");
}

#[test]
fn what_no_rule_knows_is_kept_as_it_is() {
    for text in
        ["", "plain", "{\"a\":", "data: {\"a\":1}\n\ndata: x\n\n: ping\n\n", "[1,2]", "\"a\"", "{\"a\":\"\\ud800\"}"]
    {
        check(text, text);
    }
}
