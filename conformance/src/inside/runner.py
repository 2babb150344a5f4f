"""Runs a module of CPython's own tests and notes how each test ends, a line each: the module, and a file to write to."""
import json
import sys
import unittest

name, file = sys.argv[1:]
notes = open(file, "a")


def note(*words):
    notes.write(json.dumps(words) + "\n")
    notes.flush()


class Notes(unittest.TestResult):
    def startTest(self, test):
        unittest.TestResult.startTest(self, test)
        note("begin", test.id())
        self.outcome = "ok"

    def stopTest(self, test):
        note(self.outcome, test.id())

    def addFailure(self, test, err):
        self.outcome = "failure"

    def addError(self, test, err):
        self.outcome = "error"
        if not hasattr(test, "_testMethodName"):
            # What sets up a module or a class.
            note("error", test.id())

    def addSkip(self, test, reason):
        self.outcome = "skip"
        if not hasattr(test, "_testMethodName"):
            note("skip", test.id())

    def addExpectedFailure(self, test, err):
        self.outcome = "expected failure"

    def addUnexpectedSuccess(self, test):
        self.outcome = "unexpected success"

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.outcome = "failure"


try:
    from test import support
except ImportError:
    note("absent", name)
    sys.exit()
# Nothing that takes long, asks the network or fills the disk.
support.use_resources = []
try:
    suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
except unittest.SkipTest:
    note("absent", name)
    sys.exit()
suite.run(Notes())
note("end", name)
