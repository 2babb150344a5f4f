//! What the hooks of different versions do differently.

use std::sync::atomic::{AtomicU8, Ordering};

/// How the hooks of one version look. Chosen before the hooks are installed: blocks that were made under one style
/// are damaged under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Fills fresh memory.
    pub clean: u8,
    /// Fills memory that was given back.
    pub dead: u8,
    /// Surrounds each block.
    pub forbidden: u8,
    /// Whether a number that rises by one with each allocation follows the block.
    pub serial: bool,
    /// Whether requests that fail take a number too.
    pub counts_failures: bool,
    /// Whether what a resize cuts off is marked dead.
    pub marks_on_resize: bool,
    /// Whether the dump says how to see where the block came from.
    pub tells_of_tracing: bool,
    /// Whether the last line of a diagnostic names the function that noticed.
    pub names_function: bool,
    /// Whether a line on the state of the runtime follows.
    pub tells_state: bool,
}

/// The styles by the version that brought them, as `PY_VERSION_HEX` without its last byte.
const STYLES: [(u32, Style); 6] = [
    (0x03_04_00, OLDEST),
    (0x03_06_00, Style { tells_of_tracing: true, ..OLDEST }),
    (0x03_07_00, Style { tells_of_tracing: true, marks_on_resize: true, counts_failures: false, ..OLDEST }),
    (0x03_07_04, Style { serial: true, names_function: false, tells_state: false, ..NEWEST }),
    (0x03_08_00, Style { names_function: false, ..NEWEST }),
    (0x03_09_00, NEWEST),
];

const OLDEST: Style = Style {
    clean: 0xcb,
    dead: 0xdb,
    forbidden: 0xfb,
    serial: true,
    counts_failures: true,
    marks_on_resize: false,
    tells_of_tracing: false,
    names_function: false,
    tells_state: false,
};

const NEWEST: Style = Style {
    clean: 0xcd,
    dead: 0xdd,
    forbidden: 0xfd,
    serial: false,
    counts_failures: false,
    marks_on_resize: true,
    tells_of_tracing: true,
    names_function: true,
    tells_state: true,
};

/// The index of the style in force.
static CHOSEN: AtomicU8 = AtomicU8::new(STYLES.len() as u8 - 1);

impl Style {
    /// The style in force: the newest, unless another one was chosen.
    pub fn chosen() -> Self {
        STYLES[usize::from(CHOSEN.load(Ordering::Relaxed))].1
    }

    /// Takes the style of a version, `0x030704` for 3.7.4. Versions before 3.4 have that of 3.4.
    ///
    /// To be called before the hooks are installed.
    pub fn choose(version: u32) {
        let newer = STYLES.iter().skip(1).take_while(|(since, _)| *since <= version).count();
        CHOSEN.store(newer as u8, Ordering::Relaxed);
    }

    /// The bytes that the hooks add to each block.
    pub(super) fn overhead(self) -> usize {
        if self.serial { 32 } else { 24 }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0x03_03_00, 0xfb, true, false)]
    #[case(0x03_06_0f, 0xfb, true, false)]
    #[case(0x03_07_03, 0xfb, true, true)]
    #[case(0x03_07_04, 0xfd, true, true)]
    #[case(0x03_08_12, 0xfd, false, true)]
    #[case(0x03_0f_00, 0xfd, false, true)]
    fn a_version_has_the_style_that_came_last(
        #[case] version: u32,
        #[case] forbidden: u8,
        #[case] serial: bool,
        #[case] marks_on_resize: bool,
    ) {
        Style::choose(version);
        let style = Style::chosen();
        Style::choose(u32::MAX);
        assert_eq!((style.forbidden, style.serial, style.marks_on_resize), (forbidden, serial, marks_on_resize));
    }
}
