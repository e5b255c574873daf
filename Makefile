# make run    builds the program and runs the job of sample-data
# make test   builds everything and runs every test
# make clean  removes what the two have made

BUILD = swift build --explicit-target-dependency-import-check error
RESULTS = out/sample

.PHONY: run test clean setup program

run: program
	@echo
	@mkdir -p $(dir $(RESULTS))
	.build/release/match-run run sample-data/job.yml --out $(RESULTS)
	@echo
	@echo "Results: $(RESULTS)/flags.csv (one line a flag), $(RESULTS)/rejects/ (values that could not be read),"
	@echo "$(RESULTS)/quality.json (how good each field is), $(RESULTS)/manifest.json (what was read and counted)."

test: setup
	$(BUILD) --build-tests
	swift test --skip-build

program: setup
	$(BUILD) --configuration release --product match-run --static-swift-stdlib

setup:
	@scripts/setup

clean:
	rm -rf .build out
