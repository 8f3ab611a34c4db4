//! Which prices each currency has, in hundredths of its unit, and how they compare.
//!
//! It knows nothing of storefronts or ids; start at [`Currency::price`].
//!
//! Source for amounts near the dollar: Apple's published steps (every 0.10 to 10, every 0.50 to 50,
//! every 1 to 200, every 5 to 500, every 10 to 1000, endings .00, .90, .95) agree with numbers in
//! recorded ids: USD 0.29 is 10001, 0.99 is 10010, 2.99 is 10036, 9.99 is 10127, 19.99 is 10177,
//! CAD 12.99 is 10142; a storefront has 800 prices and free. The other ladders and all levels are
//! **our choice**: plausible amounts in the habits of each currency, not Apple's table.

use std::cmp::Ordering;

/// Number of prices above free in every storefront.
pub const TIERS: usize = 800;

/// A currency that storefronts bill in.
#[derive(Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217 code.
    pub code: &'static str,
    /// What stands for one thousand US dollars: an exchange rate with customary taxes, our choice.
    level: u64,
    ladder: Ladder,
}

/// The amounts that a currency uses.
#[derive(Debug, PartialEq, Eq)]
enum Ladder {
    /// The dollar's own.
    Fine,
    /// The dollar's up to 999.99, then wide steps, for units somewhat smaller than the dollar.
    FineWide,
    /// The yen's times `hundredths` of a unit, less `below` hundredths: 1000 yen become 999.
    Coarse { hundredths: u64, below: u64 },
}

impl Currency {
    /// Returns the currency with this code.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        let position = CURRENCIES.binary_search_by(|currency| currency.code.cmp(code)).ok()?;
        Some(&CURRENCIES[position])
    }

    /// Returns the price of a tier in hundredths; tier 0 is free. `None` above [`TIERS`].
    #[must_use]
    pub fn price(&self, tier: usize) -> Option<u64> {
        if tier == 0 {
            return Some(0);
        }
        Some(match self.ladder {
            Ladder::Fine => *FINE.get(tier)?,
            Ladder::FineWide => *FINE_WIDE.get(tier)?,
            Ladder::Coarse { hundredths, below } => *COARSE.get(tier)? * hundredths - below,
        })
    }

    /// Returns the tier whose price is nearest to what `tier` costs in `base`; of two equally near
    /// ones the lower. Free stays free and nothing else becomes free; a dearer tier of `base` never
    /// gives a cheaper one. `None` where `base` has no such tier.
    #[must_use]
    pub fn equalize(&self, base: &Self, tier: usize) -> Option<usize> {
        let price = base.price(tier)?;
        if tier == 0 {
            return Some(0);
        }
        let sought = price * self.level;
        let distance = |tier: usize| {
            let offered = self.price(tier).unwrap_or(u64::MAX / base.level) * base.level;
            offered.abs_diff(sought)
        };
        // The first tier that costs at least as much, found among those above free.
        let (mut below, mut reached) = (1, TIERS);
        while below < reached {
            let middle = usize::midpoint(below, reached);
            match self.price(middle).map(|offered| (offered * base.level).cmp(&sought)) {
                Some(Ordering::Less) => below = middle + 1,
                _ => reached = middle,
            }
        }
        let cheaper = reached.saturating_sub(1).max(1);
        Some(if distance(cheaper) <= distance(reached) { cheaper } else { reached })
    }

    /// Returns what a price leaves at a share of so many percent, in hundredths.
    ///
    /// Source: recorded dollar proceeds round up in the first year (0.29 leaves 0.21, 2.99 leaves
    /// 2.1) and to the nearest cent in the second, other currencies to the nearest. That every
    /// storefront leaves 70 and 85 percent of the price, without taxes, is our choice.
    #[must_use]
    pub fn proceeds(&self, price: u64, percent: u64) -> u64 {
        let exact = price * percent;
        match self.code {
            "USD" if percent == FIRST_YEAR => exact.div_ceil(100),
            "CLP" | "JPY" | "KRW" | "VND" => (exact + 5_000) / 10_000 * 100,
            _ => (exact + 50) / 100,
        }
    }
}

