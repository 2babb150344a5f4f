# What grows to millions of bytes, and shrinks again.
def lists():
    numbers = []
    for number in range(60000):
        numbers.append(number * 3)
    assert sum(numbers) == 3 * 60000 * 59999 // 2
    del numbers[1000:]
    assert numbers == [number * 3 for number in range(1000)]

def dicts():
    table = {}
    for number in range(40000):
        table["key %d" % number] = (number, str(number))
    for number in range(0, 40000, 2):
        del table["key %d" % number]
    assert len(table) == 20000
    assert all(table["key %d" % number] == (number, str(number)) for number in range(1, 40000, 2))

def sets():
    numbers = set(range(50000))
    numbers -= set(range(0, 50000, 3))
    assert all(number % 3 for number in numbers) and len(numbers) == 33333

def byte_arrays():
    data = bytearray()
    for number in range(1500):
        data.extend(bytes([number % 251]) * 701)
    assert all(data[number * 701] == number % 251 for number in range(1500))
    del data[100000:]
    data += bytes(1 << 20)
    assert data[100000:].count(0) == 1 << 20

def texts():
    text = ""
    for number in range(20000):
        text += "%d," % number
    assert text.split(",")[:-1] == [str(number) for number in range(20000)]
    assert ("\u20ac" * 100000).encode("utf-8").decode("utf-8") == "\u20ac" * 100000

for work in (lists, dicts, sets, byte_arrays, texts):
    work()
