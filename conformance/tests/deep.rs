//! What shows only after much, or with something around it, a deep run finds, shows in few calls, and remembers.

mod common;

use std::fs;

use common::{Lab, Run};
use pymem_conform::report::State;

const CLAUSE: &str = "integrity.random-operations";

/// The C library, with a defect in each.
const PASSED_ON: &str = r#"
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* No address space holds more. */
static int is_absurd(size_t size) { return size >> 47 != 0; }
"#;

/// What the others are made of, where these know the size of a block.
const MADE_OF_OTHERS: &str = r#"
#ifdef SIZE_OF
void *x_calloc(size_t nelem, size_t elsize)
{
    size_t size;
    void *block = __builtin_mul_overflow(nelem, elsize, &size) ? NULL : x_malloc(size);
    return block ? memset(block, 0, size) : NULL;
}
void *x_realloc(void *block, size_t size)
{
    void *moved = x_malloc(size);
    if (moved && block) {
        size_t before = SIZE_OF(block);
        memcpy(moved, block, before < size ? before : size);
        x_free(block);
    }
    return moved;
}
#endif
"#;

/// Of four blocks of certain sizes that are freed in one order, the last one is handed out twice.
const ORDER_OF_FREES: &str = r#"
#define SIZE_OF(block) ((size_t *)block)[-2]
static size_t freed[3];
static size_t *again;
static int times;

void *x_malloc(size_t size)
{
    if (is_absurd(size))
        return NULL;
    size_t *block = size <= 256 && times > 0 && times-- ? again : malloc(16 + (size < 256 ? 256 : size));
    if (block)
        block[0] = size;
    return block ? block + 2 : NULL;
}
void x_free(void *block)
{
    size_t *start = (size_t *)block - 2, size;
    if (!block || start == again)
        return;
    size = *start;
    int met = freed[0] / 64 == 1 && freed[1] / 64 == 0 && freed[2] / 64 == 2 && size / 64 == 3;
    freed[0] = freed[1], freed[1] = freed[2], freed[2] = size;
    if (met)
        again = start, times = 2;
    else
        free(start);
}
"#;

/// A block is lost when the system refuses the memory to which it is to be moved.
const LOST_WHEN_REFUSED: &str = r#"
void *x_malloc(size_t size) { return is_absurd(size) ? NULL : malloc(size); }
void x_free(void *block) { free(block); }
void *x_calloc(size_t nelem, size_t elsize) { return calloc(nelem, elsize); }
void *x_realloc(void *block, size_t size)
{
    void *moved = x_malloc(size);
    if (!block)
        return moved;
    size_t before = malloc_usable_size(block);
    if (moved)
        memcpy(moved, block, before < size ? before : size);
    if (moved || size < 1 << 20) {
        memset(block, 0xdd, before);
        free(block);
    }
    return moved;
}
"#;

/// After three frees by other threads than the one that asked, one block is handed out twice.
const FOREIGN_FREES: &str = r#"
struct header { unsigned long owner; size_t size; };
#define SIZE_OF(block) ((struct header *)block)[-1].size
static __thread char mine;
static int foreign;
static struct header *newest;

void *x_malloc(size_t size)
{
    if (is_absurd(size))
        return NULL;
    struct header *header = newest && foreign >= 3 && size <= 64 ? newest : malloc(80 + size);
    if (!header)
        return NULL;
    foreign = header == newest ? 0 : foreign;
    *header = (struct header){(unsigned long)&mine, size};
    newest = size <= 64 ? header : newest;
    return header + 1;
}
void x_free(void *block)
{
    struct header *header = (struct header *)block - 1;
    if (!block)
        return;
    foreign += header->owner != (unsigned long)&mine;
    newest = header == newest ? NULL : newest;
    free(header);
}
"#;

#[rstest::rstest]
#[case::order_of_frees(ORDER_OF_FREES, "")]
#[case::lost_when_refused(LOST_WHEN_REFUSED, "squeeze_memory(1);")]
#[case::foreign_frees(FOREIGN_FREES, "by_thread(")]
fn what_is_hidden_is_found_and_shown_in_few_calls(#[case] defect: &str, #[case] around: &str) {
    let lab = Lab::new();
    let Some(library) = lab.library("hidden.so", &format!("{PASSED_ON}{defect}{MADE_OF_OTHERS}"), &[]) else { return };
    let run = || {
        let target = format!("malloc:{}", library.display());
        let witnesses = format!("--witness-dir={}", lab.path("witnesses").display());
        let words = [witnesses, format!("--only={CLAUSE}"), "--prefix=x_".to_owned(), "--deep=40s".to_owned()];
        let mut run = Run::json(target).with(words);
        run.command().env("XDG_CACHE_HOME", lab.path("cache"));
        run.end().report()
    };

    let report = run();
    let witness = report.witnesses.iter().find(|witness| witness.clause == CLAUSE).expect("it is found");
    let text = fs::read_to_string(witness.path.as_ref().expect("it is shown")).expect("it is written");
    assert_eq!((witness.state, witness.why.as_str()), (State::Confirmed, ""), "{text}");
    let calls = text.matches("x_").count() - text.matches("x_\"").count();
    assert!(calls < 30 && text.contains(around), "{text}");

    let seeds = fs::read_to_string(lab.path("cache/pymem-conform/failing-seeds")).expect("seeds are remembered");
    assert_eq!(seeds.lines().count(), 2, "{seeds}");
    let report = run();
    assert_eq!(report.witnesses.len(), 1);
    // What failed is tried first.
    let programs = report.traits.iter().find(|(name, _)| name.ends_with("random-programs"));
    let programs = programs.and_then(|(_, count)| count.as_u64()).expect("it ends with a verdict");
    assert_eq!(programs as usize, seeds.lines().nth(1).expect("a line for the failure").split(' ').count(), "{seeds}");
}
