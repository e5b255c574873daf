# make run    builds the program, runs the job of sample-data and compares with what was planted there
# make test   builds everything and runs every test
# make bench  measures how time and memory grow with the data; BENCH= takes options of scripts/bench
# make dist   packs program, rules, sample and documents into one file, for machines without a network
# make clean  removes what the others have made

BUILD = swift build --explicit-target-dependency-import-check error
RESULTS = out/sample
# The same files under ten simple rules, among them all five kinds that are judged while the files are read.
KINDS = out/sample-kinds

.PHONY: run test bench dist clean setup program

run: program
	@echo
	@mkdir -p $(dir $(RESULTS))
	.build/release/match-run run sample-data/job.yml --out $(RESULTS)
	@echo
	.build/release/match-run run Benchmarks/notice-ten-rules.yml --input sample-data --out $(KINDS)
	@echo
	.build/release/match-run truth sample-data --run $(RESULTS)
	@echo
	@echo "Results: $(RESULTS)/summary.html (the run on one page), $(RESULTS)/by_district/ (a workbook a district),"
	@echo "$(RESULTS)/flags.csv (one line a flag), $(RESULTS)/manifest.json (what was read and counted)."

test: setup
	$(BUILD) --build-tests
	swift test --skip-build

bench: program
	MATCH_RUN=.build/release/match-run scripts/bench $(BENCH)

dist: program
	@scripts/make-dist

program: setup
	$(BUILD) --configuration release --product match-run --static-swift-stdlib

setup:
	@scripts/setup

clean:
	rm -rf .build Benchmarks/.build out dist
