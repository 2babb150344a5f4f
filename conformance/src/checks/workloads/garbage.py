# Cycles with finalisers and weak references, collected again and again.
import gc
import weakref

class Node:
    def __init__(self, number):
        self.number = number
        self.others = []
    def __del__(self):
        ended.append(self.number)

ended = []
gone = []
for round in range(12):
    nodes = [Node(number) for number in range(1000)]
    for number, node in enumerate(nodes):
        node.others = [nodes[number - 1], {"self": node, "data": [number] * 5}]
    references = [weakref.ref(node, gone.append) for node in nodes]
    del nodes, node
    gc.collect()
    assert all(reference() is None for reference in references)
assert len(ended) == 12000 and len(gone) == 12000
gc.set_threshold(10, 2, 2)
kept = []
for number in range(20000):
    cycle = [number, {}]
    cycle[1]["back"] = cycle
    if number % 100 == 0:
        kept.append(cycle)
assert [cycle[0] for cycle in kept] == list(range(0, 20000, 100))
