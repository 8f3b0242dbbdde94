package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"atelier/hub/auth"
	"atelier/protocol"
)

// tokenCommand makes what lets somebody in. It writes to the database beside a running server, which sees it at once.
type tokenCommand struct {
	Key    tokenKey    `cmd:"" help:"Make a bot and its API key; the key is shown once."`
	Invite tokenInvite `cmd:"" help:"Make an invite link; it is shown once."`
}

type tokenKey struct {
	databaseFlags
	Name    string        `required:"" help:"Name of the bot."`
	Role    string        `default:"editor" enum:"viewer,commenter,editor,owner" help:"What it may do (viewer, commenter, editor, owner)."`
	Room    []string      `help:"Rooms it may enter; all without one."`
	Expires time.Duration `help:"How long the key holds; for ever without it."`
	Quiet   bool          `help:"Print the key alone."`
}

type tokenInvite struct {
	databaseFlags
	Role    string        `default:"editor" enum:"viewer,commenter,editor,owner" help:"What who takes it may do (viewer, commenter, editor, owner)."`
	Room    string        `help:"Room it is for; the whole workspace without one."`
	Uses    int           `default:"1" help:"How many people may take it."`
	Expires time.Duration `default:"168h" help:"How long it holds."`
	URL     string        `default:"http://127.0.0.1:8080" env:"ATELIER_PUBLIC_URL" help:"Where people reach the server."`
	Quiet   bool          `help:"Print the link alone."`
}

func (c *tokenKey) Run(ctx context.Context) error {
	return withAuth(ctx, c.databaseFlags, func(s *auth.Service) error {
		key, secret, err := s.NewKey(ctx, "", auth.NewKey{
			Name: c.Name, Role: protocol.Role(c.Role), Rooms: c.Room, Life: c.Expires,
		})
		if err != nil {
			return err
		}
		if !c.Quiet {
			fmt.Fprintf(os.Stderr, "%s is %s; its key %s is shown only now:\n", key.Name, key.Role, key.ID)
		}
		fmt.Println(secret)
		return nil
	})
}

func (c *tokenInvite) Run(ctx context.Context) error {
	return withAuth(ctx, c.databaseFlags, func(s *auth.Service) error {
		invite, token, err := s.Invite(ctx, "", auth.NewInvite{
			Role: protocol.Role(c.Role), Room: c.Room, Uses: c.Uses, Life: c.Expires,
		})
		if err != nil {
			return err
		}
		if !c.Quiet {
			fmt.Fprintf(os.Stderr, "invite %s for %d as %s until %s, shown only now:\n",
				invite.ID, invite.UsesLeft, invite.Role, invite.Expires.Format(time.RFC3339))
		}
		fmt.Println(joinLink(c.URL, token))
		return nil
	})
}

// joinLink is the page that takes an invite. The token is in the fragment, which no server and no log gets to see.
func joinLink(url, token string) string { return strings.TrimRight(url, "/") + "/join#" + token }

// withAuth opens the service of a server that may be running.
func withAuth(ctx context.Context, at databaseFlags, do func(*auth.Service) error) error {
	return withDatabase(ctx, at, func(db database, secret []byte) error {
		service, err := auth.New(ctx, auth.Config{Stores: authStores(db), Secret: secret})
		if err != nil {
			return err
		}
		return do(service)
	})
}
