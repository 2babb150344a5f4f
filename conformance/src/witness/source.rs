//! A witness as text: what it shows, what it needs, what it does.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use pymem_spec::{Clause, Configuration, Domain, Kind, Mode};

use super::api::{API, Function};
use super::c_text::{Item, identifiers, items, needed};
use super::includes;
use super::steps::Dialect;
use super::templates::decided;
use crate::report::{ClauseResult, escape, wrap};
use crate::sandbox::launch::Launch;

/// What a witness is to show, and where.
#[derive(Clone, Copy)]
pub struct Failing<'a> {
    /// The clause.
    pub clause: &'a Clause,
    /// How it failed.
    pub result: &'a ClauseResult,
    /// The state of the target.
    pub launch: &'a Launch,
    /// Its file.
    pub path: &'a Path,
}

/// What a witness does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Items of C, with `static int defect(void)` at their end: whether the defect shows.
    pub text: String,
    /// How the defect shows, where that is not for the program to see.
    pub ending: Ending,
    /// What is expected and what is seen, where that differs from what the check said.
    pub seen: Option<(String, String)>,
}

/// How a process ends in which the defect shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    #[default]
    Returns,
    /// It is killed by a signal.
    Dies,
    /// It is not heard of again.
    Hangs,
    /// It exits in the middle.
    Exits,
}

/// Text that goes with every witness that needs it.
const HELPERS: &str = include_str!("c/helpers.c");

