//! Statement texts. Their constructors run at compile time, so a statement that forgets the organization, or leaves
//! a gap in its parameters, does not compile.

/// A text and how many parameters it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) text: &'static str,
    pub(crate) parameters: usize,
}

impl Statement {
    const fn parse(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let mut seen: u128 = 0;
        let mut highest = 0;
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'$' {
                let (number, end) = number_at(bytes, at + 1);
                if end > at + 1 {
                    assert!(number >= 1 && number <= 127, "a statement has parameters $1 to $127");
                    seen |= 1 << number;
                    if number > highest {
                        highest = number;
                    }
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        assert!(seen == ((1 << highest) - 1) << 1, "parameters are $1, $2, … without a gap");
        Self { text, parameters: highest }
    }
}

/// The decimal number that starts at `from`, and where it ends; `from` itself if there is none.
pub(crate) const fn number_at(bytes: &[u8], from: usize) -> (usize, usize) {
    let mut number = 0;
    let mut at = from;
    while at < bytes.len() && bytes[at].is_ascii_digit() {
        number = number * 10 + (bytes[at] - b'0') as usize;
        at += 1;
    }
    (number, at)
}

/// A statement about one organization's rows: `$1` is the organization, bound by the transaction.
#[derive(Debug, Clone, Copy)]
pub struct Sql(pub(crate) Statement);

/// A statement about the rows of every organization. Only [`crate::EveryTx`] runs it.
#[derive(Debug, Clone, Copy)]
pub struct EverySql(pub(crate) Statement);

/// A statement about a table that belongs to no organization: a position, an offset, a schedule.
#[derive(Debug, Clone, Copy)]
pub struct SharedSql(pub(crate) Statement);

/// A statement about one organization's rows.
///
/// # Panics
/// At compile time, if `$1`, the organization, does not occur or the parameters have a gap.
pub const fn sql(text: &'static str) -> Sql {
    let statement = Statement::parse(text);
    assert!(statement.parameters >= 1, "$1 is the organization, and every statement of an organization names it");
    Sql(statement)
}

/// A statement about the rows of every organization; all parameters are the caller's.
///
/// # Panics
/// At compile time, if the parameters have a gap.
pub const fn every_sql(text: &'static str) -> EverySql {
    EverySql(Statement::parse(text))
}

/// A statement about a table that belongs to no organization; all parameters are the caller's.
///
/// # Panics
/// At compile time, if the parameters have a gap.
pub const fn shared_sql(text: &'static str) -> SharedSql {
    SharedSql(Statement::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_once_each() {
        let check = |text: &'static str, count: usize| assert_eq!(Statement::parse(text).parameters, count, "{text}");
        check("SELECT 1", 0);
        check("SELECT $1", 1);
        check("SELECT $2 FROM t WHERE a = $1 AND ($3 IS NULL OR b = $3)", 3);
        check("SELECT '$.path' FROM t WHERE a = $1", 1);
        check("SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", 11);
    }

    #[test]
    fn a_gap_and_a_missing_organization_are_refused() {
        for text in ["SELECT $2", "SELECT $1, $3", "SELECT $0"] {
            assert!(std::panic::catch_unwind(|| Statement::parse(text)).is_err(), "{text}");
        }
        assert!(std::panic::catch_unwind(|| sql("SELECT name FROM features")).is_err());
    }
}
