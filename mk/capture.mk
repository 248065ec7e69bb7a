# mk/capture.mk - `make bench-capture`: packets a second through a scan, beside a bare libpcap loop and tshark. `make bench-live`: packets at a
# steady rate over a veth into a sensor, of which none may be lost; needs root.
$(B)/bench/bench_capture: $(B)/bench/bench_capture.o $(LIBRARY)
	$(CXX) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS) -lpcap
bench-capture: $(B)/vigie $(B)/bench/bench_capture
	python3 bench/bench_capture.py $(B)
bench-live: $(B)/vigie $(B)/tests/app/fixture_replay
	@python3 bench/bench_live.py $(B)
# a sensor's memory with 100,000 open connections
bench-flows: $(B)/tests/app/test_open_flows
	@$(B)/tests/app/test_open_flows
.PHONY: bench-capture bench-live bench-flows
