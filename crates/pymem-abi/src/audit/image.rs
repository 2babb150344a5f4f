//! An ELF file as the loader sees it: segments, the dynamic section, and the symbols
//! that a look-up at run time finds. Section headers are only checked, for they may
//! be stripped.

use std::collections::HashMap;
use std::ops::Range;

use object::elf::{self, Dyn64, DynamicTag, FileHeader64, ProgramHeader64, Sym64};
use object::pod;
use object::read::elf::{GnuHashTable, HashTable};
use object::{LittleEndian as Le, U16};

use super::{Untestable, format};

/// One ELF file of this machine, wholly in memory.
pub(super) struct Image<'d> {
    bytes: &'d [u8],
    file_type: elf::FileType,
    segments: &'d [ProgramHeader64<Le>],
    dynamic: Vec<(DynamicTag, u64)>,
    strings: &'d [u8],
    symbols: HashMap<&'d str, Symbol>,
}

/// A definition that other files can use.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) is_function: bool,
    address: u64,
}

impl<'d> Image<'d> {
    /// # Errors
    ///
    /// What is wrong with the file, apart from what it offers.
    pub(super) fn parse(bytes: &'d [u8]) -> Result<Self, Untestable> {
        format::refuse_what_is_no_elf(bytes)?;
        format::refuse_other_platforms(bytes)?;
        let (header, _) = pod::from_bytes::<FileHeader64<Le>>(bytes).map_err(|()| format::no_header(bytes))?;
        let file_type = header.e_type.get(Le);
        match file_type {
            elf::ET_REL => return Err(Untestable::Relocatable),
            elf::ET_CORE => return Err(Untestable::CoreDump),
            elf::ET_DYN | elf::ET_EXEC => {}
            _ => return Err(Untestable::Damaged("its ELF header has an unknown type")),
        }
        let segments = segments(bytes, header)?;
        refuse_truncated(bytes, header, segments)?;
        let mut image = Self { bytes, file_type, segments, dynamic: vec![], strings: &[], symbols: HashMap::new() };
        image.read_dynamic()?;
        Ok(image)
    }

    /// Static TLS that it takes, in bytes.
    pub(super) fn tls_size(&self) -> u64 {
        self.segments_of(elf::PT_TLS).map(|segment| segment.p_memsz.get(Le)).sum()
    }

    /// Whether the loader would refuse it because it is a program. A C library has
    /// an interpreter too (one can run it), but also a name for others to need.
    pub(super) fn is_executable(&self) -> bool {
        let pie = self.entry(elf::DT_FLAGS_1).is_some_and(|flags| flags & elf::DF_1_PIE.0 != 0);
        self.file_type == elf::ET_EXEC || pie || (self.is_interpreted() && self.soname().is_none())
    }

    /// Whether it is started by the loader, which could put something into it.
    pub(super) fn is_interpreted(&self) -> bool {
        self.segments_of(elf::PT_INTERP).next().is_some()
    }

