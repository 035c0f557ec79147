"""One random case on the kernel and in the simulator."""
import hashlib, importlib.machinery, importlib.util, json, os, re, shutil, subprocess, tempfile
import compare, comparison, normalise, random_cases, record, to_scenario
HERE = os.path.dirname(os.path.realpath(__file__))

STATE_COMMANDS = [('route', 'ip -j route show table all'), ('rule', 'ip -j rule'), ('neigh', 'ip -j neigh'), ('addr', 'ip -j addr'),
                  ('link', 'ip -j -s link'), ('fdb', 'bridge -j fdb show')]
IPV6_STATE_COMMANDS = [('rule6', 'ip -j -6 rule')]


class Invalid(Exception):
    """A case that cannot run: a shrunk one whose setup fails."""


def write_case(folder, setup, traffic, text, vrf=False):
    os.makedirs(folder, exist_ok=True)
    for name, lines in (('setup.sh', setup), ('traffic.sh', traffic)):
        with open(folder + '/' + name, 'w') as f:
            f.write('\n'.join(lines) + '\n')
    with open(folder + '/README.md', 'w') as f:
        f.write('# %s\n%s\n' % (os.path.basename(folder), text))
    if vrf:
        open(folder + '/needs-vrf', 'w').close()


def oracle():
    """The module oracle/oracle."""
    loader = importlib.machinery.SourceFileLoader('oracle', HERE + '/oracle/oracle')
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('oracle', loader))
    loader.exec_module(module)
    return module


def oracle_kernel():
    path = oracle().CACHE + '/tt/linux'
    return path if os.path.exists(path) else None


