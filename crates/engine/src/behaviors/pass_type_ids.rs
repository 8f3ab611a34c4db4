//! Pass type ids: the rules of merchant ids, under another name.

use super::merchant_ids::Identified;

/// The behavior of `passTypeIds`.
pub static PASS_TYPE_IDS: Identified = Identified { kind: "passTypeIds", what: "Pass Type ID" };