/// Percentage that is left of a price, but for a subscription's second year.
pub const FIRST_YEAR: u64 = 70;

/// Percentage that is left of a subscription's price after its first year.
pub const SECOND_YEAR: u64 = 85;

/// Writes an amount as Apple does: `0.0`, `0.7`, `9.99`, `1500.0`.
#[must_use]
pub fn present_amount(hundredths: u64) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest % 10 == 0 { format!("{whole}.{}", rest / 10) } else { format!("{whole}.{rest:02}") }
}

/// Writes prices into a table: in each step from `from` to below `to`, the step plus each ending.
const fn fill(
    table: &mut [u64; TIERS + 1],
    mut next: usize,
    (from, to, step): (u64, u64, u64),
    endings: &[u64],
) -> usize {
    let mut at = from;
    while at < to {
        let mut ending = 0;
        while ending < endings.len() {
            table[next] = at + endings[ending];
            next += 1;
            ending += 1;
        }
        at += step;
    }
    next
}

/// The dollar's prices in cents up to 499.99, and how many there are.
const fn fill_dollars(table: &mut [u64; TIERS + 1]) -> usize {
    let next = fill(table, 1, (0, 100, 100), &[29, 39, 49, 59, 69, 79, 89, 90, 95, 99]);
    let tens = &[0, 9, 19, 29, 39, 49, 59, 69, 79, 89, 90, 95, 99];
    let next = fill(table, next, (100, 1_000, 100), tens);
    let next = fill(table, next, (1_000, 5_000, 100), &[0, 49, 90, 95, 99]);
    let next = fill(table, next, (5_000, 10_000, 100), &[0, 90, 99]);
    fill(table, next, (10_000, 20_000, 100), &[0, 99])
}

const FINE: [u64; TIERS + 1] = {
    let mut table = [0; TIERS + 1];
    let next = fill_dollars(&mut table);
    let next = fill(&mut table, next, (20_000, 50_000, 5_000), &[0]);
    let next = fill(&mut table, next, (20_000, 50_000, 500), &[499]);
    let next = fill(&mut table, next, (50_000, 100_001, 10_000), &[0]);
    let next = fill(&mut table, next, (75_000, 75_001, 1), &[0]);
    assert!(fill(&mut table, next, (50_000, 100_000, 1_000), &[999]) == TIERS + 1);
    ascending(table)
};

const FINE_WIDE: [u64; TIERS + 1] = {
    let mut table = [0; TIERS + 1];
    let next = fill_dollars(&mut table);
    let next = fill(&mut table, next, (20_000, 50_000, 500), &[499]);
    let next = fill(&mut table, next, (50_000, 100_000, 1_000), &[999]);
    assert!(fill(&mut table, next, (100_000, 230_000, 10_000), &[9_999]) == TIERS + 1);
    table
};

/// The yen's prices in yen.
const COARSE: [u64; TIERS + 1] = {
    let mut table = [0; TIERS + 1];
    let next = fill(&mut table, 1, (50, 3_000, 10), &[0]);
    let next = fill(&mut table, next, (3_000, 10_000, 50), &[0]);
    let next = fill(&mut table, next, (10_000, 20_000, 100), &[0]);
    let next = fill(&mut table, next, (20_000, 50_000, 200), &[0]);
    let next = fill(&mut table, next, (50_000, 100_000, 1_000), &[0]);
    assert!(fill(&mut table, next, (100_000, 230_000, 2_000), &[0]) == TIERS + 1);
    table
};

