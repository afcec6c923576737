"""What the domain announces, always after its transaction has committed and from the writer's thread.

`entries_appended(sender, batch: jobs.models.AppendedBatch)`: entries now stand in the database.
`job_changed(sender, job_id: UUID)`: the job, or a step of it, is not what it was
(what goes through `save()` announces itself by `post_save`).
`job_due(sender, job_id: UUID, due_at: datetime)`: a worker may take the job from then on.
`job_deleted(sender, job_id: UUID)`: the job and all its entries are gone.
"""

from __future__ import annotations

from django.dispatch import Signal

entries_appended = Signal()
job_changed = Signal()
job_due = Signal()
job_deleted = Signal()
