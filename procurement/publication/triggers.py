"""What the database itself holds: nothing published changes, and every leaf grows its tree."""

from pgtrigger import After, Before, Delete, Insert, Protect, Statement, Trigger, Truncate, Update

APPEND_ONLY = [
    Protect(name="refuse_change", operation=Update | Delete),
    Trigger(
        name="refuse_truncate",
        level=Statement,
        when=Before,
        operation=Truncate,
        func="RAISE EXCEPTION 'the publication log is append-only';",
    ),
]

# Nodes are written by the triggers of leaves (depth 2), never by hand.
ONLY_BY_LEAVES = Trigger(
    name="refuse_by_hand",
    when=Before,
    operation=Insert,
    func="""
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'a node is written by the trigger of its leaf';
        END IF;
        RETURN NEW;
    """,
)

# The head of a log counts its leaves: one more for each, and never another number.
COUNTS_LEAVES = Trigger(
    name="count_leaves",
    when=Before,
    operation=Update,
    func="""
        IF NEW = OLD THEN
            RETURN NEW;
        END IF;
        IF NEW.id <> OLD.id OR NEW.size <> OLD.size + 1 OR NOT (
            (NEW.id = 1 AND EXISTS (SELECT 1 FROM procurement_entry WHERE index = OLD.size))
            OR
            (NEW.id = 2 AND EXISTS (SELECT 1 FROM procurement_receiptleaf WHERE index = OLD.size))
        ) THEN
            RAISE EXCEPTION 'the head of a log grows by one, with its leaf';
        END IF;
        RETURN NEW;
    """,
)


def grows(log: int) -> Trigger:
    """Return what a new leaf does: it must be the next one, and completes subtrees.

    RFC 9162 section 2.1.1: the hash of a node is SHA-256 over 0x01 and those of its children.
    """
    return Trigger(
        name="grow_tree",
        when=After,
        operation=Insert,
        declare=[
            ("step", "int := 0"),
            ("place", "bigint := NEW.index"),
            ("node", "bytea"),
            ("sibling", "bytea"),
        ],
        func=f"""
            UPDATE procurement_loghead SET size = size + 1 WHERE id = {log} AND size = place;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'leaf % is not the next of log {log}', place;
            END IF;
            node := NEW.leaf_hash;
            LOOP
                INSERT INTO procurement_lognode (log, level, index, hash)
                VALUES ({log}, step, place, node);
                EXIT WHEN place % 2 = 0;
                SELECT n.hash INTO STRICT sibling FROM procurement_lognode n
                WHERE n.log = {log} AND n.level = step AND n.index = place - 1;
                node := sha256('\\x01'::bytea || sibling || node);
                step := step + 1;
                place := place / 2;
            END LOOP;
            RETURN NULL;
        """,  # noqa: S608 - a number of ours
    )


def no_removal() -> list[Trigger]:
    """Return what keeps the row of a head in its place."""
    return [Protect(name="refuse_removal", operation=Delete), APPEND_ONLY[1]]
