# mk/eval.mk - `make eval`: the behaviour score against public data sets (not part of the repository).
EVAL_BEHAVIOR ?= $(or $(VIGIE_CORPUS),../shared/data)/behavior
EVAL_SEEDS ?= 401,402,403,404,405
eval: $(B)/vigie
	@if [ -d "$(EVAL_BEHAVIOR)" ]; then \
	    python3 bench/eval.py report --vigie $(B)/vigie --behavior "$(EVAL_BEHAVIOR)" --seeds $(EVAL_SEEDS) --work $(B)/eval --out docs/EVALUATION.md; \
	else echo "eval: skipped, no data at $(EVAL_BEHAVIOR)"; fi
.PHONY: eval

# time and memory of the behaviour score
$(B)/bench/bench_score: $(B)/bench/bench_score.o $(LIBRARY)
	$(CXX) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(LDLIBS)
bench-score: $(B)/bench/bench_score
	$(B)/bench/bench_score
.PHONY: bench-score
