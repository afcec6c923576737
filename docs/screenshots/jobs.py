"""The jobs of the screenshots. Runs inside an installation, by `manage.py shell`, and prints the ids by name."""

import json
import random
from datetime import timedelta

from django.utils import timezone

from jobs import lifecycle
from jobs.recording import NewEntry, append

ACCIDENT = random.Random(7)
NOW = timezone.now()
SHOPS = ("Berlin", "Wien", "Zürich", "Graz", "Köln")
TRACE = """\
Traceback (most recent call last):
  File "/srv/shop/imports/orders.py", line 212, in import_orders
    total = sum(Decimal(line["price"]) for line in order["lines"])
  File "/srv/shop/imports/orders.py", line 212, in <genexpr>
    total = sum(Decimal(line["price"]) for line in order["lines"])
decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]"""
LINES = (
    ("info", "GET https://{shop}.example.org/orders?page={n} 200 in {ms} ms"),
    ("info", "stored {n} orders of {shop}"),
    ("debug", "cache: {n} hits, {ms} misses"),
    ("info", "\x1b[32m✓\x1b[0m {n} prices checked, \x1b[1mall as ordered\x1b[0m"),
    ("warn", "\x1b[33mslow answer\x1b[0m from {shop}: {ms}0 ms"),
)


def entry(number, moment):
    level, text = LINES[0] if number % 3 else ACCIDENT.choices(LINES, (6, 5, 3, 3, 1))[0]
    shop = ACCIDENT.choice(SHOPS)
    fields = {"shop": shop, "batch": number // 40} if number % 7 == 0 else None
    message = text.format(shop=shop.lower(), n=ACCIDENT.randrange(20, 900), ms=ACCIDENT.randrange(11, 95))
    source = ACCIDENT.choice(("shop.http", "shop.store", "shop.orders"))
    return {"message": message, "level": level, "timestamp": moment, "source": source, "fields": fields}


def write(job, step, count, begin, length):
    moments = [begin + length * n / count for n in range(count)]
    append(job, [NewEntry(**entry(n, moment), step=step) for n, moment in enumerate(moments)])


def run(name, steps, ago, kind="import", minutes=6, failing=None, running=False):
    """`steps`: names and how many lines each has. Of a job that runs, the last step does."""
    at = NOW - ago
    job = lifecycle.create_job(name, kind=kind, at=at)
    lifecycle.start_job(job, leased=False, at=at)
    for number, (step_name, count) in enumerate(steps, 1):
        step = lifecycle.add_step(job, step_name, at=at)
        length = timedelta(minutes=minutes) * count / sum(lines for _, lines in steps)
        write(job, step, count, at, length)
        at += length
        if step_name == failing:
            append(job, [NewEntry(TRACE, level="error", timestamp=at, source="shop.orders", step=step)])
            lifecycle.finish_step(step, "failed", error="InvalidOperation", at=at)
            lifecycle.finish_job(job, "failed", exit_code=1, error="InvalidOperation in import_orders", at=at)
            return job
        if not running or number < len(steps):
            lifecycle.finish_step(step, "completed", at=at)
    if running:
        lifecycle.set_progress(job, 64)
    else:
        lifecycle.finish_job(job, "completed", exit_code=0, at=at)
    return job


ORDERS = [("Fetch the orders", 420), ("Check prices", 160), ("Store", 230), ("Tell the warehouse", 60)]
for night in range(9, 1, -1):
    run("Nightly import", ORDERS, timedelta(days=night), minutes=5 + ACCIDENT.random() * 3)
run("Rebuild the search index", [("Read", 300), ("Write", 200)], timedelta(hours=7), "index", 12)
run("Send invoices", [("Render", 120), ("Send", 80)], timedelta(hours=4), "mail", 3)
failed = run("Nightly import", ORDERS, timedelta(hours=2), minutes=6, failing="Store")
run("Backup of the catalogue", [("Dump", 90), ("Upload", 40)], timedelta(minutes=50), "backup", 9)
crawl = run(
    "Crawl the suppliers", [("Read the lists", 90), ("Fetch", 700)], timedelta(minutes=8), "crawl", 8, running=True
)
print(json.dumps({"failed": str(failed.pk), "running": str(crawl.pk)}))
