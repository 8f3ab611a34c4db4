//! The categories of the App Store: 26 at the top, of which games and stickers have subcategories.
//!
//! It does not decide which category an app may choose; start at [`APP_CATEGORIES`].
//!
//! Source: the answer of `GET /v1/appCategories` in Apple's documentation and in later reports.
//! That answer predates visionOS; that its categories are the same as iOS's is inferred.

/// A category or subcategory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppCategory {
    /// Name in capitals, also the resource's id.
    pub id: &'static str,
    /// Id of the category that this is a part of.
    pub parent: Option<&'static str>,
}

impl AppCategory {
    /// Returns the category with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        let position = APP_CATEGORIES.binary_search_by(|category| category.id.cmp(id)).ok()?;
        Some(&APP_CATEGORIES[position])
    }

    /// Returns the platforms whose apps may choose it.
    #[must_use]
    pub fn platforms(&self) -> &'static [&'static str] {
        match self.parent.unwrap_or(self.id) {
            "STICKERS" => &["IOS"],
            _ => &["IOS", "MAC_OS", "TV_OS", "VISION_OS"],
        }
    }

    /// Returns the parts of this category, by id.
    pub fn subcategories(&self) -> impl Iterator<Item = &'static Self> + use<> {
        let parent = Some(self.id);
        APP_CATEGORIES.iter().filter(move |category| category.parent == parent)
    }
}

const fn top(id: &'static str) -> AppCategory {
    AppCategory { id, parent: None }
}

const fn within(parent: &'static str, id: &'static str) -> AppCategory {
    AppCategory { id, parent: Some(parent) }
}

/// All categories, by id.
pub const APP_CATEGORIES: [AppCategory; 57] = [
    top("BOOKS"),
    top("BUSINESS"),
    top("DEVELOPER_TOOLS"),
    top("EDUCATION"),
    top("ENTERTAINMENT"),
    top("FINANCE"),
    top("FOOD_AND_DRINK"),
    top("GAMES"),
    within("GAMES", "GAMES_ACTION"),
    within("GAMES", "GAMES_ADVENTURE"),
    within("GAMES", "GAMES_BOARD"),
    within("GAMES", "GAMES_CARD"),
    within("GAMES", "GAMES_CASINO"),
    within("GAMES", "GAMES_CASUAL"),
    within("GAMES", "GAMES_FAMILY"),
    within("GAMES", "GAMES_MUSIC"),
    within("GAMES", "GAMES_PUZZLE"),
    within("GAMES", "GAMES_RACING"),
    within("GAMES", "GAMES_ROLE_PLAYING"),
    within("GAMES", "GAMES_SIMULATION"),
    within("GAMES", "GAMES_SPORTS"),
    within("GAMES", "GAMES_STRATEGY"),
    within("GAMES", "GAMES_TRIVIA"),
    within("GAMES", "GAMES_WORD"),
    top("GRAPHICS_AND_DESIGN"),
    top("HEALTH_AND_FITNESS"),
    top("LIFESTYLE"),
    top("MAGAZINES_AND_NEWSPAPERS"),
    top("MEDICAL"),
    top("MUSIC"),
    top("NAVIGATION"),
    top("NEWS"),
    top("PHOTO_AND_VIDEO"),
    top("PRODUCTIVITY"),
    top("REFERENCE"),
    top("SHOPPING"),
    top("SOCIAL_NETWORKING"),
    top("SPORTS"),
    top("STICKERS"),
    within("STICKERS", "STICKERS_ANIMALS"),
    within("STICKERS", "STICKERS_ART"),
    within("STICKERS", "STICKERS_CELEBRATIONS"),
    within("STICKERS", "STICKERS_CELEBRITIES"),
    within("STICKERS", "STICKERS_CHARACTERS"),
    within("STICKERS", "STICKERS_EATING_AND_DRINKING"),
    within("STICKERS", "STICKERS_EMOJI_AND_EXPRESSIONS"),
    within("STICKERS", "STICKERS_FASHION"),
    within("STICKERS", "STICKERS_GAMING"),
    within("STICKERS", "STICKERS_KIDS_AND_FAMILY"),
    within("STICKERS", "STICKERS_MOVIES_AND_TV"),
    within("STICKERS", "STICKERS_MUSIC"),
    within("STICKERS", "STICKERS_PEOPLE"),
    within("STICKERS", "STICKERS_PLACES_AND_OBJECTS"),
    within("STICKERS", "STICKERS_SPORTS_AND_ACTIVITIES"),
    top("TRAVEL"),
    top("UTILITIES"),
    top("WEATHER"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_unique() {
        assert!(APP_CATEGORIES.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn every_parent_is_a_top_category_and_starts_the_id() {
        for category in APP_CATEGORIES {
            let Some(parent) = category.parent else { continue };
            assert_eq!(AppCategory::find(parent).map(|found| found.parent), Some(None), "{parent}");
            assert!(category.id.starts_with(parent), "{}", category.id);
        }
    }

    #[test]
    fn games_have_16_parts_and_stickers_15() {
        let parts = |id| AppCategory::find(id).map(|found| found.subcategories().count());
        assert_eq!(parts("GAMES"), Some(16));
        assert_eq!(parts("STICKERS"), Some(15));
        assert_eq!(parts("UTILITIES"), Some(0));
        assert_eq!(parts("MZGenre.Games"), None);
    }

    #[test]
    fn stickers_are_for_ios_alone() {
        let platforms = |id| AppCategory::find(id).map(AppCategory::platforms);
        assert_eq!(platforms("STICKERS_ART"), Some(&["IOS"][..]));
        assert_eq!(platforms("GAMES").map(<[_]>::len), Some(4));
    }
}
