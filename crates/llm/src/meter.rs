use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How the classes of a meter group are priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeterGroup {
    /// Tokens the model read. Disjoint classes: their sum is the provider's input total.
    Input,
    /// Tokens the model wrote. Disjoint classes: their sum is the provider's output total.
    Output,
    /// Uses of the provider's own tools and features, charged beside the tokens.
    Tool,
    /// Another measure of the same call (images, seconds, characters), charged only by models that price it.
    Measure,
}

macro_rules! meters {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $group:ident $(, parent $parent:ident)?;)*) => {
        /// What is counted and priced. Classes are disjoint: a cached input token is not also an input token.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Meter { $($(#[$doc])* $name,)* }

        impl Meter {
            /// Every meter, in the order of the usage vector.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// The length of the usage vector.
            pub const COUNT: usize = Self::ALL.len();

            /// The wire and database text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The kind of quantity.
            pub const fn group(self) -> MeterGroup {
                match self { $(Self::$name => MeterGroup::$group,)* }
            }

            /// The class whose rate a provider charges where it states none for this one.
            pub const fn parent(self) -> Option<Self> {
                match self {
                    $($(Self::$name => Some(Self::$parent),)?)*
                    _ => None,
                }
            }
        }
    };
}

meters! {
    /// Text tokens read, neither cached nor written to a cache.
    InputTokens = "input_tokens", Input;
    /// Text tokens read from the provider's prompt cache.
    CachedInputTokens = "cached_input_tokens", Input, parent InputTokens;
    /// Tokens written to the provider's prompt cache for its default lifetime.
    CacheWriteTokens = "cache_write_tokens", Input, parent InputTokens;
    /// Tokens written to the provider's prompt cache for an hour.
    CacheWriteHourTokens = "cache_write_1h_tokens", Input;
    /// Audio tokens read.
    InputAudioTokens = "input_audio_tokens", Input, parent InputTokens;
    /// Audio tokens read from the provider's prompt cache.
    CachedInputAudioTokens = "cached_input_audio_tokens", Input, parent CachedInputTokens;
    /// Image tokens read.
    InputImageTokens = "input_image_tokens", Input, parent InputTokens;
    /// Image tokens read from the provider's prompt cache.
    CachedInputImageTokens = "cached_input_image_tokens", Input, parent CachedInputTokens;
    /// Video tokens read.
    InputVideoTokens = "input_video_tokens", Input, parent InputTokens;
    /// Visible text tokens written.
    OutputTokens = "output_tokens", Output;
    /// Tokens spent on reasoning.
    ReasoningTokens = "reasoning_tokens", Output, parent OutputTokens;
    /// Audio tokens written.
    OutputAudioTokens = "output_audio_tokens", Output, parent OutputTokens;
    /// Image tokens written.
    OutputImageTokens = "output_image_tokens", Output, parent OutputTokens;
    /// Searches of the web by the provider.
    WebSearches = "web_searches", Tool;
    /// Searches of uploaded files by the provider.
    FileSearches = "file_searches", Tool;
    /// Images whose labels were detected.
    VisionLabels = "vision_label_detections", Tool;
    /// Images whose text was detected, sparse or dense.
    VisionTexts = "vision_text_detections", Tool;
    /// Images whose objects were localized.
    VisionObjects = "vision_object_localizations", Tool;
    /// Images checked for unsafe content.
    VisionSafeSearches = "vision_safe_search_detections", Tool;
    /// Images whose faces were detected.
    VisionFaces = "vision_face_detections", Tool;
    /// Images whose landmarks were detected.
    VisionLandmarks = "vision_landmark_detections", Tool;
    /// Images whose logos were detected.
    VisionLogos = "vision_logo_detections", Tool;
    /// Images whose dominant colours were computed.
    VisionProperties = "vision_image_properties", Tool;
    /// Images for which crops were proposed.
    VisionCropHints = "vision_crop_hints", Tool;
    /// Images looked for on the web.
    VisionWebs = "vision_web_detections", Tool;
    /// Images made.
    OutputImages = "output_images", Measure;
    /// Images read.
    InputImages = "input_images", Measure;
    /// Characters read, as speech synthesis counts.
    InputCharacters = "input_characters", Measure;
    /// Thousandths of a second of audio read.
    InputAudioMilliseconds = "input_audio_milliseconds", Measure;
    /// Thousandths of a second of audio made.
    OutputAudioMilliseconds = "output_audio_milliseconds", Measure;
    /// Documents searched by a reranker, in units of a hundred documents and one query.
    SearchUnits = "search_units", Measure;
    /// One per attempt.
    Calls = "calls", Measure;
}

impl Meter {
    /// The place in the usage vector.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a meter")]
pub struct UnknownMeter(String);

impl FromStr for Meter {
    type Err = UnknownMeter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|meter| meter.as_str() == text)
            .ok_or_else(|| UnknownMeter(text.chars().take(80).collect()))
    }
}

impl Serialize for Meter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Meter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
