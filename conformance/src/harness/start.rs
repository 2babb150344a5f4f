//! Interpreters that a check starts itself, in a fork of its process.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::ptr;

use pymem_abi::bindings::{PyInterpreterConfig, PyPreConfig, PyStatus};
use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

use super::hook::WORDS;
use super::{Harness, Outcome, Stop};
use crate::sandbox::interpreter;
use crate::sandbox::provoke::{Death, End};

/// Words behind a `PyPreConfig`, to see whether they are written to.
const BEHIND: usize = 8;
/// What every int holds before a configuration is filled.
pub const UNTOUCHED: i32 = 0x5e5e_5e5e;

/// What is settled before an interpreter starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Variables of the environment, set beside those of the worker.
    pub environment: Vec<(&'static str, &'static str)>,
    /// `PyPreConfig.allocator`, where it is set.
    pub allocator: Option<i32>,
    /// Whether `PyPreConfig.dev_mode` is set.
    pub dev_mode: bool,
    /// Which variables `PyPreConfig` lets in.
    pub seclusion: Seclusion,
}

/// Whether the environment is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seclusion {
    /// It is.
    #[default]
    None,
    /// `use_environment` is 0.
    IgnoresEnvironment,
    /// The configuration is the isolated one.
    Isolated,
}

/// The structs of the three domains, as numbers.
pub type Structs = [[usize; WORDS]; 3];

/// What a start led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settled {
    /// It was accepted, with these allocators.
    As(Structs),
    /// It was refused, with this text.
    Refused(String),
}

impl Start {
    /// One with this value of `PYTHONMALLOC`.
    pub fn pythonmalloc(value: &'static str) -> Self {
        Self::variable("PYTHONMALLOC", value)
    }

    /// One with this variable of the environment.
    pub fn variable(name: &'static str, value: &'static str) -> Self {
        Self { environment: vec![(name, value)], ..Self::default() }
    }

    /// One with this number in `PyPreConfig`.
    pub fn allocator(number: i32) -> Self {
        Self { allocator: Some(number), ..Self::default() }
    }

    /// Whether only a `PyPreConfig` can say it.
    fn is_configured(&self) -> bool {
        self.allocator.is_some() || self.dev_mode || self.seclusion != Seclusion::None
    }

    /// Whether it says nothing, and so has to be accepted.
    fn is_plain(&self) -> bool {
        self.environment.is_empty() && !self.is_configured()
    }
}

