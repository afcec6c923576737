
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import jobs.models.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletedJob',
            fields=[
                ('job_id', models.UUIDField(primary_key=True, serialize=False)),
                ('deleted_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('debug_count', models.BigIntegerField(default=0, editable=False)),
                ('info_count', models.BigIntegerField(default=0, editable=False)),
                ('warn_count', models.BigIntegerField(default=0, editable=False)),
                ('error_count', models.BigIntegerField(default=0, editable=False)),
                ('fatal_count', models.BigIntegerField(default=0, editable=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', jobs.models.fields.StorableCharField(max_length=255)),
                ('kind', models.SlugField(db_index=False, default='job', max_length=64)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('running', 'running'), ('completed', 'completed'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='pending', max_length=16)),
                ('progress', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('attributes', jobs.models.fields.StorableJSONField(blank=True, default=dict)),
                ('spec', jobs.models.fields.StorableJSONField(blank=True, default=dict)),
                ('attempt', models.PositiveIntegerField(default=1)),
                ('worker', jobs.models.fields.StorableCharField(blank=True, default='', max_length=255)),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('exclusive', jobs.models.fields.StorableCharField(blank=True, default='', editable=False, max_length=255)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_requested_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False)),
                ('exit_code', models.IntegerField(blank=True, null=True)),
                ('result', jobs.models.fields.StorableJSONField(blank=True, null=True)),
                ('error', jobs.models.fields.StorableTextField(blank=True, default='')),
                ('last_line', models.BigIntegerField(default=0, editable=False)),
                ('revision', models.BigIntegerField(default=1, editable=False)),
                ('pruned_to_id', models.BigIntegerField(default=0, editable=False)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='quaero_jobs.job')),
                ('rerun_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reruns', to='quaero_jobs.job')),
            ],
            options={
                'permissions': [('operate_job', 'Can cancel, rerun and delete jobs, and add to their logs'), ('run_program', 'Can run programs and registered jobs')],
            },
        ),
        migrations.CreateModel(
            name='JobSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('sealed', models.TextField(editable=False)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='quaero_jobs.job')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('debug_count', models.BigIntegerField(default=0, editable=False)),
                ('info_count', models.BigIntegerField(default=0, editable=False)),
                ('warn_count', models.BigIntegerField(default=0, editable=False)),
                ('error_count', models.BigIntegerField(default=0, editable=False)),
                ('fatal_count', models.BigIntegerField(default=0, editable=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', jobs.models.fields.StorableCharField(max_length=255)),
                ('position', models.PositiveIntegerField(blank=True)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('running', 'running'), ('completed', 'completed'), ('failed', 'failed'), ('cancelled', 'cancelled'), ('skipped', 'skipped')], default='pending', max_length=16)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', jobs.models.fields.StorableTextField(blank=True, default='')),
                ('revision', models.BigIntegerField(default=0, editable=False)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='quaero_jobs.job')),
            ],
            options={
                'ordering': ['job', 'position'],
            },
        ),
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('line', models.BigIntegerField(editable=False)),
                ('timestamp', models.DateTimeField(default=django.utils.timezone.now)),
                ('level', models.PositiveSmallIntegerField(choices=[(10, 'debug'), (20, 'info'), (30, 'warn'), (40, 'error'), (50, 'fatal')], default=20)),
                ('stream', models.CharField(choices=[('stdout', 'stdout'), ('stderr', 'stderr'), ('system', 'system')], default='stdout', max_length=8)),
                ('source', jobs.models.fields.StorableTextField(blank=True, default='')),
                ('message', jobs.models.fields.StorableTextField(blank=True, default='')),
                ('ansi', jobs.models.fields.StorableTextField(blank=True, null=True)),
                ('fields', jobs.models.fields.StorableJSONField(blank=True, null=True)),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='quaero_jobs.job')),
                ('step', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='quaero_jobs.step')),
            ],
            options={
                'verbose_name_plural': 'log entries',
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', jobs.models.fields.StorableCharField(blank=True, default='', max_length=255)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', jobs.models.fields.StorableCharField(max_length=255, unique=True)),
                ('hostname', jobs.models.fields.StorableCharField(max_length=255)),
                ('pid', models.PositiveIntegerField()),
                ('machine', models.CharField(max_length=255)),
                ('process_started_at', models.BigIntegerField()),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('heartbeat_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_stopping', models.BooleanField(default=False)),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='quaero_jobs.job')),
            ],
            options={
                'ordering': ['hostname', 'started_at'],
            },
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['-created_at', '-id', 'status', 'name'], name='quaero_job_newest'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['status', '-created_at', '-id', 'name'], name='quaero_job_newest_by_status'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['kind', '-created_at', '-id', 'status', 'name'], name='quaero_job_newest_by_kind'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['name', '-created_at'], name='quaero_job_newest_by_name'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'running'), models.Q(('exclusive', ''), _negated=True)), fields=('exclusive',), name='quaero_job_runs_alone'),
        ),
        migrations.AddConstraint(
            model_name='jobsecret',
            constraint=models.UniqueConstraint(fields=('job', 'name'), name='quaero_secret_of_job'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['job', 'revision'], name='quaero_step_changed'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('job', 'position'), name='quaero_step_position'),
        ),
        migrations.AddIndex(
            model_name='logentry',
            index=models.Index(fields=['step', 'id'], name='quaero_entry_step'),
        ),
        migrations.AddIndex(
            model_name='logentry',
            index=models.Index(condition=models.Q(('level__gte', 30)), fields=['job', 'line'], name='quaero_entry_notable'),
        ),
        migrations.AddIndex(
            model_name='logentry',
            index=models.Index(condition=models.Q(('level__gte', 30)), fields=['id'], name='quaero_entry_notable_of_all'),
        ),
        migrations.AddConstraint(
            model_name='logentry',
            constraint=models.UniqueConstraint(fields=('job', 'line'), name='quaero_entry_line'),
        ),
    ]
