"""Tracking Python code as jobs: `with track("Nightly import") as job:`, `with job.step("Extract"):`."""

from jobs.tracking.handles import TrackedStep
from jobs.tracking.job import JobBlock, TrackedJob, step, track
from jobs.tracking.outcomes import JobCancelled
from jobs.tracking.steps import StepBlock

__all__ = ["JobBlock", "JobCancelled", "StepBlock", "TrackedJob", "TrackedStep", "step", "track"]
