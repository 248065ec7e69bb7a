# mk/lab.mk - `make lab`: a real Active Directory domain controller in network namespaces, to try things on; `make lab-down` ends it.
LAB ?= /tmp/vigie-lab
lab: test-deps
	@sh tools/lab/lab.sh up $(LAB)
lab-down:
	@sh tools/lab/lab.sh down $(LAB)
.PHONY: lab lab-down
