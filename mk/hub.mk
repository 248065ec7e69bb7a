# mk/hub.mk - `make bench-hub`: the hub with ten million activities (about half an hour, 25 GB in $TMPDIR), or MILLIONS=0.2 of them.
bench-hub: $(B)/vigie $(B)/sample
	@sh tools/geo.sh $(B)/geo
	@python3 bench/bench_hub.py $(B) $(or $(MILLIONS),10)
.PHONY: bench-hub
