//! What the debug hooks write before they end the process, read into fields.

/// Guard bytes as a diagnostic tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pad {
    /// As the hooks left them.
    Whole,
    /// Not all as they were left: each byte, from the first on, and whether it is marked as wrong.
    Damaged(Vec<(u8, bool)>),
}

/// The dump of a block. What a line does not say is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The letter of the API that made the block, as the byte that was found.
    pub letter: Vec<u8>,
    /// The size that was asked for.
    pub size: Option<u64>,
    /// The bytes before the block.
    pub leading: Option<Pad>,
    /// The bytes behind it.
    pub trailing: Option<Pad>,
    /// The number of the call that made it.
    pub serial: Option<u64>,
    /// The bytes of the block that are shown; `None` stands for those left out.
    pub data: Option<Vec<Option<u8>>>,
}

/// The line that says what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fatal {
    /// The function that found it.
    pub function: Option<String>,
    /// What it found.
    pub message: String,
}

/// Everything that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// The block, where the text begins with one.
    pub dump: Option<Dump>,
    /// What is wrong.
    pub fatal: Option<Fatal>,
    /// How far the interpreter was.
    pub state: Option<String>,
    /// Where the block was made, as files and lines, the latest call first.
    pub places: Vec<(String, u64)>,
    /// Whether it says how such places would be told.
    pub hints: bool,
}

impl Diagnostic {
    /// Reads what was written to standard error.
    pub fn parse(text: &[u8]) -> Self {
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let state = lines.iter().find_map(|line| line.strip_prefix(b"Python runtime state: "));
        Self {
            dump: Dump::parse(&lines),
            fatal: lines.iter().find_map(|line| Fatal::parse(line)),
            state: state.map(|state| String::from_utf8_lossy(state).into_owned()),
            places: places(&lines),
            hints: lines.iter().any(|line| line.starts_with(b"Enable tracemalloc to get ")),
        }
    }

    /// The letters of the API that made a block and of the one that was called, where these differ.
    pub fn letters(&self) -> Option<(String, String)> {
        let rest = self.fatal.as_ref()?.message.strip_prefix("bad ID: Allocated using API '")?;
        let (made, rest) = rest.split_once("', verified using API '")?;
        Some((made.to_owned(), rest.strip_suffix('\'')?.to_owned()))
    }
}

impl Dump {
    fn parse(lines: &[&[u8]]) -> Option<Self> {
        let head = lines.first()?.strip_prefix(b"Debug memory block at address p=")?;
        let at = head.windows(7).position(|window| window == b": API '")?;
        let letter = head[at + 7..].strip_suffix(b"'").unwrap_or(&head[at + 7..]);
        let said =
            |suffix: &str| lines.iter().find_map(|line| text(line).trim().strip_suffix(suffix).map(str::to_owned));
        let serial = lines.iter().find_map(|line| {
            text(line).trim().strip_prefix("The block was made by call #")?.split(' ').next()?.parse().ok()
        });
        Some(Self {
            letter: letter.to_vec(),
            size: said(" bytes originally requested").and_then(|size| size.parse().ok()),
            leading: pad(lines, "pad bytes at p-", "at p-"),
            trailing: pad(lines, "pad bytes at tail", "at tail+"),
            serial,
            data: lines.iter().find_map(|line| data(&text(line))),
        })
    }
}

impl Fatal {
    fn parse(line: &[u8]) -> Option<Self> {
        let text = text(line.strip_prefix(b"Fatal Python error: ")?);
        match text.split_once(": ") {
            Some((function, message)) if function.starts_with('_') => {
                Some(Self { function: Some(function.to_owned()), message: message.to_owned() })
            }
            _ => Some(Self { function: None, message: text }),
        }
    }
}

