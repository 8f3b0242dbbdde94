-- +goose Up

-- What the queue asks over all workspaces. A role that row level security holds to one workspace asks it by these functions,
-- which run as the tables' owner: they give the keys of what the queue has to look at, and of the line what everybody who
-- waits is shown of it. What a key names is then read and written within its workspace.

-- Whose turn it is on the routes, a JSON list: of the workspaces with open jobs there the one that had least, and in it of
-- the requesters with less than running jobs at workers (0: any number) the one that had least. In one room when room is
-- not ''. Each route costs one look-up in an index.
-- +goose StatementBegin
CREATE FUNCTION queue_turn(routes text, only_room text, most_running bigint)
RETURNS TABLE (workspace text, room text, requester text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp AS $$
DECLARE
    able   text[] := ARRAY(SELECT json_array_elements_text(routes::json));
    passed text[] := '{}'; -- workspaces all of whose requesters are at the cap; no more of them than jobs at workers
    team   text;
BEGIN
    IF only_room <> '' THEN
        RETURN QUERY
        SELECT l.workspace, l.room, l."user"
        FROM unnest(able) AS a (route) CROSS JOIN LATERAL (
            SELECT w.* FROM queue_lanes AS w
            WHERE w.room = only_room AND w.route = a.route AND w.waiting > 0 AND w.open = 1
                AND (most_running = 0 OR most_running > (
                    SELECT r.running FROM queue_requesters AS r WHERE r.room = w.room AND r."user" = w."user"))
            ORDER BY w.had, w.since LIMIT 1) AS l
        ORDER BY l.had, l.since LIMIT 1;
        RETURN;
    END IF;
    LOOP
        SELECT l.workspace INTO team
        FROM unnest(able) AS a (route) CROSS JOIN LATERAL (
            SELECT q.* FROM queue_lines AS q
            WHERE q.route = a.route AND q.waiting > 0 AND q.workspace <> ALL (passed)
            ORDER BY q.had, q.since LIMIT 1) AS l
        ORDER BY l.had, l.since LIMIT 1;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        RETURN QUERY
        SELECT l.workspace, l.room, l."user"
        FROM unnest(able) AS a (route) CROSS JOIN LATERAL (
            SELECT w.* FROM queue_lanes AS w
            WHERE w.workspace = team AND w.route = a.route AND w.waiting > 0 AND w.open = 1
                AND (most_running = 0 OR most_running > (
                    SELECT r.running FROM queue_requesters AS r WHERE r.room = w.room AND r."user" = w."user"))
            ORDER BY w.had, w.since LIMIT 1) AS l
        ORDER BY l.had, l.since LIMIT 1;
        IF FOUND THEN
            RETURN;
        END IF;
        passed := passed || team;
    END LOOP;
END
$$;
-- +goose StatementEnd

-- How many jobs of a provider workers have.
CREATE FUNCTION queue_running(of_provider text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
RETURN (SELECT count(*) FROM jobs WHERE lease_until > 0 AND provider = of_provider);

-- One job whose lease has ended by a time, in unix ms.
-- +goose StatementBegin
CREATE FUNCTION queue_lapsed(by_ms bigint) RETURNS TABLE (workspace text, room text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.workspace, j.room, j.id FROM jobs AS j WHERE j.lease_until > 0 AND j.lease_until <= by_ms
    ORDER BY j.lease_until LIMIT 1;
END;
-- +goose StatementEnd

-- One job whose delay has ended by a time, in unix ms.
-- +goose StatementBegin
CREATE FUNCTION queue_due(by_ms bigint) RETURNS TABLE (workspace text, room text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.workspace, j.room, j.id FROM jobs AS j WHERE j.resume_at > 0 AND j.resume_at <= by_ms
    ORDER BY j.resume_at LIMIT 1;
END;
-- +goose StatementEnd

-- One job that a worker has.
-- +goose StatementBegin
CREATE FUNCTION queue_held_by(of_worker text) RETURNS TABLE (workspace text, room text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.workspace, j.room, j.id FROM jobs AS j WHERE j.lease_until > 0 AND j.holder = of_worker
    ORDER BY j.lease_until LIMIT 1;
END;
-- +goose StatementEnd

-- Succeeded jobs that have no place on their canvas, behind one of them.
-- +goose StatementBegin
CREATE FUNCTION queue_unplaced(behind bigint, most bigint) RETURNS TABLE (n bigint, workspace text, room text, id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.n, j.workspace, j.room, j.id FROM jobs AS j
    WHERE j.state = 'succeeded' AND j.placed = 0 AND j.n > behind ORDER BY j.n LIMIT most;
END;
-- +goose StatementEnd

-- The line: what workers have.
-- +goose StatementBegin
CREATE FUNCTION queue_busy()
RETURNS TABLE (workspace text, room text, id text, requester text, route text, state text, units double precision,
               started_at bigint, pace double precision, paused bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.workspace, j.room, j.id, j."user", j.route, j.state, j.units, j.started_at,
        j.count * coalesce(p.ms, 0.0), coalesce(q.paused, 0)::bigint
    FROM jobs AS j LEFT JOIN job_paces AS p ON p.provider = j.provider AND p.model = j.model
    LEFT JOIN queue_rooms AS q ON q.room = j.room WHERE j.lease_until > 0 ORDER BY j.lease_until;
END;
-- +goose StatementEnd

-- The line: who waits, those that are next first.
-- +goose StatementBegin
CREATE FUNCTION queue_turns(most bigint)
RETURNS TABLE (workspace text, team_had double precision, room text, requester text, had double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT w.workspace, t.had, w.room, w."user", w.had
    FROM queue_lanes AS w JOIN queue_teams AS t ON t.workspace = w.workspace WHERE w.waiting > 0
    GROUP BY w.workspace, t.had, w.room, w."user", w.had ORDER BY max(w.open) DESC, t.had, w.had, min(w.since) LIMIT most;
END;
-- +goose StatementEnd

-- The line: what waits of a requester, the next first.
-- +goose StatementBegin
CREATE FUNCTION queue_waiting(in_room text, of_requester text, most bigint)
RETURNS TABLE (workspace text, room text, id text, requester text, route text, state text, units double precision,
               started_at bigint, pace double precision, paused bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
BEGIN ATOMIC
    SELECT j.workspace, j.room, j.id, j."user", j.route, j.state, j.units, j.started_at,
        j.count * coalesce(p.ms, 0.0), coalesce(q.paused, 0)::bigint
    FROM (SELECT * FROM jobs AS w WHERE w.room = in_room AND w."user" = of_requester AND w.state = 'queued'
        ORDER BY w.priority DESC, w.place LIMIT most) AS j
    LEFT JOIN job_paces AS p ON p.provider = j.provider AND p.model = j.model
    LEFT JOIN queue_rooms AS q ON q.room = j.room ORDER BY j.priority DESC, j.place;
END;
-- +goose StatementEnd

-- How many jobs wait.
CREATE FUNCTION queue_depth() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = atelier, pg_temp
RETURN (SELECT coalesce(sum(waiting), 0)::bigint FROM queue_lanes WHERE waiting > 0);

-- What follows does in one statement, under row level security, what takes a dozen otherwise: everybody's claims wait for
-- one another, and so for every round trip of each.

-- Claims the job whose turn it is; no row when there is none. Running counts, charges and clocks are those of
-- persist/internal/relational.
-- +goose StatementBegin
CREATE FUNCTION queue_claim(
    routes text, only_room text, most_running bigint, by_worker text, by_name text, until_ms bigint
) RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
    turn     record;
    job      jobs;
    team_had double precision;
    own_had  double precision;
    next_seq bigint;
BEGIN
    SELECT q.workspace, q.room, q.requester INTO turn FROM queue_turn(routes, only_room, most_running) AS q;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('atelier.workspace', turn.workspace, true);
    SELECT first.* INTO job
    FROM json_array_elements_text(routes::json) AS able (route) CROSS JOIN LATERAL (
        SELECT j.* FROM jobs AS j
        WHERE j.room = turn.room AND j."user" = turn.requester AND j.route = able.route AND j.state = 'queued'
        ORDER BY j.priority DESC, j.place LIMIT 1) AS first
    ORDER BY first.priority DESC, first.place LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    UPDATE queue_clock SET had = t.had FROM queue_teams AS t WHERE t.workspace = turn.workspace AND queue_clock.had < t.had;
    UPDATE queue_teams AS t SET had = t.had + job.units, clock = greatest(t.clock, r.had) FROM queue_requesters AS r
    WHERE t.workspace = turn.workspace AND r.room = turn.room AND r."user" = turn.requester RETURNING t.had INTO team_had;
    UPDATE queue_requesters AS r SET had = r.had + job.units, running = r.running + 1
    WHERE r.room = turn.room AND r."user" = turn.requester RETURNING r.had INTO own_had;
    UPDATE queue_lines AS l SET had = team_had WHERE l.workspace = turn.workspace;
    UPDATE queue_lanes AS l SET had = own_had WHERE l.room = turn.room AND l."user" = turn.requester;
    UPDATE queue_lanes AS l SET waiting = l.waiting - 1
    WHERE l.room = turn.room AND l."user" = turn.requester AND l.route = job.route;

    INSERT INTO job_seqs (room, seq) VALUES (turn.room, 1) ON CONFLICT (room) DO UPDATE SET seq = job_seqs.seq + 1
    RETURNING seq INTO next_seq;
    RETURN QUERY UPDATE jobs AS j SET seq = next_seq, state = 'leased', attempt = j.attempt + 1, token = j.token + 1,
        lease_until = until_ms, holder = by_worker, worker = by_name, error = ''
    WHERE j.n = job.n RETURNING j.*;
END
$$;
-- +goose StatementEnd

-- Makes a job one of those that wait. Who did not wait before is put level with the clock.
-- +goose StatementBegin
CREATE FUNCTION queue_join(of_workspace text, of_room text, of_requester text, on_route text, at_place bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    team_had double precision;
    own_had  double precision;
BEGIN
    INSERT INTO queue_teams (workspace, had, clock) VALUES (of_workspace, 0, 0) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM queue_lines AS l WHERE l.workspace = of_workspace AND l.waiting > 0) THEN
        UPDATE queue_teams AS t SET had = c.had FROM queue_clock AS c WHERE t.workspace = of_workspace AND t.had < c.had;
        UPDATE queue_lines AS l SET had = t.had FROM queue_teams AS t
        WHERE t.workspace = of_workspace AND l.workspace = of_workspace;
    END IF;
    INSERT INTO queue_lines (workspace, route, had, since, waiting)
    SELECT t.workspace, on_route, t.had, at_place, 0 FROM queue_teams AS t WHERE t.workspace = of_workspace
    ON CONFLICT (workspace, route) DO UPDATE SET since = excluded.since WHERE queue_lines.waiting <= 0;

    INSERT INTO queue_requesters (room, "user", workspace, had, running) VALUES (of_room, of_requester, of_workspace, 0, 0)
    ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM queue_lanes AS l WHERE l.room = of_room AND l."user" = of_requester AND l.waiting > 0) THEN
        UPDATE queue_requesters AS r SET had = t.clock FROM queue_teams AS t
        WHERE t.workspace = of_workspace AND r.had < t.clock AND r.room = of_room AND r."user" = of_requester;
        UPDATE queue_lanes AS l SET had = r.had FROM queue_requesters AS r
        WHERE r.room = of_room AND r."user" = of_requester AND l.room = of_room AND l."user" = of_requester;
    END IF;
    INSERT INTO queue_lanes (room, "user", route, workspace, had, since, waiting, open)
    SELECT r.room, r."user", on_route, r.workspace, r.had, at_place, 0,
        CASE WHEN EXISTS (SELECT 1 FROM queue_rooms AS q WHERE q.room = r.room AND q.paused <> 0) THEN 0 ELSE 1 END
    FROM queue_requesters AS r WHERE r.room = of_room AND r."user" = of_requester
    ON CONFLICT (room, "user", route) DO UPDATE SET since = excluded.since WHERE queue_lanes.waiting <= 0;
    UPDATE queue_lanes AS l SET waiting = l.waiting + 1
    WHERE l.room = of_room AND l."user" = of_requester AND l.route = on_route;
END
$$;
-- +goose StatementEnd

-- Few rows that every claim writes: what they were before is in the way of the next claim until it is swept up. The default
-- would sweep when a fifth of a table has changed, and then at leisure.
-- +goose StatementBegin
DO $$
DECLARE
    busy text;
BEGIN
    FOREACH busy IN ARRAY ARRAY[
        'queue_lines', 'queue_lanes', 'queue_requesters', 'queue_teams', 'queue_clock', 'job_line', 'job_seqs'
    ] LOOP
        EXECUTE format('ALTER TABLE %I SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0)', busy);
    END LOOP;
END
$$;
-- +goose StatementEnd

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA atelier FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA atelier TO atelier_app;

-- +goose Down

ALTER TABLE queue_lines RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE queue_lanes RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE queue_requesters RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE queue_teams RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE queue_clock RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE job_line RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
ALTER TABLE job_seqs RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
DROP FUNCTION queue_join(text, text, text, text, bigint);
DROP FUNCTION queue_claim(text, text, bigint, text, text, bigint);
DROP FUNCTION queue_depth();
DROP FUNCTION queue_waiting(text, text, bigint);
DROP FUNCTION queue_turns(bigint);
DROP FUNCTION queue_busy();
DROP FUNCTION queue_unplaced(bigint, bigint);
DROP FUNCTION queue_held_by(text);
DROP FUNCTION queue_due(bigint);
DROP FUNCTION queue_lapsed(bigint);
DROP FUNCTION queue_running(text);
DROP FUNCTION queue_turn(text, text, bigint);
