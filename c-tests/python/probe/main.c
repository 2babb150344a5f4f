/*
 * probe CLAUSE ends in 0 with a line `passed`, in 1 if it finds a fault, in 2 for bad use or a clause that it has no
 * question on. CLAUSE `all` asks everything, each question in a fork.
 */
#include "probe.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct question *const areas[] = {
    arenas_questions,
    collected_questions,
    customize_questions,
    defaults_questions,
    environment_questions,
    hooks_questions,
    lifecycle_questions,
    limits_questions,
    mimalloc_questions,
    objects_questions,
    preconfig_questions,
    pymalloc_questions,
    reports_questions,
    symbols_questions,
    tracemalloc_questions,
};

void failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    _exit(1);
}

void start(const char *pythonmalloc)
{
    if (pythonmalloc)
        setenv("PYTHONMALLOC", pythonmalloc, 1);
    else
        unsetenv("PYTHONMALLOC");
#if PY_VERSION_HEX >= 0x03080000
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    EXPECT(!PyStatus_Exception(Py_PreInitialize(&config)));
#endif
    Py_InitializeEx(0);
    EXPECT(Py_IsInitialized());
}

struct fate in_fork(void (*act)(void))
{
    struct fate fate = {0};
    int ends[2];
    EXPECT(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        alarm(20);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t count; (count = read(ends[0], fate.said + length, sizeof fate.said - 1 - length)) > 0;)
        length += (size_t)count;
    close(ends[0]);
    EXPECT(waitpid(child, &fate.status, 0) == child);
    return fate;
}

bool goes_well(void (*act)(void))
{
    struct fate fate = in_fork(act);
    if (fate.status != 0)
        fputs(fate.said, stderr);
    return fate.status == 0;
}

bool aborted(const struct fate *fate)
{
    return WIFSIGNALED(fate->status) && WTERMSIG(fate->status) == SIGABRT;
}

static const struct question *asked;

static void ask(void)
{
    asked->ask();
}

/* Whether a fork, which nothing asked before can have changed, answers well. */
static bool passes(const struct question *question)
{
    asked = question;
    struct fate fate = in_fork(ask);
    if (WIFEXITED(fate.status) && WEXITSTATUS(fate.status) == 0)
        return true;
    fprintf(stderr, "%s: %s", question->clause, fate.said);
    return false;
}

/* Whatever a Python does, the probe ends soon, and with its parent. */
static void limit_myself(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(60);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    limit_myself();
    bool every = strcmp(argv[1], "all") == 0, found = false;
    for (size_t area = 0; area < LENGTH(areas); area++) {
        for (const struct question *question = areas[area]; question->clause; question++) {
            if (!every && strcmp(question->clause, argv[1]) != 0)
                continue;
            found = true;
            if (!passes(question))
                return 1;
        }
    }
    if (!found)
        return 2;
    puts("passed");
}
