# Forks while other threads make objects; each child makes some of its own, and ends.
import os
import threading
import time
done = False


def work():
    while not done:
        [str(number) * 3 for number in range(200)]
        bytearray(70000)


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
ends = []
for number in range(10):
    child = os.fork()
    if child == 0:
        kept = [[str(number), bytes(1000)] for number in range(500)]
        bytearray(100000)
        os._exit(7 if len(kept) == 500 else 8)
    until = time.time() + 3
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            ends.append(status >> 8)
            break
        if time.time() > until:
            os.kill(child, 9)
            os.waitpid(child, 0)
            ends.append("it hangs")
            break
        time.sleep(0.001)
    if ends[-1] != 7:
        break
done = True
for thread in threads:
    thread.join()
assert ends == [7] * 10, "a child that was forked ends with %s" % ends[-1]
