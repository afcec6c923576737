"""The entries of a log by time: how many there are of each level, bucket by bucket."""

from jobs.queries.pictures.histogram import Histogram, histogram_of

__all__ = ["Histogram", "histogram_of"]
