//! From the words of the command line to values, with a sentence for each mistake.

use std::ffi::{OsStr, OsString};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap_lex::OsStrExt as _;
use pymem_spec::{Domain, Mode, Version};

use super::{Format, Interior, MAX_SEED, Output};
use crate::inside::order::How;
use crate::report::escape_bytes;

/// Each `--format`, and `--output` for the one without a file.
pub(super) fn outputs(formats: Vec<OsString>, output: Option<OsString>) -> Result<Vec<Output>, String> {
    let mut outputs = formats.iter().map(|value| format(value)).collect::<Result<Vec<_>, _>>()?;
    if outputs.is_empty() {
        outputs.push(Output { format: Format::Human, file: None });
    }
    let mut without_file = outputs.iter_mut().filter(|output| output.file.is_none());
    let main = without_file.next();
    if without_file.next().is_some() {
        return Err("only one `--format` can go without a file; write the others as `--format FORMAT=FILE`".into());
    }
    match (main, output) {
        (_, Some(file)) if file.is_empty() => return Err("`--output` needs the name of a file".into()),
        (Some(main), Some(file)) if file != "-" => main.file = Some(file.into()),
        (None, Some(_)) => {
            return Err("`--output` has nothing to hold: every `--format` names a file of its own".into());
        }
        _ => {}
    }
    let twice =
        |(i, output): &(usize, &Output)| output.file.is_some() && outputs[..*i].iter().any(|o| o.file == output.file);
    match outputs.iter().enumerate().find(twice) {
        Some((_, Output { file: Some(file), .. })) => {
            Err(format!("two reports cannot go to the same file `{}`", shown(file.as_os_str())))
        }
        _ => Ok(outputs),
    }
}

fn format(value: &OsStr) -> Result<Output, String> {
    let (word, file) = match value.split_once("=") {
        Some((word, file)) => (word, Some(file)),
        None => (value, None),
    };
    if file.is_some_and(OsStr::is_empty) {
        return Err(format!("`--format {0}=` needs the name of a file after `=`", shown(word)));
    }
    let format = match word.to_str() {
        Some("human") => Format::Human,
        Some("json") => Format::Json,
        Some(planned @ ("junit" | "sarif" | "markdown" | "html")) => {
            return Err(format!("this version cannot write the format `{planned}` yet; it writes human and json"));
        }
        _ => return Err(format!("unknown format `{}`; known: human, json", shown(word))),
    };
    Ok(Output { format, file: file.map(PathBuf::from) })
}

/// The interpreter that the target is put into; what else is said of it needs one.
pub(super) fn interior(
    python: Option<OsString>,
    domains: Option<OsString>,
    how: Option<OsString>,
    tests: Option<OsString>,
) -> Result<Option<Interior>, String> {
    let Some(python) = python else {
        let alone = [("--domains", domains), ("--how", how), ("--tests", tests)];
        return match alone.iter().find(|(_, value)| value.is_some()) {
            Some((name, _)) => Err(format!("`{name}` has no meaning without `--inside`")),
            None => Ok(None),
        };
    };
    if python.is_empty() {
        return Err("`--inside` needs a Python: python:3.13, or a path".into());
    }
    let domains = domains.map(|value| domain_list(&value)).transpose()?;
    let how = match how.as_deref().map(OsStr::to_str) {
        None | Some(Some("set")) => How::Set,
        Some(Some("preload")) => How::Preload,
        Some(_) => return Err(format!("`--how` is set or preload, not `{}`", shown(&how.unwrap_or_default()))),
    };
    let tests =
        tests.map_or_else(|| Ok(TESTS.iter().map(|name| (*name).to_owned()).collect()), |value| names(&value))?;
    Ok(Some(Interior { python, domains, how, tests }))
}

/// Modules of CPython's own tests whose outcome tells of an allocator, run unless others are named.
const TESTS: [&str; 8] =
    ["test_list", "test_dict", "test_set", "test_json", "test_re", "test_gc", "test_threading", "test_capi"];

