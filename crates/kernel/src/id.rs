//! Prefixed identifiers over UUIDv7: `feat_0192…` on the wire, 16 bytes in the database and the ledger.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::{Rng, Timestamp};

/// Text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_ followed by 32 hexadecimal digits")]
pub struct ParseIdError {
    text: String,
    prefix: &'static str,
}

/// A UUIDv7: 48 bits of milliseconds, then random bits (RFC 9562, section 5.7).
fn uuid_v7(now: Timestamp, rng: &dyn Rng) -> Uuid {
    let mut random = [0; 10];
    rng.fill(&mut random);
    let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, ParseIdError> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|hex| hex.len() == 32)
        .and_then(|hex| Uuid::try_parse(hex).ok())
        .ok_or_else(|| ParseIdError { text: text.chars().take(80).collect(), prefix })
}

/// What all ids have in common, for code that is generic over kinds of objects.
pub trait Id: Copy + fmt::Debug + fmt::Display + FromStr<Err = ParseIdError> + Send + Sync + 'static {
    /// The id with these 16 bytes.
    fn from_uuid(uuid: Uuid) -> Self;

    /// The 16 bytes without the prefix.
    fn uuid(self) -> Uuid;

    /// A new id, ordered by `now`.
    fn generate(now: Timestamp, rng: &dyn Rng) -> Self {
        Self::from_uuid(uuid_v7(now, rng))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `now`.
            pub fn new(now: Timestamp, rng: &dyn Rng) -> Self {
                Self(uuid_v7(now, rng))
            }

            /// The id with these 16 bytes.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 16 bytes without the prefix.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.bytes(self.0.as_bytes())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Uuid::from_slice(decoder.bytes()?)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("an id has 16 bytes"))
            }
        }
    )*};
}

ids! {
    /// A tenant.
    OrganizationId = "org";
    /// A program that uses AI.
    ApplicationId = "app";
    /// An AI capability of an application.
    FeatureId = "feat";
    /// An upstream account.
    ProviderId = "prov";
    /// A catalogue entry of a provider.
    ModelId = "mod";
    /// An effective-dated rate for a meter.
    PriceRuleId = "price";
    /// Feature × environment → model.
    AssignmentId = "asg";
    /// A name for a model.
    AliasId = "alias";
    /// Weights, order, timeouts, retries.
    RoutingPolicyId = "rpol";
    /// A credential that an application uses at the gateway.
    KeyId = "key";
    /// Scope × period × amount.
    BudgetId = "bud";
    /// Something about spending that people are told once.
    AlertId = "alert";
    /// One request of an application.
    CallId = "call";
    /// One try at one model.
    AttemptId = "use";
    /// Money reserved before an attempt is sent.
    HoldId = "hold";
    /// A later, better figure for an attempt that was settled.
    AdjustmentId = "adj";
    /// A person.
    UserId = "user";
    /// A personal or service token of the management API.
    TokenId = "tok";
    /// A signed-in browser.
    SessionId = "ses";
    /// One journal entry.
    ChangeId = "chg";
    /// Several journal entries applied as one.
    ChangeSetId = "cset";
    /// Durable background work.
    JobId = "job";
    /// Something that deserves attention.
    FindingId = "find";
    /// One running process of the program.
    NodeId = "node";
    /// Something sealed in the vault.
    SecretId = "sec";
}

impl OrganizationId {
    /// The owner of what the platform shares: the bundled catalogue and shared providers.
    pub const PLATFORM: Self = Self(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;

    impl Rng for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn text_round_trips_and_sorts_by_time() {
        let early = FeatureId::new(Timestamp::from_micros(1_000_000), &Zero);
        let late = FeatureId::new(Timestamp::from_micros(2_000_000), &Zero);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
    }

    #[test]
    fn another_kind_and_hyphenated_text_are_refused() {
        let key = KeyId::new(Timestamp::from_micros(0), &Zero).to_string();
        assert!(key.parse::<FeatureId>().is_err());
        for text in ["", "feat", "feat_", "feat_00000000-0000-7000-8000-000000000000", "feat_zz"] {
            assert!(text.parse::<FeatureId>().is_err(), "{text}");
        }
    }
}
