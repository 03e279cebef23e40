//! The two languages that proofpack speaks, and a text in both.

/// A language of pages and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Traditional Chinese as written in Taiwan (`zh-Hant`).
    ZhHant,
    /// English (`en`).
    En,
}

impl Lang {
    /// The BCP 47 tags that configuration may name, in order of preference.
    pub const TAGS: &'static [&'static str] = &["zh-Hant", "en"];

    /// The language of a BCP 47 tag of [`Lang::TAGS`].
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh-Hant" => Some(Self::ZhHant),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The BCP 47 tag, as written into `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }
}

/// One text in every language; the compiler sees to it that none is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Traditional Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// The text in one language.
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::ZhHant => self.zh,
            Lang::En => self.en,
        }
    }
}

/// A text in both languages, Chinese first.
pub const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}