/// The files and lines below the headline on where the block was made.
fn places(lines: &[&[u8]]) -> Vec<(String, u64)> {
    let is_headline = |line: &&[u8]| line.starts_with(b"Memory block allocated at (most recent call first):");
    let below = lines.iter().skip_while(|line| !is_headline(line)).skip(1);
    let place = |line: &&[u8]| {
        let text = text(line);
        let (file, line) = text.strip_prefix("  File \"")?.rsplit_once("\", line ")?;
        Some((file.to_owned(), line.parse().ok()?))
    };
    below.map_while(place).collect()
}

/// The guard bytes of which a line says `of`, and whose bytes follow on lines that begin with `each`.
fn pad(lines: &[&[u8]], of: &str, each: &str) -> Option<Pad> {
    let at = lines.iter().position(|line| text(line).contains(of))?;
    let told = text(lines[at]);
    if told.contains("are FORBIDDENBYTE, as expected") {
        return Some(Pad::Whole);
    }
    if !told.contains("are not all FORBIDDENBYTE") {
        return None;
    }
    let bytes = lines[at + 1..].iter().map_while(|line| {
        let line = text(line);
        let (_, value) = line.trim().strip_prefix(each)?.split_once(": 0x")?;
        Some((u8::from_str_radix(value.get(..2)?, 16).ok()?, value.contains("OUCH")))
    });
    Some(Pad::Damaged(bytes.collect()))
}

