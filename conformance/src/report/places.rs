//! Where a clause was judged, told briefly.

use std::collections::{BTreeMap, BTreeSet};

use pymem_spec::{Configuration, Domain, Mode};

use super::ClauseResult;

/// One combination in which a clause is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) domain: Option<Domain>,
    pub(super) mode: Mode,
    pub(super) configuration: Configuration,
}

/// In which state and with which allocators.
type Run = (Mode, Configuration);

impl Place {
    pub(super) fn of(result: &ClauseResult) -> Self {
        Self { domain: result.domain, mode: result.mode, configuration: result.configuration }
    }
}

/// All places in one phrase, each mentioned once:
/// `raw mem obj (bare default, debug-hooks; embedded default), raw (embedded debug-hooks)`.
pub(super) fn describe(places: &[Place]) -> String {
    let mut domains = BTreeMap::<_, BTreeSet<_>>::new();
    for place in places {
        domains.entry((place.mode, place.configuration)).or_default().insert(place.domain);
    }
    // What shares its domains is told together, in the order of its first place.
    let mut groups = Vec::<(BTreeSet<_>, Vec<Run>)>::new();
    for (run, domains) in domains {
        match groups.iter_mut().find(|(known, _)| *known == domains) {
            Some((_, runs)) => runs.push(run),
            None => groups.push((domains, vec![run])),
        }
    }
    let phrases: Vec<_> = groups
        .iter()
        .map(|(domains, runs)| {
            let domains: Vec<_> = domains.iter().flatten().map(|domain| domain.as_str()).collect();
            match domains.is_empty() {
                true => describe_runs(runs),
                false => format!("{} ({})", domains.join(" "), describe_runs(runs)),
            }
        })
        .collect();
    phrases.join(", ")
}

/// As [`describe`] for places that are all there are: many are counted, not listed.
pub(super) fn describe_briefly(places: &[Place]) -> String {
    if places.len() <= FEW {
        return describe(places);
    }
    let domains: BTreeSet<_> = places.iter().filter_map(|place| place.domain).collect();
    let modes: BTreeSet<_> = places.iter().map(|place| place.mode).collect();
    let words = domains.iter().map(|domain| domain.as_str()).collect::<Vec<_>>().join(" ");
    let modes = modes.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(" and ");
    let separator = if words.is_empty() { "" } else { ", " };
    format!("everywhere: {words}{separator}{modes}, all {} results", places.len())
}

/// So many places are still listed one by one.
const FEW: usize = 6;

/// `bare default, debug-hooks; embedded default, PYTHONMALLOC=malloc|debug`.
fn describe_runs(runs: &[Run]) -> String {
    let mut modes = BTreeMap::<_, Vec<_>>::new();
    for &(mode, configuration) in runs {
        modes.entry(mode).or_default().push(configuration);
    }
    let phrases: Vec<_> = modes
        .iter()
        .map(|(mode, configurations)| {
            let plain = configurations.iter().filter(|c| c.pythonmalloc().is_none()).map(|c| c.to_string());
            let named: Vec<_> = configurations.iter().filter_map(|c| c.pythonmalloc()).collect();
            let named = (!named.is_empty()).then(|| format!("PYTHONMALLOC={}", named.join("|")));
            format!("{mode} {}", plain.chain(named).collect::<Vec<_>>().join(", "))
        })
        .collect();
    phrases.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAINS: [Option<Domain>; 4] = [None, Some(Domain::Raw), Some(Domain::Mem), Some(Domain::Obj)];

    fn places(domains: &[Option<Domain>], configurations: &[Configuration]) -> Vec<Place> {
        let of =
            |&configuration| domains.iter().map(move |&domain| Place { domain, mode: Mode::Embedded, configuration });
        configurations.iter().flat_map(of).collect()
    }

    #[test]
    fn six_places_are_listed_and_seven_counted() {
        let (two, three) = (&Configuration::ALL[..2], &Configuration::ALL[..3]);
        let six = places(&DOMAINS[1..], two);
        assert_eq!(describe_briefly(&six), "raw mem obj (embedded default, debug-hooks)");
        let nine = "everywhere: raw mem obj, embedded, all 9 results";
        assert_eq!(describe_briefly(&places(&DOMAINS[1..], three)), nine);
        let mut seven = six;
        seven.push(Place { domain: None, mode: Mode::Bare, configuration: Configuration::Default });
        assert_eq!(describe_briefly(&seven), "everywhere: raw mem obj, bare and embedded, all 7 results");
        let of_no_domain = places(&DOMAINS[..1], Configuration::ALL);
        assert_eq!(describe_briefly(&of_no_domain), "everywhere: embedded, all 10 results");
    }

    #[test]
    fn what_shares_its_domains_is_told_together() {
        let mut mixed =
            places(&DOMAINS[1..3], &[Configuration::Default, Configuration::EnvMalloc, Configuration::EnvDebug]);
        mixed.extend(places(&DOMAINS[3..], &[Configuration::DebugHooks]));
        mixed.push(Place { domain: None, mode: Mode::Bare, configuration: Configuration::Default });
        let expected =
            "bare default, raw mem (embedded default, PYTHONMALLOC=debug|malloc), obj (embedded debug-hooks)";
        assert_eq!(describe(&mixed), expected);
    }
}
