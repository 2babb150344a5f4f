//! What a file is, by its first bytes.

use memchr::memmem;
use object::elf;

use super::Untestable;
use crate::text::excerpt;

/// What runs here, for the message; and the machine of the ELF header. Only 64-bit
/// little-endian machines are looked into; elsewhere every file is for another platform.
const HOST: (&str, Option<elf::Machine>) = if cfg!(all(target_arch = "x86_64", target_pointer_width = "64")) {
    ("64-bit x86-64 Linux", Some(elf::EM_X86_64))
} else if cfg!(all(target_arch = "aarch64", target_pointer_width = "64", target_endian = "little")) {
    ("64-bit aarch64 Linux", Some(elf::EM_AARCH64))
} else {
    ("a platform that is not supported yet", None)
};

/// Refuses every other format by name. `head` is the beginning of the file, or all of it.
pub(super) fn refuse_what_is_no_elf(head: &[u8]) -> Result<(), Untestable> {
    if head.is_empty() {
        return Err(Untestable::Empty);
    }
    if head.starts_with(&elf::ELFMAG) {
        return Ok(());
    }
    if elf::ELFMAG.starts_with(head) {
        return Err(no_header(head));
    }
    if let Some(line) = head.strip_prefix(b"#!") {
        let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
        return Err(Untestable::Script { interpreter: excerpt(line.trim_ascii()) });
    }
    if head.starts_with(b"!<arch>\n") || head.starts_with(b"!<thin>\n") {
        return Err(Untestable::StaticLibrary);
    }
    if let Some(libraries) = linker_script(head) {
        return Err(Untestable::LinkerScript { libraries: excerpt(libraries.trim_ascii()) });
    }
    Err(Untestable::NotElf(match head {
        [b'M', b'Z', ..] => " (it is one of Windows)",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => " (it is one of macOS)",
        [b'P', b'K', 3, 4, ..] => " (it is a zip archive; unpack it first)",
        _ => "",
    }))
}

/// Refuses what was made for another machine or system.
pub(super) fn refuse_other_platforms(bytes: &[u8]) -> Result<(), Untestable> {
    let &[_, _, _, _, class, order, version, system, ..] = bytes else { return Err(no_header(bytes)) };
    // The two bytes stand at the same place in every class.
    let &[low, high] = bytes.get(18..20).unwrap_or_default() else { return Err(no_header(bytes)) };
    let little = order == elf::ELFDATA2LSB.0;
    let machine = elf::Machine(if little { u16::from_le_bytes([low, high]) } else { u16::from_be_bytes([low, high]) });
    if version != elf::EV_CURRENT.0 {
        return Err(Untestable::Damaged("its ELF header has an unknown version"));
    }
    // Linux marks a file as System V's, or as its own where it uses GNU extensions.
    let linux = system == elf::ELFOSABI_SYSV.0 || system == elf::ELFOSABI_GNU.0;
    if class == elf::ELFCLASS64.0 && little && linux && Some(machine) == HOST.1 {
        return Ok(());
    }
    let found = format!(
        "{} {}{}{}",
        if class == elf::ELFCLASS32.0 { "32-bit" } else { "64-bit" },
        machine_name(machine),
        if little { "" } else { ", big-endian" },
        if linux { "" } else { ", another system" }
    );
    Err(Untestable::OtherPlatform { found, expected: HOST.0 })
}

/// For a file that ends within its header.
pub(super) fn no_header(bytes: &[u8]) -> Untestable {
    let end = size_of::<elf::FileHeader64<object::LittleEndian>>() as u64;
    Untestable::Truncated { what: "ELF header", end, len: bytes.len() as u64 }
}

/// The text in the brackets of `GROUP ( ... )` or `INPUT ( ... )`.
fn linker_script(head: &[u8]) -> Option<&[u8]> {
    std::str::from_utf8(head).ok()?;
    let command = ["GROUP", "INPUT"].iter().filter_map(|word| memmem::find(head, word.as_bytes())).min()?;
    let rest = &head[command..];
    let open = rest.iter().position(|&byte| byte == b'(')? + 1;
    let close = rest.iter().rposition(|&byte| byte == b')')?;
    rest.get(open..close)
}

fn machine_name(machine: elf::Machine) -> String {
    let name = match machine {
        elf::EM_386 => "x86",
        elf::EM_X86_64 => "x86-64",
        elf::EM_ARM => "ARM",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_RISCV => "RISC-V",
        elf::EM_PPC64 => "PowerPC",
        elf::EM_S390 => "s390",
        elf::EM_MIPS => "MIPS",
        elf::EM_LOONGARCH => "LoongArch",
        other => return format!("machine {}", other.0),
    };
    name.to_owned()
}
