# tests/<room>/fixture_<name>.c is a program that scripts of that room start
FIXTURES := $(patsubst %.c,$(B)/%,$(wildcard tests/*/fixture_*.c))
$(FIXTURES): $(B)/%: $(B)/%.o $(LIBRARY)
	$(CXX) $(QUICK_LINK) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)
tests: $(FIXTURES)
