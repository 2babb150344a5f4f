//! Seeds of random programs that failed, each with those before it, kept in the user's cache folder: deep runs try them
//! first, on whatever target.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::NamedTempFile;

/// So many failures are kept.
const KEPT: usize = 32;

/// The seeds of each failure in order, the newest failure first; none where there are none, or they cannot be read.
pub fn read() -> Vec<Vec<u64>> {
    let text = file().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    parse(&text)
}

/// Remembers the seeds of failures.
///
/// # Errors
/// If there is no cache folder, or it cannot be written.
pub fn remember(seeds: impl IntoIterator<Item = Vec<u64>>) -> io::Result<()> {
    let file = file().ok_or_else(|| io::Error::other("there is no cache folder"))?;
    let folder = file.parent().ok_or_else(|| io::Error::other("there is no cache folder"))?;
    let known = read();
    let mut all: Vec<Vec<u64>> = seeds.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    if all.iter().all(|seeds| known.contains(seeds)) {
        return Ok(());
    }
    let others: Vec<_> = known.into_iter().filter(|known| !all.contains(known)).collect();
    all.extend(others);
    all.truncate(KEPT);
    fs::create_dir_all(folder)?;
    // Whole or not at all: another run may read it now.
    let fresh = NamedTempFile::new_in(folder)?;
    fs::write(fresh.path(), render(&all))?;
    fresh.persist(&file).map_err(|error| error.error)?;
    Ok(())
}

/// Where they are.
fn file() -> Option<PathBuf> {
    let is_absolute = |path: &OsString| PathBuf::from(path).is_absolute();
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(is_absolute).map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME").filter(is_absolute)?).join(".cache")))?;
    Some(cache.join("pymem-conform").join("failing-seeds"))
}

const HEAD: &str = "pymem-conform failing seeds 2";

fn render(failures: &[Vec<u64>]) -> String {
    let line = |seeds: &Vec<u64>| seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    std::iter::once(HEAD.to_owned()).chain(failures.iter().map(line)).map(|line| line + "\n").collect()
}

/// What another version or somebody else wrote counts for nothing.
fn parse(text: &str) -> Vec<Vec<u64>> {
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return Vec::new();
    }
    let seeds = |line: &str| line.split(' ').map(|word| word.parse().ok()).collect();
    lines.filter_map(seeds).take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let failures = [vec![7, u64::MAX], vec![0]];
        assert_eq!(parse(&render(&failures)), failures);
        assert_eq!(parse(&render(&vec![vec![1]; 1000])).len(), KEPT);
    }

    #[rstest::rstest]
    #[case("")]
    #[case("7\n")]
    #[case("pymem-conform failing seeds 1\n7\n")]
    fn other_files_count_for_nothing(#[case] text: &str) {
        assert_eq!(parse(text), Vec::<Vec<u64>>::new());
    }
}