fn domain_list(value: &OsStr) -> Result<Vec<Domain>, String> {
    let text = value.to_str().unwrap_or_default();
    let mut domains = Vec::new();
    for word in text.split(',') {
        let domain = word.parse().map_err(|_| {
            format!("`--domains` takes some of raw, mem and obj, with commas between them, not `{}`", shown(value))
        })?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains.sort();
    Ok(domains)
}

/// Names of modules, with commas between them; none of an empty text.
fn names(value: &OsStr) -> Result<Vec<String>, String> {
    let text = value.to_str().unwrap_or("?");
    let is_name = |name: &str| {
        name.starts_with("test_") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
    };
    let names: Vec<String> = text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match names.iter().find(|name| !is_name(name)) {
        Some(_) => Err(format!("`--tests` takes modules such as test_list,test_json, not `{}`", shown(value))),
        None => Ok(names),
    }
}

/// A version that could exist; which patch release `3.13` means, the facts tell.
pub(super) fn spec(value: OsString) -> Result<String, String> {
    let text = value.to_str().filter(|text| text.parse::<Version>().is_ok()).map(str::to_owned);
    text.ok_or_else(|| {
        format!("`--spec` takes a version of Python such as 3.13, 3.7.4 or 3.15.0a0, not `{}`", shown(&value))
    })
}

/// Globs over clause ids. What no id can contain can only be a mistake.
pub(super) fn globs(option: &str, values: Vec<OsString>) -> Result<Vec<String>, String> {
    let glob = |value| {
        let glob = text(option, value)?;
        let can_match = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-*?".contains(c);
        match !glob.is_empty() && glob.chars().all(can_match) {
            true => Ok(glob),
            false => Err(format!(
                "`{option}` takes a clause id, in which `*` and `?` stand for any characters, not `{}`",
                shown(glob.as_ref())
            )),
        }
    };
    values.into_iter().map(glob).collect()
}

pub(super) fn duration(value: OsString) -> Result<Duration, String> {
    let bad = || format!("`--deep` takes a time such as 30s, 5m or 1.5h, not `{}`", shown(&value));
    let text = value.to_str().ok_or_else(bad)?;
    let unit = match text.chars().last() {
        Some('s') => 1.0,
        Some('m') => 60.0,
        Some('h') => 3600.0,
        _ => return Err(bad()),
    };
    positive(&text[..text.len() - 1]).and_then(|number| seconds(number * unit)).ok_or_else(bad)
}

pub(super) fn timeout(value: OsString) -> Result<Duration, String> {
    let parsed = value.to_str().and_then(positive).and_then(seconds);
    parsed.ok_or_else(|| format!("`--timeout` takes seconds above 0, such as 2 or 0.5, not `{}`", shown(&value)))
}

/// A plain decimal number above 0: neither `inf`, `1e3` nor `+1`.
fn positive(text: &str) -> Option<f64> {
    let is_plain =
        text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|number| is_plain && *number > 0.0)
}

/// Between a millisecond, below which no clock here tells anything, and a year,
/// so that no sum of deadlines overflows.
fn seconds(number: f64) -> Option<Duration> {
    (1e-3..=31_536_000.0).contains(&number).then(|| Duration::from_secs_f64(number))
}

pub(super) fn mode(value: OsString) -> Result<Mode, String> {
    let mode = value.to_str().and_then(|text| text.parse().ok());
    mode.ok_or_else(|| format!("`--mode` takes bare or embedded, not `{}`", shown(&value)))
}

/// A name of the C language, or the beginning of one.
pub(super) fn symbol(option: &str, value: OsString) -> Result<String, String> {
    let name = text(option, value)?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty();
    match is_name {
        true => Ok(name),
        false => Err(format!("`{option}` takes a name of the C language, not `{}`", shown(name.as_ref()))),
    }
}

pub(super) fn home(value: OsString) -> Result<PathBuf, String> {
    match value.is_empty() {
        true => Err("`--home` needs the name of a directory".into()),
        false => Ok(value.into()),
    }
}

/// Variables that choose the allocator or lay hooks over it: a run goes over their values by itself, and judges each
/// by what it is.
const CHOOSING: [&str; 2] = ["PYTHONMALLOC", "PYTHONDEVMODE"];

pub(super) fn variable(value: OsString) -> Result<(OsString, OsString), String> {
    match value.split_once("=") {
        Some((name, _)) if CHOOSING.iter().any(|choosing| name == *choosing) => {
            Err(format!("`--env` cannot set {}: a run tries what it chooses from by itself", shown(name)))
        }
        Some((name, content)) if !name.is_empty() => Ok((name.into(), content.into())),
        _ => Err(format!("`--env` takes NAME=VALUE, not `{}`", shown(&value))),
    }
}

pub(super) fn jobs(value: OsString) -> Result<NonZero<usize>, String> {
    let number = value.to_str().and_then(whole).and_then(|number| usize::try_from(number).ok());
    let jobs = number.and_then(NonZero::new);
    jobs.ok_or_else(|| format!("`--jobs` takes a whole number above 0, not `{}`", shown(&value)))
}

pub(super) fn seed(value: OsString) -> Result<u64, String> {
    let seed = value.to_str().and_then(whole).filter(|seed| *seed <= MAX_SEED);
    seed.ok_or_else(|| format!("`--seed` takes a whole number from 0 to {MAX_SEED}, not `{}`", shown(&value)))
}

/// Digits only: `+1` is no number here.
fn whole(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn text(option: &str, value: OsString) -> Result<String, String> {
    value.into_string().map_err(|value| format!("`{option}` takes plain text, not `{}`", shown(&value)))
}

fn shown(value: &OsStr) -> String {
    escape_bytes(value.as_encoded_bytes())
}
