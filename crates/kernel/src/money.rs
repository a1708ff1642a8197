use std::{fmt, ops::Neg, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};

/// Nano-units per unit of currency.
const NANOS: i64 = 1_000_000_000;
/// Femto-units per nano-unit.
const FEMTOS_PER_NANO: i128 = 1_000_000;

/// 2⁵³ − 1, the greatest integer that JSON keeps exactly.
const MAX_EXACT: u64 = (1 << 53) - 1;

/// An ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar, the currency of every price in the bundled catalogue.
    pub const USD: Self = Self(*b"USD");

    /// Three capital letters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// What is wrong with an amount, a rate or a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("`{0}` is not a currency code of three capital letters")]
    Currency(String),
    /// Not a plain decimal number.
    #[error("`{0}` is not a decimal number")]
    Decimal(String),
    /// More decimal places than are kept: rounding would lose money.
    #[error("`{0}` has more decimal places than can be kept exactly")]
    Inexact(String),
    /// Beyond what 64 bits hold.
    #[error("`{0}` is out of range")]
    Range(String),
    /// Two currencies in one sum.
    #[error("{0} and {1} can't be added")]
    Mixed(Currency, Currency),
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::Currency(text.chars().take(16).collect())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// An amount in integer nano-units (10⁻⁹) of a currency. Never a float.
///
/// On the wire `{"amount":"12.310000000","currency":"USD"}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    nanos: i64,
    currency: Currency,
}

impl Money {
    /// Nothing, in dollars.
    pub const ZERO: Self = Self::from_nanos(0, Currency::USD);

    /// `nanos` × 10⁻⁹ of `currency`.
    pub const fn from_nanos(nanos: i64, currency: Currency) -> Self {
        Self { nanos, currency }
    }

    /// `nanos` × 10⁻⁹ dollars.
    pub const fn usd_nanos(nanos: i64) -> Self {
        Self::from_nanos(nanos, Currency::USD)
    }

    /// Reads a decimal string such as `12.31`; more than nine decimal places are an error.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let nanos = parse_decimal(amount, 9)?;
        i64::try_from(nanos).map(|nanos| Self { nanos, currency }).map_err(|_| MoneyError::Range(amount.to_owned()))
    }

    /// The amount in nano-units.
    pub const fn nanos(self) -> i64 {
        self.nanos
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, or why there is none.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let nanos = self.nanos.checked_add(other.nanos).ok_or_else(|| MoneyError::Range(self.to_string()))?;
        Ok(Self { nanos, ..self })
    }

    /// The decimal text with all nine places, without the currency.
    pub fn amount(self) -> String {
        let magnitude = self.nanos.unsigned_abs();
        let sign = if self.nanos < 0 { "-" } else { "" };
        format!("{sign}{}.{:09}", magnitude / NANOS.unsigned_abs(), magnitude % NANOS.unsigned_abs())
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self { nanos: -self.nanos, ..self }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut wire = serializer.serialize_struct("Money", 2)?;
        wire.serialize_field("amount", &self.amount())?;
        wire.serialize_field("currency", &self.currency)?;
        wire.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Money", deny_unknown_fields)]
        struct Wire {
            amount: String,
            currency: Currency,
        }
        let wire = Wire::deserialize(deserializer)?;
        Self::parse(&wire.amount, wire.currency).map_err(de::Error::custom)
    }
}

/// A price per single unit of a meter, in integer femto-units (10⁻¹⁵) of a currency.
///
/// $0.40 per million tokens is 400,000,000 femto-dollars per token. On the wire an integer, or its digits as text where
/// JSON would not keep it exactly (RFC 8785, section 3.2.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate {
    femtos: i64,
}

impl Rate {
    /// `femtos` × 10⁻¹⁵ per unit.
    pub const fn from_femtos(femtos: i64) -> Self {
        Self { femtos }
    }

    /// Reads a decimal price per single unit; what does not fit exactly is an error.
    pub fn parse_per_unit(text: &str) -> Result<Self, MoneyError> {
        Self::parse_scaled(text, 15)
    }

    /// Reads a decimal price per million units, as providers print them.
    pub fn parse_per_million(text: &str) -> Result<Self, MoneyError> {
        Self::parse_scaled(text, 9)
    }

    fn parse_scaled(text: &str, places: u32) -> Result<Self, MoneyError> {
        let femtos = i64::try_from(parse_decimal(text, places)?).map_err(|_| MoneyError::Range(text.to_owned()))?;
        if femtos < 0 {
            return Err(MoneyError::Range(text.to_owned()));
        }
        Ok(Self { femtos })
    }

    /// The rate in femto-units per unit.
    pub const fn femtos(self) -> i64 {
        self.femtos
    }

    /// The decimal text per million units, without trailing zeros.
    pub fn per_million(self) -> String {
        let whole = self.femtos / NANOS;
        let fraction = format!("{:09}", self.femtos % NANOS);
        match fraction.trim_end_matches('0') {
            "" => whole.to_string(),
            digits => format!("{whole}.{digits}"),
        }
    }

    /// quantity × rate in femto-units, unrounded. Sum these, then [`Money::from_femtos`] once.
    pub fn times(self, quantity: u64) -> i128 {
        i128::from(self.femtos) * i128::from(quantity)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.femtos.unsigned_abs() <= MAX_EXACT {
            serializer.serialize_i64(self.femtos)
        } else {
            serializer.serialize_str(&self.femtos.to_string())
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "femto-units: an integer or its digits")]
        enum Wire {
            Number(i64),
            Digits(String),
        }
        let femtos = match Wire::deserialize(deserializer)? {
            Wire::Number(femtos) => femtos,
            Wire::Digits(digits) => digits.parse().map_err(de::Error::custom)?,
        };
        Ok(Self { femtos })
    }
}

