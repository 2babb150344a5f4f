//! How far a share that was counted can be trusted.

use serde::Serialize;

/// A share of successes, with its 95 % Wilson interval: where the true share lies, were the cases
/// drawn by lot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    pub successes: usize,
    pub cases: usize,
    /// From 0 to 1; 0 of nothing.
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// The normal distribution has 95 % of its mass within this many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// `successes` of `cases`.
    pub fn new(successes: usize, cases: usize) -> Self {
        if cases == 0 {
            return Self { successes, cases, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, share) = (cases as f64, successes as f64 / cases as f64);
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { successes, cases, share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// `24 of 24`, `100 %`, `[86.2, 100]`; none of nothing.
    pub fn parts(&self) -> Option<[String; 3]> {
        let interval = format!("[{}, {}]", percent(self.low), percent(self.high));
        let counted = format!("{} of {}", self.successes, self.cases);
        (self.cases > 0).then(|| [counted, format!("{} %", percent(self.share)), interval])
    }

    /// `24 of 24, 100 % [86.2, 100]`.
    pub fn words(&self) -> String {
        self.parts()
            .map_or_else(|| "none".to_owned(), |[counted, share, interval]| format!("{counted}, {share} {interval}"))
    }
}

/// With one decimal, but for nothing and all.
fn percent(share: f64) -> String {
    let text = format!("{:.1}", 100.0 * share);
    if matches!(text.as_str(), "0.0" | "100.0") { text[..text.len() - 2].to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of other people's calculators.
    #[rstest::rstest]
    #[case(0, 0, "none")]
    #[case(24, 24, "24 of 24, 100 % [86.2, 100]")]
    #[case(10, 10, "10 of 10, 100 % [72.2, 100]")]
    #[case(0, 10, "0 of 10, 0 % [0, 27.8]")]
    #[case(81, 263, "81 of 263, 30.8 % [25.5, 36.6]")]
    #[case(1, 1, "1 of 1, 100 % [20.7, 100]")]
    #[case(4, 4, "4 of 4, 100 % [51.0, 100]")]
    fn known_values(#[case] successes: usize, #[case] cases: usize, #[case] words: &str) {
        assert_eq!(Share::new(successes, cases).words(), words);
    }
}
