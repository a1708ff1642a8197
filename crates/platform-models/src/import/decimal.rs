use glaux_kernel::Rate;

/// A decimal number as it stands in the text: digits × 10^exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

/// A number as a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rated {
    /// It fits.
    Exact(Rate),
    /// It has more digits than a rate holds: rounded half to even.
    Rounded(Rate),
}

/// Decimal places of a rate per unit.
const RATE_PLACES: i32 = 15;

impl Decimal {
    /// Reads a JSON number, or one that stands in a JSON string.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self { digits, exponent: exponent.checked_sub(places)? }.normalized())
    }

    /// Without trailing zeros, so that equal numbers are equal values.
    fn normalized(mut self) -> Self {
        while self.digits != 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.exponent += 1;
        }
        if self.digits == 0 { Self { digits: 0, exponent: 0 } } else { self }
    }

    pub(super) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// × 10^`power`.
    pub(super) fn shifted(self, power: i32) -> Self {
        if self.is_zero() { self } else { Self { exponent: self.exponent + power, ..self } }
    }

    /// The product; `None` beyond 127 bits.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self { digits, exponent: self.exponent + other.exponent }.normalized())
    }

    /// The number of femto-units of `rate`.
    pub(super) fn from_rate(rate: Rate) -> Self {
        Self { digits: i128::from(rate.femtos()), exponent: -RATE_PLACES }.normalized()
    }

    /// As a whole number.
    pub(super) fn whole(self) -> Option<u64> {
        let power = 10i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        u64::try_from(self.digits.checked_mul(power)?).ok()
    }

    /// As a rate per unit. `None`: negative, too large, or so small that it would round to nothing.
    pub(super) fn rate(self) -> Option<Rated> {
        let rate = |femtos: i128| i64::try_from(femtos).ok().filter(|femtos| *femtos >= 0).map(Rate::from_femtos);
        let shift = self.exponent.checked_add(RATE_PLACES)?;
        let power = 10i128.checked_pow(shift.unsigned_abs())?;
        if shift >= 0 {
            return rate(self.digits.checked_mul(power)?).map(Rated::Exact);
        }
        let (quotient, remainder) = (self.digits.div_euclid(power), self.digits.rem_euclid(power));
        let up = remainder * 2 > power || (remainder * 2 == power && quotient % 2 != 0);
        rate(quotient + i128::from(up)).filter(|rate| rate.femtos() > 0).map(Rated::Rounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_rate_without_a_float() {
        let check = |text: &str, expected: Option<Rated>| {
            assert_eq!(Decimal::parse(text).and_then(Decimal::rate), expected, "{text}");
        };
        let exact = |femtos| Some(Rated::Exact(Rate::from_femtos(femtos)));
        let rounded = |femtos| Some(Rated::Rounded(Rate::from_femtos(femtos)));
        check("2.5e-06", exact(2_500_000_000));
        check("0", exact(0));
        check("0.0", exact(0));
        check("4.0E-7", exact(400_000_000));
        check("1.6666666666666667e-06", rounded(1_666_666_667));
        check("2.5e-15", rounded(2));
        check("3.5e-15", rounded(4));
        check("0.30000000000000004", rounded(300_000_000_000_000));
        check("1e-20", None);
        check("-1e-06", None);
        check("1e9", None);
        check("1e-2147483648", None);
        check("x", None);
        check("", None);
    }

    #[test]
    fn products_and_whole_numbers_are_exact() {
        let number = |text| Decimal::parse(text).unwrap();
        assert_eq!(number("2.5e-06").times(number("1.1")), Some(number("2.75e-06")));
        assert_eq!(number("256000.0").whole(), Some(256_000));
        assert_eq!(number("2.56e5").whole(), Some(256_000));
        assert_eq!(number("0.5").whole(), None);
        assert_eq!(number("10").shifted(-3), number("0.01"));
        assert_eq!(Decimal::from_rate(Rate::from_femtos(2_500_000_000)), number("2.5e-06"));
    }
}
