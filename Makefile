# Vigie: one Makefile. Sources are found by wildcard, registries are made from file names.
#
#   make            the program, build/vigie
#   make run        everything from a fresh machine to results on a sample organisation
#   make check      everything from a fresh machine to all tests passed
#   make asan tsan fuzz lint bench eval corpus docs install   see CONTRIBUTING.md
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION := 0.1.0
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
CXX := g++
B ?= build

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wswitch-enum $(WERROR)
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
# Link-time optimisation of the program alone, and there of what every record passes (docs/decisions/0005): objects also hold
# ordinary code, which tests link. Tests themselves are compiled quickly.
LTO := $(if $(findstring gcc,$(CC)),-flto=auto -ffat-lto-objects)
LTO_SOURCES := base/% model/% source/% wire/% decode/% directory/% detect/% score/% app/pipe.c app/intake.c
OPT ?= $(if $(filter tests/%,$<),-O1,$(if $(filter $(LTO_SOURCES),$<),-O3 $(LTO),-O2) $(HARDEN))
CPPFLAGS += -I. -I$(B)/gen -D_GNU_SOURCE -DVIGIE_VERSION='"$(VERSION)"'
CFLAGS = -std=gnu17 -g $(OPT) $(WARN) -pthread
CXXFLAGS = -std=c++17 -g $(OPT) -Wall -Wextra -pthread
LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread
LDLIBS := -lsimdjson -larchive -lzstd -lsodium -lsqlite3 -lcjson -lmaxminddb -lmicrohttpd -lgnutls -lcurl -lldap -llber -lxlsxwriter -lseccomp -lpcap -lm -lstdc++

