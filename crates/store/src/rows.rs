//! Statements that write many rows: the one `VALUES (…)` group of the text is repeated.

use std::{borrow::Cow, fmt::Write as _};

use glaux_kernel::OrganizationId;

use crate::{
    error::{Error, Result},
    query::{Reuse, Values},
    sql::{Statement, number_at},
    tx::Connection,
};

/// How a text marks its parameters. SQLite takes `$7` for a name and searches all names for each that it binds, which
/// is quadratic; nameless markers are not searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markers {
    /// `$1`, `$2`, …
    Numbered,
    /// `?`, `?`, …
    Positional,
}

/// Rows of one statement; measured, more are slower on both databases.
const ROWS: usize = 500;
/// Parameters of one statement: SQLite's default limit, which is below PostgreSQL's 65,535.
const PARAMETERS: usize = 32_766;

/// A statement cut at its `VALUES` group.
struct Template {
    head: &'static str,
    group: &'static str,
    tail: &'static str,
    /// Parameters of each row, the organization included.
    width: usize,
}

impl Template {
    fn parse(statement: Statement) -> Result<Self> {
        let refuse = |rule: &str| Error::Statement(format!("{rule}: {}", statement.text));
        let text = statement.text;
        let start = text
            .find("VALUES (")
            .map(|at| at + "VALUES ".len())
            .ok_or_else(|| refuse("a statement for many rows has one `VALUES (…)`"))?;
        let end = closing(text.as_bytes(), start).ok_or_else(|| refuse("`VALUES (` is not closed"))?;
        let (head, group, tail) = (&text[..start], &text[start..end], &text[end..]);
        if head.contains('$') || tail.contains('$') {
            return Err(refuse("a statement for many rows has no parameter outside `VALUES (…)`"));
        }
        if !parameters(group).eq(1..=statement.parameters) || statement.parameters == 0 {
            return Err(refuse("a statement for many rows has `$1`, `$2`, … once each and in this order"));
        }
        Ok(Self { head, group, tail, width: statement.parameters })
    }

    fn rows_per_statement(&self) -> usize {
        ROWS.min(PARAMETERS / self.width).max(1)
    }

    /// The text for so many rows.
    fn text(&self, rows: usize, markers: Markers) -> String {
        let mut text =
            String::with_capacity(self.head.len() + self.tail.len() + rows * (self.group.len() + self.width * 4));
        text.push_str(self.head);
        for row in 0..rows {
            if row > 0 {
                text.push_str(", ");
            }
            self.push_group(&mut text, row * self.width, markers);
        }
        text.push_str(self.tail);
        text
    }

    /// Appends the group; its parameters come after `offset` others.
    fn push_group(&self, text: &mut String, offset: usize, markers: Markers) {
        let mut rest = self.group;
        while let Some(dollar) = rest.find('$') {
            let (number, end) = number_at(rest.as_bytes(), dollar + 1);
            let is_parameter = end > dollar + 1;
            match markers {
                Markers::Positional if is_parameter => {
                    text.push_str(&rest[..dollar]);
                    text.push('?');
                }
                _ => text.push_str(&rest[..=dollar]),
            }
            if is_parameter && markers == Markers::Numbered {
                // Writing to a String can't fail.
                write!(text, "{}", number + offset).unwrap_or_default();
            }
            rest = &rest[end..];
        }
        text.push_str(rest);
    }
}

/// The numbers of the parameters of `text`, as they stand in it.
fn parameters(text: &str) -> impl Iterator<Item = usize> {
    let numbers = text.match_indices('$').map(|(at, _)| number_at(text.as_bytes(), at + 1));
    numbers.map(|(number, _)| number).filter(|number| *number > 0)
}

/// Where the parenthesis that opens at `from` is closed, one past it.
fn closing(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Runs `statement` for all `rows`. `bind` pushes the parameters of one; an organization comes before them as `$1`.
pub(crate) async fn execute<T>(
    connection: &mut Connection,
    statement: Statement,
    organization: Option<OrganizationId>,
    rows: &[T],
    bind: impl Fn(&T, &mut Values<'_>),
) -> Result<u64> {
    let template = Template::parse(statement)?;
    let markers = connection.markers();
    let most = template.rows_per_statement();
    let mut written = 0;
    for chunk in rows.chunks(most) {
        let reuse = if chunk.len() == most { Reuse::Keep } else { Reuse::Forget };
        let text = Cow::Owned(template.text(chunk.len(), markers));
        let mut query = connection.query_text(text, chunk.len() * template.width, reuse);
        for row in chunk {
            let mut values = query.values();
            if let Some(organization) = organization {
                values.push(organization);
            }
            bind(row, &mut values);
        }
        written += query.execute().await?;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{every_sql, sql};

    #[test]
    fn the_group_is_repeated_and_its_parameters_move_up() {
        let own = sql("INSERT INTO t (o, a, b) VALUES ($1, $2, CAST($3 AS BIGINT)) ON CONFLICT (o, a) DO NOTHING");
        let template = Template::parse(own.0).unwrap();
        assert_eq!(
            template.text(2, Markers::Numbered),
            "INSERT INTO t (o, a, b) VALUES ($1, $2, CAST($3 AS BIGINT)), ($4, $5, CAST($6 AS BIGINT)) \
             ON CONFLICT (o, a) DO NOTHING"
        );
        assert_eq!(
            template.text(2, Markers::Positional),
            "INSERT INTO t (o, a, b) VALUES (?, ?, CAST(? AS BIGINT)), (?, ?, CAST(? AS BIGINT)) \
             ON CONFLICT (o, a) DO NOTHING"
        );
    }

    #[test]
    fn other_shapes_are_refused() {
        let texts = [
            "DELETE FROM t WHERE a = $1",
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO UPDATE SET a = $2",
            "INSERT INTO t (a, b) VALUES ($2, $1)",
            "INSERT INTO t (a, b) VALUES ($1, $1)",
            "INSERT INTO t (a) VALUES (1)",
        ];
        for text in texts {
            assert!(Template::parse(every_sql(text).0).is_err(), "{text}");
        }
    }

    #[test]
    fn a_statement_stays_within_the_limit_of_parameters() {
        let wide = every_sql(concat!(
            "INSERT INTO t VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,",
            "$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,",
            "$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,$55,$56,$57,$58,$59,$60,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70)"
        ));
        let template = Template::parse(wide.0).unwrap();
        assert_eq!(template.rows_per_statement(), 468);
        assert_eq!(Template::parse(every_sql("INSERT INTO t (a) VALUES ($1)").0).unwrap().rows_per_statement(), 500);
    }
}
