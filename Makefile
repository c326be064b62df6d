# Everything runs in .venv, made from the hash lock in .ci/requirements.txt on the first use of any target.
PYTHON ?= python3
BIN := .venv/bin
REPO ?= .
READY := .venv/.ready


.PHONY: demo test lint format types docs site dist zipapp formula matrix fuzz mutants bench lock clean

demo: $(READY)  ## run the main job: checks against the embedded simulator, and a scan
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash docs/demo.sh

test: $(READY)  ## pass the tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(READY)  ## renew the pages that are made from the code
	$(BIN)/python docs/generate.py

site: .venv/.docs  ## build the documentation site into build/site; a broken link fails
	$(BIN)/zensical build --clean --strict

dist: .venv/.dist  ## build the wheel, the sdist and the zipapp, and check and try each
	rm -rf dist
	.ci/build dist
	$(BIN)/twine check --strict dist/*.whl dist/*.tar.gz
	.ci/zipapp dist
	.ci/smoke dist/*
	.ci/sdist-tests dist/*.tar.gz

zipapp:  ## write dist/openrouter-preflight.pyz, one file that needs no pip
	.ci/zipapp dist

formula:  ## fill in the Homebrew formula for the sdist in dist/
	.ci/formula dist/*.tar.gz > dist/openrouter-preflight.rb

PYTHONS := python3.11 python3.12 python3.13 python3.14

matrix: $(READY)  ## pass the tests with each Python of PYTHONS that is there
	.ci/matrix $(PYTHONS)

FUZZED := detector unpacking plumbing deltas answers config escapers reports
SECONDS := 20

fuzz: .venv/.fuzz  ## fuzz every parser of what others wrote, for SECONDS each
	@for target in $(FUZZED); do $(BIN)/python tests/fuzz/run.py $$target $(SECONDS) || exit 1; done

MUTATED := keys health detect manage
CHILDREN := 2

mutants: .venv/.mutation  ## change the code of each room of MUTATED in small ways; its tests must notice nine in ten
	@mkdir -p mutants
	HYPOTHESIS_PROFILE=mutation $(BIN)/mutmut run --max-children $(CHILDREN) \
	  $(foreach room,$(MUTATED),'openrouter_preflight.$(room).*') > mutants/run.log
	@$(BIN)/mutmut results --all true | $(BIN)/python tests/support/mutation_score.py $(MUTATED)

PEERS :=  # folders with the programs of peers that are not on PATH

bench: $(READY)  ## measure every figure beside the peers that are found, and keep the tables; REPO names a larger repository
	@mkdir -p build && : >build/bench.txt
	@failed=0; run() { $(BIN)/python "$$@" >build/bench.new 2>&1 || failed=1; tee -a build/bench.txt <build/bench.new; }; \
	run benchmarks/check.py; \
	run benchmarks/scan.py --repo $(REPO) $(PEERS:%=--bin %); \
	run benchmarks/growth.py --repo $(REPO); \
	run benchmarks/runway_rate.py; \
	run benchmarks/action.py; \
	rm -f build/bench.new; exit $$failed

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate
PINNED := --constraints .ci/requirements.txt

lock:  ## renew the hash locks; needs uv
	$(LOCK) --group dev --output-file .ci/requirements.txt pyproject.toml
	$(LOCK) $(PINNED) --output-file .ci/runtime.txt pyproject.toml
	$(LOCK) $(PINNED) --group audit --output-file .ci/audit.txt
	$(LOCK) $(PINNED) --group build --output-file .ci/build.txt
	$(LOCK) $(PINNED) --group dist --output-file .ci/dist.txt
	$(LOCK) $(PINNED) --group docs --output-file .ci/docs.txt
	$(LOCK) $(PINNED) --group fuzz --output-file .ci/fuzz.txt
	$(LOCK) $(PINNED) --group mutation --output-file .ci/mutation.txt
	$(LOCK) $(PINNED) --group action-check --output-file .github/action/check.txt
	$(LOCK) $(PINNED) --group action-config --output-file .github/action/config.txt

$(READY): pyproject.toml .ci/requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.docs: $(READY) .ci/docs.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/docs.txt
	@touch $@

.venv/.dist: $(READY) .ci/dist.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/dist.txt
	@touch $@

.venv/.fuzz: $(READY) .ci/fuzz.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/fuzz.txt
	@touch $@

.venv/.mutation: $(READY) .ci/mutation.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/mutation.txt
	@touch $@

clean:
	rm -rf .venv build dist mutants
