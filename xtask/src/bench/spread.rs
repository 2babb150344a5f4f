//! Numbers that vary from round to round.

/// The middle of some numbers, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// None of no numbers.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        let (least, most) = (*numbers.first()?, *numbers.last()?);
        let middle = numbers.len() / 2;
        let median =
            if numbers.len() % 2 == 1 { numbers[middle] } else { (numbers[middle - 1] + numbers[middle]) / 2.0 };
        Some(Self { median, least, most })
    }

    /// Of each number of `numbers` over the one of the same round in `base`.
    pub fn of_ratios(numbers: &[f64], base: &[f64]) -> Option<Self> {
        Self::of(numbers.iter().zip(base).map(|(number, base)| number / base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(&[], None)]
    #[case(&[2.0], Some(Spread { median: 2.0, least: 2.0, most: 2.0 }))]
    #[case(&[3.0, 1.0, 2.0], Some(Spread { median: 2.0, least: 1.0, most: 3.0 }))]
    #[case(&[4.0, 1.0, 2.0, 3.0], Some(Spread { median: 2.5, least: 1.0, most: 4.0 }))]
    fn medians_and_ends(#[case] numbers: &[f64], #[case] expected: Option<Spread>) {
        assert_eq!(Spread::of(numbers.iter().copied()), expected);
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let spread = Spread::of_ratios(&[2.0, 40.0], &[1.0, 10.0]).unwrap();
        assert_eq!(spread, Spread { median: 3.0, least: 2.0, most: 4.0 });
    }
}
