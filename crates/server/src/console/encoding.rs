use http::{HeaderMap, header};

/// Whether a client takes `coding`: it names it, or `*`, with a weight that is not zero (RFC 9110, section 12.5.3).
pub(super) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut by_any = false;
    for item in values.flat_map(|value| value.split(',')) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let is_taken = !is_zero(parameters);
        match name.trim() {
            name if name.eq_ignore_ascii_case(coding) => return is_taken,
            "*" => by_any = is_taken,
            _ => {}
        }
    }
    by_any
}

fn is_zero(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .any(|(name, weight)| name.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>() == Ok(0.0))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_coding_is_taken_by_name_or_by_any_unless_its_weight_is_zero() {
        let check = |accepted: &'static str, brotli: bool, gzip: bool| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!((takes(&headers, "br"), takes(&headers, "gzip")), (brotli, gzip), "{accepted}");
        };
        check("gzip, deflate, br, zstd", true, true);
        check("gzip, deflate", false, true);
        check("GZIP;q=0.5, br;q=1", true, true);
        check("br;q=0, gzip;q=0.000", false, false);
        check("*", true, true);
        check("br;q=0, *", false, true);
        check("*;q=0, gzip", false, true);
        check("identity", false, false);
        check("", false, false);
        check("brotli", false, false);
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }
}
