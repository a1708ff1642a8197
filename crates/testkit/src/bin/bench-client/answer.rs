/// How many bytes of `received` the first answer takes, if it has all come. Anything but success with a length is a
/// broken measurement.
pub(crate) fn end_of_answer(received: &[u8]) -> Option<usize> {
    let head = end_of_head(received)?;
    let text = std::str::from_utf8(&received[..head]).unwrap().to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.unwrap_or_else(|| panic!("an answer without a length:\n{text}")).trim().parse().unwrap();
    (received.len() >= head + length).then_some(head + length)
}

/// How many bytes the head of a successful answer takes, if it has all come.
pub(crate) fn end_of_head(received: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    let end = received.windows(END.len()).position(|window| window == END)? + END.len();
    let is_success = received.starts_with(b"HTTP/1.1 200 ");
    assert!(is_success, "a call was not answered:\n{}", String::from_utf8_lossy(received));
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_head_says() {
        let check = |received: &str, expected: Option<usize>| {
            assert_eq!(end_of_answer(received.as_bytes()), expected, "{received}");
        };
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", None);
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", None);
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Some(40));
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP", Some(40));
    }

    #[test]
    #[should_panic(expected = "a call was not answered")]
    fn a_refusal_is_no_answer() {
        end_of_answer(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n");
    }
}
