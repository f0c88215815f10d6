# `make demo` shows the main job, `make test` runs the whole check, `make bench` all measurements
# beside the peers, `make gate` a quick sample of them against the floors, `make docs` builds the
# documentation into build/docs. All need only Python 3.11+ with its headers, a C compiler, pip, venv
# and make.
#
# `make sanitize` runs the tests of the kernels with bounds checks, AddressSanitizer and
# UndefinedBehaviorSanitizer (gcc); `make fuzz TARGET=markup RUNS=1000000` feeds one of
# tests/fuzz/targets.py from libFuzzer under the same sanitizers (clang with compiler-rt);
# `make mutate TARGET=jsonl RUNS=1000000` one of those that read without kernels.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

KERNELS := $(wildcard dedup/kernels/*.py dedup/kernels/*.pxd .build/*.py)

.PHONY: demo test lint bench gate docs spark sanitize fuzz mutate clean

demo: $(VENV)/.demo
	$(BIN)/python -m benchmarks.demo

test: $(VENV)/.test
	$(MAKE) lint
	$(BIN)/python -m pytest --ignore tests/spark

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks --full --json build/benchmarks.json --report docs

gate: $(VENV)/.bench
	$(BIN)/python -m benchmarks --quick --json build/quick.json
	$(BIN)/python -m benchmarks gate build/quick.json

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "build/docs/index.html"

# The tests of the engine on Spark, which `make test` leaves out: they need a Java runtime, and 400 MB
# of packages.
spark: $(VENV)/.spark
	$(BIN)/python -m pytest tests/spark

$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.demo: $(VENV)/.pip pyproject.toml $(KERNELS)
	$(BIN)/python -m pip install --quiet --editable '.[corpus]'
	touch $@

$(VENV)/.test: $(VENV)/.pip pyproject.toml $(KERNELS)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.pip pyproject.toml $(KERNELS)
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@

$(VENV)/.docs: $(VENV)/.pip pyproject.toml $(KERNELS)
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

$(VENV)/.spark: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[spark]'
	touch $@

# A copy of the project with kernels of its own: $(call copied,FOLDER,VARIABLES OF THE BUILD)
define copied
	rm -rf $(1) && mkdir -p $(1)
	cp -r .build dedup tests fixtures pyproject.toml $(1)
	rm -f $(1)/dedup/kernels/*.so
	cd $(1) && $(2) $(CURDIR)/$(BIN)/python .build/kernel_build.py build_ext --inplace >build.log
endef
export DEDUP_DATA ?= $(abspath ../shared)
export ASAN_OPTIONS ?= detect_leaks=0
TARGET ?= markup
RUNS ?= 1000000
EMBED = $(shell $(BIN)/python tests/fuzz/embed.py)

sanitize: $(VENV)/.test
	$(call copied,build/sanitize,DEDUP_SANITIZE=1)
	cd build/sanitize && LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
		$(CURDIR)/$(BIN)/python -m pytest -q -p no:cacheprovider tests/kernels tests/page tests/test_hostile.py

build/fuzz/fuzz: $(VENV)/.test $(wildcard tests/fuzz/*)
	$(call copied,build/fuzz,CC=clang LDSHARED="clang -shared" DEDUP_SANITIZE=1 DEDUP_FUZZ=1)
	cd build/fuzz && clang -O1 -g -fsanitize=fuzzer,address,undefined -rdynamic tests/fuzz/libfuzzer.c -o fuzz $(EMBED)

fuzz: build/fuzz/fuzz
	mkdir -p build/corpus/$(TARGET) build/findings
	$(BIN)/python -m tests.fuzz.corpus unpack $(TARGET) build/corpus/$(TARGET)
	cd build/fuzz && PYTHONPATH="$$($(CURDIR)/$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
		FUZZ_TARGET=$(TARGET) ./fuzz -runs=$(RUNS) -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix=../findings/ ../corpus/$(TARGET) $(SEEDS)

mutate: $(VENV)/.test
	$(BIN)/python -m tests.fuzz.mutate $(TARGET) --runs $(RUNS) --keep build/corpus

clean:
	rm -rf $(VENV) build
