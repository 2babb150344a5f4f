/* What PYTHONMALLOC, PYTHONDEVMODE and PYTHONMALLOCSTATS choose. */
#include "serving.h"

static void name_default(void)
{
    start("default");
    EXPECT(serves(DEFAULT_SERVER, DEFAULT_HOOKS));
}

static void name_debug(void)
{
    start("debug");
    EXPECT(serves(DEFAULT_SERVER, true));
}

static void name_malloc(void)
{
    start("malloc");
    EXPECT(serves(LIBC, false));
}

static void name_malloc_debug(void)
{
    start("malloc_debug");
    EXPECT(serves(LIBC, true));
}

static void name_pymalloc(void)
{
    start("pymalloc");
    EXPECT(serves(PYMALLOC, false));
}

static void name_pymalloc_debug(void)
{
    start("pymalloc_debug");
    EXPECT(serves(PYMALLOC, true));
}

static void name_mimalloc(void)
{
    start("mimalloc");
    EXPECT(serves(ITS_OWN_MEMORY, false));
}

static void name_mimalloc_debug(void)
{
    start("mimalloc_debug");
    EXPECT(serves(ITS_OWN_MEMORY, true));
}

static const char *named;

static void start_named(void)
{
    start(named);
}

static bool starts_with(const char *name)
{
    named = name;
    return in_fork(start_named).status == 0;
}

static void every_name(void)
{
    EXPECT(starts_with("default"));
    EXPECT(starts_with("debug"));
#ifndef Py_GIL_DISABLED
    EXPECT(starts_with("malloc"));
    EXPECT(starts_with("malloc_debug"));
#endif
#ifdef HAS_PYMALLOC
    EXPECT(starts_with("pymalloc"));
    EXPECT(starts_with("pymalloc_debug"));
#endif
#if PY_VERSION_HEX >= 0x030d0000
    EXPECT(starts_with("mimalloc"));
    EXPECT(starts_with("mimalloc_debug"));
#endif
}

static void names_not_built(void)
{
    EXPECT(starts_with("default"));
#ifdef Py_GIL_DISABLED
    EXPECT(!starts_with("malloc"));
    EXPECT(!starts_with("malloc_debug"));
#endif
#ifndef HAS_PYMALLOC
    EXPECT(!starts_with("pymalloc"));
    EXPECT(!starts_with("pymalloc_debug"));
#endif
#if PY_VERSION_HEX < 0x030d0000
    EXPECT(!starts_with("mimalloc"));
    EXPECT(!starts_with("mimalloc_debug"));
#endif
}

static void no_name(void)
{
    const char *values[] = {"nobody", "DEBUG", "Malloc", " debug", "malloc,debug", "1"};
    EXPECT(starts_with("default"));
    for (size_t i = 0; i < LENGTH(values); i++)
        EXPECT(!starts_with(values[i]));
}

static void is_read(void)
{
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
    start("debug");
    for (int domain = 0; domain < DOMAINS; domain++)
        EXPECT(has_hooks(domain));
}

static void is_unread(void)
{
    EXPECT(starts_with("nobody"));
    start("debug");
    for (int domain = 0; domain < DOMAINS; domain++)
        EXPECT(!has_hooks(domain));
}

static void empty(void)
{
    start("");
    EXPECT(serves(DEFAULT_SERVER, DEFAULT_HOOKS));
}

static void dev_mode(void)
{
    setenv("PYTHONDEVMODE", "1", 1);
    start(NULL);
    EXPECT(serves(DEFAULT_SERVER, true));
}

#if PY_VERSION_HEX >= 0x03080000
static void ignoring_environment(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.use_environment = 0;
    EXPECT(!PyStatus_Exception(Py_PreInitialize(&config)));
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
}

static void isolated(void)
{
    PyPreConfig config;
    PyPreConfig_InitIsolatedConfig(&config);
    EXPECT(!PyStatus_Exception(Py_PreInitialize(&config)));
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
}

