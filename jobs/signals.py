"""The domain's signals. They are sent after the transaction has committed, in the writer's thread.

`entries_appended(sender, batch: jobs.models.AppendedBatch)`: entries were stored.
`job_changed(sender, job_id: UUID)`: the job or one of its steps was changed by an update
(for changes by `save()`, Django sends `post_save`).
`job_due(sender, job_id: UUID, due_at: datetime)`: a worker may take the job from `due_at` on.
`job_deleted(sender, job_id: UUID)`: the job and all its entries were deleted.
"""

from __future__ import annotations

from django.dispatch import Signal

entries_appended = Signal()
job_changed = Signal()
job_due = Signal()
job_deleted = Signal()
