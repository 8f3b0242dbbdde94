package protocol

// Role is what a user is in a workspace or, by invitation, in a room.
type Role string

// Roles, from least to most.
const (
	RoleViewer    Role = "viewer"
	RoleCommenter Role = "commenter"
	RoleEditor    Role = "editor"
	RoleOwner     Role = "owner"
)

// Rank orders roles: 0 for an unknown one, then viewer 1 to owner 4.
func (r Role) Rank() int {
	switch r {
	case RoleViewer:
		return 1
	case RoleCommenter:
		return 2
	case RoleEditor:
		return 3
	case RoleOwner:
		return 4
	}
	return 0
}

// Valid tells whether r is one of the four.
func (r Role) Valid() bool { return r.Rank() > 0 }

// Action is one thing that somebody may want to do. Every route and every command has exactly one.
type Action string

// Actions.
const (
	ActionPublic        Action = "public"         // no identity needed
	ActionSignedIn      Action = "signed_in"      // any identity, no role
	ActionRoomSee       Action = "room.see"       // list, open, read snapshot and queue
	ActionRoomPresence  Action = "room.presence"  // cursor, presence, ping
	ActionRoomEvent     Action = "room.event"     // reactions and app-defined events
	ActionRoomCreate    Action = "room.create"    //
	ActionRoomManage    Action = "room.manage"    // rename, delete
	ActionCanvasComment Action = "canvas.comment" // writes to comment records only
	ActionCanvasEdit    Action = "canvas.edit"    //
	ActionJobEnqueue    Action = "job.enqueue"    //
	ActionJobOwn        Action = "job.own"        // cancel, retry, move, clear one's own jobs
	ActionJobManage     Action = "job.manage"     // anybody's jobs; approve, pause, clear
	ActionJobRate       Action = "job.rate"       // rate results
	ActionJobWork       Action = "job.work"       // run the room's jobs
	ActionShare         Action = "share"          // make and end links that show lineage to anybody
	ActionAssetRead     Action = "asset.read"     //
	ActionAssetWrite    Action = "asset.write"    //
	ActionPeopleSee     Action = "people.see"     //
	ActionPeopleManage  Action = "people.manage"  // roles, removal, invites
	ActionKeyManage     Action = "key.manage"     // API keys of bots
	ActionProviderSee   Action = "provider.see"   // which providers and models there are
	ActionVoiceJoin     Action = "voice.join"     // be in the call and listen
	ActionVoiceSpeak    Action = "voice.speak"    // be heard in it
	ActionVoiceManage   Action = "voice.manage"   // mute others, take them out, record
)

// leastRole is the table: the least role that may do an action. Public and signed-in actions need none.
func leastRole(a Action) (Role, bool) {
	switch a {
	case ActionRoomSee, ActionRoomPresence, ActionAssetRead, ActionPeopleSee, ActionProviderSee, ActionVoiceJoin:
		return RoleViewer, true
	case ActionRoomEvent, ActionCanvasComment, ActionJobRate, ActionVoiceSpeak:
		return RoleCommenter, true
	case ActionRoomCreate, ActionCanvasEdit, ActionJobEnqueue, ActionJobOwn, ActionJobWork, ActionShare, ActionAssetWrite:
		return RoleEditor, true
	case ActionRoomManage, ActionJobManage, ActionPeopleManage, ActionKeyManage, ActionVoiceManage:
		return RoleOwner, true
	case ActionPublic, ActionSignedIn:
	}
	return "", false
}

// May tells whether a role may do an action. Actions outside the table are refused to everybody; public and signed-in
// actions are allowed whatever the role.
func (r Role) May(a Action) bool {
	if a == ActionPublic || a == ActionSignedIn {
		return true
	}
	least, ok := leastRole(a)
	return ok && r.Rank() >= least.Rank()
}

// Known tells whether an action has an entry in the table.
func (a Action) Known() bool {
	_, ok := leastRole(a)
	return ok || a == ActionPublic || a == ActionSignedIn
}

// ActionOf is the action that a command needs. A change is judged a second time by what it writes: comment records ask
// for [ActionCanvasComment], everything else for [ActionCanvasEdit]. What is done with somebody else's job asks for
// [ActionJobManage].
func ActionOf(t Type) (Action, bool) {
	switch t {
	case TypeHello:
		return ActionRoomSee, true
	case TypeCursor, TypePing, TypePresence:
		return ActionRoomPresence, true
	case TypeEvent:
		return ActionRoomEvent, true
	case TypeChange:
		return ActionCanvasComment, true
	case TypeJobEnqueue:
		return ActionJobEnqueue, true
	case TypeJobCancel, TypeJobRetry, TypeJobMove, TypeQueueClear:
		return ActionJobOwn, true
	case TypeJobApprove, TypeQueueSet:
		return ActionJobManage, true
	case TypeJobRate:
		return ActionJobRate, true
	case TypeWorkOffer, TypeWorkReport, TypeWorkEnd:
		return ActionJobWork, true
	case TypeVoiceJoin, TypeVoiceAnswer, TypeVoiceCandidate, TypeVoiceSet, TypeVoiceRestart, TypeVoiceLeave,
		TypeVoiceConsent:
		return ActionVoiceJoin, true
	case TypeVoiceModerate, TypeVoiceRecord:
		return ActionVoiceManage, true
	default:
		return "", false
	}
}

// CommandTypes lists every message a client may send.
func CommandTypes() []Type {
	return []Type{
		TypeHello, TypeCursor, TypePing, TypePresence, TypeEvent, TypeChange,
		TypeJobEnqueue, TypeJobCancel, TypeJobRetry, TypeJobMove, TypeJobApprove, TypeJobRate, TypeQueueSet, TypeQueueClear,
		TypeWorkOffer, TypeWorkReport, TypeWorkEnd,
		TypeVoiceJoin, TypeVoiceAnswer, TypeVoiceCandidate, TypeVoiceSet, TypeVoiceRestart, TypeVoiceLeave, TypeVoiceModerate,
		TypeVoiceRecord, TypeVoiceConsent,
	}
}

// ServerTypes lists every message a server may send.
func ServerTypes() []Type {
	return []Type{
		TypeWelcome, TypeOK, TypeError, TypeLive, TypeMembers, TypeChanges, TypeSnapshot, TypeJob, TypeNotice, TypeRoom, TypeOverlay,
		TypeQueue, TypeWork, TypeWorkStop, TypeSlots, TypeRecording,
		TypeCursors, TypeStates, TypeProgress, TypeSpeaking,
	}
}
