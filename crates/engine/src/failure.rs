//! The two ways in which carrying out a request can fail.

use russet_store::StoreError;
use russet_wire::{Problem, Refusal};

/// Why a request was not carried out. Nothing has changed in either case.
#[derive(Debug)]
pub enum Failure {
    /// The caller's doing, part of the contract.
    Refusal(Refusal),
    /// Ours or the machine's; logged once and sent as a bare 500.
    Fault(Fault),
}

/// A fault of ours or of the machine.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Kept data is not what the catalog says it should be.
    #[error("{kind} {id}: {why}")]
    Data {
        /// Resource type.
        kind: String,
        /// Id.
        id: String,
        /// What was found.
        why: String,
    },
    /// Certificates, profiles or keys could not be made.
    #[error("{0}")]
    Material(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refusal(refusal)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Refusal(problem.into())
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Failure::Refusal(Refusal(problems))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Fault(error.into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Fault(fault)
    }
}
