package relational

// Scope says whose rows a piece of work is about. A database that guards its rows shows it no others.
type Scope struct {
	Kind ScopeKind
	Key  string // workspace, room or hash; "" for the scopes that have none
}

// ScopeKind is what the key of a scope names.
type ScopeKind string

// The kinds of scopes. A secret's hash stands for the workspace that it belongs to; its bytes are the key.
const (
	ScopeGlobal    ScopeKind = "global"    // users, logins, paces: rows of no workspace
	ScopeQueue     ScopeKind = "queue"     // what the queue asks over all workspaces, before it enters one
	ScopeWorkspace ScopeKind = "workspace" // id of a workspace
	ScopeRoom      ScopeKind = "room"      // id of a room, for its workspace
	ScopeKey       ScopeKind = "key"       // hash of an API key
	ScopeInvite    ScopeKind = "invite"    // hash of an invite
	ScopeShare     ScopeKind = "share"     // hash of a share
)

// Global is the scope of rows that belong to no workspace.
func Global() Scope { return Scope{Kind: ScopeGlobal} }

// Queue is the scope of questions to the queue over all workspaces.
func Queue() Scope { return Scope{Kind: ScopeQueue} }

// Workspace is the scope of a workspace's rows.
func Workspace(id string) Scope { return Scope{ScopeWorkspace, id} }

// Room is the scope of the workspace that a room is in. When there is no such room, it has no rows.
func Room(id string) Scope { return Scope{ScopeRoom, id} }

// Secret is the scope of the workspace that a secret of the kind belongs to. When there is no such secret, it has no rows.
func Secret(kind ScopeKind, hash []byte) Scope { return Scope{kind, string(hash)} }
