"""Delta debugging over the lines of a case: the fewest that still differ in the same way."""
import re


class Shrinker:
    def __init__(self, setup, traffic, found, examine):
        self.lines = [('s', l) for l in setup] + [('t', l) for l in traffic]
        self.kinds, self.differences, self.examine = {d.kind for d in found}, found, examine

    def still_differ(self, candidates):
        """-> the differences of each; None where they are of another kind or gone"""
        split = [([l for k, l in c if k == 's'], [l for k, l in c if k == 't']) for c in candidates]
        answers = list(self.examine(split))
        return [d if d and {x.kind for x in d} <= self.kinds else None for d in answers]

    def without(self, sets):
        """Leaves out as many of these sets of places as can be.  -> whether any could"""
        sets = [s for s in sets if s]
        rest = lambda places: [l for i, l in enumerate(self.lines) if i not in places]
        answers = self.still_differ([rest(s) for s in sets])
        good = [(s, d) for s, d in zip(sets, answers) if d]
        if not good:
            return False
        places, differences = good[0]
        if len(good) > 1:
            every = set().union(*(s for s, _ in good))
            half = set().union(*(s for s, _ in good[:len(good) // 2]))
            for places_, d in zip((every, half), self.still_differ([rest(every), rest(half)])):
                if d:
                    places, differences = places_, d
                    break
        self.lines, self.differences = rest(places), differences
        return True

    def places(self, kind, wanted=lambda line: True):
        return [i for i, (k, l) in enumerate(self.lines) if k == kind and 'done_' not in l and wanted(l)]

    def mentions(self, name):
        return {i for i, (_, l) in enumerate(self.lines) if re.search(r'(?<![\w.])%s(?![\w.])' % re.escape(name), l)}

    def with_ends(self, places):
        """These places and all that mentions the other ends of the veth pairs among them"""
        out = set(places)
        for place in places:
            m = re.match(r'ip link add (\S+) netns (\S+) .* peer name (\S+) netns (\S+)', self.lines[place][1])
            for device, namespace in (m.group(1, 2), m.group(3, 4)) if m else ():
                out |= self.mentions(device) & self.mentions(namespace)
        return out

    def run(self):
        # what is sent and changed, from halves to single lines
        size = max(1, len(self.places('t')) // 2)
        while size:
            p = self.places('t')
            if not self.without([set(p[i:i + size]) for i in range(0, len(p), size)]):
                size //= 2
        # whole namespaces with all that mentions them, then single lines
        while self.without([self.with_ends(self.mentions(self.lines[i][1].split()[1])) for i in self.places('s', lambda l: l.startswith('ns '))]):
            pass
        while self.without([self.with_ends({i}) for i in self.places('s', lambda l: l.startswith('ip link add'))]):
            pass
        while self.without([{i} for i in self.places('s', lambda l: not l.startswith(('ns ', 'up '))) + self.places('t')]):
            pass


def shrink(setup, traffic, found, examine):
    """examine: [(setup, traffic)] -> [differences], several at a time.  -> (setup, traffic, differences) of the smallest case found"""
    s = Shrinker(setup, traffic, found, examine)
    s.run()
    return [l for k, l in s.lines if k == 's'], [l for k, l in s.lines if k == 't'], s.differences
