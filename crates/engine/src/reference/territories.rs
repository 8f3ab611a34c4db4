//! The storefronts of the App Store and the currency that each bills in.
//!
//! It knows nothing of apps or availability; start at [`TERRITORIES`].
//!
//! Source: Apple's public list of storefronts and currencies, 175 of them with 43 currencies; the
//! codes are those of the document's `TerritoryCode`, which lists 58 more that have no storefront.

/// A storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Territory {
    /// ISO 3166 alpha-3 code, also the resource's id; `XKS` for Kosovo.
    pub code: &'static str,
    /// ISO 4217 code of the currency that customers pay in there.
    pub currency: &'static str,
}

impl Territory {
    /// Returns the storefront with this code.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        Self::position(code).map(|position| &TERRITORIES[position])
    }

    /// Returns where the storefront with this code stands in [`TERRITORIES`].
    #[must_use]
    pub fn position(code: &str) -> Option<usize> {
        TERRITORIES.binary_search_by(|territory| territory.code.cmp(code)).ok()
    }
}

const fn bills(code: &'static str, currency: &'static str) -> Territory {
    Territory { code, currency }
}

/// The 175 storefronts, by code.
pub const TERRITORIES: [Territory; 175] = [
    bills("AFG", "USD"),
    bills("AGO", "USD"),
    bills("AIA", "USD"),
    bills("ALB", "USD"),
    bills("ARE", "AED"),
    bills("ARG", "USD"),
    bills("ARM", "USD"),
    bills("ATG", "USD"),
    bills("AUS", "AUD"),
    bills("AUT", "EUR"),
    bills("AZE", "USD"),
    bills("BEL", "EUR"),
    bills("BEN", "USD"),
    bills("BFA", "USD"),
    bills("BGR", "EUR"),
    bills("BHR", "USD"),
    bills("BHS", "USD"),
    bills("BIH", "EUR"),
    bills("BLR", "USD"),
    bills("BLZ", "USD"),
    bills("BMU", "USD"),
    bills("BOL", "USD"),
    bills("BRA", "BRL"),
    bills("BRB", "USD"),
    bills("BRN", "USD"),
    bills("BTN", "USD"),
    bills("BWA", "USD"),
    bills("CAN", "CAD"),
    bills("CHE", "CHF"),
    bills("CHL", "CLP"),
    bills("CHN", "CNY"),
    bills("CIV", "USD"),
    bills("CMR", "USD"),
    bills("COD", "USD"),
    bills("COG", "USD"),
    bills("COL", "COP"),
    bills("CPV", "USD"),
    bills("CRI", "USD"),
    bills("CYM", "USD"),
    bills("CYP", "EUR"),
    bills("CZE", "CZK"),
    bills("DEU", "EUR"),
    bills("DMA", "USD"),
    bills("DNK", "DKK"),
    bills("DOM", "USD"),
    bills("DZA", "USD"),
    bills("ECU", "USD"),
    bills("EGY", "EGP"),
    bills("ESP", "EUR"),
    bills("EST", "EUR"),
    bills("FIN", "EUR"),
    bills("FJI", "USD"),
    bills("FRA", "EUR"),
    bills("FSM", "USD"),
    bills("GAB", "USD"),
    bills("GBR", "GBP"),
    bills("GEO", "USD"),
    bills("GHA", "USD"),
    bills("GMB", "USD"),
    bills("GNB", "USD"),
    bills("GRC", "EUR"),
    bills("GRD", "USD"),
    bills("GTM", "USD"),
    bills("GUY", "USD"),
    bills("HKG", "HKD"),
    bills("HND", "USD"),
    bills("HRV", "EUR"),
    bills("HUN", "HUF"),
    bills("IDN", "IDR"),
    bills("IND", "INR"),
    bills("IRL", "EUR"),
    bills("IRQ", "USD"),
    bills("ISL", "USD"),
    bills("ISR", "ILS"),
    bills("ITA", "EUR"),
    bills("JAM", "USD"),
    bills("JOR", "USD"),
    bills("JPN", "JPY"),
    bills("KAZ", "KZT"),
    bills("KEN", "USD"),
    bills("KGZ", "USD"),
    bills("KHM", "USD"),
    bills("KNA", "USD"),
    bills("KOR", "KRW"),
    bills("KWT", "USD"),
    bills("LAO", "USD"),
    bills("LBN", "USD"),
    bills("LBR", "USD"),
    bills("LBY", "USD"),
    bills("LCA", "USD"),
    bills("LKA", "USD"),
    bills("LTU", "EUR"),
    bills("LUX", "EUR"),
    bills("LVA", "EUR"),
    bills("MAC", "USD"),
    bills("MAR", "USD"),
    bills("MDA", "USD"),
    bills("MDG", "USD"),
    bills("MDV", "USD"),
    bills("MEX", "MXN"),
    bills("MKD", "USD"),
    bills("MLI", "USD"),
    bills("MLT", "EUR"),
    bills("MMR", "USD"),
    bills("MNE", "EUR"),
    bills("MNG", "USD"),
    bills("MOZ", "USD"),
    bills("MRT", "USD"),
    bills("MSR", "USD"),
    bills("MUS", "USD"),
    bills("MWI", "USD"),
    bills("MYS", "MYR"),
    bills("NAM", "USD"),
    bills("NER", "USD"),
    bills("NGA", "NGN"),
    bills("NIC", "USD"),
    bills("NLD", "EUR"),
    bills("NOR", "NOK"),
    bills("NPL", "USD"),
    bills("NRU", "USD"),
    bills("NZL", "NZD"),
    bills("OMN", "USD"),
    bills("PAK", "PKR"),
    bills("PAN", "USD"),
    bills("PER", "PEN"),
    bills("PHL", "PHP"),
    bills("PLW", "USD"),
    bills("PNG", "USD"),
    bills("POL", "PLN"),
    bills("PRT", "EUR"),
    bills("PRY", "USD"),
    bills("QAT", "QAR"),
    bills("ROU", "RON"),
    bills("RUS", "RUB"),
    bills("RWA", "USD"),
    bills("SAU", "SAR"),
    bills("SEN", "USD"),
    bills("SGP", "SGD"),
    bills("SLB", "USD"),
    bills("SLE", "USD"),
    bills("SLV", "USD"),
    bills("SRB", "EUR"),
    bills("STP", "USD"),
    bills("SUR", "USD"),
    bills("SVK", "EUR"),
    bills("SVN", "EUR"),
    bills("SWE", "SEK"),
    bills("SWZ", "USD"),
    bills("SYC", "USD"),
    bills("TCA", "USD"),
    bills("TCD", "USD"),
    bills("THA", "THB"),
    bills("TJK", "USD"),
    bills("TKM", "USD"),
    bills("TON", "USD"),
    bills("TTO", "USD"),
    bills("TUN", "USD"),
    bills("TUR", "TRY"),
    bills("TWN", "TWD"),
    bills("TZA", "TZS"),
    bills("UGA", "USD"),
    bills("UKR", "USD"),
    bills("URY", "USD"),
    bills("USA", "USD"),
    bills("UZB", "USD"),
    bills("VCT", "USD"),
    bills("VEN", "USD"),
    bills("VGB", "USD"),
    bills("VNM", "VND"),
    bills("VUT", "USD"),
    bills("XKS", "EUR"),
    bills("YEM", "USD"),
    bills("ZAF", "ZAR"),
    bills("ZMB", "USD"),
    bills("ZWE", "USD"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(TERRITORIES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn codes_and_currencies_are_three_capitals() {
        for territory in TERRITORIES {
            for code in [territory.code, territory.currency] {
                assert!(
                    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn storefronts_bill_in_43_currencies() {
        let currencies: BTreeSet<_> =
            TERRITORIES.iter().map(|territory| territory.currency).collect();
        assert_eq!(currencies.len(), 43);
    }

    #[test]
    fn known_storefronts_are_found_and_others_are_not() {
        assert_eq!(Territory::find("JPN").map(|found| found.currency), Some("JPY"));
        assert_eq!(Territory::find("XKS").map(|found| found.currency), Some("EUR"));
        assert_eq!(Territory::find("CUB"), None, "a TerritoryCode without a storefront");
        assert_eq!(Territory::find("US"), None);
        assert_eq!(Territory::find("usa"), None);
    }
}
