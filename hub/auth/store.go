package auth

import (
	"context"
	"time"

	"atelier/protocol"
)

// User is a person, a guest or a bot.
type User struct {
	ID        string
	Name      string
	Kind      UserKind
	CreatedAt time.Time
}

// UserKind tells people from bots.
type UserKind string

// User kinds.
const (
	UserGuest  UserKind = "guest"
	UserPerson UserKind = "person"
	UserBot    UserKind = "bot"
)

// Hash is the SHA-256 of a secret.
type Hash [32]byte

// Login is a browser's session: the cookie holds the secret, the store its hash.
type Login struct {
	Hash    Hash
	User    string
	Expires time.Time
}

// Invite lets whoever holds its secret take a role in the workspace, or in one room when Room is set.
type Invite struct {
	ID        string
	Hash      Hash
	Workspace string
	Room      string // "" is the whole workspace
	Role      protocol.Role
	UsesLeft  int // 0: used up
	Expires   time.Time
	CreatedBy string // user id; "" is the operator (owner link)
	CreatedAt time.Time
}

// Key is an API key of a bot; its user is made with it.
type Key struct {
	ID        string
	Hash      Hash
	Workspace string
	User      string // the bot
	Name      string
	Role      protocol.Role
	Rooms     []string  // empty is all rooms
	Expires   time.Time // zero is never
	CreatedBy string
	CreatedAt time.Time
	LastUsed  time.Time
}

// Membership is a user's role in a workspace (Room "") or in one room.
type Membership struct {
	Workspace string
	Room      string
	User      User
	Role      protocol.Role
}

// Room is a room as the directory lists it.
type Room struct {
	ID        string
	Workspace string
	Name      string
	Private   bool // only members of the room itself and owners see it
	CreatedBy string
	CreatedAt time.Time
}

// The stores below are implemented by persist. Not-found is a *protocol.Error with NOT_FOUND. Times are stored in
// milliseconds. All methods are safe for concurrent use and durable on return.

// UserStore keeps users, their logins and their keys.
type UserStore interface {
	CreateUser(ctx context.Context, u User) error
	User(ctx context.Context, id string) (User, error)
	CreateLogin(ctx context.Context, l Login) error
	Login(ctx context.Context, h Hash) (Login, error) // NOT_FOUND when expired too
	DeleteLogin(ctx context.Context, h Hash) error
}

// KeyStore keeps API keys.
type KeyStore interface {
	CreateKey(ctx context.Context, k Key, bot User) error // both in one transaction, with the bot's membership
	KeyByHash(ctx context.Context, h Hash) (Key, error)   // NOT_FOUND when expired too; touches LastUsed at most once a minute
	Keys(ctx context.Context, workspace string) ([]Key, error)
	DeleteKey(ctx context.Context, workspace, id string) error // the bot's membership goes with it
}

// InviteStore keeps invites.
type InviteStore interface {
	CreateInvite(ctx context.Context, i Invite) error
	// AcceptInvite takes one use and stores the membership (never lowering a higher role) in one transaction. NOT_FOUND for
	// an unknown, expired or used-up invite. Accepting again by the same user takes no use.
	AcceptInvite(ctx context.Context, h Hash, user string, now time.Time) (Invite, error)
	Invites(ctx context.Context, workspace string) ([]Invite, error)
	DeleteInvite(ctx context.Context, workspace, id string) error
}

// PeopleStore keeps workspaces and who is in them.
type PeopleStore interface {
	// EnsureWorkspace makes the workspace if it is not there; created tells which.
	EnsureWorkspace(ctx context.Context, id, name string) (created bool, err error)
	People(ctx context.Context, workspace string) ([]Membership, error)
	SetRole(ctx context.Context, m Membership) error                         // insert or update; uses m.User.ID
	RemoveMember(ctx context.Context, workspace, user string) error          // from the workspace and all its rooms; ends their logins' roles, not the user
	Role(ctx context.Context, workspace, user string) (protocol.Role, error) // workspace role; "" without error when none
}

// RoomStore is the directory of rooms.
type RoomStore interface {
	CreateRoom(ctx context.Context, r Room, creator protocol.Role) error // with the creator's room membership when private
	// Access reads a room and the role a user has in it: the higher of workspace and room membership; for a private room
	// only the room's own membership or a workspace owner counts. Role "" when none. NOT_FOUND when there is no such room.
	Access(ctx context.Context, room, user string) (Room, protocol.Role, error)
	Rooms(ctx context.Context, workspace, user string) ([]Room, error) // those the user may see, newest activity first
	UpdateRoom(ctx context.Context, r Room) error                      // name and privacy
	DeleteRoom(ctx context.Context, workspace, id string) error        // with its log, snapshots and jobs
}
