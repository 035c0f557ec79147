# vrfsim. `make demo` and `make test` work on a fresh Debian machine with Swift, and on macOS with Homebrew.

SHELL := /bin/bash
PREFIX ?= /usr/local
BUILD ?= .build
VRFSIM := $(BUILD)/release/vrfsim
SWIFT_BUILD := swift build --scratch-path $(BUILD)
SEEDS ?= 1..100
SCENARIO ?= scenarios/vrf/asymmetric-routing/scenario.json
CAPTURES ?= captures

.PHONY: demo build test unit-test arm64-test capture-test report-test parity-test parity parity-random export-test drop-test tidy-test fuzz bench bench-engine bench-peers install setup setup-test clean

demo: build
	@mkdir -p $(CAPTURES)
	$(VRFSIM) run $(SCENARIO) --pcap $(CAPTURES) --pcapng $(CAPTURES)/all.pcapng
	@echo "The captures are in $(CAPTURES)/: open $(CAPTURES)/all.pcapng in Wireshark, or: tshark -r $(CAPTURES)/all.pcapng"

build: setup
	$(SWIFT_BUILD) -c release --product vrfsim

# Installs what the build needs, where it is missing, and says so.
setup:
	@bash Tests/Tools/require build

# Installs what the tests compare with, where it is missing, and says so.
setup-test: setup
	@bash Tests/Tools/require test

test: setup-test build unit-test arm64-test capture-test report-test parity-test parity-random export-test drop-test fuzz bench
	@echo "all tests passed"

unit-test: setup-test build
	VRFSIM=$(VRFSIM) swift test --scratch-path $(BUILD)

# The engine's leaves as objects for 64-bit ARM; says so where the toolchain cannot make them.
arm64-test: setup
	bash Tests/Arm64Tests/compile-for-arm64

capture-test: setup-test build
	bash Tests/CaptureTests/check-captures $(VRFSIM)

# The reports of `vrfsim test` as junitparser, prove and GitHub's grammar read them; and more than 200 scenarios at once.
report-test: setup-test build
	python3 Tests/ReportTests/check_reports.py --vrfsim $(VRFSIM)
	python3 Tests/ReportTests/many_scenarios.py --vrfsim $(VRFSIM)

parity-test: setup-test build
	python3 Tests/LinuxParityTests/Tools/check_cases.py --vrfsim $(VRFSIM)

# Random cases on this Linux kernel and in the simulator: make parity SEEDS=1..1000
parity: build
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds $(SEEDS)
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds $(SEEDS) --ipv6
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds $(SEEDS) --filter --jobs 8

# A few of them, where this machine lets namespaces be made; says so where it does not.
parity-random: setup-test build
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds 1..12 || [ $$? -eq 3 ]
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds 1..8 --ipv6 || [ $$? -eq 3 ]
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds 1..6 --tcp --jobs 2 || [ $$? -eq 3 ]
	python3 Tests/LinuxParityTests/Tools/random_parity.py --vrfsim $(VRFSIM) --seeds 1..8 --filter --jobs 6 || [ $$? -eq 3 ]

# The shipped scenarios as `vrfsim export iproute2` writes them, on this kernel; what it cannot run is named.
export-test: setup-test build
	python3 Tests/LinuxParityTests/Tools/export_parity.py --vrfsim $(VRFSIM) || [ $$? -eq 3 ]

# Why the kernel drops packets and why the simulator does, where the kernel tells.
drop-test: setup-test build
	python3 Tests/LinuxParityTests/Tools/drop_parity.py --vrfsim $(VRFSIM) || [ $$? -eq 3 ]

fuzz: build
	python3 Tests/FuzzTests/fuzz.py --vrfsim $(VRFSIM) --seconds 20

bench: setup-test build
	python3 Benchmarks/smoke.py --vrfsim $(VRFSIM)
	python3 Benchmarks/growth.py --vrfsim $(VRFSIM)
	python3 Benchmarks/instructions.py --vrfsim $(VRFSIM) || [ $$? -eq 3 ]

# What a packet costs, and that it costs no more where there is more around it: minutes. The figures are also in a JSON file.
bench-engine: build
	python3 Benchmarks/engine.py --vrfsim $(VRFSIM) --json $(BUILD)/bench-engine.json

# The engine against ns-3, namespaces and a C loop, prefix tables against DPDK's; says so where one is missing. The figures are
# also in JSON files.
bench-peers: build
	python3 Benchmarks/peers_engine.py --vrfsim $(VRFSIM) --json $(BUILD)/bench-peers-engine.json || [ $$? -eq 3 ]
	bash Benchmarks/peers_prefix_tables.sh 4 $(BUILD)/bench-peers-prefix-tables.json || [ $$? -eq 3 ]

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(VRFSIM) $(DESTDIR)$(PREFIX)/bin/vrfsim

clean:
	rm -rf $(BUILD) $(CAPTURES)
