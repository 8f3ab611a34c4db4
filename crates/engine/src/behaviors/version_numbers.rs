//! Numbers of App Store versions: dotted, used once, always rising.
//!
//! Sources: Apple's help, the recorded refusal of a used number. Guesses: code and wording for one
//! that is malformed or not higher than the last released one.

use russet_wire::{Code, Problem};

use super::app_store_versions;
use crate::changes::Resource;

/// Appends a problem where a number is malformed, used, or not higher than what is out. `others` are
/// the other versions of the platform.
pub(super) fn check(number: &str, others: &[Resource], problems: &mut Vec<Problem>) {
    let problem = |code, detail| Problem::new(code, detail).at_attribute("versionString");
    let Some(parts) = parts(number) else {
        let detail = "A version number has at most 18 characters: numbers separated by periods.";
        problems.push(problem(Code::AttributeInvalid, detail));
        return;
    };
    if others.iter().any(|other| other.text("versionString") == Some(number)) {
        let detail = "The version number has been previously used.";
        problems.push(problem(Code::AttributeDuplicate, detail));
        return;
    }
    let released = others.iter().filter(|other| app_store_versions::is_released(other));
    let highest = released.filter_map(|other| self::parts(other.text("versionString")?)).max();
    if highest.is_some_and(|highest| parts <= highest) {
        let detail = "The version number must be higher than that of the last released version.";
        problems.push(problem(Code::AttributeInvalid, detail));
    }
}

/// The parts of a version number without zeros at its end, so that `1.0` is `1.0.0`.
fn parts(number: &str) -> Option<Vec<u64>> {
    if number.len() > 18 {
        return None;
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts: Vec<u64> = number
        .split('.')
        .map(|part| if digits(part) { part.parse().ok() } else { None })
        .collect::<Option<_>>()?;
    while parts.last() == Some(&0) {
        parts.pop();
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parts;
    use crate::behaviors::testing::{APP, World, new};

    #[test]
    fn a_number_is_made_of_digits_and_periods() {
        assert_eq!(parts("1.0.0"), parts("1"));
        assert!(parts("1.10") > parts("1.9"));
        for bad in ["", "1.", ".1", "1.x", "1 0", "1.2.3.4.5.6.7.8.9.10"] {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_is_higher_than_the_released_one() {
        let mut world = World::new();
        let live = json!({"platform": "IOS", "versionString": "1.10",
            "appVersionState": "READY_FOR_DISTRIBUTION"});
        world.plant("appStoreVersions", "v1", &live, &[("app", &[APP])]);
        let version = |number: &str| {
            let attributes = json!({"platform": "IOS", "versionString": number});
            new("appStoreVersions", &attributes, &[("app", json!(["apps", APP]))])
        };
        world.refuses(
            "POST /v1/appStoreVersions",
            &version("1.9"),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/versionString",
                "The version number must be higher than that of the last released version.",
            ),
        );
        world.check("POST /v1/appStoreVersions", &version("1.11"), &json!({"status": 201}));
    }
}