impl Money {
    /// Rounds femto-units half to even; saturates at what 64 bits hold.
    pub fn from_femtos(femtos: i128, currency: Currency) -> Self {
        let (quotient, remainder) = (femtos.div_euclid(FEMTOS_PER_NANO), femtos.rem_euclid(FEMTOS_PER_NANO));
        let half = FEMTOS_PER_NANO / 2;
        let up = remainder > half || (remainder == half && quotient % 2 != 0);
        let nanos = quotient + i128::from(up);
        Self { nanos: i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }), currency }
    }

    /// Rounds femto-units up: for bounds, which must never be below the cost.
    pub fn from_femtos_ceiling(femtos: i128, currency: Currency) -> Self {
        let down = femtos.div_euclid(FEMTOS_PER_NANO);
        let up = i128::from(femtos.rem_euclid(FEMTOS_PER_NANO) > 0);
        Self::from_femtos((down + up).saturating_mul(FEMTOS_PER_NANO), currency)
    }
}

/// `text` × 10^`places` as an integer. Accepts a sign, a point and an exponent (`1e-06`); nothing is rounded.
fn parse_decimal(text: &str, places: u32) -> Result<i128, MoneyError> {
    let malformed = || MoneyError::Decimal(text.chars().take(80).collect());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| malformed())?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !all().all(|byte| byte.is_ascii_digit()) || (digits.contains('.') && fraction.is_empty()) {
        return Err(malformed());
    }
    let out_of_range = || MoneyError::Range(text.chars().take(80).collect());
    let mut value: i128 = 0;
    for byte in all() {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i128::from(byte - b'0')))
            .ok_or_else(out_of_range)?;
    }
    let fraction_digits = i64::try_from(fraction.len()).map_err(|_| out_of_range())?;
    let shift = i64::from(places) + i64::from(exponent) - fraction_digits;
    for _ in 0..shift.unsigned_abs().min(200) {
        if shift > 0 {
            value = value.checked_mul(10).ok_or_else(out_of_range)?;
        } else if value % 10 == 0 {
            value /= 10;
        } else {
            return Err(MoneyError::Inexact(text.chars().take(80).collect()));
        }
    }
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wire_form_has_nine_places() {
        let money = Money::parse("12.31", Currency::USD).unwrap();
        let json = serde_json::to_string(&money).unwrap();
        assert_eq!(json, r#"{"amount":"12.310000000","currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        assert_eq!(Money::usd_nanos(-1).amount(), "-0.000000001");
    }

    #[test]
    fn a_rate_is_a_number_while_json_keeps_it() {
        let check = |per_unit: &str, expected: &str| {
            let rate = Rate::parse_per_unit(per_unit).unwrap();
            let json = serde_json::to_string(&rate).unwrap();
            assert_eq!(json, expected);
            assert_eq!(serde_json::from_str::<Rate>(&json).unwrap(), rate);
        };
        check("0.0000004", "400000000");
        check("9.007199254740991", "9007199254740991");
        check("9.007199254740992", r#""9007199254740992""#);
        check("10", r#""10000000000000000""#);
        assert_eq!(serde_json::from_str::<Rate>("10000000000000000").unwrap(), Rate::parse_per_unit("10").unwrap());
        assert!(serde_json::from_str::<Rate>(r#""1.5""#).is_err());
    }

    #[test]
    fn decimals() {
        let check = |text: &str, expected: Result<i64, &str>| {
            let got = Rate::parse_per_million(text).map(Rate::femtos).map_err(|error| error.to_string());
            match expected {
                Ok(femtos) => assert_eq!(got, Ok(femtos), "{text}"),
                Err(part) => assert!(got.as_ref().is_err_and(|error| error.contains(part)), "{text}: {got:?}"),
            }
        };
        check("0.40", Ok(400_000_000));
        check("4e-1", Ok(400_000_000));
        check("0", Ok(0));
        check("-1", Err("out of range"));
        check("0.0000000001", Err("decimal places"));
        check("1e99", Err("out of range"));
        check("1.", Err("not a decimal"));
        check(".5", Err("not a decimal"));
        check("NaN", Err("not a decimal"));
        check("", Err("not a decimal"));
        assert_eq!(Rate::parse_per_unit("1e-06").unwrap().per_million(), "1");
    }

    #[test]
    fn rounds_half_to_even_once() {
        let check = |femtos: i128, nanos: i64| assert_eq!(Money::from_femtos(femtos, Currency::USD).nanos(), nanos);
        check(500_000, 0);
        check(1_500_000, 2);
        check(2_500_000, 2);
        check(2_500_001, 3);
        check(-500_000, 0);
        check(-1_500_000, -2);
        assert_eq!(Money::from_femtos_ceiling(1, Currency::USD).nanos(), 1);
        assert_eq!(Money::from_femtos_ceiling(2_000_000, Currency::USD).nanos(), 2);
    }

    proptest! {
        #[test]
        fn amount_text_round_trips(nanos in any::<i64>()) {
            let money = Money::usd_nanos(nanos);
            prop_assert_eq!(Money::parse(&money.amount(), Currency::USD), Ok(money));
        }

        #[test]
        fn per_million_text_round_trips(femtos in 0..i64::MAX) {
            let rate = Rate::from_femtos(femtos);
            prop_assert_eq!(Rate::parse_per_million(&rate.per_million()), Ok(rate));
        }
    }
}
