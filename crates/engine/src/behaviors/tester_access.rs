//! What testers get to test: what follows when they come into groups and leave them.
//!
//! Sources: Apple's TestFlight help. Guess: who leaves the last app is forgotten.

use serde_json::Value;

use super::{beta_testers, build_beta_details};
use crate::changes::{Effect, LinkChange, Resource, View};
use crate::failure::Fault;

const KIND: &str = "betaTesters";

/// Returns what follows when testers, already linked, are in a group.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn join(view: &View<'_>, group: &str, testers: &[String]) -> Result<Vec<Effect>, Fault> {
    let mut effects = Vec::new();
    let Some(group) = view.find("betaGroups", group)? else { return Ok(effects) };
    if testers.is_empty() {
        return Ok(effects);
    }
    let state = state_of_new(view, std::slice::from_ref(&group), &[])?;
    for tester in beta_testers::found(view, KIND, testers)? {
        if tester.text("state") == Some("NOT_INVITED") && state == "INVITED" {
            let attributes = vec![("state", Value::from(state))];
            effects.push(Effect::Set { kind: KIND, id: tester.id, attributes });
        }
    }
    effects.extend(settle_group(view, &group.id)?);
    Ok(effects)
}

/// Returns what follows when a group ends that a tester is in: without another group or build of
/// the app, the tester loses the app. Source: Apple's help.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn leave(view: &View<'_>, tester: &str, group: &Resource) -> Result<Vec<Effect>, Fault> {
    let Some(app) = &group.app else { return Ok(Vec::new()) };
    let groups = view.related(KIND, tester, "betaGroups")?;
    let builds = view.related(KIND, tester, "builds")?;
    let others = groups.iter().filter(|other| other.id != group.id);
    if others.chain(&builds).any(|one| one.app.as_ref() == Some(app)) {
        return Ok(Vec::new());
    }
    let mut effects = vec![Effect::Link {
        kind: KIND,
        id: tester.to_owned(),
        relationship: "apps",
        how: LinkChange::Remove,
        to: vec![app.clone()],
    }];
    effects.extend(forget(view, tester, app)?);
    Ok(effects)
}

/// Returns what follows when a tester leaves an app: its groups and builds too, and the record
/// itself where it was the last app.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn forget(view: &View<'_>, tester: &str, app: &str) -> Result<Vec<Effect>, Fault> {
    let others = view.linked(KIND, tester, "apps")?.into_iter().any(|other| other != app);
    if !others {
        return Ok(vec![Effect::Delete { kind: KIND, id: tester.to_owned() }]);
    }
    let mut effects = Vec::new();
    for relationship in ["betaGroups", "builds"] {
        let there = view.related(KIND, tester, relationship)?;
        let to: Vec<String> = there
            .into_iter()
            .filter(|one| one.app.as_deref() == Some(app))
            .map(|one| one.id)
            .collect();
        let (id, how) = (tester.to_owned(), LinkChange::Remove);
        effects.push(Effect::Link { kind: KIND, id, relationship, how, to });
    }
    Ok(effects)
}

/// Returns whether a build is there that a tester in these groups, or with these builds, can
/// install. Source: the states in which Apple's help says that testers are invited.
pub(super) fn installable(
    view: &View<'_>,
    groups: &[Resource],
    builds: &[Resource],
) -> Result<bool, Fault> {
    let ready = |build: &str, side| -> Result<bool, Fault> {
        let detail = view.find("buildBetaDetails", build)?;
        let state = detail.as_ref().and_then(|detail| detail.text(side));
        Ok(matches!(state, Some("IN_BETA_TESTING" | "READY_FOR_BETA_TESTING")))
    };
    for group in groups {
        let internal = group.flag("isInternalGroup");
        let side = if internal { "internalBuildState" } else { "externalBuildState" };
        for build in view.linked("betaGroups", &group.id, "builds")? {
            if ready(&build, side)? {
                return Ok(true);
            }
        }
    }
    for build in builds {
        if ready(&build.id, "externalBuildState")? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Internal testers are invited at once, others when there is something to test. Source: Apple's
/// help.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn state_of_new(
    view: &View<'_>,
    groups: &[Resource],
    builds: &[Resource],
) -> Result<&'static str, Fault> {
    let internal = groups.iter().any(|group| group.flag("isInternalGroup"));
    let invited = internal || installable(view, groups, builds)?;
    Ok(if invited { "INVITED" } else { "NOT_INVITED" })
}

/// Returns what settles the builds of a group.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn settle_group(view: &View<'_>, group: &str) -> Result<Vec<Effect>, Fault> {
    let mut effects = Vec::new();
    for build in view.linked("betaGroups", group, "builds")? {
        effects.extend(build_beta_details::settle(view, &build)?);
    }
    Ok(effects)
}