impl Harness<'_> {
    /// What the allocators are after `start`, with which everything begins in a process of its own: after
    /// pre-initialisation where there is such a thing, else after the whole start of an interpreter.
    ///
    /// # Errors
    /// If the target does not export what it takes, or its death is not that of a refusal.
    pub fn settled(&mut self, start: &Start) -> Result<Settled, Stop> {
        let end = self.apart(|h| match h.begin_start(start)? {
            Ok(()) => Ok(Settled::As(h.structs()?)),
            Err(refusal) => Ok(Settled::Refused(refusal)),
        })?;
        match end.or_else(|death| refusal(&death).map(Settled::Refused))? {
            Settled::Refused(text) if start.is_plain() => {
                Err(Stop::Skip(format!("no interpreter starts here: {text}")))
            }
            settled => Ok(settled),
        }
    }

    /// Whether a start can be configured: there is pre-initialisation.
    pub fn can_configure(&self) -> bool {
        self.python("Py_PreInitialize", |api| api.Py_PreInitialize).is_ok()
    }

    /// Settles what is settled before the interpreter starts; the error of pre-initialisation if that refuses.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn begin_start(&mut self, start: &Start) -> Result<Result<(), String>, Stop> {
        self.set_environment(&start.environment);
        if self.can_configure() {
            return self.pre_initialise(start);
        }
        if start.is_configured() {
            return Err(Stop::Skip("symbol absent: Py_PreInitialize".into()));
        }
        self.initialise().map(Ok)
    }

    /// Sets variables of the environment, in a fork, and takes away what else chooses allocators.
    pub fn set_environment(&self, variables: &[(&str, &str)]) {
        unset_choices();
        variables.iter().for_each(|(name, value)| set_variable(name, value.as_bytes()));
    }

    /// Initialises the interpreter.
    ///
    /// # Errors
    /// If it does not come to life.
    pub fn initialise(&mut self) -> Outcome {
        if let Some(home) = &self.subject.launch.home {
            set_variable("PYTHONHOME", home.as_os_str().as_bytes());
        }
        set_variable("PYTHONDONTWRITEBYTECODE", b"1");
        let api = self.subject.python.as_ref().ok_or_else(|| Stop::Skip("the target has no interpreter".into()))?;
        interpreter::initialise(api, &self.subject.launch).map_err(Stop::Skip)
    }

    /// Finalises it.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn finalise(&mut self) -> Outcome {
        let finalise = self.python("Py_FinalizeEx", |api| api.Py_FinalizeEx)?;
        // SAFETY: the interpreter runs, and this thread holds its lock.
        unsafe { finalise() };
        Ok(())
    }

    /// `PyPreConfig` as one of the two functions fills it, with the words behind it.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn preconfig(&self, isolated: bool) -> Result<Vec<i32>, Stop> {
        let fill = if isolated {
            self.python("PyPreConfig_InitIsolatedConfig", |api| api.PyPreConfig_InitIsolatedConfig)?
        } else {
            self.python("PyPreConfig_InitPythonConfig", |api| api.PyPreConfig_InitPythonConfig)?
        };
        let mut room = vec![UNTOUCHED; size_of::<PyPreConfig>() / size_of::<i32>() + BEHIND];
        // SAFETY: room for a struct, and for more.
        unsafe { fill(room.as_mut_ptr().cast()) };
        Ok(room)
    }

    /// The allocators of the three domains.
    ///
    /// # Errors
    /// If the target does not export `PyMem_GetAllocator`.
    pub fn structs(&self) -> Result<Structs, Stop> {
        let mut structs = Structs::default();
        for domain in Domain::ALL {
            structs[*domain as usize].copy_from_slice(&self.words_of(*domain as u32, 0)?[..WORDS]);
        }
        Ok(structs)
    }

    /// Does something in a further interpreter, which shares as `config` says, or as a plain one does. The error of
    /// the status if it is refused.
    ///
    /// # Errors
    /// If the target does not export what it takes, or what stops `work`.
    pub fn in_further_interpreter(
        &mut self,
        config: Option<&PyInterpreterConfig>,
        work: impl FnOnce(&mut Self) -> Outcome,
    ) -> Result<Result<(), String>, Stop> {
        let swap = self.python("PyThreadState_Swap", |api| api.PyThreadState_Swap)?;
        let end = self.python("Py_EndInterpreter", |api| api.Py_EndInterpreter)?;
        let mut state = ptr::null_mut();
        // SAFETY: an interpreter runs, and this thread holds its lock; its state is looked at, and put back.
        let main = unsafe { swap(ptr::null_mut()) };
        // SAFETY: as above.
        unsafe { swap(main) };
        if let Some(config) = config {
            let new = self.python("Py_NewInterpreterFromConfig", |api| api.Py_NewInterpreterFromConfig)?;
            // SAFETY: as above; room for a pointer.
            let status = unsafe { new(&raw mut state, config) };
            if let Err(refusal) = succeeded(&status) {
                return Ok(Err(refusal));
            }
        } else {
            let new = self.python("Py_NewInterpreter", |api| api.Py_NewInterpreter)?;
            // SAFETY: as above.
            state = unsafe { new() };
        }
        if state.is_null() {
            return Ok(Err("NULL".into()));
        }
        let done = work(self);
        // SAFETY: the state of the further interpreter is this thread's.
        unsafe { end(state) };
        // SAFETY: the first interpreter's state, which no thread has now.
        unsafe { swap(main) };
        done.map(Ok)
    }

    fn pre_initialise(&mut self, start: &Start) -> Result<Result<(), String>, Stop> {
        let pre_initialise = self.python("Py_PreInitialize", |api| api.Py_PreInitialize)?;
        let filled = self.preconfig(start.seclusion == Seclusion::Isolated)?;
        let mut config = MaybeUninit::<PyPreConfig>::uninit();
        // SAFETY: a struct of ints, of which there are more.
        unsafe { ptr::copy_nonoverlapping(filled.as_ptr().cast(), config.as_mut_ptr(), 1) };
        // SAFETY: just written.
        let mut config = unsafe { config.assume_init() };
        if let Some(number) = start.allocator {
            config.allocator = number;
        }
        if start.dev_mode {
            config.dev_mode = 1;
        }
        if start.seclusion == Seclusion::IgnoresEnvironment {
            config.use_environment = 0;
        }
        // SAFETY: a configuration that the library filled, before anything is initialised.
        let status = unsafe { pre_initialise(&raw const config) };
        Ok(succeeded(&status))
    }
}

/// Whether a step went well; else its text.
fn succeeded(status: &PyStatus) -> Result<(), String> {
    if status._type == 0 {
        return Ok(());
    }
    if status.err_msg.is_null() {
        return Err(String::new());
    }
    // SAFETY: a text of the library's, which lives as long as it does.
    Err(unsafe { CStr::from_ptr(status.err_msg) }.to_string_lossy().into_owned())
}

/// The text of a start that ended the process as a refusal does.
fn refusal(death: &Death) -> Result<String, Stop> {
    let said = String::from_utf8_lossy(&death.said);
    let said = said.lines().next().unwrap_or_default().to_owned();
    match death.end {
        Some(End::Exited(1)) => Ok(said),
        Some(end) => Err(Stop::fail("the start is accepted, or refused in order", format!("{end}: {said}"))),
        None => Err(Stop::Skip("the start gave no answer".into())),
    }
}

/// Takes away the variables that choose allocators, which a user may have set for the target.
fn unset_choices() {
    for name in [c"PYTHONMALLOC", c"PYTHONMALLOCSTATS", c"PYTHONDEVMODE"] {
        // SAFETY: a fork of the check, which has one thread.
        unsafe { libc::unsetenv(name.as_ptr()) };
    }
}

fn set_variable(name: &str, value: &[u8]) {
    let (name, value) = (CString::new(name), CString::new(value));
    if let (Ok(name), Ok(value)) = (name, value) {
        // SAFETY: a fork of the check, which has one thread.
        unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
    }
}