/// Sorts a table (by insertion: it runs while compiling).
const fn ascending(mut table: [u64; TIERS + 1]) -> [u64; TIERS + 1] {
    let mut next = 1;
    while next <= TIERS {
        let mut at = next;
        while at > 0 && table[at - 1] > table[at] {
            (table[at - 1], table[at]) = (table[at], table[at - 1]);
            at -= 1;
        }
        next += 1;
    }
    table
}

const fn fine(code: &'static str, level: u64) -> Currency {
    Currency { code, level, ladder: Ladder::Fine }
}

const fn wide(code: &'static str, level: u64) -> Currency {
    Currency { code, level, ladder: Ladder::FineWide }
}

const fn coarse(code: &'static str, level: u64, hundredths: u64, below: u64) -> Currency {
    Currency { code, level, ladder: Ladder::Coarse { hundredths, below } }
}

/// The 43 currencies, by code.
const CURRENCIES: [Currency; 43] = [
    coarse("AED", 4_000, 2, 1),
    wide("AUD", 1_500),
    coarse("BRL", 6_000, 5, 10),
    wide("CAD", 1_300),
    fine("CHF", 1_000),
    coarse("CLP", 1_000_000, 500, 1_000),
    coarse("CNY", 7_000, 10, 400),
    coarse("COP", 4_000_000, 2_000, 10_000),
    coarse("CZK", 25_000, 20, 100),
    coarse("DKK", 8_000, 10, 100),
    coarse("EGP", 50_000, 40, 1),
    fine("EUR", 1_000),
    fine("GBP", 1_000),
    coarse("HKD", 7_800, 10, 200),
    coarse("HUF", 400_000, 200, 1_000),
    coarse("IDR", 16_000_000, 10_000, 100_000),
    coarse("ILS", 4_000, 5, 10),
    coarse("INR", 100_000, 50, 100),
    coarse("JPY", 150_000, 100, 0),
    coarse("KRW", 1_500_000, 1_000, 0),
    coarse("KZT", 500_000, 250, 100),
    coarse("MXN", 20_000, 20, 100),
    coarse("MYR", 4_500, 5, 10),
    coarse("NGN", 1_500_000, 1_000, 10_000),
    coarse("NOK", 12_000, 10, 100),
    wide("NZD", 1_700),
    coarse("PEN", 4_000, 5, 10),
    coarse("PHP", 60_000, 50, 100),
    coarse("PKR", 280_000, 200, 0),
    coarse("PLN", 5_000, 5, 1),
    coarse("QAR", 4_000, 2, 1),
    coarse("RON", 5_000, 5, 1),
    coarse("RUB", 100_000, 50, 100),
    coarse("SAR", 4_000, 2, 1),
    coarse("SEK", 12_000, 10, 100),
    wide("SGD", 1_400),
    coarse("THB", 35_000, 20, 100),
    coarse("TRY", 40_000, 20, 1),
    coarse("TWD", 32_000, 20, 0),
    coarse("TZS", 2_600_000, 2_000, 10_000),
    fine("USD", 1_000),
    coarse("VND", 25_000_000, 20_000, 100_000),
    coarse("ZAR", 20_000, 10, 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(tier: usize) -> Option<String> {
        Currency::find("USD")?.price(tier).map(present_amount)
    }

    #[test]
    fn codes_are_sorted() {
        assert!(CURRENCIES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn prices_rise_from_free_in_every_currency() {
        for currency in &CURRENCIES {
            let prices: Vec<_> = (0..=TIERS).filter_map(|tier| currency.price(tier)).collect();
            assert_eq!(prices.len(), TIERS + 1, "{}", currency.code);
            assert_eq!(prices[0], 0);
            assert!(prices.windows(2).all(|pair| pair[0] < pair[1]), "{}", currency.code);
            assert_eq!(currency.price(TIERS + 1), None);
        }
    }

    #[test]
    fn dollar_tiers_are_those_of_recorded_ids() {
        let recorded = [(1, "0.29"), (10, "0.99"), (36, "2.99"), (62, "4.99"), (127, "9.99")];
        for (tier, amount) in recorded.into_iter().chain([(177, "19.99"), (800, "1000.0")]) {
            assert_eq!(dollars(tier).as_deref(), Some(amount), "tier {tier}");
        }
        assert_eq!(Currency::find("CAD").and_then(|found| found.price(142)), Some(1_299));
        assert_eq!(Currency::find("CNY").and_then(|found| found.price(1)), Some(100));
        assert_eq!(Currency::find("JPY").and_then(|found| found.price(46)), Some(50_000));
    }

    #[test]
    fn amounts_are_written_with_one_or_two_decimals() {
        let written = [0, 70, 84, 100, 999, 1_005, 150_000].map(present_amount);
        assert_eq!(written, ["0.0", "0.7", "0.84", "1.0", "9.99", "10.05", "1500.0"]);
    }

    #[test]
    fn nine_dollars_99_is_customary_elsewhere() {
        let base = Currency::find("USD").expect("a currency");
        for (code, amount) in [
            ("AUD", "14.99"),
            ("CAD", "12.99"),
            ("CNY", "70.0"),
            ("EUR", "9.99"),
            ("INR", "999.0"),
            ("JPY", "1500.0"),
            ("MXN", "199.0"),
            ("PLN", "49.99"),
            ("VND", "249000.0"),
        ] {
            let currency = Currency::find(code).expect("a currency");
            let tier = currency.equalize(base, 127).expect("a tier");
            assert_eq!(currency.price(tier).map(present_amount).as_deref(), Some(amount), "{code}");
        }
    }

    #[test]
    fn equalizing_keeps_free_keeps_order_and_keeps_the_own_currency() {
        for base in &CURRENCIES {
            assert_eq!(base.equalize(base, TIERS + 1), None);
            for currency in &CURRENCIES {
                let tiers: Vec<_> =
                    (0..=TIERS).filter_map(|tier| currency.equalize(base, tier)).collect();
                let pair = (base.code, currency.code);
                assert!(tiers[0] == 0 && tiers[1] > 0, "{pair:?}");
                assert!(tiers.windows(2).all(|pair| pair[0] <= pair[1]), "{pair:?}");
                assert!(base.code != currency.code || tiers.iter().copied().eq(0..=TIERS));
            }
        }
    }

    #[test]
    fn no_other_price_is_nearer_than_the_equalized_one() {
        for base in &CURRENCIES {
            for currency in &CURRENCIES {
                for tier in (1..=TIERS).step_by(97) {
                    let sought = base.price(tier).expect("a price") * currency.level;
                    let far = |tier| {
                        currency.price(tier).map(|price| (price * base.level).abs_diff(sought))
                    };
                    let found = currency.equalize(base, tier).expect("a tier");
                    let nearest = (1..=TIERS).min_by_key(|tier| far(*tier));
                    assert_eq!(Some(found), nearest, "{} {tier} in {}", base.code, currency.code);
                }
            }
        }
    }

    #[test]
    fn proceeds_round_as_recorded() {
        let left = |code, price, percent| {
            let currency = Currency::find(code).expect("a currency");
            present_amount(currency.proceeds(price, percent))
        };
        assert_eq!(left("USD", 29, FIRST_YEAR), "0.21");
        assert_eq!(left("USD", 39, FIRST_YEAR), "0.28");
        assert_eq!(left("USD", 99, FIRST_YEAR), "0.7");
        assert_eq!(left("USD", 29, SECOND_YEAR), "0.25");
        assert_eq!(left("USD", 99, SECOND_YEAR), "0.84");
        assert_eq!(left("USD", 299, SECOND_YEAR), "2.54");
        assert_eq!(left("CAD", 1_299, FIRST_YEAR), "9.09");
        assert_eq!(left("JPY", 150_000, FIRST_YEAR), "1050.0");
        assert_eq!(left("JPY", 5_000, SECOND_YEAR), "43.0");
    }
}
