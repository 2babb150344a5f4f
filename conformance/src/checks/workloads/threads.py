# Threads that make objects, hand them on, and let go of the interpreter meanwhile.
import hashlib
import queue
import threading
import zlib
belt = queue.Queue(50)
sums = []

def make(seed):
    for number in range(80):
        data = bytes([(seed + number) % 256]) * (1000 + 97 * number)
        belt.put((data, hashlib.sha256(data).hexdigest(), zlib.compress(data)))
    belt.put(None)

def take():
    count = 0
    while True:
        item = belt.get()
        if item is None:
            break
        data, digest, packed = item
        assert hashlib.sha256(data).hexdigest() == digest
        assert zlib.decompress(packed) == data
        count += 1
    sums.append(count)

threads = [threading.Thread(target=make, args=(seed,)) for seed in range(4)]
threads += [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sum(sums) == 320, sums
for round in range(10):
    short = [threading.Thread(target=lambda: [str(number) for number in range(300)]) for _ in range(8)]
    for thread in short:
        thread.start()
    for thread in short:
        thread.join()
