# Fortnight for developers. `make help` lists what there is; nothing has to be set up first.

# The environment that is active if it has what the checks need, else .venv, made on first use.
PYTHON = $(eval PYTHON := $$(shell python3 config/bootstrap.py dev))$(or $(PYTHON),$(error no Python))

# Settings as in production, for checks that look and do not run; nothing of yours gets in.
PRODUCTION = env -i PATH="$(PATH)" HOME="$(HOME)" LANG=C.UTF-8 FORTNIGHT_ENV_FILE=/dev/null \
	DJANGO_SETTINGS_MODULE=config.settings BASE_URL=https://podcasts.example.org \
	SECRET_KEY=only-for-checks-only-for-checks-only-for-checks-0123456789 \
	DATABASE_URL=postgres://checks@127.0.0.1:1/checks BROKER_URL=redis://127.0.0.1:1/0
DJANGO = $(PRODUCTION) $(PYTHON) -m django

.DEFAULT_GOAL := help
.PHONY: help check lint types imports migrations deploy-check lock-check messages-check \
	schema-check test kills fuzz format lock schema messages screenshots demo up

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		awk -F '\t' '{ printf "  make %-16s %s\n", $$1, $$2 }'

check: lint types imports migrations deploy-check schema-check messages-check lock-check ## everything that CI asks before the tests
	@echo "All checks passed."

lint: ## formatting and lint (ruff)
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types: ## types (mypy, strict on source)
	@$(PRODUCTION) $(PYTHON) -m mypy

imports: ## the arrows between packages (import-linter)
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as run; run()"

migrations: ## every model change has its migration
	@$(PRODUCTION) $(PYTHON) -W ignore -m django makemigrations --check --dry-run

deploy-check: ## Django's own checks with production settings
	@$(DJANGO) check --deploy --fail-level WARNING

schema-check: ## the API's description is current and without warnings
	@fresh=$$(mktemp) && trap 'rm -f "$$fresh"' EXIT && \
	$(DJANGO) spectacular --fail-on-warn --validate --file "$$fresh" && \
	{ diff -u docs/openapi.yaml "$$fresh" || { echo "Run 'make schema' and commit docs/openapi.yaml."; exit 1; }; }

messages-check: ## the translations compile
	@command -v msgfmt > /dev/null || { echo "msgfmt is missing. Install gettext (apt install gettext, brew install gettext)."; exit 1; }
	@for file in $$(git ls-files '*.po'); do \
		msgfmt --check --output-file=/dev/null "$$file" || { echo "$$file does not compile."; exit 1; }; \
	done

lock-check: ## the locks are what requirements/*.in ask for
	$(PYTHON) tools/lock.py --check

test: ## the whole test suite; ARGS='tests/api -x' for a part
	python3 manage.py test $(ARGS)

kills: ## kill -9 everything a thousand times (KILLS=…) while uploads go on; 25 minutes
	KILLS=$(or $(KILLS),1000) python3 manage.py test tests/kills -n0 -s

fuzz: ## read MUTANTS=100000 damaged files; FIRST=… for others than the last time
	$(PYTHON) tools/fuzz_audio.py --mutants $(or $(MUTANTS),100000) --first $(or $(FIRST),0)

format: ## format and mend what can be mended
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lock: ## write requirements/*.txt anew from *.in, keeping versions that still fit
	$(PYTHON) tools/lock.py

schema: ## write docs/openapi.yaml anew
	@$(DJANGO) spectacular --fail-on-warn --validate --file docs/openapi.yaml

messages: ## collect the texts to translate and compile the translations
	@$(PRODUCTION) PYTHONPATH=. $(PYTHON) tools/gather_messages.py
	@$(DJANGO) compilemessages --ignore=.venv --ignore=var

screenshots: ## take the pictures of the README anew from a running demo; URL=… if not on port 8000
	$(PYTHON) tools/make_screenshots.py --url $(or $(URL),http://localhost:8000)

demo: ## run Fortnight with the demo catalog
	python3 manage.py demo

up: ## run a small real installation
	python3 manage.py up
