"""Events are never changed, and never deleted while their exercise stands: the database itself refuses."""

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON requests_app_event
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
    """,
    """
    CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON requests_app_event
    WHEN EXISTS (SELECT 1 FROM requests_app_exercise WHERE id = OLD.exercise_id)
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted while its exercise stands'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'an event is never changed';
        ELSIF EXISTS (SELECT 1 FROM requests_app_exercise WHERE id = OLD.exercise_id) THEN
            RAISE EXCEPTION 'an event is never deleted while its exercise stands';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON requests_app_event
    FOR EACH ROW EXECUTE FUNCTION event_is_append_only()
    """,
)
UNDO = {
    "sqlite": ("DROP TRIGGER event_is_never_changed", "DROP TRIGGER event_is_never_deleted"),
    "postgresql": (
        "DROP TRIGGER event_is_append_only ON requests_app_event",
        "DROP FUNCTION event_is_append_only",
    ),
}


def guard(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
