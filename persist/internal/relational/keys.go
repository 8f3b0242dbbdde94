package relational

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"atelier/hub/auth"
)

var _ auth.KeyStore = (*Store)(nil)

// touchEvery is how exact LastUsed is: a write for every request of a bot would be many.
const touchEvery = time.Minute

const keyColumns = `id, hash, workspace, "user", name, role, rooms, expires, created_by, created_at, last_used`

// CreateKey implements [auth.KeyStore]. The bot of a key for all rooms becomes a member of the workspace, that of a key
// for some rooms a member of these alone.
func (s *Store) CreateKey(ctx context.Context, k auth.Key, bot auth.User) error {
	list, err := json.Marshal(append([]string{}, k.Rooms...))
	if err != nil {
		return fmt.Errorf("encode the rooms of a key: %w", err)
	}
	return s.db.Write(ctx, Workspace(k.Workspace), func(ctx context.Context, tx Tx) error {
		if err := insertUser(ctx, tx, bot); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO keys ("+keyColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			k.ID, k.Hash[:], k.Workspace, bot.ID, k.Name, string(k.Role), string(list),
			millis(k.Expires), k.CreatedBy, millis(k.CreatedAt), millis(k.LastUsed))
		if err != nil {
			return coded(err, "key")
		}
		if len(k.Rooms) == 0 {
			return setRole(ctx, tx, membership{k.Workspace, "", bot.ID, k.Role})
		}
		for _, room := range k.Rooms {
			if err := setRole(ctx, tx, membership{k.Workspace, room, bot.ID, k.Role}); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeyByHash implements [auth.KeyStore].
func (s *Store) KeyByHash(ctx context.Context, h auth.Hash) (auth.Key, error) {
	var k auth.Key
	var now time.Time
	err := s.db.Read(ctx, Secret(ScopeKey, h[:]), func(ctx context.Context, tx Tx) (err error) {
		now = tx.Now()
		k, err = scanKey(tx.QueryRowContext(ctx,
			"SELECT "+keyColumns+" FROM keys WHERE hash = ? AND (expires = 0 OR expires > ?)", h[:], millis(now)))
		return err
	})
	if err != nil {
		return auth.Key{}, coded(err, "key")
	}
	if now.Sub(k.LastUsed) < touchEvery {
		return k, nil
	}
	k.LastUsed = fromMillis(millis(now))
	return k, s.db.Write(ctx, Workspace(k.Workspace), func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE keys SET last_used = ?1 WHERE id = ?2 AND last_used < ?1", millis(now), k.ID)
		return coded(err, "key")
	})
}

// Keys implements [auth.KeyStore]: oldest first, those that have expired too.
func (s *Store) Keys(ctx context.Context, workspace string) (list []auth.Key, err error) {
	list, err = readAll(ctx, s, Workspace(workspace), scanKey,
		"SELECT "+keyColumns+" FROM keys WHERE workspace = ? ORDER BY created_at, id", workspace)
	return list, coded(err, "keys")
}

// DeleteKey implements [auth.KeyStore]. The bot stays as a user, because the log names it.
func (s *Store) DeleteKey(ctx context.Context, workspace, id string) error {
	return s.db.Write(ctx, Workspace(workspace), func(ctx context.Context, tx Tx) error {
		var bot string
		err := tx.QueryRowContext(ctx, `DELETE FROM keys WHERE workspace = ? AND id = ? RETURNING "user"`, workspace, id).
			Scan(&bot)
		if err != nil {
			return coded(err, "key")
		}
		_, err = removeMember(ctx, tx, workspace, bot)
		return err
	})
}

func scanKey(row scanner) (auth.Key, error) {
	var k auth.Key
	var hash, list []byte
	var expires, createdAt, lastUsed int64
	err := row.Scan(&k.ID, &hash, &k.Workspace, &k.User, &k.Name, &k.Role, &list, &expires, &k.CreatedBy, &createdAt, &lastUsed)
	if err != nil {
		return auth.Key{}, err //nolint:wrapcheck // the caller codes it
	}
	if err := json.Unmarshal(list, &k.Rooms); err != nil {
		return auth.Key{}, fmt.Errorf("decode the rooms of key %s: %w", k.ID, err)
	}
	copy(k.Hash[:], hash)
	k.Expires, k.CreatedAt, k.LastUsed = fromMillis(expires), fromMillis(createdAt), fromMillis(lastUsed)
	return k, nil
}