impl Failing<'_> {
    /// The domain in which it is shown.
    pub fn domain(&self) -> Domain {
        self.result.domain.unwrap_or(Domain::Raw)
    }

    /// Whether the program starts with the library in it, as its users run it.
    pub fn is_preloaded(&self) -> bool {
        self.launch.audit.as_ref().is_some_and(|audit| audit.preload)
    }

    /// Whether its interpreter starts as that of PyPy does.
    fn is_pypy(&self) -> bool {
        self.launch.audit.as_ref().is_some_and(|audit| audit.kind == Kind::Pymem && audit.has_interpreter())
    }

    /// How its functions are called.
    pub fn dialect(&self) -> Dialect<'_> {
        Dialect { kind: self.launch.kind, prefix: self.prefix().unwrap_or_default() }
    }

    fn prefix(&self) -> Option<&str> {
        self.launch.audit.as_ref()?.prefix.as_deref().filter(|prefix| !prefix.is_empty())
    }

    /// The whole file. `commands` are the lines that compile and run it.
    pub fn source(&self, body: &Body, commands: &[String]) -> String {
        let body_text = self.localised(&body.text);
        let main = self.main(&body_text, body.ending);
        let all = format!("{body_text}\n{main}");
        let helpers = items(&decided(HELPERS, self.launch.mode == Mode::Embedded));
        let helpers: Vec<Item> = needed(&helpers, &all).into_iter().cloned().collect();
        let all = helpers.iter().map(|item| item.text.as_str()).chain([all.as_str()]).collect::<Vec<_>>().join("\n");
        let functions = API.called(&all);
        let main = self.loading(&main, &functions, &all);
        let (listed, declared) = self.declared(&functions);
        let types: String =
            needed(&API.types, &format!("{listed}{declared}{all}")).iter().map(|item| item.text.as_str()).collect();
        let own = self.own_declarations(&all);
        let declarations = [types, listed, declared, own].concat();
        let parts = [
            self.comment(body, commands),
            includes::of(&format!("{declarations}\n{all}\n{main}")),
            declarations,
            apart(helpers.iter().map(|item| item.text.as_str())),
            apart([body_text.trim_matches('\n')]),
            main,
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Functions as pointers: what lists them if they are many, and what declares them.
    fn declared(&self, functions: &[Function]) -> (String, String) {
        let one = |function: &Function| format!("static {}\n", pointer(function));
        if functions.len() <= FEW || self.prefix().is_some() {
            return (String::new(), functions.iter().map(one).collect());
        }
        let mut lines = vec!["#define FUNCTIONS(F)".to_owned()];
        for Function { result, name, arguments } in functions {
            let entry = format!("F({result}, {name}, {arguments})");
            match lines.last_mut() {
                Some(line) if line.len() + entry.len() < WIDTH => *line += &format!(" {entry}"),
                _ => lines.push(format!("    {entry}")),
            }
        }
        let list = lines.join(" \\\n")
            + "\n#define DECLARE(result, name, arguments) static result(*name) arguments;\n\
             #define LOOK_UP(result, name, arguments) name = dlsym(library, #name);\n";
        (list, "FUNCTIONS(DECLARE)\n".to_owned())
    }

    /// What it is about.
    fn comment(&self, body: &Body, commands: &[String]) -> String {
        let ClauseResult { domain, mode, configuration, expected, actual, reason, level, .. } = self.result;
        let mut lines = wrap(&format!("{} ({level}): {}", self.clause.id, self.clause.title), WIDTH);
        let own = body.seen.as_ref().map(|(expected, seen)| (expected, seen));
        match own.or(expected.as_ref().zip(actual.as_ref())) {
            Some((expected, actual)) => {
                lines.extend(wrap(&escape(&format!("expected: {expected}")), WIDTH));
                lines.extend(wrap(&escape(&format!("seen:     {actual}")), WIDTH));
            }
            None => lines.extend(wrap(&escape(reason), WIDTH)),
        }
        let domain = domain.map(|domain| format!("domain {domain}, ")).unwrap_or_default();
        lines.push(format!("where:    {domain}{mode}, {configuration}"));
        lines.extend(commands.iter().cloned());
        lines.push("Exits with 1 where the defect shows, with 0 where it does not.".to_owned());
        let lines = lines.into_iter().map(|line| format!(" * {}", line.replace("*/", "*\\/")).trim_end().to_owned());
        format!("/*\n{}\n */\n", lines.collect::<Vec<_>>().join("\n"))
    }

    /// The body with the names of the domain and the values of the version in their places.
    fn localised(&self, body: &str) -> String {
        let mut text = body.to_owned();
        for name in ["MALLOC", "CALLOC", "REALLOC", "FREE"] {
            text = replace_word(&text, &format!("{name}("), &self.call(name));
            text = replace_word(&text, name, self.call(name).trim_end_matches('('));
        }
        let domain = self.domain();
        text = replace_word(&text, "DOMAIN", domain_constant(domain));
        text = replace_word(&text, "LETTER", &format!("'{}'", &domain.as_str()[..1]));
        for param in self.launch.params.iter().filter(|param| param.domain == domain) {
            let is_byte = ["debug-clean", "debug-dead", "debug-forbidden"].contains(&param.name.as_str());
            let value = if is_byte { format!("{:#04x}", param.value) } else { param.value.to_string() };
            text = text.replace(&format!("@{}@", param.name), &value);
        }
        text
    }

    /// A call of a function of the domain, up to its own arguments.
    fn call(&self, function: &str) -> String {
        let function = function.to_lowercase();
        let domain = self.domain();
        match self.launch.kind {
            Kind::Malloc => format!("{}{function}(", self.prefix().unwrap_or_default()),
            Kind::Vtable => format!("{domain}.{function}({domain}.ctx, "),
            Kind::Cpython | Kind::Pymem => {
                let known = crate::journal::Function::ALL.into_iter().find(|known| known.as_str() == function);
                known.map(|known| format!("{}(", known.python_name(domain))).unwrap_or_default()
            }
        }
    }

    /// What the kind of target declares beside them.
    fn own_declarations(&self, text: &str) -> String {
        let used = |name: &str| identifiers(text).any(|word| word == name);
        match (self.launch.kind, self.prefix()) {
            (Kind::Vtable, _) => {
                let used: Vec<&str> =
                    Domain::ALL.iter().map(|domain| domain.as_str()).filter(|name| used(name)).collect();
                let types: String =
                    needed(&API.types, "PyMemAllocatorEx").iter().map(|item| item.text.as_str()).collect();
                if used.is_empty() {
                    String::new()
                } else {
                    format!("{types}static PyMemAllocatorEx {};\n", used.join(", "))
                }
            }
            (Kind::Malloc, Some(prefix)) => {
                let mut out = format!("#ifndef PREFIX\n#define PREFIX \"{prefix}\"\n#endif\n");
                for (name, arguments) in MALLOC_FAMILY.into_iter().filter(|(name, _)| used(&format!("{prefix}{name}")))
                {
                    let result = if name == "free" { "void " } else { "void *" };
                    out += &format!("static {result}(*{prefix}{name}){arguments};\n");
                }
                out
            }
            (_, Some(prefix)) => format!("#ifndef PREFIX\n#define PREFIX \"{prefix}\"\n#endif\n"),
            (_, None) => String::new(),
        }
    }

    /// The program around the body; the look-ups are put in later.
    fn main(&self, body: &str, ending: Ending) -> String {
        let plain_malloc = self.is_preloaded();
        let mut lines: Vec<String> = Vec::new();
        let mut line = |text: &str| lines.push(text.to_owned());
        let starts = (self.launch.mode == Mode::Embedded && !self.is_pypy())
            || identifiers(body).any(|word| ["initialise", "start", "Py_InitializeEx"].contains(&word));
        if starts && let Some(home) = &self.launch.home {
            line(&format!("setenv(\"PYTHONHOME\", {}, 0);", c_string(home.as_os_str().as_bytes())));
        }
        if let Some(name) = self.launch.configuration.pythonmalloc() {
            line(&format!("setenv(\"PYTHONMALLOC\", \"{name}\", 1);"));
        }
        match ending {
            Ending::Returns => {}
            Ending::Dies => {
                line("for (const int *fatal = (int[]){SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, 0}; *fatal; fatal++)");
                line("    signal(*fatal, died);");
            }
            Ending::Hangs => {
                line("signal(SIGALRM, died);");
                line("alarm(5);");
            }
            Ending::Exits => {
                line("int status;");
                line("if (fork() != 0) {");
                line("    wait(&status);");
                line("    int shows = WEXITSTATUS(status) != 42;");
                line("    dprintf(1, \"the defect %s\\n\", shows ? \"shows\" : \"does not show\");");
                line("    _exit(shows);");
                line("}");
            }
        }
        if !plain_malloc {
            line(&format!("const char *path = argc > 1 ? argv[1] : {};", c_string(self.path.as_os_str().as_bytes())));
            line("library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);");
            line("if (!library)");
            line("    errx(2, \"%s\", dlerror());");
        }
        line(LOOKUPS);
        if self.launch.configuration == Configuration::DebugHooks {
            line("PyMem_SetupDebugHooks();");
        }
        if self.launch.mode == Mode::Embedded {
            self.starting().iter().for_each(|text| line(text));
        }
        if ending == Ending::Exits {
            line("defect();");
            line("_exit(42); /* as nobody else does */");
        } else {
            line("int shows = defect();");
            line("dprintf(1, \"the defect %s\\n\", shows ? \"shows\" : \"does not show\");");
            line("_exit(shows);");
        }
        let arguments = if plain_malloc { "void" } else { "int argc, char **argv" };
        let body: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("int main({arguments})\n{{\n{body}}}\n")
    }

    /// What starts the interpreter.
    fn starting(&self) -> Vec<String> {
        if self.is_pypy() {
            let home = self.launch.home.as_ref().map(|home| c_string(home.as_os_str().as_bytes()));
            return vec![format!("start_pypy({});", home.as_deref().unwrap_or("NULL"))];
        }
        let has_flag = self.launch.audit.as_ref().is_some_and(|audit| audit.variables.contains("Py_NoSiteFlag"));
        let no_site = has_flag.then(|| format!("*(int *)dlsym(library, {}) = 1;", self.symbol("Py_NoSiteFlag")));
        no_site.into_iter().chain(["Py_InitializeEx(0);".to_owned()]).collect()
    }

    /// The program with what it looks up.
    fn loading(&self, main: &str, functions: &[Function], text: &str) -> String {
        let used = |name: &str| identifiers(text).any(|word| word == name);
        let mut lines: Vec<String> = Vec::new();
        if functions.len() > FEW && self.prefix().is_none() {
            lines.push("FUNCTIONS(LOOK_UP)".to_owned());
        } else {
            let look_up = |Function { name, .. }: &Function| format!("{name} = dlsym(library, {});", self.symbol(name));
            lines.extend(functions.iter().map(look_up));
        }
        match (self.launch.kind, self.prefix()) {
            (Kind::Vtable, _) => {
                let symbol = self.launch.audit.as_ref().and_then(|audit| audit.vtable_symbol.as_deref());
                lines.push(format!(
                    "int (*get)(int, PyMemAllocatorEx *) = dlsym(library, \"{}\");",
                    symbol.unwrap_or("pymem_get_allocator")
                ));
                for domain in Domain::ALL.iter().filter(|domain| used(domain.as_str())) {
                    lines.push(format!("if (get({}, &{domain}) != 0)", *domain as usize));
                    lines.push("    return 2;".to_owned());
                }
            }
            (Kind::Malloc, Some(prefix)) => {
                let used = MALLOC_FAMILY.iter().filter(|(name, _)| used(&format!("{prefix}{name}")));
                lines.extend(used.map(|(name, _)| format!("{prefix}{name} = dlsym(library, PREFIX \"{name}\");")));
            }
            _ => {}
        }
        let lines: String = lines.into_iter().map(|line| format!("    {line}\n")).collect();
        main.replace(&format!("    {LOOKUPS}\n"), &lines)
    }

    /// What a function is called in the library, as C has it.
    fn symbol(&self, name: &str) -> String {
        let own = self.prefix().and_then(|_| match name.strip_prefix("_Py") {
            Some(rest) => Some(("_", rest)),
            None => name.strip_prefix("Py").map(|rest| ("", rest)),
        });
        match own {
            Some(("", rest)) => format!("PREFIX \"{rest}\""),
            Some((before, rest)) => format!("\"{before}\" PREFIX \"{rest}\""),
            None => format!("\"{name}\""),
        }
    }
}

/// The name of a domain in C.
pub(super) fn domain_constant(domain: Domain) -> &'static str {
    ["PYMEM_DOMAIN_RAW", "PYMEM_DOMAIN_MEM", "PYMEM_DOMAIN_OBJ"][domain as usize]
}

