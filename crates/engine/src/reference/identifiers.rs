//! Identifiers that say what they stand for: base64url without padding around compact JSON.
//!
//! It knows the notation and not whether a subject exists; start at [`PricePointId`].
//!
//! Source: `protocol.md` 6.5 (ids seen in replies); the order of the members is the seen one, and
//! only that notation is read, so that each resource has exactly one id.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::territories::Territory;

/// Longest subject id that is read; Apple's have ten digits.
const SUBJECT_DIGITS: usize = 19;

/// What the id of a price point says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePointId {
    /// Id of the app, in-app purchase or subscription, decimal.
    pub subject: String,
    /// Storefront.
    pub territory: &'static Territory,
    /// Number of the price in that storefront, 0 for free.
    pub tier: usize,
}

/// The tier numbers in ids start here: `10000` is free, `10010` is USD 0.99.
const FIRST_TIER: usize = 10_000;

impl PricePointId {
    /// Returns the id in the notation of the API.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { subject, territory, tier } = self;
        let (code, tier) = (territory.code, FIRST_TIER + tier);
        URL_SAFE_NO_PAD.encode(format!(r#"{{"s":"{subject}","t":"{code}","p":"{tier}"}}"#))
    }

    /// Reads an id. Whether the tier exists is for the price table to say.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let (subject, territory, rest) = parse_subject_and_territory(id)?;
        let digits = rest.strip_prefix(r#"","p":""#)?.strip_suffix(r#""}"#)?;
        let tier = parse_digits(digits, 5)?.parse::<usize>().ok()?.checked_sub(FIRST_TIER)?;
        Some(Self { subject, territory, tier })
    }

    /// Returns the id of a price of a schedule at this point: from a second since 1970 on, and until
    /// one, where there are such bounds.
    ///
    /// Source: ids of `appPrices` and `inAppPurchasePrices` in recorded replies; an open end is `0.0`.
    #[must_use]
    pub fn encode_price(&self, start_seconds: Option<i64>, end_seconds: Option<i64>) -> String {
        let Self { subject, territory, tier } = self;
        let (code, tier) = (territory.code, FIRST_TIER + tier);
        let bound = |seconds: Option<i64>| match seconds {
            Some(seconds) => format!("{seconds}.000000000"),
            None => "0.0".to_owned(),
        };
        let (start, end) = (bound(start_seconds), bound(end_seconds));
        URL_SAFE_NO_PAD.encode(format!(
            r#"{{"s":"{subject}","t":"{code}","p":"{tier}","sd":{start},"ed":{end}}}"#
        ))
    }
}

/// What the id of a `territoryAvailabilities` resource says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerritoryAvailabilityId {
    /// Id of the app, decimal; also the id of its `appAvailabilities` resource.
    pub app: String,
    /// Storefront.
    pub territory: &'static Territory,
}

impl TerritoryAvailabilityId {
    /// Returns the id in the notation of the API.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { app, territory } = self;
        URL_SAFE_NO_PAD.encode(format!(r#"{{"s":"{app}","t":"{}"}}"#, territory.code))
    }

    /// Reads an id.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let (app, territory, rest) = parse_subject_and_territory(id)?;
        (rest == r#""}"#).then_some(Self { app, territory })
    }
}

/// Reads up to the storefront's code and returns what follows it.
fn parse_subject_and_territory(id: &str) -> Option<(String, &'static Territory, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (subject, rest) = text.strip_prefix(r#"{"s":""#)?.split_once('"')?;
    let subject = parse_digits(subject, SUBJECT_DIGITS)?.to_owned();
    let (code, rest) = rest.strip_prefix(r#","t":""#)?.split_at_checked(3)?;
    Some((subject, Territory::find(code)?, rest.to_owned()))
}

/// Returns `text` if it is a whole number in its only notation, of at most `length` digits.
fn parse_digits(text: &str, length: usize) -> Option<&str> {
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    (decimal && !text.is_empty() && text.len() <= length && !text.starts_with('0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_price_point_id_is_read_and_written() {
        let recorded = "eyJzIjoiNjQ0NzQwMjE5MiIsInQiOiJDQU4iLCJwIjoiMTAwMDEifQ";
        let id = PricePointId::parse(recorded).expect("a recorded id");
        assert_eq!((id.subject.as_str(), id.territory.code, id.tier), ("6447402192", "CAN", 1));
        assert_eq!(id.encode(), recorded);
    }

    #[test]
    fn recorded_price_id_is_written() {
        let recorded =
            "eyJzIjoiNjc3MDAyOTExMCIsInQiOiJVU0EiLCJwIjoiMTAwMTAiLCJzZCI6MC4wLCJlZCI6MC4wfQ";
        let territory = Territory::find("USA").expect("a storefront");
        let id = PricePointId { subject: "6770029110".to_owned(), territory, tier: 10 };
        assert_eq!(id.encode_price(None, None), recorded);
        assert_ne!(id.encode_price(Some(1_683_097_200), None), recorded);
    }

    #[test]
    fn availability_id_is_read_back() {
        let territory = Territory::find("GBR").expect("a storefront");
        let id = TerritoryAvailabilityId { app: "6447402192".to_owned(), territory };
        assert_eq!(TerritoryAvailabilityId::parse(&id.encode()), Some(id));
    }

    #[test]
    fn other_notations_are_not_read() {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for text in [
            "",
            "{}",
            r#"{"s":"","t":"USA","p":"10001"}"#,
            r#"{"s":"01","t":"USA","p":"10001"}"#,
            r#"{"s":"-1","t":"USA","p":"10001"}"#,
            r#"{"s":"12345678901234567890","t":"USA","p":"10001"}"#,
            r#"{"s":"1","t":"CUB","p":"10001"}"#,
            r#"{"s":"1","t":"USA","p":"9999"}"#,
            r#"{"s":"1","t":"USA","p":"100001"}"#,
            r#"{"s":"1","t":"USA","p":"+1001"}"#,
            r#"{"s":"1", "t":"USA","p":"10001"}"#,
            r#"{"t":"USA","s":"1","p":"10001"}"#,
            r#"{"s":"1","t":"USA","p":"10001"} "#,
            r#"{"s":"1","t":"ÄÖ","p":"10001"}"#,
        ] {
            assert_eq!(PricePointId::parse(&encode(text)), None, "{text}");
            assert_eq!(TerritoryAvailabilityId::parse(&encode(text)), None, "{text}");
        }
        let padded = format!("{}==", encode(r#"{"s":"1","t":"USA","p":"10001"}"#));
        for id in [padded.as_str(), "%%%", "10001", "eyJ"] {
            assert_eq!(PricePointId::parse(id), None, "{id}");
        }
    }
}
