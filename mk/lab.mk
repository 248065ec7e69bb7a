# mk/lab.mk - `make lab`: a real Active Directory domain controller in network namespaces, to try things on; `make lab-down` ends it.
# `make lab-hour`: an hour of ordinary administration on its wire raises nothing, misuse afterwards what it must.
LAB ?= /tmp/vigie-lab
lab: test-deps
	@sh tools/lab/lab.sh up $(LAB)
lab-down:
	@sh tools/lab/lab.sh down $(LAB)
lab-hour: test-deps
	@$(MAKE) -s -j2 $(B)/vigie
	@LAB_MINUTES=60 VIGIE_BUILD=$(B) python3 tests/app/test_lab_live.py
.PHONY: lab lab-down lab-hour
