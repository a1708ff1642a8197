use super::*;

const FILE: &str = r#"[{"id":"acme","name":"Acme","models":[
 {"id":"plain","match":{"or":[{"equals":"plain"},{"starts_with":"plain-"}]},"context_window":200000,
  "prices":{"input_mtok":2.5,"cache_read_mtok":0.25,"cache_write_mtok":3.125,"cache_write_1h_mtok":5,"output_mtok":10,
            "input_audio_mtok":40,"web_searches_kcount":10,"requests_kcount":5,"output_citation_mtok":2}},
 {"id":"tiered","match":{"equals":"tiered"},"prices":{"input_mtok":{"base":1.25,"tiers":[{"start":200000,"price":2.5}]},"output_mtok":10}},
 {"id":"dated","match":{"equals":"dated"},"prices":[
   {"prices":{"input_mtok":10,"output_mtok":40,"web_searches_kcount":10}},
   {"constraint":{"start_date":"2025-06-10"},"prices":{"input_mtok":2,"output_mtok":8}}]},
 {"id":"nightly","match":{"equals":"nightly"},"prices":[
   {"prices":{"input_mtok":0.135}},
   {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":0.27}},
   {"constraint":{"moon":"full"},"prices":{"input_mtok":1}}]},
 {"id":"third","match":{"regex":"("},"prices":{"input_mtok":0.08333333333333334,"output_mtok":"x"}}
]}]"#;

#[test]
fn units_become_meters() {
    let catalogue = import(Source::GenaiPrices, FILE).unwrap();
    let plain = model(&catalogue, "acme", "plain");
    assert_eq!(
        prices(plain),
        [
            "input_tokens 2.5",
            "cached_input_tokens 0.25",
            "cache_write_tokens 3.125",
            "cache_write_1h_tokens 5",
            "input_audio_tokens 40",
            "output_tokens 10",
            "web_searches 10000",
            "calls 5000",
        ]
    );
    assert_eq!(plain.context_window.map(|figure| (figure.value, figure.source)), Some((200_000, Source::GenaiPrices)));
}

#[test]
fn tiers_dates_and_times_of_day_become_conditions() {
    let catalogue = import(Source::GenaiPrices, FILE).unwrap();
    let check = |name: &str, expected: &[&str]| assert_eq!(prices(model(&catalogue, "acme", name)), expected, "{name}");
    check("tiered", &["input_tokens 1.25", "output_tokens 10", r#"input_tokens 2.5 "above_input_tokens":200000"#]);
    check(
        "dated",
        &[
            r#"input_tokens 10 "effective_until":"2025-06-10T00:00:00.000000Z""#,
            r#"output_tokens 40 "effective_until":"2025-06-10T00:00:00.000000Z""#,
            r#"web_searches 10000 "effective_until":"2025-06-10T00:00:00.000000Z""#,
            r#"input_tokens 2 "effective_from":"2025-06-10T00:00:00.000000Z""#,
            r#"output_tokens 8 "effective_from":"2025-06-10T00:00:00.000000Z""#,
        ],
    );
    check("nightly", &["input_tokens 0.135", r#"input_tokens 0.27 "minutes_of_day":[30,990]"#]);
}

#[test]
fn what_does_not_fit_is_a_finding() {
    let catalogue = import(Source::GenaiPrices, FILE).unwrap();
    assert_eq!(
        findings(&catalogue),
        [
            "plain no meter or condition expresses `output_citation_mtok` = 2",
            r#"nightly no meter or condition expresses `constraint` = {"moon":"full"}"#,
            r#"third `match` has the wrong form: {"regex":"("}"#,
            "third `input_mtok` = 0.08333333333333334 was rounded to 0.083333333 per million",
            r#"third `output_mtok` has the wrong form: "x""#,
        ]
    );
}

#[test]
fn models_answer_to_the_names_that_their_rule_covers() {
    let catalogue = import(Source::GenaiPrices, FILE).unwrap();
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(catalogue.providers["acme"].find(name).map(|model| &*model.name), expected, "{name}");
    };
    check("plain", Some("plain"));
    check("PLAIN-mini", Some("plain"));
    check("tiered", Some("tiered"));
    check("other", None);
}
