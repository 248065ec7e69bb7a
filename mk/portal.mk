# mk/portal.mk - the web pages: type-checked, bundled, and put into the program. One bundle serves every build folder.
PORTAL_SOURCES := $(shell find portal/src -type f) portal/build.mjs portal/icon.svg portal/tsconfig.json portal/package-lock.json
PORTAL := build/portal/index.html

# npm writes .package-lock.json last; touching it says that it answers to the lock file as it is now.
portal-modules:
	@[ portal/node_modules/.package-lock.json -nt portal/package-lock.json ] || \
	    { cd portal && npm ci --ignore-scripts --silent && touch node_modules/.package-lock.json; }

$(PORTAL): $(PORTAL_SOURCES)
	@$(MAKE) -s portal-modules
	cd portal && ./node_modules/.bin/tsc --noEmit && node build.mjs $(abspath build/portal)

$(B)/gen/portal_files.c: portal/embed.sh $(PORTAL)
	@mkdir -p $(@D)
	sh portal/embed.sh build/portal $(@:.c=)
$(B)/gen/portal_files_bytes.o: $(B)/gen/portal_files.c
	$(CC) -c -o $@ $(<:.c=.S)

$(LIBRARY): $(B)/gen/portal_files.o $(B)/gen/portal_files_bytes.o
portal: $(PORTAL)
.PHONY: portal portal-modules
