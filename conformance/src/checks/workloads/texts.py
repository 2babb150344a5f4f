# Parsers, and what they build.
import json
import re
rows = [{"id": number, "name": "row %d" % number, "values": list(range(number % 17)), "half": number / 2,
         "none": None, "nested": {"deep": [[[number]]]}, "text": "\u00e9\u20ac\U0001f600" * (number % 7)}
        for number in range(1500)]
for indent in (None, 2):
    assert json.loads(json.dumps(rows, indent=indent)) == rows
text = " ".join("word%d=%d;" % (number, number * number) for number in range(4000))
found = re.findall(r"word(\d+)=(\d+);", text)
assert len(found) == 4000 and all(int(square) == int(root) ** 2 for root, square in found)
assert re.sub(r"(\w+)=(\d+);", r"\2", text).split() == [square for _, square in found]
for number in range(200):
    assert re.compile(r"(?P<a>x{%d})|y*" % (number + 1)).match("x" * (number + 1)).group("a")
