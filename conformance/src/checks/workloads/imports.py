# Modules of the standard library, in Python and in C; a build may lack some.
import importlib
names = """abc argparse array ast asyncio base64 bisect calendar cmath codecs collections configparser contextlib copy
csv ctypes dataclasses datetime decimal difflib email.message enum fractions functools hashlib heapq html.parser
http.client inspect io itertools json locale logging math operator pickle pprint queue random re sched shutil socket
sqlite3 ssl statistics string struct subprocess tempfile textwrap threading tokenize traceback types typing unittest
urllib.parse uuid weakref xml.etree.ElementTree zipfile zlib""".split()
found = 0
for name in names:
    try:
        importlib.import_module(name)
        found += 1
    except ImportError:
        pass
assert found > 40, found
