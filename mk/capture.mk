# mk/capture.mk - `make bench-capture`: packets a second through a scan, beside a bare libpcap loop and tshark.
$(B)/bench/bench_capture: $(B)/bench/bench_capture.o $(LIBRARY)
	$(CXX) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS) -lpcap
bench-capture: $(B)/vigie $(B)/bench/bench_capture
	python3 bench/bench_capture.py $(B)
.PHONY: bench-capture
