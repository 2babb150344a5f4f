//! The file in which ldconfig lists the system's libraries, `/etc/ld.so.cache`.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 20 | `glibc-ld.so.cache1.1`; in an older system after a list in an older format |
//! | 4 | how many entries there are |
//! | 24 | sizes and flags that a reader can do without |
//! | 24 each | flags, offset of the name, offset of the path (4 bytes each); system, processor (12 bytes) |
//!
//! Offsets count from the first byte of the mark, and lead to texts that end in NUL.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::{memchr, memmem};

const MARK: &[u8] = b"glibc-ld.so.cache1.1";
const HEADER: usize = 48;
const ENTRY: usize = 24;

/// The flags of a library for glibc on this machine.
const FLAGS: u32 = if cfg!(target_arch = "aarch64") { 0x0a03 } else { 0x0303 };

/// More would be no cache: those of large systems have some hundred kilobytes.
const LIMIT: u64 = 64 << 20;

/// Names and paths of the libraries for this machine, in the order in which the loader looks at them. None of a
/// file that cannot be read or is damaged: the loader goes on without, too.
pub(crate) fn listed(file: &Path) -> Vec<(String, PathBuf)> {
    let is_cache = fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LIMIT);
    let bytes = if is_cache { fs::read(file).unwrap_or_default() } else { vec![] };
    entries(&bytes).unwrap_or_default()
}

fn entries(bytes: &[u8]) -> Option<Vec<(String, PathBuf)>> {
    let cache = &bytes[memmem::find(bytes, MARK)?..];
    let count = number(cache, MARK.len())? as usize;
    let table = cache.get(HEADER..)?.get(..count.checked_mul(ENTRY)?)?;
    let is_ours = |entry: &&[u8]| {
        let for_any_processor = entry[16..].iter().all(|&byte| byte == 0);
        number(entry, 0) == Some(FLAGS) && for_any_processor
    };
    let texts = |entry: &[u8]| {
        let name = std::str::from_utf8(text(cache, number(entry, 4)?)?).ok()?;
        Some((name.to_owned(), OsStr::from_bytes(text(cache, number(entry, 8)?)?).into()))
    };
    Some(table.chunks_exact(ENTRY).filter(is_ours).filter_map(texts).collect())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn text(cache: &[u8], offset: u32) -> Option<&[u8]> {
    let rest = cache.get(offset as usize..)?;
    Some(&rest[..memchr(0, rest)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A cache with an entry for each (flags, processor, name, path).
    fn cache(list: &[(u32, u64, &str, &str)]) -> Vec<u8> {
        let mut table = Vec::new();
        let mut texts = Vec::new();
        let start = HEADER + ENTRY * list.len();
        let mut put = |text: &str| {
            let at = (start + texts.len()) as u32;
            texts.extend(text.bytes().chain([0]));
            at.to_le_bytes()
        };
        for (flags, processor, name, path) in list {
            table.extend(flags.to_le_bytes());
            table.extend(put(name));
            table.extend(put(path));
            table.extend([0; 4]);
            table.extend(processor.to_le_bytes());
        }
        let mut bytes = MARK.to_vec();
        bytes.extend((list.len() as u32).to_le_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(table);
        bytes.extend(texts);
        bytes
    }

    fn sample() -> Vec<u8> {
        cache(&[
            (FLAGS, 1 << 62, "libx.so", "/variant/libx.so"),
            (0x0003, 0, "libx.so", "/32/libx.so"),
            (FLAGS, 0, "libx.so", "/64/libx.so"),
            (FLAGS, 0, "liby.so", "/64/liby.so"),
        ])
    }

    fn expected() -> Option<Vec<(String, PathBuf)>> {
        Some([("libx.so", "/64/libx.so"), ("liby.so", "/64/liby.so")].map(|(n, p)| (n.into(), p.into())).to_vec())
    }

    #[test]
    fn what_is_for_this_machine_is_listed() {
        assert_eq!(entries(&sample()), expected());
        assert_eq!(entries(&cache(&[])), Some(vec![]));
    }

    #[test]
    fn an_older_list_may_stand_before() {
        let mut bytes = b"ld.so-1.7.0\0\x01\0\0\0".to_vec();
        bytes.resize(32, 7);
        bytes.extend(sample());
        assert_eq!(entries(&bytes), expected());
    }

    #[test]
    fn what_is_no_cache_lists_nothing() {
        assert_eq!(entries(b""), None);
        assert_eq!(entries(b"ld.so-1.7.0\0"), None);
        assert_eq!(listed(Path::new("/dev/zero")), []);
        assert_eq!(listed(Path::new("/no/such/file")), []);
    }

    #[test]
    fn damage_never_panics() {
        let sound = sample();
        let hits = prop::collection::vec((0..sound.len(), any::<u8>()), 0..6);
        proptest!(|(hits in hits, len in 0..=sound.len())| {
            let mut bytes = sound.clone();
            hits.iter().for_each(|&(at, byte)| bytes[at] = byte);
            // Either answer may be right.
            let _ = entries(&bytes[..len]);
        });
    }

    #[test]
    fn the_real_one_knows_the_c_library() {
        let real = listed(Path::new("/etc/ld.so.cache"));
        if real.is_empty() {
            return println!("not run: the real cache: ldconfig makes one");
        }
        let (_, libc) = real.iter().find(|(name, _)| name == "libc.so.6").expect("every program needs it");
        assert!(libc.is_file());
    }
}