/// `Data at p: cd cd ... cd`.
fn data(line: &str) -> Option<Vec<Option<u8>>> {
    let bytes = line.trim().strip_prefix("Data at p: ")?.split(' ');
    bytes.map(|word| if word == "..." { Some(None) } else { u8::from_str_radix(word, 16).ok().map(Some) }).collect()
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERFLOW: &[u8] = b"\
Debug memory block at address p=0x7f00: API 'm'
    17 bytes originally requested
    The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected.
    The 8 pad bytes at tail=0x7f11 are not all FORBIDDENBYTE (0xfd):
        at tail+0: 0x41 *** OUCH
        at tail+1: 0xfd
    The block was made by call #12 to debug malloc/realloc.
    Data at p: cd cd cd cd cd cd cd cd ... 01 cd cd cd cd cd cd ff

Enable tracemalloc to get the memory block allocation traceback

Fatal Python error: _PyMem_DebugRawFree: bad trailing pad byte
Python runtime state: initialized
";

    #[test]
    fn a_diagnostic_is_read_into_fields() {
        let read = Diagnostic::parse(OVERFLOW);
        let dump = read.dump.unwrap();
        assert_eq!((dump.letter.as_slice(), dump.size, dump.serial), (&b"m"[..], Some(17), Some(12)));
        assert_eq!(dump.leading, Some(Pad::Whole));
        assert_eq!(dump.trailing, Some(Pad::Damaged(vec![(0x41, true), (0xfd, false)])));
        let data = dump.data.unwrap();
        assert_eq!((data.len(), data[8], data[9], data[16]), (17, None, Some(1), Some(0xff)));
        let fatal = read.fatal.unwrap();
        assert_eq!(fatal.function.as_deref(), Some("_PyMem_DebugRawFree"));
        assert_eq!(fatal.message, "bad trailing pad byte");
        assert_eq!(read.state.as_deref(), Some("initialized"));
        assert_eq!((read.hints, read.places), (true, Vec::new()));
    }

    #[test]
    fn places_are_read_up_to_the_first_other_line() {
        let read = Diagnostic::parse(
            b"  File \"early.py\", line 1\n\
              Memory block allocated at (most recent call first):\n  \
              File \"a \\\"b\\\", line 3.py\", line 12\n  File \"<frozen>\", line 5\n\n  File \"late.py\", line 7\n",
        );
        let expected = [("a \\\"b\\\", line 3.py", 12), ("<frozen>", 5)];
        assert_eq!(read.places, expected.map(|(file, line)| (file.to_owned(), line)));
        assert_eq!((read.dump, read.fatal, read.state, read.hints), (None, None, None, false));
    }

    #[test]
    fn pad_bytes_are_read_up_to_the_first_other_line() {
        let dump = |lines: &str| {
            let text = format!("Debug memory block at address p=0x1: API 'o'\n{lines}");
            Diagnostic::parse(text.as_bytes()).dump.unwrap()
        };
        let damaged = dump(
            "The 7 pad bytes at p-7 are not all FORBIDDENBYTE (0xfd):\n    at p-7: 0xfd\n    at p-6: 0x00 *** OUCH\n\
             Because memory is corrupted\n    at p-5: 0xfd\n",
        );
        assert_eq!(damaged.leading, Some(Pad::Damaged(vec![(0xfd, false), (0, true)])));
        assert_eq!(damaged.trailing, None);
        assert_eq!(dump("The 8 pad bytes at tail=0x1 are as they are\n").trailing, None);
        assert_eq!(dump("The 8 pad bytes at tail=0x1 are FORBIDDENBYTE, as expected.\n").trailing, Some(Pad::Whole));
    }

    #[rstest::rstest]
    #[case("    Data at p: \n", None)]
    #[case("    Data at p: cd xx\n", None)]
    #[case("    Data at p: 00 ... ff\n", Some(vec![Some(0), None, Some(0xff)]))]
    fn the_bytes_shown_are_all_read_or_none(#[case] line: &str, #[case] expected: Option<Vec<Option<u8>>>) {
        assert_eq!(data(line.trim_end_matches('\n')), expected);
    }

    #[rstest::rstest]
    #[case("Fatal Python error: _PyMem_DebugFree: bad: ID", Some("_PyMem_DebugFree"), "bad: ID")]
    #[case("Fatal Python error: bad ID: more", None, "bad ID: more")]
    #[case("Fatal Python error: bad ID", None, "bad ID")]
    fn the_function_that_complains_begins_with_an_underscore(
        #[case] line: &str,
        #[case] function: Option<&str>,
        #[case] message: &str,
    ) {
        let fatal = Diagnostic::parse(line.as_bytes()).fatal;
        assert_eq!(fatal, Some(Fatal { function: function.map(str::to_owned), message: message.to_owned() }));
        assert_eq!(Diagnostic::parse(&line.as_bytes()[1..]).fatal, None);
    }

    #[test]
    fn two_letters_are_told_apart() {
        for (line, expected) in [
            ("Fatal Python error: bad ID: Allocated using API 'r', verified using API 'o'", Some(("r", "o"))),
            ("Fatal Python error: _F: bad ID: Allocated using API 'r', verified using API 'o'", Some(("r", "o"))),
            ("Fatal Python error: bad ID: Allocated using API '", None),
            ("Fatal Python error: bad leading pad byte", None),
        ] {
            let letters = Diagnostic::parse(line.as_bytes()).letters();
            assert_eq!(letters, expected.map(|(made, called)| (made.to_owned(), called.to_owned())), "{line}");
        }
    }

    #[rstest::rstest]
    #[case(b"")]
    #[case(b"free(): invalid pointer\n")]
    #[case(b"Debug memory block at address p=")]
    #[case(b"\nDebug memory block at address p=0x1: API 'r'\n")]
    fn other_words_are_no_dump(#[case] text: &[u8]) {
        assert_eq!(Diagnostic::parse(text), Diagnostic::default());
    }

    #[test]
    fn a_letter_may_be_any_byte_and_lines_may_be_missing() {
        let read = Diagnostic::parse(
            b"Debug memory block at address p=0x1: API '\xdd'\n    15987178197214944733 bytes originally requested\n",
        );
        let dump = read.dump.unwrap();
        assert_eq!((dump.letter, dump.size), (vec![0xdd], Some(15_987_178_197_214_944_733)));
        assert_eq!((dump.leading, dump.trailing, dump.data, read.fatal), (None, None, None, None));
    }
}
