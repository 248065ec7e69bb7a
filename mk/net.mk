# mk/net.mk - `make bench-syslog`: messages a second through the syslog receiver.
$(B)/bench/bench_syslog: $(B)/bench/bench_syslog.o $(LIBRARY)
	$(CXX) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)
bench-syslog: $(B)/bench/bench_syslog
	$(B)/bench/bench_syslog
.PHONY: bench-syslog