/// A declaration of a pointer to a function.
fn pointer(Function { result, name, arguments }: &Function) -> String {
    let space = if result.ends_with('*') { "" } else { " " };
    format!("{result}{space}(*{name}){arguments};")
}

/// Items with a line between them, but for those of one line that follow each other.
fn apart<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let whole = texts.into_iter().collect::<Vec<_>>().join("\n");
    let mut out = String::new();
    let mut before: Option<bool> = None;
    for Item { text, .. } in items(&whole) {
        let is_line = text.lines().count() == 1;
        if before.is_some_and(|before| !(before && is_line)) {
            out.push('\n');
        }
        out += &text;
        before = Some(is_line);
    }
    out
}

/// More functions than this are listed.
const FEW: usize = 4;
/// Stands for the look-ups until it is known what is looked up.
const LOOKUPS: &str = "LOOKUPS";
/// Characters in a line of the comment.
const WIDTH: usize = 100;
/// The functions of a C library, with their arguments.
const MALLOC_FAMILY: [(&str, &str); 4] =
    [("malloc", "(size_t)"), ("calloc", "(size_t, size_t)"), ("realloc", "(void *, size_t)"), ("free", "(void *)")];

/// A string of C.
fn c_string(bytes: &[u8]) -> String {
    let shown = bytes.iter().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        // Else `??` would begin a trigraph.
        b'?' => "\\?".to_owned(),
        0x20..0x7f => char::from(*byte).to_string(),
        _ => format!("\\{byte:03o}"),
    });
    format!("\"{}\"", shown.collect::<String>())
}

/// Another text for a whole word, or for one and what stands behind it.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    while let Some(at) = rest.find(word) {
        let before = rest[..at].chars().next_back().or(out.chars().next_back());
        let after = rest[at + word.len()..].chars().next();
        let whole = !before.is_some_and(is_of_name) && (word.ends_with('(') || !after.is_some_and(is_of_name));
        out += &rest[..at];
        out += if whole { by } else { word };
        rest = &rest[at + word.len()..];
    }
    out + rest
}
