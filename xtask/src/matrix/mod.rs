//! `cargo xtask matrix [TARGET]...`: one suite on many targets, clauses by version.
//!
//! Reading order: [`options`], [`run`](mod@run) (the suite on each target, its JSON report read back by [`report`](crate::report)), [`model`]
//! (rows, columns, and the [`cell`] where they meet), then what is printed: [`human`], [`markdown`], [`html`],
//! [`json`].

mod cell;
mod html;
mod human;
mod json;
mod markdown;
mod model;
mod names;
mod options;
pub mod run;
#[cfg(test)]
mod samples;
mod status;
mod traits;
mod words;

use std::ffi::OsString;

use crate::failure::Failure;
use crate::{conform, print};
use options::{Format, Options, Wish};

/// Runs the suite on the targets that are named, or on every CPython of this machine, one after the other.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let options = match options::parse(args).map_err(Failure::usage)? {
        Wish::Help => return print(options::HELP),
        Wish::Run(options) => options,
    };
    let targets = match options.targets.as_slice() {
        [] => pymem_abi::pythons().into_iter().map(|found| found.path.into()).collect(),
        named => named.to_vec(),
    };
    if targets.is_empty() {
        return Err(Failure::untestable("there is no CPython on this machine; name targets"));
    }
    // Tried before anything runs.
    let outputs = options.outputs.iter().map(options::Output::open).collect::<Result<Vec<_>, _>>()?;
    let suite = conform::build()?;
    let mut ran = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        run::show_progress(index, targets.len(), target);
        ran.push(run::one(&suite, target, &options)?);
    }
    run::clear_progress();
    let matrix = model::Matrix::new(&ran);
    for (output, mut place) in options.outputs.iter().zip(outputs) {
        place.write(&render(&matrix, output.format, place.wants_color(), &options))?;
    }
    status::of(&ran, &matrix, options.is_narrow()).map_or(Ok(()), Err)
}

fn render(matrix: &model::Matrix, format: Format, color: bool, options: &Options) -> String {
    match format {
        Format::Human => human::render(matrix, options.spec.as_deref(), color),
        Format::Html => html::render(matrix, options.spec.as_deref()),
        Format::Markdown => markdown::render(matrix),
        Format::Json => json::render(matrix),
    }
}
