# Up to the limit of recursion, past it and back; and structures that are nested deeply, whose end recurses too.
import sys

def down(depth):
    return 0 if depth == 0 else 1 + down(depth - 1)

def forever(held):
    return forever([held])

assert down(800) == 800
for _ in range(20):
    try:
        forever([])
    except RecursionError:
        pass
    else:
        raise AssertionError("no limit")
nested = []
for _ in range(200000):
    nested = [nested]
del nested
pair = ()
for _ in range(100000):
    pair = (pair, {"x": 1})
del pair
assert down(sys.getrecursionlimit() - 200) > 0