    /// `DT_SONAME`.
    pub(super) fn soname(&self) -> Option<&'d str> {
        self.string(self.entry(elf::DT_SONAME)?)
    }

    /// The text that the entry `tag` of the dynamic section names, whatever its bytes are.
    pub(super) fn text(&self, tag: DynamicTag) -> Option<&'d [u8]> {
        self.bytes_of(self.entry(tag)?)
    }

    /// The libraries that it needs, `DT_NEEDED`.
    pub(super) fn needed(&self) -> impl Iterator<Item = &'d str> {
        self.dynamic.iter().filter(|(tag, _)| *tag == elf::DT_NEEDED).filter_map(|&(_, offset)| self.string(offset))
    }

    /// Whether it defines the function `name`.
    pub(super) fn is_function(&self, name: &str) -> bool {
        self.symbols.get(name).is_some_and(|symbol| symbol.is_function)
    }

    /// Every definition.
    pub(super) fn symbols(&self) -> impl Iterator<Item = (&'d str, Symbol)> {
        self.symbols.iter().map(|(name, symbol)| (*name, *symbol))
    }

    /// What the file holds from the variable `name` on, up to the end of its segment.
    pub(super) fn variable(&self, name: &str) -> Option<&'d [u8]> {
        let symbol = self.symbols.get(name).filter(|symbol| !symbol.is_function)?;
        self.at(symbol.address)
    }

    /// The bytes of every segment that cannot be written: text and constants.
    pub(super) fn constants(&self) -> impl Iterator<Item = &'d [u8]> {
        let segments = self.segments_of(elf::PT_LOAD).filter(|segment| segment.p_flags.get(Le).0 & elf::PF_W.0 == 0);
        segments.map(|segment| self.contents(segment))
    }

    /// The same with what can be written: every byte of the file that is loaded.
    pub(super) fn loaded(&self) -> impl Iterator<Item = &'d [u8]> {
        self.segments_of(elf::PT_LOAD).map(|segment| self.contents(segment))
    }

    fn segments_of(&self, kind: elf::ProgramType) -> impl Iterator<Item = &'d ProgramHeader64<Le>> {
        self.segments.iter().filter(move |segment| segment.p_type.get(Le) == kind)
    }

    /// The part of a segment that the file holds. That it does was checked before.
    fn contents(&self, segment: &ProgramHeader64<Le>) -> &'d [u8] {
        let start = segment.p_offset.get(Le) as usize;
        &self.bytes[start..start + segment.p_filesz.get(Le) as usize]
    }

    /// What the file holds at `address`, up to the end of the segment.
    fn at(&self, address: u64) -> Option<&'d [u8]> {
        self.segments_of(elf::PT_LOAD).find_map(|segment| {
            let offset = address.checked_sub(segment.p_vaddr.get(Le))?;
            self.contents(segment).get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())
        })
    }

    fn entry(&self, tag: DynamicTag) -> Option<u64> {
        self.dynamic.iter().find(|(found, _)| *found == tag).map(|&(_, value)| value)
    }

    /// A string of the dynamic section. One that is not UTF-8 is no name that is known here.
    fn string(&self, offset: u64) -> Option<&'d str> {
        std::str::from_utf8(self.bytes_of(offset)?).ok()
    }

    fn bytes_of(&self, offset: u64) -> Option<&'d [u8]> {
        let rest = self.strings.get(usize::try_from(offset).ok()?..)?;
        Some(&rest[..memchr::memchr(0, rest)?])
    }

    fn read_dynamic(&mut self) -> Result<(), Untestable> {
        let Some(segment) = self.segments_of(elf::PT_DYNAMIC).next() else {
            // A program without one is static; a library cannot be loaded.
            let is_program = self.file_type == elf::ET_EXEC;
            return if is_program { Ok(()) } else { Err(Untestable::Damaged("it has no dynamic section")) };
        };
        let contents = self.contents(segment);
        let count = contents.len() / size_of::<Dyn64<Le>>();
        let (entries, _) = pod::slice_from_bytes::<Dyn64<Le>>(contents, count)
            .map_err(|()| Untestable::Damaged("its dynamic section cannot be read"))?;
        self.dynamic = entries
            .iter()
            .map(|entry| (entry.d_tag.get(Le), entry.d_val.get(Le)))
            .take_while(|(tag, _)| *tag != elf::DT_NULL)
            .collect();
        self.refuse_tables_outside()?;
        let address = self.entry(elf::DT_STRTAB).ok_or(Untestable::Damaged("it has no dynamic strings"))?;
        let strings = self.at(address).ok_or(Untestable::Damaged(TABLE_OUTSIDE))?;
        let size = self.entry(elf::DT_STRSZ).map_or(strings.len(), |size| size as usize);
        self.strings = strings.get(..size).ok_or(Untestable::Damaged(TABLE_OUTSIDE))?;
        self.symbols = self.read_symbols()?;
        Ok(())
    }

    /// The loader believes these addresses and would read wherever they point.
    fn refuse_tables_outside(&self) -> Result<(), Untestable> {
        let sized = [
            (elf::DT_RELA, elf::DT_RELASZ),
            (elf::DT_JMPREL, elf::DT_PLTRELSZ),
            (elf::DT_STRTAB, elf::DT_STRSZ),
            (elf::DT_SYMTAB, elf::DT_SYMENT),
        ];
        for (table, size) in sized {
            let (Some(address), Some(size)) = (self.entry(table), self.entry(size)) else { continue };
            // An empty table may point anywhere.
            if size != 0 && self.at(address).is_none_or(|rest| (rest.len() as u64) < size) {
                return Err(Untestable::Damaged(TABLE_OUTSIDE));
            }
        }
        Ok(())
    }

    /// The definitions that `dlsym` finds: those in the hash table, apart from old
    /// versions of a name that are kept for programs linked long ago.
    fn read_symbols(&self) -> Result<HashMap<&'d str, Symbol>, Untestable> {
        let damaged = Untestable::Damaged("its symbols cannot be read");
        let Some(table) = self.entry(elf::DT_SYMTAB) else { return Ok(HashMap::new()) };
        let table = self.at(table).ok_or_else(|| damaged.clone())?;
        let reached = self.hashed_symbols().ok_or_else(|| damaged.clone())?;
        let (symbols, _) = pod::slice_from_bytes::<Sym64<Le>>(table, reached.end).map_err(|()| damaged)?;
        let versions = self.entry(elf::DT_VERSYM).and_then(|address| self.at(address)).unwrap_or_default();
        let versions =
            pod::slice_from_bytes::<U16<Le>>(versions, symbols.len()).map_or(&[][..], |(versions, _)| versions);
        let visible = symbols.iter().enumerate().skip(reached.start).filter(|(index, symbol)| {
            let version = versions.get(*index).map_or(0, |version| version.get(Le));
            let superseded = version & HIDDEN != 0 && version & !HIDDEN >= FIRST_NAMED_VERSION;
            symbol.st_shndx.get(Le) != elf::SHN_UNDEF && symbol.st_bind() != elf::STB_LOCAL && !superseded
        });
        Ok(visible
            .filter_map(|(_, symbol)| {
                let name = self.string(symbol.st_name.get(Le).into())?;
                let address = symbol.st_value.get(Le);
                Some((name, Symbol { is_function: self.is_code(symbol, address), address }))
            })
            .collect())
    }

    /// The part of the symbol table that look-ups reach; `None` for tables that make no sense.
    fn hashed_symbols(&self) -> Option<Range<usize>> {
        if let Some(address) = self.entry(elf::DT_GNU_HASH) {
            let table = GnuHashTable::<FileHeader64<Le>>::parse(Le, self.at(address)?).ok()?;
            let end = table.symbol_table_length(Le).unwrap_or_default();
            return Some(table.symbol_base() as usize..end as usize);
        }
        let Some(address) = self.entry(elf::DT_HASH) else { return Some(0..0) };
        let table = HashTable::<FileHeader64<Le>>::parse(Le, self.at(address)?).ok()?;
        Some(0..table.symbol_table_length() as usize)
    }

    /// Code written in assembler may lack a type; then the segment decides.
    fn is_code(&self, symbol: &Sym64<Le>, address: u64) -> bool {
        match symbol.st_type() {
            elf::STT_FUNC | elf::STT_GNU_IFUNC => true,
            elf::STT_NOTYPE => self.segments_of(elf::PT_LOAD).any(|segment| {
                let offset = address.wrapping_sub(segment.p_vaddr.get(Le));
                segment.p_flags.get(Le).0 & elf::PF_X.0 != 0 && offset < segment.p_memsz.get(Le)
            }),
            _ => false,
        }
    }
}

