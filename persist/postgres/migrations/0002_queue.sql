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
    SELECT j.workspace, j.room, j.id FROM jobs AS j WHERE j.lease_until > 0 AND j.holder = of_worker LIMIT 1;
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA atelier FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA atelier TO atelier_app;

-- +goose Down

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
