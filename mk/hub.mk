# mk/hub.mk - `make bench-hub`: the hub with ten million activities (about half an hour, 25 GB in $TMPDIR).
bench-hub: $(B)/vigie $(B)/sample
	@python3 bench/bench_hub.py $(B) 10
.PHONY: bench-hub
