package hub

import (
	"net/http"

	"atelier/protocol"
)

// scope is where the role of a route is looked up.
type scope string

const (
	ofNothing   scope = ""          // public, or any identity
	ofRoom      scope = "room"      // the one of the path
	ofWorkspace scope = "workspace" //
	ofAnywhere  scope = "anywhere"  // the workspace, or else the best one in a room: what belongs to no room
)

// route is one entry of the API: docs/http.md says what goes in and out.
type route struct {
	method string
	path   string
	action protocol.Action
	scope  scope
	serve  func(*exchange) error
}

const socketPath = "/v1/rooms/:room/socket"

// routes is the whole API.
func (h *Hub) routes() []route {
	return []route{
		{http.MethodGet, "/v1/config", protocol.ActionPublic, ofNothing, h.getConfig},
		{http.MethodPost, "/v1/guests", protocol.ActionPublic, ofNothing, h.postGuest},
		{http.MethodPost, "/v1/invites/accept", protocol.ActionPublic, ofNothing, h.acceptInvite},
		{http.MethodGet, "/v1/me", protocol.ActionSignedIn, ofNothing, h.getMe},
		{http.MethodPost, "/v1/logout", protocol.ActionSignedIn, ofNothing, h.postLogout},
		{http.MethodPost, "/v1/tickets", protocol.ActionRoomSee, ofAnywhere, h.postTicket},

		{http.MethodGet, "/v1/rooms", protocol.ActionRoomSee, ofAnywhere, h.getRooms},
		{http.MethodPost, "/v1/rooms", protocol.ActionRoomCreate, ofWorkspace, h.postRoom},
		{http.MethodGet, "/v1/rooms/:room", protocol.ActionRoomSee, ofRoom, h.getRoom},
		{http.MethodPatch, "/v1/rooms/:room", protocol.ActionRoomManage, ofRoom, h.patchRoom},
		{http.MethodDelete, "/v1/rooms/:room", protocol.ActionRoomManage, ofRoom, h.deleteRoom},
		{http.MethodGet, socketPath, protocol.ActionRoomSee, ofNothing, h.openSocket}, // judges by itself
		{http.MethodGet, "/v1/rooms/:room/records", protocol.ActionRoomSee, ofRoom, h.getRecords},
		{http.MethodGet, "/v1/rooms/:room/branches", protocol.ActionRoomSee, ofRoom, h.getBranches},
		{http.MethodPost, "/v1/rooms/:room/branches", protocol.ActionCanvasEdit, ofRoom, h.postBranch},
		{http.MethodPatch, "/v1/rooms/:room/branches/:branch", protocol.ActionCanvasEdit, ofRoom, h.patchBranch},
		{http.MethodPost, "/v1/rooms/:room/merges", protocol.ActionCanvasEdit, ofRoom, h.postMerge},
		{http.MethodGet, "/v1/rooms/:room/history", protocol.ActionRoomSee, ofRoom, h.getHistory},
		{http.MethodPost, "/v1/rooms/:room/history/:change/undo", protocol.ActionCanvasEdit, ofRoom, h.postUndo},
		{http.MethodGet, "/v1/rooms/:room/diff", protocol.ActionRoomSee, ofRoom, h.getDiff},
		{http.MethodPost, "/v1/rooms/:room/restore", protocol.ActionCanvasEdit, ofRoom, h.postRestore},
		{http.MethodGet, "/v1/rooms/:room/versions", protocol.ActionRoomSee, ofRoom, h.getVersions},
		{http.MethodPost, "/v1/rooms/:room/versions", protocol.ActionCanvasEdit, ofRoom, h.postVersion},
		{http.MethodGet, "/v1/rooms/:room/jobs", protocol.ActionRoomSee, ofRoom, h.getJobs},
		{http.MethodPost, "/v1/rooms/:room/jobs", protocol.ActionJobEnqueue, ofRoom, h.postJob},
		{http.MethodPost, "/v1/rooms/:room/jobs/:job/cancel", protocol.ActionJobOwn, ofRoom, h.postDeed(h.cfg.Queue.Cancel)},
		{http.MethodPost, "/v1/rooms/:room/jobs/:job/retry", protocol.ActionJobOwn, ofRoom, h.postDeed(h.cfg.Queue.Retry)},
		{http.MethodPost, "/v1/rooms/:room/jobs/:job/approve", protocol.ActionJobManage, ofRoom, h.postDeed(h.cfg.Keeper.Approve)},
		{http.MethodPost, "/v1/rooms/:room/jobs/:job/move", protocol.ActionJobOwn, ofRoom, h.postMove},
		{http.MethodPost, "/v1/rooms/:room/jobs/:job/rate", protocol.ActionJobRate, ofRoom, h.postRate},
		{http.MethodPut, "/v1/rooms/:room/jobs/:job/results/:index", protocol.ActionJobWork, ofRoom, h.putResult},
		{http.MethodGet, "/v1/rooms/:room/queue", protocol.ActionRoomSee, ofRoom, h.getQueue},
		{http.MethodPatch, "/v1/rooms/:room/queue", protocol.ActionJobManage, ofRoom, h.patchQueue},
		{http.MethodPost, "/v1/rooms/:room/queue/clear", protocol.ActionJobOwn, ofRoom, h.postClear},
		{http.MethodGet, "/v1/rooms/:room/recordings", protocol.ActionAssetRead, ofRoom, h.getRecordings},
		{http.MethodPost, "/v1/rooms/:room/commands", protocol.ActionRoomSee, ofRoom, h.postCommand},
		{http.MethodGet, "/v1/rooms/:room/lineage/:asset", protocol.ActionRoomSee, ofRoom, h.getLineage},
		{http.MethodGet, "/v1/rooms/:room/shares", protocol.ActionRoomSee, ofRoom, h.getShares},
		{http.MethodPost, "/v1/rooms/:room/shares", protocol.ActionShare, ofRoom, h.postShare},
		{http.MethodDelete, "/v1/rooms/:room/shares/:share", protocol.ActionShare, ofRoom, h.deleteShare},
		{http.MethodGet, "/v1/shared/:token", protocol.ActionPublic, ofNothing, h.getShared},
		{http.MethodGet, "/v1/shared/:token/assets/:asset", protocol.ActionPublic, ofNothing, h.getSharedAsset},

		{http.MethodGet, "/v1/people", protocol.ActionPeopleSee, ofWorkspace, h.getPeople},
		{http.MethodPatch, "/v1/people/:user", protocol.ActionPeopleManage, ofWorkspace, h.patchPerson},
		{http.MethodDelete, "/v1/people/:user", protocol.ActionPeopleManage, ofWorkspace, h.deletePerson},
		{http.MethodGet, "/v1/invites", protocol.ActionPeopleManage, ofWorkspace, h.getInvites},
		{http.MethodPost, "/v1/invites", protocol.ActionPeopleManage, ofWorkspace, h.postInvite},
		{http.MethodDelete, "/v1/invites/:invite", protocol.ActionPeopleManage, ofWorkspace, h.deleteInvite},
		{http.MethodGet, "/v1/keys", protocol.ActionKeyManage, ofWorkspace, h.getKeys},
		{http.MethodPost, "/v1/keys", protocol.ActionKeyManage, ofWorkspace, h.postKey},
		{http.MethodDelete, "/v1/keys/:key", protocol.ActionKeyManage, ofWorkspace, h.deleteKey},

		{http.MethodGet, "/v1/providers", protocol.ActionProviderSee, ofAnywhere, h.getProviders},
		{http.MethodPut, "/v1/assets", protocol.ActionAssetWrite, ofAnywhere, h.putAsset},
		{http.MethodGet, "/v1/assets/:asset", protocol.ActionAssetRead, ofAnywhere, h.getAsset},
	}
}