const TABLE_OUTSIDE: &str = "its dynamic section points outside the file";

/// Marks a version that only programs linked against it get.
const HIDDEN: u16 = 0x8000;
/// 0 and 1 stand for local and for no version.
const FIRST_NAMED_VERSION: u16 = 2;

fn segments<'d>(bytes: &'d [u8], header: &FileHeader64<Le>) -> Result<&'d [ProgramHeader64<Le>], Untestable> {
    let (offset, count) = (header.e_phoff.get(Le), header.e_phnum.get(Le));
    if offset == 0 || count == 0 {
        return Err(Untestable::Damaged("it has no program headers"));
    }
    if usize::from(header.e_phentsize.get(Le)) != size_of::<ProgramHeader64<Le>>() {
        return Err(Untestable::Damaged("its program headers have an impossible size"));
    }
    let size = u64::from(count) * size_of::<ProgramHeader64<Le>>() as u64;
    within(bytes, "program headers", offset, size)?;
    let (segments, _) = pod::slice_from_bytes(&bytes[offset as usize..], count.into())
        .map_err(|()| Untestable::Damaged("its program headers cannot be read"))?;
    Ok(segments)
}

fn refuse_truncated(
    bytes: &[u8],
    header: &FileHeader64<Le>,
    segments: &[ProgramHeader64<Le>],
) -> Result<(), Untestable> {
    for segment in segments {
        let what = match segment.p_type.get(Le) {
            elf::PT_LOAD => "loaded segments",
            elf::PT_DYNAMIC => "dynamic section",
            _ => continue,
        };
        within(bytes, what, segment.p_offset.get(Le), segment.p_filesz.get(Le))?;
    }
    if !segments.iter().any(|segment| segment.p_type.get(Le) == elf::PT_LOAD) {
        return Err(Untestable::Damaged("it has nothing to load"));
    }
    // They stand at the end as a rule, so they tell of a copy that was cut short
    // even where nothing that is loaded is missing.
    let sections = header.e_shoff.get(Le);
    if sections != 0 {
        let size = u64::from(header.e_shentsize.get(Le)) * u64::from(header.e_shnum.get(Le).max(1));
        within(bytes, "section headers", sections, size)?;
    }
    Ok(())
}

fn within(bytes: &[u8], what: &'static str, start: u64, size: u64) -> Result<(), Untestable> {
    let len = bytes.len() as u64;
    let end = start.saturating_add(size);
    if end > len { Err(Untestable::Truncated { what, end, len }) } else { Ok(()) }
}