class Runner:
    """`oracle`: on the kernel of oracle/oracle; `make`: seed -> case; `recordings`: where to keep what that kernel did, if anywhere."""
    def __init__(self, vrfsim, oracle, ipv6, make, recordings=None, vlans=False):
        self.vrfsim, self.oracle, self.ipv6, self.make = vrfsim, oracle, ipv6, make
        self.vlans = vlans
        self.recordings = recordings if oracle else None

    # ---------------------------------------------------------------- kernel
    def record(self, case, numbers):
        """-> the folder of a recording; numbers: which random numbers the kernel of oracle/oracle gets"""
        if not self.oracle:
            out, golden, warning = record.one(case, 0, niceness=0)
            if golden is None:
                shutil.rmtree(out)
                raise Invalid(warning)
            return out, warning
        tool = oracle()
        with open(case + '/setup.sh') as f:
            many = f.read().count('link add') > 10         # each device has a program that captures
        options = type('Options', (), {'kernel': None, 'wall': False, 'seed': numbers, 'timeout': 120, 'mem': '768M' if many else '256M'})()
        code, text, job = tool.boot(options, tool.inner_script(), case)
        if code or not os.path.exists(job + '/out/meta.json'):
            shutil.rmtree(job)
            raise Invalid(text)
        tool.fix_csum(job + '/out')
        return job + '/out', open(job + '/out/warn.txt').read()

    def on_kernel(self, case, end, numbers):
        """-> what the kernel did; in virtual time it does the same each time, and need not be asked twice"""
        kept = self.recordings and '%s/%s-%d.json' % (self.recordings, self.key(case), numbers)
        if kept and os.path.exists(kept):
            with open(kept) as f:
                return comparison.Observation(*json.load(f))
        seen = self.see_kernel(case, end, numbers)
        if kept and not seen.warning:
            with open('%s.%d' % (kept, os.getpid()), 'w') as f:
                json.dump([seen.frames, seen.commands, seen.state, seen.end, seen.warning], f)
            os.replace(f.name, kept)
        return seen

    def key(self, case):
        """Changes with the case, with what records and reads it, and with the kernel."""
        key = hashlib.sha256(b'%d %d' % (os.stat(oracle_kernel()).st_size, self.vlans))
        tools = [HERE + '/' + f for f in ('lib.sh', 'sock.py', 'record.py', 'normalise.py', 'comparison.py', 'oracle/oracle')]
        for path in [case + '/setup.sh', case + '/traffic.sh'] + tools:
            with open(path, 'rb') as f:
                key.update(f.read())
        return key.hexdigest()[:24]

    def see_kernel(self, case, end, numbers):
        out, warning = self.record(case, numbers)
        try:
            started = float(open(out + '/started.txt').read())
            limit = started + (end + random_cases.AFTER_END) / 1000
            frames = {k: [(t, l) for t, l in record.frames(out, k) if t <= limit] for k in json.load(open(out + '/meta.json'))}
            state = {n: comparison.state(s, self.vlans) for n, s in json.load(open(out + '/state.raw.json')).items()}
            commands = self.commands(out)
            raw = self.raw(out)
            if '### traffic.sh stdout/stderr' in raw:
                warning += raw[raw.index('### traffic.sh stdout/stderr'):]
            return comparison.Observation(frames, commands, state, limit, warning)
        finally:
            shutil.rmtree(os.path.dirname(out) if self.oracle else out, ignore_errors=True)

    @staticmethod
    def raw(out):
        return open(out + '/tools.raw').read() if os.path.exists(out + '/tools.raw') else ''

    def commands(self, out):
        raw = self.raw(out).split('### traffic.sh stdout/stderr')[0]
        for f in sorted(f for f in os.listdir(out) if f.startswith('tools.raw.bg')):
            raw += open(out + '/' + f).read()
        result = []
        for block in re.split(r'(?m)^### ', raw)[1:]:
            head, _, body = block.partition('\n')
            m = re.search(r'(?m)^rc=(\d+)\n?\Z', body)
            text = comparison.tidy(body[:m.start()] if m else body)
            result.append((head, text, int(m.group(1)) if m else None))
        return result

    # ---------------------------------------------------------------- simulator
    def in_simulator(self, case, end, namespaces):
        with tempfile.TemporaryDirectory(prefix='simulate.') as out:
            document = dict(to_scenario.scenario(case), name='random-case')
            questions = [(n, what, c) for n in namespaces for what, c in STATE_COMMANDS + (IPV6_STATE_COMMANDS if self.ipv6 else [])]
            document['timeline'] += [{'id': 'state%d' % i, 'on': 'lab/' + n, 'run': c} for i, (n, _, c) in enumerate(questions)]
            document['timeline'].append({'pause': '0ms'})
            with open(out + '/scenario.json', 'w') as f:
                json.dump(document, f)
            r = subprocess.run([self.vrfsim, 'run', out + '/scenario.json', '--pcap', out + '/pcap', '--json'],
                               capture_output=True, text=True, timeout=60)
            if r.returncode not in (0, 1):
                raise RuntimeError('vrfsim: exit %d: %s' % (r.returncode, (r.stderr or r.stdout).strip()[:600]))
            result = json.loads(r.stdout)
            settled = normalise.setup_time(case)
            limit = settled + (end + random_cases.AFTER_END) / 1000
            captures = compare.load(out + '/pcap', settled)
            frames = {k: [(t, l) for t, l in v if t <= limit] for k, v in captures.items()}
        entries = {e['id']: e for e in result['timeline'] if 'id' in e}
        said, foreground, background = {n: {} for n in namespaces}, [], []
        for i, (n, what, _) in enumerate(questions):
            said[n][what] = json.loads(entries['state%d' % i]['stdout'] or '[]')
        for e in document['timeline']:
            if e.get('id', '').startswith('t'):
                answer = entries[e['id']]
                text = comparison.tidy(answer.get('stderr', '') + answer.get('stdout', ''))
                (background if 'listen' in e else foreground).append((e['on'], text, None if 'listen' in e else answer.get('exit_code')))
        return comparison.Observation(frames, foreground + background, {n: comparison.state(s, self.vlans) for n, s in said.items()},
                                      limit)

    # ---------------------------------------------------------------- both
    def observe(self, setup, traffic, numbers=1):
        """-> (kernel, simulator)"""
        with tempfile.TemporaryDirectory(prefix='random-case.') as case:
            write_case(case, setup, traffic, '')
            end = max([int(m) for l in traffic for m in re.findall(r'^at_ (\d+); done_', l)] or [3400])
            kernel = self.on_kernel(case, end, numbers)
            try:
                return kernel, self.in_simulator(case, end, sorted(kernel.state))
            except (RuntimeError, subprocess.TimeoutExpired) as e:
                return kernel, e

    def differences(self, case):
        """case: (setup, traffic) -> differences; none where the case cannot run"""
        try:
            kernel, simulator = self.observe(*case)
        except Invalid:
            return []
        if isinstance(simulator, Exception):
            return [comparison.Difference('simulator', 'run', '', simulator)]
        return comparison.differences(kernel, simulator)

    def undisturbed(self, case, numbers=1):
        """-> (kernel, simulator), recorded up to three times as long as the machine is too busy"""
        for _ in range(3):
            kernel, simulator = self.observe(*case, numbers)
            if not kernel.warning:
                break
        return kernel, simulator

    def examine_seed(self, seed):
        """-> (outcome, differences)"""
        case, where = self.make(seed), 'seed %d' % seed
        try:
            kernel, simulator = self.undisturbed(case)
        except Invalid as e:
            return 'differ', [comparison.Difference('setup', where, e, '')]
        if isinstance(simulator, Exception):
            return 'differ', [comparison.Difference('simulator', where, '', simulator)]
        if kernel.warning:
            return 'unstable', [comparison.Difference('recording', where, kernel.warning, '')]
        found = comparison.differences(kernel, simulator)
        if not found:
            return 'identical', []
        if {d.kind for d in found} == {'order'}:
            return 'unstable', found
        # two draws of the kernel's random numbers may lead to one order of what is reported at once
        for numbers in range(2, 6 if self.oracle else 3):
            itself = comparison.differences(kernel, self.undisturbed(case, numbers)[0])
            if itself:
                return 'unstable', itself
        return 'differ', found
