//! Where the linkages of each relationship are kept, inferred or from `overlay/relations.toml`.
//!
//! Relationships are taken per resource type: all schemas of a type share their linkages, and
//! relationships that only request bodies name (`accessibilityDeclarations.app`) count too. After
//! the overlay's lines, these rules decide what is left:
//! 1. `x` and `xV2` of one type, to the same type with the same arity, are two names of one.
//! 2. One relationship left in each direction between two types: they are inverse. The side that
//!    stores is the to-one side of one-to-many, or the list if it can be replaced (its order
//!    counts); of one-to-one and many-to-many the only side that a request can set.
//! 3. A relationship that a request can set and that nothing points back to is stored forward.
//!
//! Whatever no rule decides is reported, and a test fails.

use std::collections::{BTreeMap, BTreeSet};

use super::records::{InputRecord, InputType, ResourceFile};

/// A relationship of a resource type, `("betaGroups", "app")`.
pub type Name = (String, String);

/// Which side stores a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// This one.
    Forward(Name),
    /// The far one, under that name.
    Backward(Name),
    /// None.
    Computed,
}

/// What is known of a relationship before it is decided.
#[derive(Debug, Clone)]
pub struct Traits {
    /// Whether it is to-many.
    pub many: bool,
    /// Resource type at the far end.
    pub target: String,
    /// Whether a body or a linkage operation can set it.
    settable: bool,
    /// Whether the whole list can be replaced.
    replaceable: bool,
}

/// Everything decided.
#[derive(Debug, Default)]
pub struct Relations {
    /// Sides, also of relationships that exist only in storage.
    pub sides: BTreeMap<Name, Side>,
    /// What is known of each.
    pub traits: BTreeMap<Name, Traits>,
    /// Relationships that neither overlay nor rules decide.
    pub undecided: Vec<Name>,
}

impl Relations {
    /// Decides every relationship.
    ///
    /// # Errors
    /// An overlay line that is not understood or names what does not exist.
    pub fn decide(files: &[ResourceFile], overlay: &[(String, String)]) -> Result<Self, String> {
        let mut relations = Self { traits: collect(files), ..Self::default() };
        let mut aliases: Vec<(Name, Name)> = Vec::new();
        for (line, verdict) in overlay {
            let name = split(line)?;
            if !relations.traits.contains_key(&name) {
                return Err(format!("overlay/relations.toml: there is no {line}"));
            }
            match verdict.split_once(' ') {
                None if verdict == "forward" => relations.set(&name, Side::Forward(name.clone())),
                None if verdict == "computed" => relations.set(&name, Side::Computed),
                Some(("inverse", far)) => relations.invert(&name, split(far)?),
                Some(("same", other)) => aliases.push((name, split(other)?)),
                _ => return Err(format!("{line}: `{verdict}` is no verdict")),
            }
        }
        relations.add_version_aliases(&mut aliases);
        let alias_names: BTreeSet<Name> = aliases.iter().map(|(name, _)| name.clone()).collect();
        relations.pair_up(&alias_names);
        for (name, other) in aliases {
            if let Some(side) = relations.sides.get(&other).cloned() {
                relations.set(&name, side);
            }
        }
        let missing = relations.traits.keys().filter(|name| !relations.sides.contains_key(*name));
        relations.undecided = missing.cloned().collect();
        Ok(relations)
    }

    fn set(&mut self, name: &Name, side: Side) {
        self.sides.insert(name.clone(), side);
    }

    /// Makes `name` the inverse of `far`, which may exist in storage only.
    fn invert(&mut self, name: &Name, far: Name) {
        let near = self.traits[name].clone();
        self.traits.entry(far.clone()).or_insert(Traits {
            many: false,
            target: name.0.clone(),
            settable: near.settable,
            replaceable: false,
        });
        self.set(&far, Side::Forward(far.clone()));
        self.set(name, Side::Backward(far));
    }

