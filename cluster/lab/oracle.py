"""Checks that must hold after a scenario. They use psql on the leader and share no code with reportgen.

Each function returns a list of errors, one sentence each; empty when the check holds.
"""

import glob
import hashlib
import json
import os

from . import database

_MARK = "-- next file --"


def kept(leader, folder, documents):
    """Whether every report that `documents` call confirmed is still published, and every file agrees with its table.

    A failover can lose the state "confirmed", but not the publish itself.
    """
    wanted = [
        (document["run"], report["name"]) for document in documents for report in document.get("reports", ())
        if report["state"] == "confirmed"]
    complaints = []
    if wanted:
        values = ", ".join(f"('{run}'::uuid, '{name}')" for run, name in wanted)
        lost = database.query(leader, f"""
          select name || ' of run ' || run from (values {values}) as done (run, name)
          where not exists (
            select from reportgen.report_run r
            where r.run_id = run and r.report = name and r.state in ('published', 'confirmed'))""")
        complaints += [f"was confirmed and is lost: {line}" for line in lost.splitlines()]
    return complaints + files(leader, folder)


def published(leader, reports, project, *also):
    """Whether each summary table has the rows that psql computes from the report's SQL, and all are confirmed.

    - Parameter reports: the output of "reportgen show NAME --format json" for each report.
    - Parameter also: states besides "confirmed" that intervals may have.
    """
    states = ", ".join(f"'{state}'" for state in ("confirmed", "open", "expired", *also))
    script = ["set timezone = 'Europe/Moscow';", "\\set pause 0"]
    for report in reports:
        name, table = report["name"], report["table"]
        if "start" in report:
            script += [
                f"""\\set start 'date \\'{report["start"]}\\''""",
                f"select 'date ' || quote_literal(max(interval_end)) as \"end\" from reportgen.interval"
                f" where report = '{name}' \\gset"]
        sql = next(file for file in report["files"] if file.endswith(".sql"))
        with open(os.path.join(project, sql), encoding="utf-8") as file:
            query = file.read()
        script += [
            f"create temporary table expected as table {table} with no data;",
            f"insert into expected\n{query.rstrip()};",
            f"""select '{name}',
              (select count(*) from (select e::text from expected e except all select t::text from {table} t) q),
              (select count(*) from (select t::text from {table} t except all select e::text from expected e) q),
              (select count(*) from {table}),
              (select count(*) from reportgen.interval
               where report = '{name}' and state not in ({states}));""",
            "drop table expected;"]
    complaints = []
    lines = database.query(leader, "\n".join(script), limit=60).splitlines()
    for line in lines:
        name, missing, invented, rows, unconfirmed = line.split("|")
        if int(missing) or int(invented):
            complaints.append(f"{name}: {missing} rows are missing and {invented} rows are wrong")
        if not int(rows):
            complaints.append(f"{name}: there are no rows")
        if int(unconfirmed):
            complaints.append(f"{name}: {unconfirmed} intervals are not confirmed")
    if len(lines) != len(reports):
        complaints.append(f"{len(lines)} of {len(reports)} reports were compared")
    return complaints


def agreement(host, reports):
    """Whether each summary table has as many rows of each interval as the ledger says."""
    complaints = []
    for report in reports:
        if report["materialization"] == "view":
            continue
        column = report.get("timeColumn")
        bounds = f"where {column} >= interval_start and {column} < interval_end" if column else ""
        found = database.query(host, f"""
          select interval_start, row_count, found.rows
          from reportgen.interval, lateral (select count(*) as rows from {report["table"]} {bounds}) as found
          where report = '{report["name"]}' and state <> 'expired' and row_count <> found.rows order by 1 limit 3""")
        complaints += [
            f'{report["name"]}, {start}: the ledger has {said} rows, the table {rows}'
            for start, said, rows in (line.split("|") for line in found.splitlines())]
    return complaints


def files(leader, folder):
    """Whether every file has the digest of its manifest, and the rows of the table.

    A folder may be older than the table when a run ended before its export. Such folders are found in the ledger.
    """
    complaints, manifests = [], []
    for path in sorted(glob.glob(os.path.join(folder, "out", "*", "*", "manifest.json"))):
        if not os.path.islink(os.path.dirname(path)):
            with open(path, encoding="utf-8") as file:
                manifests.append((path, json.load(file)))
    for path, manifest in manifests:
        for entry in manifest["files"]:
            with open(os.path.join(os.path.dirname(path), entry["name"]), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != entry["sha256"]:
                    complaints.append(f'{path}: {entry["name"]} does not have the digest of the manifest')
    current = database.query(leader, """
      select i.report || '/' || i.interval_start || '/' || r.run_id
      from reportgen.interval i join reportgen.report_run r using (attempt_id)""").splitlines()
    agreeing = [
        (path, manifest) for path, manifest in manifests
        if f'{manifest["report"]}/{_start(manifest)}/{manifest["run"]}' in current]
    script = []
    for _, manifest in agreeing:
        table = f'"{manifest["table"]["schema"]}"."{manifest["table"]["name"]}"'
        bounds = manifest.get("interval") or {}
        where = ""
        if "start" in bounds:
            # The first column of a report with a period is its time column.
            column = manifest["columns"][0]["name"]
            where = f""" where {column} >= '{bounds["start"]}' and {column} < '{bounds["end"]}'"""
        script += [f"\\echo '{_MARK}'", f"copy (select * from {table}{where}) to stdout (format csv, header);"]
    shown = database.query(leader, "\n".join(script), limit=60).split(_MARK + "\n")[1:] if script else []
    for (path, manifest), rows in zip(agreeing, shown, strict=True):
        csv = os.path.join(os.path.dirname(path), manifest["report"] + ".csv")
        with open(csv, encoding="utf-8", newline="") as file:
            if sorted(file.read().splitlines()) != sorted(rows.splitlines()):
                complaints.append(f"{path}: file and table have different rows")
    return complaints


def _start(manifest):
    return (manifest.get("interval") or {}).get("start", "-infinity")
