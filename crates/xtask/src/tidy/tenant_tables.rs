//! A tenant's rows carry `organization_id` first in their key, and row-level security guards them: a migration that
//! creates a table with that column says `--tenant <table>`.

use super::TextFile;
use crate::finding::Finding;

const COLUMN: &str = "organization_id";

pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    if !file.path.starts_with("migrations") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for table in tables(&file.text).filter(|table| table.is_of_tenant()) {
        let mut complain = |message: String| {
            let path = file.path.clone();
            findings.push(Finding { path, line: table.line, rule: "tenant-tables", message });
        };
        if !table.is_keyed_by_organization() {
            complain(format!("the primary key of `{}` does not start with {COLUMN}", table.name));
        }
        if !is_guarded(&file.text, table.name) {
            complain(format!("`{}` lacks its line `--tenant {}`", table.name, table.name));
        }
    }
    findings
}

/// A `CREATE TABLE` statement.
struct Table<'a> {
    name: &'a str,
    /// What stands between the outer parentheses, without comments, one space between words.
    body: String,
    line: usize,
}

impl Table<'_> {
    fn is_of_tenant(&self) -> bool {
        self.body.split([',', ' ', '(']).any(|word| word == COLUMN)
    }

    fn is_keyed_by_organization(&self) -> bool {
        let column = self.body.split(',').map(str::trim).find(|definition| definition.starts_with("organization_id "));
        self.body.contains("PRIMARY KEY (organization_id,")
            || self.body.contains("PRIMARY KEY (organization_id)")
            || column.is_some_and(|definition| definition.contains("PRIMARY KEY"))
    }
}

fn tables(text: &str) -> impl Iterator<Item = Table<'_>> {
    const CREATE: &str = "CREATE TABLE ";
    text.match_indices(CREATE).filter_map(|(start, _)| {
        let statement = text[start + CREATE.len()..].split(';').next()?;
        let (name, body) = statement.split_once('(')?;
        let words = body.lines().map(|line| line.split("--").next().unwrap_or(line)).flat_map(str::split_whitespace);
        Some(Table {
            name: name.trim(),
            body: words.collect::<Vec<_>>().join(" "),
            line: text[..start].lines().count() + 1,
        })
    })
}

fn is_guarded(text: &str, table: &str) -> bool {
    text.lines()
        .filter_map(|line| line.strip_prefix("--tenant "))
        .any(|rest| rest.split_whitespace().next() == Some(table))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn tables_of_tenants_are_keyed_and_guarded() {
        let check = |text: &str, expected: usize| {
            let file = TextFile { path: PathBuf::from("migrations/0001_keys.sql"), text: text.to_owned() };
            assert_eq!(super::check(&file).len(), expected, "{text}");
        };
        let columns = "organization_id UUID NOT NULL,\n  id UUID NOT NULL,\n  ";
        check(&format!("CREATE TABLE keys (\n  {columns}PRIMARY KEY (organization_id, id)\n);\n--tenant keys\n"), 0);
        check(&format!("CREATE TABLE keys (\n  {columns}PRIMARY KEY (organization_id, id)\n);\n"), 1);
        check(&format!("CREATE TABLE keys (\n  {columns}PRIMARY KEY (id)\n);\n--tenant keys\n"), 1);
        check("CREATE TABLE heads (\n  organization_id UUID PRIMARY KEY\n);\n--tenant heads\n", 0);
        check("CREATE TABLE heads (\n  id UUID PRIMARY KEY, organization_id UUID\n);\n--tenant keys\n", 2);
        check("CREATE TABLE position (\n  id BIGINT PRIMARY KEY -- never an organization_id\n);\n", 0);
    }

    #[test]
    fn the_line_is_that_of_the_statement() {
        let text = "-- Keys.\n\nCREATE TABLE keys (organization_id UUID PRIMARY KEY);\n".to_owned();
        let findings = check(&TextFile { path: PathBuf::from("migrations/0001_keys.sql"), text });
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3]);
    }
}