    /// Rule 1.
    fn add_version_aliases(&self, aliases: &mut Vec<(Name, Name)>) {
        for (name, traits) in &self.traits {
            let newer = (name.0.clone(), format!("{}V2", name.1));
            let same = self
                .traits
                .get(&newer)
                .is_some_and(|other| other.many == traits.many && other.target == traits.target);
            let open = !self.sides.contains_key(name) && aliases.iter().all(|(a, _)| a != name);
            if same && open {
                aliases.push((name.clone(), newer));
            }
        }
    }

    /// Rules 2 and 3.
    fn pair_up(&mut self, aliases: &BTreeSet<Name>) {
        let open: Vec<Name> = self
            .traits
            .keys()
            .filter(|name| !self.sides.contains_key(*name) && !aliases.contains(*name))
            .cloned()
            .collect();
        let between = |from: &str, to: &str| -> Vec<&Name> {
            open.iter().filter(|name| name.0 == from && self.traits[*name].target == to).collect()
        };
        let mut decided = Vec::new();
        for name in &open {
            let target = &self.traits[name].target;
            let back = between(target, &name.0);
            if *target != name.0 && back.len() == 1 && between(&name.0, target).len() == 1 {
                if name.0 < *target {
                    decided.extend(self.storing_side(name, back[0]));
                }
            } else if (back.is_empty() || *target == name.0) && self.traits[name].settable {
                decided.push((name.clone(), Side::Forward(name.clone())));
            }
        }
        self.sides.extend(decided);
    }

    fn storing_side(&self, a: &Name, b: &Name) -> Vec<(Name, Side)> {
        let (x, y) = (&self.traits[a], &self.traits[b]);
        let a_stores = match (x.many, y.many) {
            (false, true) => Some(!y.replaceable),
            (true, false) => Some(x.replaceable),
            _ if x.replaceable != y.replaceable => Some(x.replaceable),
            _ => (x.settable != y.settable).then_some(x.settable),
        };
        let Some(a_stores) = a_stores else { return Vec::new() };
        let (stores, other) = if a_stores { (a, b) } else { (b, a) };
        vec![
            (stores.clone(), Side::Forward(stores.clone())),
            (other.clone(), Side::Backward(stores.clone())),
        ]
    }
}

/// Splits `apps.builds`.
fn split(text: &str) -> Result<Name, String> {
    let parts = text.split_once('.').ok_or_else(|| format!("`{text}` is not <type>.<name>"))?;
    Ok((parts.0.to_owned(), parts.1.to_owned()))
}

fn collect(files: &[ResourceFile]) -> BTreeMap<Name, Traits> {
    let mut all: BTreeMap<Name, Traits> = BTreeMap::new();
    for file in files {
        for relationship in file.schemas.iter().flat_map(|schema| &schema.relationships) {
            let name = (file.kind.clone(), relationship.name.clone());
            all.entry(name).or_insert_with(|| Traits {
                many: relationship.many,
                target: relationship.target.clone(),
                settable: false,
                replaceable: false,
            });
        }
    }
    for file in files {
        let bodies = file.operations.iter().filter_map(|operation| operation.input.as_ref());
        for input in bodies.chain(file.inlines.iter().map(|inline| &inline.members)) {
            note_input(&mut all, &file.kind, input);
        }
        for operation in file.operations.iter().filter(|operation| operation.takes.is_some()) {
            let member = operation.path.rsplit('/').next().unwrap_or_default();
            if let Some(traits) = all.get_mut(&(file.kind.clone(), member.to_owned())) {
                // Taking away is not setting: it says nothing of who stores.
                traits.settable |= !operation.method.starts_with("DELETE");
                traits.replaceable |= operation.kind() == "replaceToManyRelationship";
            }
        }
    }
    all
}

fn note_input(all: &mut BTreeMap<Name, Traits>, kind: &str, input: &InputRecord) {
    for (name, input_type) in &input.types {
        if let InputType::Relationship { many, target } = input_type {
            all.entry((kind.to_owned(), name.clone())).or_insert_with(|| Traits {
                many: *many,
                target: target.clone(),
                settable: true,
                replaceable: false,
            });
        }
    }
    for name in input.required.iter().chain(&input.optional) {
        if let Some(traits) = all.get_mut(&(kind.to_owned(), name.name.clone())) {
            traits.settable = true;
        }
    }
}
