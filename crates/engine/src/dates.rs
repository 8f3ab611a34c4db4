//! Dates as Apple writes them, and as texts whose byte order is the order of time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use russet_catalog::DateNotation;

static PACIFIC: TimeZone = jiff::tz::get!("America/Los_Angeles");

/// Writes an instant in one of the service's three notations. Source: recorded replies.
#[must_use]
pub fn render(at: Timestamp, notation: DateNotation) -> String {
    match notation {
        DateNotation::Pacific => {
            at.to_zoned_datetime(PACIFIC.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
        DateNotation::Milliseconds => at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
        DateNotation::Utc => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
    }
}

/// Reads a date and time with an offset, with or without a fraction or a colon in the offset.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok()
}

/// Returns a text that sorts as time does: microseconds since the year 1, zero-padded.
#[must_use]
pub fn order_text(at: Timestamp) -> String {
    const FROM_YEAR_ONE: i128 = 62_135_596_800_000_000;
    format!("{:019}", i128::from(at.as_microsecond()) + FROM_YEAR_ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notation_reads_back_as_the_same_second() {
        let at: Timestamp = "2026-07-01T12:30:45Z".parse().expect("parses");
        assert_eq!(render(at, DateNotation::Pacific), "2026-07-01T05:30:45-07:00");
        assert_eq!(render(at, DateNotation::Milliseconds), "2026-07-01T12:30:45.000+0000");
        assert_eq!(render(at, DateNotation::Utc), "2026-07-01T12:30:45.000Z");
        for notation in [DateNotation::Pacific, DateNotation::Milliseconds, DateNotation::Utc] {
            assert_eq!(parse(&render(at, notation)), Some(at), "{notation:?}");
        }
    }

    #[test]
    fn a_bare_date_is_no_date_time() {
        assert_eq!(parse("2026-07-01"), None);
        assert_eq!(parse("tomorrow"), None);
    }

    #[test]
    fn order_texts_sort_as_time() {
        let texts: Vec<String> =
            ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
                .iter()
                .map(|text| order_text(text.parse().expect("parses")))
                .collect();
        assert!(texts.is_sorted() && texts[0].len() == texts[2].len());
    }
}
