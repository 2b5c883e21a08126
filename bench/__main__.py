"""Run every measurement: ``python -m bench``."""

from bench import access_bench, compile_bench, http_bench, journal_bench, pipeline_bench
from bench.slices import report


def main() -> None:
    """Print one table; about a minute."""
    for title, run in (
        ("Decisions", lambda: access_bench.main(20_000)),
        ("Forms", compile_bench.main),
        ("Journal", journal_bench.main),
        ("Submissions", pipeline_bench.main),
        ("HTTP, sign-in to result", http_bench.main),
    ):
        report(f"\n{title}", "")
        run()


main()
