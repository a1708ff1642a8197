use std::ops::Range;

/// Lengths of card numbers (ISO/IEC 7812-1).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Card numbers: 13 to 19 digits that begin as those of card networks do and satisfy the Luhn check, alone or in groups
/// between single spaces or hyphens.
pub(super) fn find(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let groups = groups(bytes, at);
            let end = groups.last().map_or(at + 1, |group| group.end);
            if let Some(card) = first_card(bytes, &groups) {
                at = card.end;
                return Some(card);
            }
            at = end;
        }
        None
    })
}

/// The runs of digits from `at` on, one separator between each two.
fn groups(bytes: &[u8], mut at: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    loop {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        groups.push(at..at + length);
        match bytes[at + length..] {
            [b' ' | b'-', next, ..] if next.is_ascii_digit() => at += length + 1,
            _ => return groups,
        }
    }
}

/// The first whole groups that are a card number; the longest of those that begin there.
fn first_card(bytes: &[u8], groups: &[Range<usize>]) -> Option<Range<usize>> {
    (0..groups.len()).find_map(|first| {
        let (mut digits, mut card) = (Vec::new(), None);
        for group in &groups[first..] {
            digits.extend_from_slice(&bytes[group.clone()]);
            if digits.len() > *DIGITS.end() {
                break;
            }
            if is_card(&digits) {
                card = Some(groups[first].start..group.end);
            }
        }
        card
    })
}

fn is_card(digits: &[u8]) -> bool {
    DIGITS.contains(&digits.len()) && (b'2'..=b'6').contains(&digits[0]) && satisfies_luhn(digits)
}

/// ISO/IEC 7812-1, annex B.
fn satisfies_luhn(digits: &[u8]) -> bool {
    let values = digits.iter().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = values
        .enumerate()
        .map(|(place, value)| match (place % 2, value * 2) {
            (0, _) => value,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}
