"""The night's reports as a DAG of Airflow 2 or 3; docs/teams.md explains it.

The exit code says what to do: 75 and 69 mean the same command again, some minutes later, so Airflow retries. Everything
else but 0 needs a person: the task fails at once. reportgen itself sees which intervals are missing, so there is one task,
no backfill by Airflow, and a run that Airflow starts twice changes nothing.
"""

import subprocess
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException
from airflow.operators.python import PythonOperator

PROJECT = "/srv/reports"
ENVIRONMENT = "production"


def run_reports(*names):
    """Runs reports, all of them without names. SIGTERM, by which Airflow stops a task, ends reportgen, too."""
    command = ["reportgen", "run", *(names or ["--all"]), "--project", PROJECT, "--env", ENVIRONMENT, "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
        status = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if status in (69, 75):
        raise AirflowException(f"reportgen ended {status}: try again later")
    if status != 0:
        raise AirflowFailException(f"reportgen ended {status}; see docs/exit-codes.md")


with DAG(
    dag_id="reportgen_nightly",
    schedule="15 0 * * *",  # after midnight of the project's time zone; Airflow's own is UTC
    start_date=datetime(2026, 1, 1),
    catchup=False,  # reportgen catches up by itself
    max_active_runs=1,
) as dag:
    PythonOperator(
        task_id="run_reports",
        python_callable=run_reports,
        retries=6,
        retry_delay=timedelta(minutes=10),
    )
