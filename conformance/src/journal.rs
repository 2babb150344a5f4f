//! The journal: every operation is written to shared memory before it is made,
//! so that the keeper can name the one that never came back.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

pub use pymem_abi::symbols::Function;
use pymem_abi::symbols::with_python_prefix;
use pymem_spec::{Domain, Kind};
use serde::{Deserialize, Serialize};

/// The number of a block within one check: `b3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockName(pub u32);

impl BlockName {
    /// Stands for `NULL`.
    pub const NULL: BlockName = BlockName(u32::MAX);
    /// Stands for a block that a program of Python holds.
    pub const UNNAMED: BlockName = BlockName(u32::MAX - 1);
}

impl fmt::Display for BlockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NULL => f.write_str("NULL"),
            Self::UNNAMED => f.write_str("block"),
            Self(number) => write!(f, "b{number}"),
        }
    }
}

/// One operation with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// What is called.
    pub function: Function,
    /// In which domain.
    pub domain: Domain,
    /// The block that is passed; unused by malloc and calloc.
    pub block: BlockName,
    /// The size, or the number of elements.
    pub size: u64,
    /// The size of an element; unused but by calloc.
    pub elsize: u64,
}

/// An operation as it lies in shared memory, where several threads may write at
/// once: function, domain and block in one word, size, size of an element.
#[derive(Debug)]
#[repr(C)]
pub struct Record([AtomicU64; 3]);

impl Record {
    /// Notes an operation.
    #[inline]
    pub fn write(&self, operation: Operation) {
        let Operation { function, domain, block, size, elsize } = operation;
        let packed = u64::from(block.0) << 32 | u64::from(function as u8) << 8 | u64::from(domain as u8);
        let [head, first, second] = &self.0;
        head.store(packed, Ordering::Relaxed);
        first.store(size, Ordering::Relaxed);
        second.store(elsize, Ordering::Relaxed);
    }

    /// Reads it. Shared memory may hold anything: `None` if this is no
    /// operation.
    pub fn read(&self) -> Option<Operation> {
        let [head, first, second] = &self.0;
        let packed = head.load(Ordering::Relaxed);
        Some(Operation {
            function: *Function::ALL.get((packed >> 8 & 0xff) as usize)?,
            domain: *Domain::ALL.get((packed & 0xff) as usize)?,
            block: BlockName((packed >> 32) as u32),
            size: first.load(Ordering::Relaxed),
            elsize: second.load(Ordering::Relaxed),
        })
    }
}

/// How a target's functions are called in reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    kind: Kind,
    prefix: String,
}

impl Names {
    /// Names for a kind. `prefix` replaces `Py` for the Python API and stands
    /// in front of the names of a malloc family.
    pub fn new(kind: Kind, prefix: Option<&str>) -> Self {
        let default = if kind == Kind::Malloc { "" } else { "Py" };
        Self { kind, prefix: prefix.unwrap_or(default).to_owned() }
    }

    /// The name of one function.
    pub fn function(&self, domain: Domain, function: Function) -> String {
        match self.kind {
            Kind::Malloc => format!("{}{}", self.prefix, function.as_str()),
            Kind::Vtable => format!("{domain}.{}", function.as_str()),
            Kind::Cpython | Kind::Pymem => with_python_prefix(function.python_name(domain), &self.prefix),
        }
    }

    /// The call as a C programmer would write it.
    pub fn call(&self, operation: &Operation) -> String {
        let Operation { function, domain, block, size, elsize } = *operation;
        let name = self.function(domain, function);
        let size = Size(size);
        match function {
            Function::Malloc => format!("{name}({size})"),
            Function::Calloc => format!("{name}({size}, {})", Size(elsize)),
            Function::Realloc => format!("{name}({block}, {size})"),
            Function::Free => format!("{name}({block})"),
        }
    }

    /// A call with its place in the check: `op 3: PyMem_RawMalloc(0)`.
    pub fn numbered(&self, number: u64, operation: &Operation) -> String {
        format!("op {number}: {}", self.call(operation))
    }
}

/// A size as a reader recognises it: near the limits of its type by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NEAR: i128 = 1 << 20;
        let value = i128::from(self.0);
        for (name, limit) in [("SIZE_MAX", i128::from(u64::MAX)), ("PY_SSIZE_T_MAX", i128::from(i64::MAX))] {
            let distance = value - limit;
            if distance == 0 {
                return f.write_str(name);
            }
            if distance.abs() <= NEAR {
                let sign = if distance < 0 { '-' } else { '+' };
                return write!(f, "{name} {sign} {}", distance.abs());
            }
        }
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_read_as_c() {
        let operation = |function, domain, block, size, elsize| Operation { function, domain, block, size, elsize };
        let python = Names::new(Kind::Cpython, None);
        let pypy = Names::new(Kind::Pymem, Some("PyPy"));
        let je = Names::new(Kind::Malloc, Some("je_"));
        let vtable = Names::new(Kind::Vtable, None);
        let realloc = operation(Function::Realloc, Domain::Raw, BlockName(3), 0, 0);
        assert_eq!(python.numbered(17, &realloc), "op 17: PyMem_RawRealloc(b3, 0)");
        assert_eq!(je.call(&realloc), "je_realloc(b3, 0)");
        assert_eq!(vtable.call(&realloc), "raw.realloc(b3, 0)");
        let calloc = operation(Function::Calloc, Domain::Obj, BlockName::NULL, u64::MAX, 2);
        assert_eq!(python.call(&calloc), "PyObject_Calloc(SIZE_MAX, 2)");
        let free = operation(Function::Free, Domain::Mem, BlockName::NULL, 0, 0);
        assert_eq!(pypy.call(&free), "PyPyMem_Free(NULL)");
    }

    #[test]
    fn sizes_near_the_limits_have_names() {
        assert_eq!(Size(1 << 63).to_string(), "PY_SSIZE_T_MAX + 1");
        assert_eq!(Size(u64::MAX - 15).to_string(), "SIZE_MAX - 15");
        assert_eq!(Size(1 << 32).to_string(), "4294967296");
    }

    #[test]
    fn what_is_written_is_read() {
        let record = Record([const { AtomicU64::new(0) }; 3]);
        let operation = Operation {
            function: Function::Realloc,
            domain: Domain::Obj,
            block: BlockName(77),
            size: u64::MAX - 1,
            elsize: 3,
        };
        record.write(operation);
        assert_eq!(record.read(), Some(operation));
    }

    #[test]
    fn a_scribbled_record_is_no_operation() {
        let record = Record([AtomicU64::new(9 << 8), AtomicU64::new(0), AtomicU64::new(0)]);
        assert_eq!(record.read(), None);
    }
}
