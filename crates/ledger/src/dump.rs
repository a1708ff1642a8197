use crate::tail::Entry;

/// One line of JSON for a record, for people and scripts: `{"position":"7:46","record":"call",…}`.
pub fn to_json_line(entry: &Entry) -> Result<String, serde_json::Error> {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        position: String,
        #[serde(flatten)]
        record: &'a crate::record::Record,
    }
    serde_json::to_string(&Line { position: entry.at.to_string(), record: &entry.record })
}
