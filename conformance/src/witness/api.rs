//! The functions and types of the API as a witness declares them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pymem_abi::HEADER;

use super::c_text::{Item, identifiers, items, needed, without_comments};

/// What the header has, each item with the names that it defines.
pub struct Api {
    /// Types and constants.
    pub types: Vec<Item>,
    /// Functions, each as the text `RESULT|NAME|(ARGUMENTS)`.
    pub functions: Vec<Item>,
}

/// A function of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its type, up to the star of a pointer.
    pub result: String,
    /// Its name.
    pub name: String,
    /// The types of its arguments, in parentheses.
    pub arguments: String,
}

impl Api {
    /// The functions that a text calls.
    pub fn called(&self, text: &str) -> Vec<Function> {
        let function = |item: &Item| {
            let mut parts = item.text.split('|').map(str::to_owned);
            Some(Function { result: parts.next()?, name: parts.next()?, arguments: parts.next()? })
        };
        needed(&self.functions, text).into_iter().filter_map(function).collect()
    }
}

/// The API, read from the header once.
pub static API: LazyLock<Api> = LazyLock::new(|| {
    let mut signatures = BTreeMap::new();
    let mut api = Api { types: Vec::new(), functions: Vec::new() };
    for item in items(HEADER) {
        let text = one_line(&without_comments(&item.text));
        match signature(&text) {
            Some((name, before, after)) => {
                signatures.insert(name, (before, after));
            }
            None => match declared(&text, &signatures) {
                Some(functions) => api.functions.extend(functions),
                None if !item.names.iter().any(|name| FROM_THE_SYSTEM.contains(&name.as_str())) => {
                    api.types.push(Item { names: item.names, text: broken(&text) });
                }
                None => {}
            },
        }
    }
    api
});

/// What the headers of C have too, and how the header is kept apart.
const FROM_THE_SYSTEM: [&str; 3] = ["size_t", "NULL", "PYMEM_ABI_H"];
/// Characters in a line.
const WIDTH: usize = 110;

/// `typedef RESULT NAME_fn(ARGUMENTS);` in its three parts.
fn signature(text: &str) -> Option<(String, String, String)> {
    let (head, arguments) = text.strip_prefix("typedef ")?.split_once('(')?;
    let name = identifiers(head).last().filter(|name| name.ends_with("_fn"))?;
    let result = head.strip_suffix(name)?;
    Some((name.to_owned(), result.to_owned(), format!("({arguments}")))
}

/// `NAME_fn ONE, TWO;` as a pointer for each.
fn declared(text: &str, signatures: &BTreeMap<String, (String, String)>) -> Option<Vec<Item>> {
    let mut words = identifiers(text);
    let (result, arguments) = signatures.get(words.next()?)?;
    let (result, arguments) = (result.trim(), without_names(arguments.trim_end_matches(';')));
    let function = |name: &str| Item { names: vec![name.to_owned()], text: format!("{result}|{name}|{arguments}") };
    Some(words.map(function).collect())
}

/// `(size_t size, void *ptr)` as `(size_t, void *)`.
fn without_names(arguments: &str) -> String {
    let inner = arguments.trim_start_matches('(').trim_end_matches(')');
    let of_one = |argument: &str| {
        let argument = argument.trim();
        let name = identifiers(argument).last().unwrap_or_default();
        let is_type = identifiers(argument).count() < 2;
        if is_type { argument.to_owned() } else { argument.strip_suffix(name).unwrap_or(argument).trim().to_owned() }
    };
    format!("({})", inner.split(',').map(of_one).collect::<Vec<_>>().join(", "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A type in one line, or in as few as its fields need.
fn broken(text: &str) -> String {
    let (Some(open), Some(close)) = (text.find('{'), text.rfind('}')) else { return format!("{text}\n") };
    if text.len() <= WIDTH {
        return format!("{text}\n");
    }
    let mut lines: Vec<String> = Vec::new();
    for field in text[open + 1..close].split_inclusive(';').map(str::trim) {
        match lines.last_mut() {
            Some(line) if line.len() + field.len() < WIDTH - 5 => *line += &format!(" {field}"),
            _ => lines.push(format!("    {field}")),
        }
    }
    format!("{}\n{}\n{}\n", &text[..=open], lines.join("\n"), &text[close..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(items: &[Item], name: &str) -> String {
        needed(items, name).iter().map(|item| item.text.as_str()).collect()
    }

    #[test]
    fn functions_have_three_parts() {
        let called = API.called("PyMem_RawRealloc(p, 1); PyErr_Occurred(); PyMem_GetAllocator(1, &a);");
        let told: Vec<_> = called.iter().map(|f| format!("{} {} {}", f.result, f.name, f.arguments)).collect();
        assert_eq!(
            told,
            [
                "void * PyMem_RawRealloc (void *, size_t)",
                "void PyMem_GetAllocator (PyMemAllocatorDomain, PyMemAllocatorEx *)",
                "PyObject * PyErr_Occurred (void)",
            ]
        );
    }

    #[test]
    fn types_stand_as_they_are_needed() {
        insta::assert_snapshot!(text(
            &API.types,
            "PyMemAllocatorEx PYMEM_DOMAIN_OBJ PyType_Spec METH_NOARGS visitproc"
        ));
    }
}
