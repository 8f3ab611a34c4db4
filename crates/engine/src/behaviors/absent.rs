//! How an absent to-one is answered: `data: null`, but for the reads listed here.
//!
//! Source: recorded replies; the default is what most of them and codemagic's reader show.

use russet_catalog::Operation;
use russet_wire::{Code, Problem, Refusal};

/// Refuses the read of an absent to-one where the service does.
///
/// # Errors
/// 404 or 409, as recorded for the operation.
pub fn refuse(operation: &Operation) -> Result<(), Refusal> {
    let Some((_, code, detail)) = ABSENT.iter().find(|(path, _, _)| *path == operation.path) else {
        return Ok(());
    };
    let problem = Problem::new(*code, *detail);
    Err(match operation.member {
        Some(member) if *code == Code::RelationshipInvalid => problem.at_relationship(member),
        _ => problem,
    }
    .into())
}

const ABSENT: &[(&str, Code, &str)] = &[
    (
        "/v1/appStoreVersions/{id}/appStoreReviewDetail",
        Code::NotFound,
        "There is no resource of type 'appStoreReviewDetails' with id 'null'",
    ),
    (
        "/v1/apps/{id}/appAvailabilityV2",
        Code::ResourceDoesNotExist,
        "The resource AppAvailabilities does not exist.",
    ),
    (
        "/v1/betaGroups/{id}/betaRecruitmentCriteria",
        Code::RelationshipInvalid,
        "The specified resource does not exist",
    ),
];

#[cfg(test)]
mod tests {
    use super::ABSENT;

    #[test]
    fn every_listed_read_is_in_the_catalog() {
        for (path, _, _) in ABSENT {
            let known =
                russet_catalog::operations().iter().any(|operation| operation.path == *path);
            assert!(known, "{path}");
        }
    }
}
