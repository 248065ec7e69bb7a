# mk/actlog.mk - `make bench-actlog`: the activity log with ten million activities (about ten minutes, 3 GB in $TMPDIR).
$(B)/bench/bench_actlog: $(B)/bench/bench_actlog.o $(B)/tests/support/crowd.o $(LIBRARY)
	$(CXX) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)
bench-actlog: $(B)/bench/bench_actlog
	$(B)/bench/bench_actlog 10000000
.PHONY: bench-actlog