static void is_ignored(void)
{
    setenv("PYTHONMALLOC", "debug", 1);
    EXPECT(goes_well(ignoring_environment));
    EXPECT(goes_well(isolated));
}

static void number_over_name(void)
{
    setenv("PYTHONMALLOC", "debug", 1);
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = PYMEM_ALLOCATOR_DEFAULT;
    EXPECT(!PyStatus_Exception(Py_PreInitialize(&config)));
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
}
#endif

static void name_over_dev_mode(void)
{
    setenv("PYTHONDEVMODE", "1", 1);
    start("default");
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
}

static void priority(void)
{
#if PY_VERSION_HEX >= 0x03080000
    EXPECT(goes_well(number_over_name));
#endif
    EXPECT(goes_well(name_over_dev_mode));
}

static const char *statistics, *statistics_of;

static void live(void)
{
    if (statistics)
        setenv("PYTHONMALLOCSTATS", statistics, 1);
    start(statistics_of);
    Py_FinalizeEx();
}

/* What a life prints with a value of PYTHONMALLOCSTATS, and one of PYTHONMALLOC. */
static struct fate life_with(const char *value, const char *name)
{
    statistics = value;
    statistics_of = name;
    return in_fork(live);
}

static void statistics_printed(void)
{
    const char *values[] = {"1", "0", "x"};
    for (size_t i = 0; i < LENGTH(values); i++)
        EXPECT(strstr(life_with(values[i], NULL).said, "arenas"));
}

static void statistics_empty(void)
{
    EXPECT(!*life_with("", NULL).said);
    EXPECT(!*life_with(NULL, NULL).said);
}

static void statistics_malloc(void)
{
    EXPECT(!*life_with("1", "malloc").said);
}

static void statistics_pymalloc(void)
{
    struct fate fate = life_with("1", NULL);
    const char *begin = "Small block threshold = 512, in ";
    EXPECT(strncmp(fate.said, begin, strlen(begin)) == 0);
    int classes = atoi(fate.said + strlen(begin));
    EXPECT(classes == 32 || classes == 64);
    EXPECT(strstr(fate.said, PY_VERSION_HEX >= 0x030a0000 ? "pools * 16384 bytes" : "pools * 4096 bytes"));
}

const struct question environment_questions[] = {
    {"environment.empty", empty},
    {"environment.statistics.empty", statistics_empty},
#if PY_VERSION_HEX < 0x03070000
    {"environment.unread", is_unread},
#else
    {"environment.pythonmalloc.default", name_default},
    {"environment.pythonmalloc.debug", name_debug},
    {"environment.names.accepted", every_name},
    {"environment.names.unknown", no_name},
    {"environment.dev-mode", dev_mode},
#ifdef IS_RELEASE
    {"environment.read", is_read},
    {"environment.priority", priority},
#endif
#ifndef Py_GIL_DISABLED
    {"environment.pythonmalloc.malloc", name_malloc},
    {"environment.pythonmalloc.malloc-debug", name_malloc_debug},
    {"environment.statistics.malloc", statistics_malloc},
#endif
#ifdef HAS_PYMALLOC
    {"environment.pythonmalloc.pymalloc", name_pymalloc},
    {"environment.pythonmalloc.pymalloc-debug", name_pymalloc_debug},
#endif
#endif
#if PY_VERSION_HEX >= 0x03070000 && (PY_VERSION_HEX < 0x030d0000 || !defined(HAS_PYMALLOC))
    {"environment.names.not-built", names_not_built},
#endif
#if PY_VERSION_HEX >= 0x03080000 && defined(IS_RELEASE)
    {"environment.ignored", is_ignored},
#endif
#if PY_VERSION_HEX >= 0x030d0000
    {"environment.pythonmalloc.mimalloc", name_mimalloc},
    {"environment.pythonmalloc.mimalloc-debug", name_mimalloc_debug},
#endif
#ifdef HAS_PYMALLOC
    {"environment.statistics.printed", statistics_printed},
    {"environment.statistics.pymalloc", statistics_pymalloc},
#endif
    {NULL, NULL},
};
