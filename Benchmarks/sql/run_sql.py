#!/usr/bin/env python3
"""Runs the rules of the notice as SQL in DuckDB over a generated notice city, writes one CSV, prints seconds as JSON.

    run_sql.py DATA [--out flags.csv] [--only RULE[,RULE]] [--threads N] [--memory 4GB] [--scratch DIR]

DATA is a folder of `match-run generate --flavour notice`. The columns of the result: rule, case_id, id_no, severity,
proposal, grade, reasons, months, amount, account_no; what a rule does not give is empty.
"""

import argparse
import json
import pathlib
import re
import sys
import tempfile
import time

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = "rule, case_id, id_no, severity, proposal, grade, reasons, months, amount, account_no"


def statements(text):
    """The statements of a script; none of these files has a semicolon inside a literal or a comment."""
    return [part for part in text.split(";\n") if part.strip()]


def parameters(data):
    """as_of and the day of the register, from the sources of the city."""
    text = (data / "sources.yml").read_text(encoding="utf-8")
    return {
        "as_of": re.search(r"^as_of: (\S+)", text, re.M).group(1),
        "register_day": re.search(r"snapshot_date: (\S+)", text).group(1),
    }


def recode(source, target):
    with open(source, encoding="gb18030", newline="") as old, open(target, "w", encoding="utf-8", newline="") as new:
        while block := old.read(1 << 20):
            new.write(block)


def run(options):
    rules = sorted(path.stem for path in HERE.glob("[A-Z]*.sql"))
    chosen = options.only.split(",") if options.only else rules
    if unknown := sorted(set(chosen) - set(rules)):
        sys.exit(f"run_sql.py: no such rule: {', '.join(unknown)}")
    seconds, processor_seconds = {}, {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        connection = duckdb.connect()
        connection.execute(f"SET threads = {options.threads}; SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{scratch}'")
        if options.memory:
            connection.execute(f"SET memory_limit = '{options.memory}'")
        judicial = pathlib.Path(scratch) / "judicial.csv"
        recode(options.data / "judicial.csv", judicial)
        values = parameters(options.data) | {"data": str(options.data), "judicial": str(judicial)}
        for name, value in values.items():
            connection.execute(f"SET VARIABLE {name} = '{value}'")
        seconds["recode"] = time.monotonic() - began
        start, processor = time.monotonic(), time.process_time()
        for statement in statements((HERE / "views.sql").read_text(encoding="utf-8")):
            part = time.process_time()
            connection.execute(statement)
            if options.verbose and time.process_time() - part > 0.2:
                first = next(line for line in statement.splitlines() if line.strip() and not line.startswith("--"))
                print(f"{time.process_time() - part:8.2f}  {first[:60]}", file=sys.stderr)
        seconds["views"] = time.monotonic() - start
        processor_seconds["views"] = time.process_time() - processor
        connection.execute(
            "CREATE TEMP TABLE flag (rule VARCHAR, case_id VARCHAR, id_no VARCHAR, severity INTEGER, proposal VARCHAR,"
            " grade VARCHAR, reasons VARCHAR, months VARCHAR, amount DECIMAL(14, 2), account_no VARCHAR)")
        for rule in chosen:
            start, processor = time.monotonic(), time.process_time()
            query = (HERE / f"{rule}.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
            connection.execute(f"INSERT INTO flag BY NAME {query}")
            seconds[rule] = time.monotonic() - start
            processor_seconds[rule] = time.process_time() - processor
        start = time.monotonic()
        connection.execute(f"COPY (SELECT {COLUMNS} FROM flag ORDER BY ALL) TO '{options.out}' (HEADER)")
        seconds["write"] = time.monotonic() - start
        counts = dict(connection.execute("SELECT rule, count(*) FROM flag GROUP BY rule ORDER BY rule").fetchall())
    seconds["total"] = time.monotonic() - began
    processor_seconds["total"] = time.process_time()
    figures = {"seconds": seconds, "processor_seconds": processor_seconds}
    rounded = {name: {k: round(v, 3) for k, v in of.items()} for name, of in figures.items()}
    print(json.dumps(rounded | {"flags": counts}, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--out", default="flags.csv")
    parser.add_argument("--only", help="rules, separated by commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="as DuckDB reads it, such as 4GB")
    parser.add_argument("--scratch", help="folder for what does not fit into memory")
    parser.add_argument("--verbose", action="store_true", help="slow statements of views.sql, on stderr")
    run(parser.parse_args())


main()