ROOMS := base model net source wire decode directory detect score posture policy link store api app
C_SOURCES := $(wildcard $(addsuffix /*.c,$(ROOMS)))
REGISTRIES := detectors decoders winmaps netdecoders rpc_interfaces commands db_schemas api_routes assessments governance_actions
OBJECTS := $(C_SOURCES:%.c=$(B)/%.o) $(B)/base/jin_simd.o $(REGISTRIES:%=$(B)/gen/%.o)
LIBRARY := $(B)/libvigie.a

all: $(B)/vigie

$(LIBRARY): $(filter-out $(B)/app/main.o,$(OBJECTS))
	rm -f $@
	ar rcs $@ $^

$(B)/vigie: $(B)/app/main.o $(LIBRARY)
	$(CXX) $(if $(findstring -O2,$(OPT)),-O2 $(LTO)) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

# ---- registries: the list of files is the list of detectors, decoders, event maps, commands, tables and API routes ----
$(B)/gen/detectors.c: tools/registry.sh $(wildcard detect/det_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh detector detectors detect/detect.h $(filter %.c,$^) > $@
$(B)/gen/decoders.c: tools/registry.sh $(wildcard decode/dec_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh decoder decoders decode/decode.h $(filter %.c,$^) > $@
$(B)/gen/winmaps.c: tools/registry.sh $(wildcard decode/win_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh winmap winmaps decode/winevent.h $(filter %.c,$^) > $@
$(B)/gen/netdecoders.c: tools/registry.sh $(wildcard decode/net_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh netdecoder netdecoders wire/flow.h $(filter %.c,$^) > $@
$(B)/gen/rpc_interfaces.c: tools/registry.sh $(wildcard decode/rpc_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh rpc_interface rpc_interfaces decode/rpcif.h $(filter %.c,$^) > $@
$(B)/gen/commands.c: tools/registry.sh $(wildcard app/cmd_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh command commands app/command.h $(filter %.c,$^) > $@
$(B)/gen/db_schemas.c: tools/registry.sh $(wildcard store/tab_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh db_schema db_schemas store/db.h $(filter %.c,$^) > $@
$(B)/gen/assessments.c: tools/registry.sh $(wildcard posture/ass_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh assessment assessments posture/posture.h $(filter %.c,$^) > $@
$(B)/gen/governance_actions.c: tools/registry.sh $(wildcard policy/gov_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh governance_action governance_actions policy/govern.h $(filter %.c,$^) > $@
$(B)/gen/api_routes.c: tools/registry.sh $(wildcard api/api_*.c)
	@mkdir -p $(@D)
	sh tools/registry.sh api_routes api_routes api/api.h $(filter %.c,$^) > $@
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

# ---- tests: tests/<room>/test_<name>.c is one program each; many links, so quick ones ----
QUICK_LINK := -fno-lto $(if $(SANITIZE),,-fuse-ld=gold)
TEST_SOURCES := $(wildcard tests/*/test_*.c)
TESTS := $(TEST_SOURCES:%.c=$(B)/%)
TEST_HELPERS := $(patsubst %.c,$(B)/%.o,$(wildcard tests/support/*.c))
$(TESTS): $(B)/%: $(B)/%.o $(TEST_HELPERS) $(LIBRARY)
	$(CXX) $(QUICK_LINK) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS) -lcmocka

tests: $(TESTS)

# ---- tools written in C: tools/<name>/*.c is one program each ----
$(B)/sample: $(patsubst %.c,$(B)/%.o,$(wildcard tools/sample/*.c)) $(LIBRARY)
	$(CXX) $(QUICK_LINK) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)

# ---- other builds of the same sources ----
# one build with sanitizers makes the program, the tests and the fuzzers
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined -fno-omit-frame-pointer
SANITIZED := B=build-asan CC=clang-14 CXX=clang++-14 OPT="-O1 -g1" SANITIZE="$(SAN_FLAGS) -fsanitize=fuzzer-no-link"
asan:
	$(MAKE) $(SANITIZED) build-asan/vigie tests
tsan:
	$(MAKE) B=build-tsan OPT="-O1 -g1" SANITIZE="-fsanitize=thread" build-tsan/vigie

# fuzz/fuzz_<name>.c is one libFuzzer program each; `make fuzz FUZZ_SECONDS=300` runs them one after another
FUZZERS := $(patsubst fuzz/%.c,build-asan/fuzz/%,$(wildcard fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60
fuzzers:
	$(MAKE) $(SANITIZED) $(FUZZERS)
build-asan/fuzz/fuzz_%: build-asan/fuzz/fuzz_%.o build-asan/libvigie.a
	clang++-14 $(SAN_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
fuzz: fuzzers
	sh tools/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

# ---- the two commands, and what they are made of ----
deps:
	@sh tools/deps.sh
test-deps:
	@sh tools/deps.sh --tests

run: deps
	@$(MAKE) -s -j2 $(B)/vigie $(B)/sample
	@sh tools/run.sh $(B)

# while objects are made, what they do not need is installed: npm, and what tests start
check:
	@sh tools/deps.sh --objects
	@$(MAKE) -s -j3 WERROR=-Werror test-deps $(OBJECTS)
	@$(MAKE) -s -j2 WERROR=-Werror $(B)/vigie $(B)/sample tests
	@$(MAKE) -s -j2 $(SANITIZED) WERROR=-Werror build-asan/vigie $(FUZZERS)
	@sh tools/check.sh $(B)

lint:
	sh tools/layers.sh && sh tools/size.sh && sh tools/banned.sh && sh tools/symbols.sh $(B)
	$(MAKE) B=build-clang CC=clang-14 CXX=clang++-14 WERROR=-Werror build-clang/libvigie.a

bench: deps
	@$(MAKE) -s -j2 $(B)/vigie $(B)/sample
	@python3 bench/bench.py $(B)
corpus: deps
	@$(MAKE) -s -j2 $(B)/vigie
	@python3 tools/corpus.py $(B) > docs/CORPUS.md && tail -n 4 docs/CORPUS.md
docs: $(B)/vigie
	@rm -rf docs/detections && $(B)/vigie detections --markdown docs/detections
	@{ echo "# Fields of the filter language"; echo; $(B)/vigie query --fields; } > docs/filter-fields.md

PREFIX ?= /usr/local
man: $(B)/vigie
	sh tools/man.sh $(B)
install: $(B)/vigie man
	install -D -m 755 $(B)/vigie $(DESTDIR)$(PREFIX)/bin/vigie
	if [ -s $(B)/geo/geoip ]; then install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/vigie $(B)/geo/geoip $(B)/geo/geoip6; fi
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(B)/man/*.1
	sed 's,/usr/bin/,$(PREFIX)/bin/,' packaging/vigie.service > $(B)/vigie.service
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system $(B)/vigie.service

clean:
	rm -rf build build-*

-include $(wildcard mk/*.mk)
.PHONY: all tests asan tsan fuzzers fuzz deps test-deps run check lint bench corpus docs man install clean
-include $(shell find $(B) -name '*.d' 2>/dev/null)
